"""The manual page of sinks names every part, its reference, its parameters and their defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.agents.strategy import Strategy
from ecomarket.policies.policy import Policy
from ecomarket.registry import discover

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policies-sinks.md").read_text("utf-8")
PARTS = {
    "ecomarket.policies": (Policy, ("planting-schedule", "sink-projects", "sink-insurance", "damage-compensation")),
    "ecomarket.agents.strategies": (Strategy, ("project-owner",)),
}
PLUG_INS = [discover(package, base)[kind] for package, (base, kinds) in PARTS.items() for kind in kinds]


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
    assert {row for part in PLUG_INS for row in part.rows} == {"D1", "D2", "D4", "D5", "G13", "H3"}
