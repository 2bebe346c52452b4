"""The manual page of carbon control names every policy, its reference, its parameters and their defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.policies.policy import Policy
from ecomarket.registry import discover

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policies-carbon.md").read_text("utf-8")
KINDS = ("dual-control", "carbon-assessment", "carbon-targets", "supply-reserve", "price-stabilisation")
POLICIES = [discover("ecomarket.policies", Policy)[kind] for kind in KINDS]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda c: c.kind)
def test_the_page_tells_each_policy(policy) -> None:
    section = PAGE.partition(f"### `{policy.kind}` {policy.label_en} ({policy.label_zh})")[2].partition("\n### ")[0]
    assert f"Reference: {policy.reference}." in section
    assert all(row in section for row in policy.rows)
    for parameter, field in policy.Params.model_fields.items():
        english, bar, chinese = (field.description or "").partition(" | ")
        assert bar
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{parameter}` |")]
        assert row.endswith(f"| {english} | {chinese} |")
        if isinstance(field.default, (int, str)) and not isinstance(field.default, bool):
            assert f"| {field.default} |" in row


def test_control_assessment_and_targets_are_carried() -> None:
    assert {row for policy in POLICIES for row in policy.rows} >= {"C4", "C5", "C6", "C7"}
