"""The manual page of credit and assessment names every part, its reference, its parameters and their defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.policies.policy import Policy
from ecomarket.registry import discover

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policies-assessment.md").read_text("utf-8")
KINDS = (
    "environmental-credit",
    "government-credit",
    "gep-accounting",
    "dual-assessment",
    "performance-bonus",
    "green-assessment",
    "protection-effect",
    "ecological-inspection",
    "carrying-capacity",
)
PLUG_INS = [discover("ecomarket.policies", Policy)[kind] for kind in KINDS]


@pytest.mark.parametrize("part", PLUG_INS, ids=lambda c: c.kind)
def test_the_page_tells_each_part(part):
    section = PAGE.partition(f"### `{part.kind}` {part.label_en} ({part.label_zh})")[2].partition("\n### ")[0]
    assert f"Reference: {part.reference}." in section
    assert all(row in section for row in part.rows)
    for parameter, field in part.Params.model_fields.items():
        english, bar, chinese = (field.description or "").partition(" | ")
        assert bar
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{parameter}` |")]
        assert row.endswith(f"| {english} | {chinese} |")
        if isinstance(field.default, (int, str)) and not isinstance(field.default, bool):
            assert f"| {field.default} |" in row


def test_the_rows_of_the_family_are_all_carried():
    rows = {row for part in PLUG_INS for row in part.rows}
    assert rows == {"B8", "C6", *(f"I{n}" for n in range(3, 10))}
