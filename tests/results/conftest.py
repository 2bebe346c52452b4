"""The story that the tests of results tell: one firm short of permits, one long, a county, a province, a reservoir."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from ecomarket.model.codes import AccountKind, Mechanism, Refusal, TransferCode
from ecomarket.model.stated import FactCode, Rule, Scheme


def _load(name: str):
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"tests_results_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


story_module = _load("story")

ZONES = [
    {"code": "63", "en": "Qinghai", "zh": "青海省", "level": "province", "parent": "", "basin": ""},
    {"code": "6301", "en": "Xining", "zh": "西宁市", "level": "prefecture", "parent": "63", "basin": "HS"},
    {"code": "630121", "en": "Datong", "zh": "大通县", "level": "county", "parent": "6301", "basin": "HS;DT"},
    {"code": "HS", "en": "Huangshui", "zh": "湟水", "level": "basin", "parent": "63", "basin": ""},
    {
        "code": "HS-6301",
        "en": "Huangshui in Xining",
        "zh": "湟水西宁段",
        "level": "water-zone",
        "parent": "6301",
        "basin": "HS",
    },
]


@pytest.fixture
def new_story():
    """A story that nothing has happened in yet."""
    return lambda: story_module.Story(zones=ZONES).begin()


@pytest.fixture
def tale(new_story):
    """The whole small tale; every number in the tests is computed by hand from it."""
    s = new_story()
    for code, kind, sector, zone in (
        ("MILL", "enterprise", "steel", "630121"), ("PLANT", "enterprise", "power", "6301"),
        ("DATONG", "county", "", "630121"), ("SUN", "enterprise", "pv", "630121"),
        ("32", "support-province", "", "32"), ("WZ", "region", "", "HS-6301"), ("OUT.CCER", "outside", "", ""),
    ):  # fmt: skip
        s.party(code, kind, sector, zone)
    s.listed("COD.HS", "cod", "emission-permit", "t/yr", "0.001", zone="HS")
    s.listed("CEA.2024", "cea", "carbon-allowance", "t", "1", vintage=2024)
    s.listed("SINK.forest.2024", "sink", "carbon-sink", "t", "1", klass="forest", vintage=2024)
    s.listed("WATER.HS-6301.2024", "water", "water-right", "1000 m3", "1", zone="HS-6301", vintage=2024)
    s.listed("GEC.202401", "gec", "green-certificate", "MWh", "1", vintage=202401)
    s.on("2024-01-02")
    for who in ("MILL", "PLANT", "SUN", "32"):
        s.moved(AccountKind.WORLD, who, 10**12, TransferCode.OPENING)
    s.moved(AccountKind.WORLD, AccountKind.RESERVE, 10**9, TransferCode.OPENING)
    s.moved(AccountKind.ISSUANCE, AccountKind.RESERVE, 500, TransferCode.ISSUE, "COD.HS")
    s.moved(AccountKind.ISSUANCE, "PLANT", 9_000, TransferCode.ALLOCATION, "CEA.2024")
    s.moved(AccountKind.ISSUANCE, "WZ", 700, TransferCode.ALLOCATION, "WATER.HS-6301.2024")
    s.moved(AccountKind.ISSUANCE, "DATONG", 1_000, TransferCode.ISSUE, "SINK.forest.2024")
    s.moved(AccountKind.ISSUANCE, "SUN", 300, TransferCode.ISSUE, "GEC.202401")
    s.fact(FactCode.OUTSIDE_PRICE_CASH, "OUT.CCER", 800_000, 202401)
    s.on("2024-03-01")
    s.trade("COD.HS", "MILL", AccountKind.RESERVE, "6", 100, Mechanism.ONE_WAY_AUCTION, fee_buy=30_000)
    s.on("2024-03-05")
    s.trade("COD.HS", "PLANT", AccountKind.RESERVE, "7", 50, fee_buy=10_000, fee_sell=20_000)
    s.on("2024-06-03")
    s.trade("SINK.forest.2024", "32", "DATONG", "84", 300, Mechanism.ONE_WAY_AUCTION)
    s.trade("SINK.forest.2024", "MILL", "DATONG", "76", 100)
    s.moved("32", "DATONG", 50_000_000, TransferCode.SUPPORT_FUND)
    s.fact(FactCode.WATER_AVAILABLE_1000M3, "WZ", 1_000, 202406)
    s.fact(FactCode.WATER_USED_1000M3, "MILL", 80, 202406, "WATER.HS-6301.2024")
    s.fact(FactCode.WATER_LOSS_1000M3, "WZ", 5, 202406)
    s.trade("WATER.HS-6301.2024", "MILL", "WZ", "150", 60)
    s.trade("GEC.202401", "MILL", "SUN", "5", 200)
    s.moved("MILL", AccountKind.RETIRED, 150, TransferCode.RETIRE, "GEC.202401")
    s.on("2024-11-20")
    s.trade("CEA.2024", "MILL", "PLANT", "90", 600)
    s.refused("CEA.2024", "MILL", Refusal.PRICE_OUTSIDE_BAND)
    s.bound(Rule.PRICE_BAND, "MILL", "CEA.2024")
    s.bound(Rule.OFFSET_LIMIT, "MILL", "SINK.forest.2024")
    s.on("2024-12-20")
    s.trade("CEA.2024", "MILL", "PLANT", "100", 200)
    s.on("2024-12-31")
    s.fact(FactCode.ABATEMENT_T_MILLI, "MILL", 2_500, 202412, "COD.HS")
    s.fact(FactCode.ABATEMENT_COST_CASH, "MILL", 100_000_000, 202412, "COD.HS")
    s.fact(FactCode.ABATEMENT_CO2_T, "PLANT", 40, 202412)
    s.fact(FactCode.EMISSION_CO2_T, "PLANT", 8_000, 202412)
    s.fact(FactCode.NO_TRADE_COST_CASH, "MILL", 2_500_000_000, 2024)
    s.duty(Scheme.CARBON, "MILL", 2024, 1_000, 800, charge=4_000_000)
    s.duty(Scheme.CARBON, "PLANT", 2024, 8_000, 8_000)
    s.moved("MILL", AccountKind.PENALTY, 4_000_000, TransferCode.SHORTFALL_CHARGE)
    s.on("2026-01-31")
    s.moved("MILL", AccountKind.EXPIRED, 50, TransferCode.EXPIRE, "GEC.202401")
    return s
