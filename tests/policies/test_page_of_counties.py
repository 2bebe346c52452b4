"""The manual page of water, sinks and certificates names every part, its reference, its parameters and their defaults."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policies-water-sinks-certificates.md").read_text("utf-8")
PARTS = {
    "rights": ("WaterRight", "CarbonSink", "GreenCertificate"),
    "policies": (
        "WaterAllocation",
        "WaterCap",
        "CertificateMinting",
        "ConsumptionWeight",
        "SinkIssuance",
        "PriorityWindow",
        "CounterpartSupport",
    ),
    "nature": ("Inflow", "RenewableOutput", "ForestHazard"),
    "agents.strategies": (
        "Irrigation",
        "WaterBuyer",
        "WaterRegion",
        "Generator",
        "CertificateBuyer",
        "CountySinks",
        "SupportProvince",
    ),
}


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).strip("_")


@pytest.mark.parametrize(("package", "name"), [(p, n) for p, names in PARTS.items() for n in names])
def test_the_page_tells_each_part(package, name):
    part = getattr(import_module(f"ecomarket.{package}.{snake(name)}"), name)
    section = PAGE.partition(f"### `{part.kind}` {part.label_en} ({part.label_zh})")[2].partition("\n### ")[0]
    assert f"Reference: {part.reference}." in section
    for parameter, field in part.Params.model_fields.items():
        english, bar, chinese = (field.description or "").partition(" | ")
        assert bar
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{parameter}` |")]
        assert row.endswith(f"| {english} | {chinese} |")
        if isinstance(field.default, (int, str)) and not isinstance(field.default, bool) and field.default != "":
            assert f"| {field.default} |" in row
