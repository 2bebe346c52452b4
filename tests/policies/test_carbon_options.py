"""Policies supply-reserve and price-stabilisation: published numbers, what is conserved, and when nothing happens."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.policies.conftest import Town, firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Bid, Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import Rule
from ecomarket.policies.price_stabilisation import PriceStabilisation
from ecomarket.policies.supply_reserve import SupplyReserve

RESERVE = AccountKind.RESERVE
POWER = {"carbon_from": 2023, "co2_t": 100}
MARCH = date(2024, 3, 31)


def town_with(kind, *people, **params):
    place = Town(people, date(2024, 1, 1), date(2026, 12, 31), {})
    return place, kind(kind.Params.model_validate(params), place.setting)


@pytest.mark.parametrize(
    ("circulation", "share", "published"),
    [
        (1_654_574_598, "0.16", 264_731_936),
        (1_654_909_824, "0.24", 397_178_358),
        (1_385_496_166, "0.24", 332_519_080),
        (1_578_772_426, "0.24", 378_905_382),
        (1_134_794_738, "0.24", 272_350_737),
    ],
)
def test_p23_the_unions_intakes(circulation, share, published) -> None:
    assert SupplyReserve.Params(intake_share=share, upper_t=833_000_000).intake(circulation) == published


def test_p23_the_branches_of_2024() -> None:
    rule = SupplyReserve.Params()
    million = 1_000_000
    taken = {n: rule.intake(n * million) for n in (1_097, 1_096, 1_000, 833, 400, 399)}
    assert taken == {
        1_097: 263_280_000,
        1_096: 263 * million,
        1_000: 167 * million,
        833: 0,
        400: 0,
        399: -100 * million,
    }


@settings(max_examples=40, deadline=None)
@given(held=st.lists(st.integers(0, 5_000), min_size=2, max_size=4), reserve=st.integers(0, 500))
def test_the_reserve_never_moves_more_than_the_rule_and_conserves(held, reserve) -> None:
    people = [firm(f"P{n}", **POWER) for n in range(len(held))]
    place, policy = town_with(SupplyReserve, *people, upper_t=4_000, middle_t=3_000, lower_t=1_000, release_t=200)
    for n, lots in enumerate(held):
        place.give(f"P{n}", "CEA.2025", lots)
    place.exchange.transfer(0, AccountKind.ISSUANCE, RESERVE, place.index("CEA.2024"), reserve, 1)
    place.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    place.act(policy, Moment.MONTH_START, date(2025, 1, 1))
    rule = policy.params.intake(sum(held))
    moved = sum(held) - sum(place.has(f"P{n}", "CEA.2025") for n in range(len(held)))
    given_out = reserve - place.has(RESERVE, "CEA.2024")
    assert max(rule, 0) - len(held) < moved <= max(rule, 0) if rule > 0 else moved == 0
    assert 0 <= given_out <= max(-rule, 0)
    assert not place.executor.refused
    assert not place.act(policy, Moment.MONTH_START, date(2025, 2, 1)), "once a year"


def stabilised(close: int, mean: int, **params):
    people = firm("LONG", **POWER), firm("SHORT", **POWER, cash_cny=10**6)
    place, policy = town_with(PriceStabilisation, *people, venue="permit-auction", **params)
    place.give("LONG", "CEA.2023", 150)
    place.price("CEA.2023", mean * 10_000)
    place.board.close[place.index("CEA.2023")] = close * 10_000
    return place, policy


def test_a_fall_of_a_fifth_below_the_mean_is_met_by_buying_at_the_mean() -> None:
    """Given 50 t beyond 100 t emitted; when the close is 64 and the mean 80; then 50 t are bought at 80 CNY."""
    place, policy = stabilised(64, 80, move_share="0.2", budget_cny=10_000)
    place.act(policy, Moment.MONTH_END, MARCH)
    assert place.ordered(Bound) == [Bound(Rule.ABNORMAL_MOVE, place.account("LONG"), place.index("CEA.2023"), 50)]
    assert place.has("LONG", 0) == 50 * 80 * 10_000


def test_a_smaller_fall_is_not() -> None:
    place, policy = stabilised(65, 80, move_share="0.2")
    assert not place.act(policy, Moment.MONTH_END, MARCH)


def test_it_looks_at_the_vintage_that_is_traded() -> None:
    """Given 2023's at 80 CNY and 2024's never dearer than 40; once 2023's has been traded a ceiling of 70 is reached."""
    place, policy = stabilised(80, 80, ceiling_cny_t=70)
    place.price("CEA.2024", 40 * 10_000)
    later = date(2025, 3, 31)
    assert not place.act(policy, Moment.MONTH_END, later)
    place.board.day_lots[place.index("CEA.2023")] = 5
    place.act(policy, Moment.AFTER_SESSION, later)
    place.board.day_lots[place.index("CEA.2023")] = 0
    place.act(policy, Moment.AFTER_SESSION, later)
    place.act(policy, Moment.MONTH_END, later, lambda _: [Bid(place.account("SHORT"), 75 * 10_000, 10)])
    assert place.has("SHORT", "CEA.2023") == 10


def test_a_rise_is_met_by_selling_first_what_was_bought() -> None:
    place, policy = stabilised(100, 80, move_share="0.2", sale_t=30)
    place.exchange.transfer(0, AccountKind.ISSUANCE, RESERVE, place.index("CEA.2023"), 20, 1)
    place.act(policy, Moment.MONTH_END, MARCH, lambda _: [Bid(place.account("SHORT"), 90 * 10_000, 25)])
    assert place.has("SHORT", "CEA.2023") == 25
    assert place.has(RESERVE, "CEA.2023") == 0
    assert place.has(AccountKind.CANCELLED, "CEA.2023") == 5


@settings(max_examples=40, deadline=None)
@given(close=st.integers(1, 200), mean=st.integers(1, 200), budget=st.integers(0, 20_000))
def test_it_never_spends_more_than_its_budget_nor_leaves_a_seller_short(close, mean, budget) -> None:
    place, policy = stabilised(close, mean, floor_cny_t=40, move_share="0.1", budget_cny=budget)
    for day in (MARCH, date(2024, 4, 30)):
        place.act(policy, Moment.MONTH_END, day)
    assert -place.has(AccountKind.TREASURY, 0) <= budget * 10_000
    assert place.has("LONG", "CEA.2023") >= 100
    assert not place.executor.refused


def test_without_a_trigger_it_does_nothing_and_a_floor_above_the_ceiling_is_refused() -> None:
    place, policy = stabilised(200, 80)
    assert not place.act(policy, Moment.MONTH_END, MARCH)
    with pytest.raises(ValidationError, match="must lie below"):
        PriceStabilisation.Params(floor_cny_t=50, ceiling_cny_t=50)
