"""The manual page of permits names each rule, its reference, its rows, its parameters and their defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.policies.policy import Policy
from ecomarket.registry import discover

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policies-permits.md").read_text("utf-8")
KINDS = ("right-registration", "permit-sales", "nonpoint-sources", "positive-list", "environmental-tax")
POLICIES = [discover("ecomarket.policies", Policy)[kind] for kind in KINDS]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda c: c.kind)
def test_the_page_tells_each_rule(policy):
    head = f"### `{policy.kind}` {policy.label_en} ({policy.label_zh})"
    section = PAGE.partition(head)[2].partition("\n### ")[0]
    assert f"Reference: {policy.reference}. Requirement: {', '.join(policy.rows)}." in section
    for parameter, field in policy.Params.model_fields.items():
        english, bar, chinese = (field.description or "").partition(" | ")
        assert bar
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{parameter}` |")]
        assert row.endswith(f"| {english} | {chinese} |")
        if isinstance(field.default, int) and not isinstance(field.default, bool):
            assert f"| {field.default} |" in row


def test_the_rows_of_the_family_are_carried():
    assert {row for policy in POLICIES for row in policy.rows} == {"A2", "B3", "B6", "B8", "B9", "I2"}
