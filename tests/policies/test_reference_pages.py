"""The reference pages tell every plug-in once: its label, reference, rows, and each parameter with its default."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.scenario.plugs import AREAS, plug_ins

PAGES = Path(__file__).parents[2] / "docs" / "reference"
TEXT = "\n### ".join(page.read_text("utf-8") for page in sorted(PAGES.glob("*.md")))
PLUG_INS = [plug_in for area in AREAS for plug_in in plug_ins(area).values()]


@pytest.mark.parametrize("plug_in", PLUG_INS, ids=lambda c: f"{c.__module__.split('.')[1]}-{c.kind}")
def test_the_pages_tell_each_plug_in_once(plug_in) -> None:
    head = f"\n### `{plug_in.kind}` {plug_in.label_en} ({plug_in.label_zh})\n"
    assert TEXT.count(head) == 1
    section = TEXT.partition(head)[2].partition("\n### ")[0]
    assert f"Reference: {plug_in.reference}." in section
    assert [row for row in plug_in.rows if row not in section] == []
    for parameter, field in plug_in.Params.model_fields.items():
        english, bar, chinese = (field.description or "").partition(" | ")
        assert bar
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{parameter}` |")]
        assert row.endswith(f"| {english} | {chinese} |")
        if field.default not in ("", True, False) and isinstance(field.default, (int, str)):
            assert f"| {field.default} |" in row
