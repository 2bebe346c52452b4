"""The reference page says what each rule of permits and carbon is, with every parameter and ground."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.nature.process import Process
from ecomarket.policies.policy import Policy
from ecomarket.registry import discover
from ecomarket.rights.right import Right

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policies-permits-carbon.md").read_text(encoding="utf-8")
KINDS = {
    "ecomarket.policies": (
        Policy,
        (
            "initial-allocation",
            "permit-auction",
            "new-project-gate",
            "reserve-buyback",
            "permit-compliance",
            "trading-zones",
            "right-leases",
            "benchmark-allocation",
            "allowance-auction",
            "carbon-compliance",
            "verification",
        ),
    ),
    "ecomarket.rights": (Right, ("emission-permit", "carbon-allowance")),
    "ecomarket.nature": (Process, ("activity", "outside-price")),
}
PLUG_INS = [discover(package, base)[kind] for package, (base, kinds) in KINDS.items() for kind in kinds]


@pytest.mark.parametrize("plug_in", PLUG_INS, ids=lambda c: c.kind)
def test_the_page_names_label_reference_and_every_parameter(plug_in) -> None:
    head = f"### `{plug_in.kind}` {plug_in.label_en} ({plug_in.label_zh})"
    assert head in PAGE
    section = PAGE.split(head)[1].split("\n### ")[0]
    assert f"Reference: {plug_in.reference}." in section
    for name, field in plug_in.Params.model_fields.items():
        assert f"| `{name}` |" in section, name
        en, _, zh = field.description.partition(" | ")
        assert en
        assert any("\u4e00" <= sign <= "\u9fff" for sign in zh), f"{name}: say it in Chinese too"
        assert en in section
        assert zh in section
