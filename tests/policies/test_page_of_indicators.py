"""The manual page of indicators and land names every part, its reference, its parameters and their defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.agents.strategy import Strategy
from ecomarket.policies.policy import Policy
from ecomarket.registry import discover
from ecomarket.rights.right import Right

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policies-indicators.md").read_text("utf-8")
PARTS = {
    "ecomarket.rights": (Right, ("responsibility-indicator", "resource-right")),
    "ecomarket.policies": (
        Policy,
        (
            "greening-increment",
            "clean-water-increment",
            "cover-indicator",
            "wetland-balance",
            "stocking-warning",
            "franchise-concession",
            "land-share-reward",
            "resource-royalty",
            "mining-exit",
            "resource-audit",
        ),
    ),
    "ecomarket.agents.strategies": (Strategy, ("county-indicators", "land-user")),
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
    rows = {row for part in PLUG_INS for row in part.rows}
    assert rows == {"A7", "A8", "G1", "G2", "G3", "G12", "G14", "G15", "G16"}
