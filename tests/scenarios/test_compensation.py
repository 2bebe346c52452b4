"""Scenarios xinjiang and watershed-compensation: every rule pays, money is conserved, and each does what it is for.

The long form (ECOMARKET_SOAK=1) compares 30 pairs of runs of the same luck, the short form one.
"""

from __future__ import annotations

from datetime import date

import pytest
from tests.scenarios.playing import played
from tests.sizes import cases

from ecomarket.model.codes import AccountKind, RecordKind, TransferCode
from ecomarket.model.stated import FactCode, NoteCode, Scheme
from ecomarket.policies.policy import Policy
from ecomarket.registry import discover
from ecomarket.scenario import load

FAMILY = {f"G{n}" for n in range(4, 12)}
SEEDS = cases(1, 30)
YEAR = date(2024, 12, 31)
TREATED = (FactCode.TREATED_COD_KG, FactCode.TREATED_NH3N_KG, FactCode.TREATED_TP_KG)


def total(world, code, year=2024):
    return int(world.book.year(code, year).sum())


def test_xinjiang_uses_every_rule_of_the_family():
    family = {kind for kind, policy in discover("ecomarket.policies", Policy).items() if FAMILY & set(policy.rows)}
    assert len(family) == 9
    assert family <= {p.kind for p in load("xinjiang").policies}


@pytest.fixture(scope="module")
def xinjiang():
    return played("xinjiang", 0, YEAR)


def test_every_kind_of_payment_is_made(xinjiang):
    world, events = xinjiang
    records = events.records
    codes = set(records["code"][records["kind"] == RecordKind.TRANSFER].tolist())
    paid = {code for code in TransferCode if 100 <= code < 110} | {
        TransferCode.COMPENSATION,
        TransferCode.FISCAL_TRANSFER,
    }
    assert paid <= codes
    schemes = set(records["code"][records["kind"] == RecordKind.OBLIGATION].tolist())
    assert {Scheme.SECTION_QUALITY, Scheme.STOCKING, Scheme.COUNTY_ECOLOGY} <= schemes
    notes = records["code"][records["kind"] == RecordKind.NOTE].tolist()
    assert notes.count(NoteCode.COMPENSATION_AGREED) == 5  # on the Hotan keeping the water costs more than it brings
    assert not {why for why in world.executor.refused if why[0] == "Transfer"}


def test_money_is_conserved_and_no_county_owes(xinjiang):
    world, _ = xinjiang
    cash = world.balances()[:, 0, 0]
    assert cash.sum() == 0
    assert all(cash[c.account] >= 0 for c in world.setting.of_kind("county"))
    fund = sum(v for k, v in world.keeper.board.notices.items() if k.startswith("watershed.fund."))
    assert round(fund * 10_000) == cash[AccountKind.ESCROW]


def test_the_total_of_the_transfer_payment_is_paid_to_the_last_fen(xinjiang):
    _, events = xinjiang
    moved = events.records[events.records["kind"] == RecordKind.TRANSFER]
    paid = int(moved["amount"][moved["code"] == TransferCode.FISCAL_TRANSFER].sum())
    assert 0 <= 1_200_000_000 * 10_000 - paid < 15  # fifteen counties, each rounded down


def pairs(without, record_property):
    """Yield worlds of the same luck, with and without a rule."""
    record_property("pairs", SEEDS.told)
    for seed in SEEDS.numbers:
        yield played("xinjiang", seed, YEAR)[0], played("xinjiang", seed, YEAR, without)[0]


def test_with_compensation_the_rivers_are_cleaner(record_property):
    """Same luck, so every section is at most as foul in December, and all together are a sixth cleaner."""
    for there, gone in pairs("watershed-compensation", record_property):
        levels = there.nature["water-quality"], gone.nature["water-quality"]
        assert all(levels[0][name] <= levels[1][name] for name in levels[1])
        assert sum(levels[0].values()) < 0.85 * sum(levels[1].values())
        assert all(total(there, code) > 0 == total(gone, code) for code in TREATED)


def test_with_guards_less_is_lost(record_property):
    for there, gone in pairs("eco-guards", record_property):
        assert total(there, FactCode.EI_CHANGE_MILLI) >= total(gone, FactCode.EI_CHANGE_MILLI)


def test_with_the_subsidy_fewer_animals_graze(record_property):
    for there, gone in pairs("grassland-subsidy", record_property):
        assert total(there, FactCode.STOCK_SHEEP_UNITS) < total(gone, FactCode.STOCK_SHEEP_UNITS)


def test_along_the_huangshui_ten_sections_are_tested_and_49900_guards_paid():
    world, events = played("watershed-compensation", 1, date(2024, 1, 31))
    records = events.records
    tested = records[(records["kind"] == RecordKind.FACT) & (records["code"] == FactCode.SECTION_INDEX_PPM)]
    assert tested["price"].tolist() == list(range(10))
    moved = records[records["kind"] == RecordKind.TRANSFER]
    assert int(moved["amount"][moved["code"] == TransferCode.GUARD_PAY].sum()) == 49_900 * 1_500 * 10_000
    sections = load("watershed-compensation").tables["sections.csv"]
    names = [world.setting.by_code[str(row["upstream"])].name_zh[:2] for row in sections]
    assert names == ["海晏", "湟源", "湟中", "湟中", "大通", "城东", "互助", "平安", "乐都", "民和"]
    assert total(world, FactCode.TREATED_NH3N_KG) > 0
