"""Scenario `huangshui-water`: its tables add up, every rule of the family has its say, and what must stay whole does."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.scenarios.playing import played

from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, RecordKind, TransferCode
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.policies.policy import Policy
from ecomarket.registry import discover
from ecomarket.scenario import load

SHELF = Path(__file__).parents[2] / "scenarios"
FAMILY = {"E1", "E2", "E3", "E5", "E6", "E7", "E8", "I2"}
UNTIL = date(2024, 5, 31)


def rows(name, folder="huangshui-water"):
    with (SHELF / folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def spring():
    """The world at the end of May 2024, and its events."""
    return played("huangshui-water", 1, UNTIL)


def test_it_uses_every_rule_of_the_family():
    family = {kind for kind, policy in discover("ecomarket.policies", Policy).items() if FAMILY & set(policy.rows)}
    family -= {"environmental-tax", "pledge-loan"}  # of other families: they share rows I2 and E5
    assert len(family) == 8
    assert family <= {p.kind for p in load("huangshui-water").policies}


def test_every_row_says_where_it_comes_from():
    for name in ("zones", "water-users", "industry", "regions", "tariffs", "contracts", "agreements"):
        assert all(row["source"].strip() for row in rows(f"{name}.csv")), name


def test_use_is_that_of_the_province_and_the_huangshui_has_three_and_a_half_per_cent():
    """MARKETS.md 5.1: 24.55 亿 m3 used, split by prefecture; Huangshui 3.5 % of the province's water."""
    every, here = rows("regions.csv", "qinghai"), rows("regions.csv")
    assert sum(int(r["use_1000m3"]) for r in every) == 2_455_000
    assert sum(int(r["use_1000m3"]) for r in every if "-6301" in r["code"]) == 560_000
    flows = {r["code"]: int(r["mean_inflow_1000m3"]) for r in every}
    river = sum(int(r["mean_inflow_1000m3"]) for r in here if r["code"].startswith("HS"))
    assert round(Decimal(river * 100) / sum(flows.values()), 1) == Decimal("3.5")
    assert {r["code"]: int(r["mean_inflow_1000m3"]) for r in here}.items() <= flows.items()


def test_users_of_a_zone_need_what_the_province_says_it_uses():
    drawn = rows("water-users.csv") + rows("industry.csv")
    for region in rows("regions.csv"):
        need = sum(int(r["water_1000m3"]) for r in drawn if r["water_zone"] == region["code"])
        assert abs(need - int(region["use_1000m3"])) <= 300, region["code"]  # sewage works draw the rest


def test_works_begin_and_saved_licences_are_sold_by_late_spring(spring):
    world, events = spring
    notes = events.records["code"][events.records["kind"] == RecordKind.NOTE].tolist()
    assert notes.count(NoteCode.WATER_SAVING) == 4
    moved = events.records[events.records["kind"] == RecordKind.TRANSFER]
    paid = set(moved["code"].tolist())
    assert {TransferCode.WATER_TARIFF, TransferCode.SEWAGE_FEE, TransferCode.TAX, TransferCode.RISK_FEE} <= paid
    saving = next(i for i in world.setting.listed("licence", zone="HS-6301") if i.klass == "saving")
    buyers = [p for p in world.setting.participants if p.code.endswith("HS-6301") and p.kind == "enterprise"]
    assert sum(int(world.balances()[p.account, saving.index, 0]) for p in buyers) > 0
    assert not world.executor.refused


def test_licences_stay_under_the_cap_and_a_sale_makes_none(spring):
    """MARKETS.md 10 (1), (2): what was granted is what is held, as licence or as saving, and no more than the cap."""
    world, _ = spring
    held = world.balances()[:, :, 0]
    for region in world.setting.of_kind("region"):
        pair = world.setting.listed("licence", zone=region.code)
        live = sum(int(held[len(SYSTEM_ACCOUNTS) :, i.index].sum()) for i in pair)
        granted = -sum(int(held[AccountKind.ISSUANCE, i.index]) for i in pair)
        turned = sum(int(held[AccountKind.CANCELLED, i.index]) for i in pair)
        assert live == granted - turned
        assert live <= int(region.facts["cap_1000m3"])


def test_money_is_conserved_and_nobody_owes(spring):
    world, _ = spring
    cash = world.balances()[:, 0, 0]
    assert cash.sum() == 0
    assert all(cash[p.account] >= 0 for p in world.setting.participants)


def test_dearer_water_is_used_less(spring):
    """Every district's need is answered at the end of its quota or below: at least the 15 % above quota are saved."""
    world, _ = spring
    told = world.keeper.board.notices
    answers = [told[f"water.answer.{p.code}"] for p in world.setting.participants if p.sector == "irrigation"]
    assert len(answers) == 21
    assert all(0.8 < answer < 0.97 for answer in answers)
    assert world.book.year(FactCode.WATER_SAVED_1000M3, 2024).sum() == 3_074
