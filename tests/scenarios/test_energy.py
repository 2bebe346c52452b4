"""Scenario green-certificates-east and energy-use rights in xinjiang: every rule has its say and does what it is for."""

from __future__ import annotations

from datetime import date

import pytest
from tests.scenarios.playing import played
from tests.sizes import cases

from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.scenario import load

EAST = "green-certificates-east"
SEEDS = cases(1, 30)
JULY, YEAR = date(2024, 7, 31), date(2024, 12, 31)
ENERGY = {
    "green-power",
    "clean-capacity",
    "pumped-storage-levy",
    "energy-dual-control",
    "ccer-exclusion",
    "consumption-weight",
    "certificate-minting",
}


def total(world, code, who=None, year=2024):
    sums = world.book.year(code, year)
    return int(sums.sum() if who is None else sums[world.setting.by_code[who].account])


def moved(records, code):
    found = records[(records["kind"] == RecordKind.TRANSFER) & (records["code"] == code)]
    return int(found["amount"][found["instrument"] == 0].sum())


def test_the_east_uses_every_rule_of_the_family_but_one_and_xinjiang_that():
    assert {p.kind for p in load(EAST).policies} == ENERGY
    assert "energy-use-trading" in {p.kind for p in load("xinjiang").policies}


def test_every_rule_has_its_say():
    world, events = played(EAST, 1, YEAR)
    records = events.records
    assert not {why for why in world.executor.refused if why[0] == "Transfer"}
    assert not world.balances()[:, :, 0].sum(axis=0).any()
    assert 0 <= 4_000_000 * 10_000 - moved(records, TransferCode.STORAGE_LEVY) < 4  # shares are rounded down
    assert moved(records, TransferCode.EXCESS_CONSUMPTION) == 30_000 * 9 * 10_000
    assert total(world, FactCode.GREEN_POWER_MWH, "SH") > 0 < total(world, FactCode.GREEN_POWER_MWH, "ALU1")
    assert total(world, FactCode.OUTBOUND_MWH, "HA") > total(world, FactCode.OUTBOUND_MWH, "JS") > 0
    assert total(world, FactCode.CAPACITY_MW, "PV3") == 300
    assert 0 < total(world, FactCode.RENEWABLE_USE_MWH, "DC1") < total(world, FactCode.POWER_USE_MWH, "DC1")
    duties = records["code"][records["kind"] == RecordKind.OBLIGATION].tolist()
    assert {Scheme.CONSUMPTION_WEIGHT, Scheme.ENERGY_DUAL_CONTROL} == set(duties)


def test_old_hydropower_keeps_its_certificates():
    world, _ = played(EAST, 1, YEAR)
    old = world.setting.by_code["HYO1"].account
    kept = int(world.balances()[old, 1:, 0].sum())
    first_eleven = sum(int(world.book.month(FactCode.GENERATION_MWH, 202400 + n)[old]) for n in range(1, 12))
    assert kept == first_eleven * 98 // 100


@pytest.mark.parametrize("seed", SEEDS.numbers)
def test_with_dual_control_less_energy_is_used(seed):
    there, _ = played(EAST, seed, YEAR)
    gone, _ = played(EAST, seed, YEAR, "energy-dual-control")
    assert total(there, FactCode.ENERGY_USE_TCE) < total(gone, FactCode.ENERGY_USE_TCE)


@pytest.mark.parametrize("seed", SEEDS.numbers)
def test_with_the_schedule_more_is_generated(seed):
    there, _ = played(EAST, seed, YEAR)
    gone, _ = played(EAST, seed, YEAR, "clean-capacity")
    assert total(there, FactCode.GENERATION_MWH) > total(gone, FactCode.GENERATION_MWH)


def test_in_xinjiang_a_project_holds_what_henans_formula_asks():
    world, events = played("xinjiang", 1, JULY)
    records = events.records
    assert world.keeper.board.notices["need.energy-use.EN-KK-C"] == 4_000  # 6,000 x 0.4 x 1.5 / 0.9
    duties = records[(records["kind"] == RecordKind.OBLIGATION) & (records["code"] == Scheme.ENERGY_RIGHT)]
    assert len(duties) == 1
    account = world.setting.by_code["EN-BH-S"].account
    assert int(world.book.year(FactCode.ENERGY_USE_TCE, 2024)[account]) == 0
    assert moved(records, TransferCode.PAID_USE) > 0
