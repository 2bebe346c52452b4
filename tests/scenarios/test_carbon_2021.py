"""Scenario carbon-2021: two compliance cycles at real prices, with every rule of carbon control at work."""

from __future__ import annotations

from datetime import date

import pytest
from tests.scenarios.playing import played

from ecomarket.model.codes import RecordKind
from ecomarket.model.stated import FactCode, NoteCode, Scheme
from ecomarket.policies.policy import Policy
from ecomarket.registry import discover
from ecomarket.scenario import load

CONTROL = {f"C{n}" for n in range(4, 8)}


@pytest.fixture(scope="module")
def cycles():
    """The world at the end of 2023, and its records."""
    world, events = played("carbon-2021", 0, date(2023, 12, 31))
    return world, events.records


def assessed(records, scheme):
    return records[(records["kind"] == RecordKind.OBLIGATION) & (records["code"] == scheme)]


def days(world, records, code, who):
    facts = records[(records["kind"] == RecordKind.FACT) & (records["code"] == code)]
    mine = facts["t"][facts["account"] == world.setting.by_code[who].account]
    return [world.setting.date_of(int(t) // 86_400_000_000) for t in mine]


def test_it_uses_every_policy_of_carbon_control() -> None:
    family = {kind for kind, policy in discover("ecomarket.policies", Policy).items() if CONTROL & set(policy.rows)}
    family -= {"dual-assessment"}  # of another family: it shares row C6
    assert family <= {p.kind for p in load("carbon-2021").policies}


def test_thirteen_plants_settle_two_cycles_of_two_years_each(cycles) -> None:
    _, records = cycles
    duties = assessed(records, Scheme.CARBON)
    assert sorted(duties["order"].tolist()) == [2020] * 13 + [2022] * 13
    fined = duties["price"][duties["price"] > 0]
    assert len(fined)
    assert set(fined.tolist()) == {30_000 * 10_000}, "the fine of 2021 does not grow with the gap"
    first = duties[duties["order"] == 2020]
    assert first["hold"].sum() > 0.95 * first["amount"].sum()


def test_the_market_opens_on_16_july_and_trades_before_the_deadlines(cycles) -> None:
    world, records = cycles
    trades = records[records["kind"] == RecordKind.TRADE]
    days = [world.setting.date_of(int(t) // 86_400_000_000) for t in trades["t"]]
    assert min(days) >= date(2021, 7, 16)
    volume = {m: int(trades["amount"][[d.year == 2021 and d.month == m for d in days]].sum()) for m in (11, 12)}
    assert volume[12] > volume[11]


def test_a_total_exceeded_holds_the_casting_works_back_for_a_year(cycles) -> None:
    world, records = cycles
    assert days(world, records, FactCode.PROJECT_STARTED, "NEWC1") == [date(2021, 9, 1)]
    assert days(world, records, FactCode.PROJECT_ABANDONED, "NEWC2") == [date(2022, 1, 1)]
    assert days(world, records, FactCode.PROJECT_STARTED, "NEWC2") == []
    assert days(world, records, FactCode.PROJECT_STARTED, "NEWC3") == [date(2023, 1, 1)]
    assert days(world, records, FactCode.PROJECT_STARTED, "NEWC5") == [date(2022, 6, 1)]
    assert days(world, records, FactCode.BORROWED_LOTS, "PWR05") == [date(2023, 11, 30)]


def test_five_plans_are_reported_on_in_three_years(cycles) -> None:
    _, records = cycles
    notes = records["code"][records["kind"] == RecordKind.NOTE].tolist()
    assert notes.count(NoteCode.CARBON_REPORT) == len(assessed(records, Scheme.CARBON_TARGET)) == 15
    assert len(assessed(records, Scheme.DUAL_CONTROL)) == 4


def test_money_and_allowances_are_conserved(cycles) -> None:
    world, _ = cycles
    assert not world.balances()[:, :, 0].sum(axis=0).any()


def test_nobody_agrees_on_a_block_outside_its_band(cycles) -> None:
    """The outside price runs more than 30 % ahead of the last close; a block at it could not be registered."""
    world, _ = cycles
    assert not world.executor.refused
