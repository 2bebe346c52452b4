"""The manual page of finance names every part, its reference, its parameters and their defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.policies.policy import Policy
from ecomarket.registry import discover

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policies-finance.md").read_text("utf-8")
KINDS = (
    "pledge-loan",
    "guaranteed-loan",
    "carbon-contracts",
    "green-bond",
    "sink-securitisation",
    "green-finance-evaluation",
    "bank-carbon-accounts",
    "guide-fund",
    "tax-incentive",
    "friction-pilot",
    "eco-points",
    "third-party-treatment",
    "equity-share",
    "entrusted-agent",
)
EVERY = discover("ecomarket.policies", Policy)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_tells_each_part(kind):
    part = EVERY[kind]
    section = PAGE.partition(f"### `{kind}` {part.label_en} ({part.label_zh})")[2].partition("\n### ")[0]
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
    rows = {row for kind in KINDS for row in EVERY[kind].rows}
    assert rows == {"A1", "A3", "C9", "E5"} | {f"H{n}" for n in range(1, 9)}
