"""Inter-valley accounts: given a balance, when water is sold out or in or delivered, then the room is what the sum says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.policies.valley import Valley, region, user

from ecomarket.model.codes import Mechanism, Refusal
from ecomarket.model.command import BorderLimit, Bound, Deal, Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.inter_valley_account import InterValleyAccount

START = date(2024, 1, 1)
UP, DOWN, FAR = "WATER.UP.2024", "WATER.DOWN.2024", "WATER.FAR.2024"
ROADS = [(UP, DOWN), (DOWN, UP), (UP, FAR), (FAR, UP), (DOWN, FAR)]
EVENING = (Moment.AFTER_SESSION,)


def valley(**account) -> tuple[Valley, InterValleyAccount]:
    """Growers of three zones with plenty of water and cash, and an account of the upper one, opened."""
    v = Valley(
        region("UP", cap_1000m3=0), user("RICE", 0), user("NUTS", 0, zone="DOWN"), user("DATES", 0, zone="FAR"),
        passages=ROADS,
    )  # fmt: skip
    for who, what in (("RICE", UP), ("NUTS", DOWN), ("DATES", FAR)):
        v.give(who, 0, 10**12, 9)
        v.give(who, what, 1_000_000)
    for who in ("RICE", "NUTS", "DATES"):
        for i in v.setting.listed("water"):
            v.exchange.allow(v.account(who), i.index, 7)
    rule = InterValleyAccount(InterValleyAccount.Params(accounts={"up": {"valley": "UP"} | account}), v.setting)
    v.act(rule, Moment.RUN_START, START)
    return v, rule


def sell(v: Valley, lots: int, sold: str = UP, into: str = DOWN) -> bool:
    """Tell whether a sale from zone to zone came about."""
    owner = {UP: "RICE", DOWN: "NUTS", FAR: "DATES"}
    refused = sum(v.executor.refused.values())
    deal = Deal(
        Mechanism.NEGOTIATED, "market", v.index(sold), v.account(owner[into]), v.account(owner[sold]), 100, lots,
        v.index(into),
    )  # fmt: skip
    v.day(v.board.today)
    v.executor.carry_out([deal], lambda _: ())
    return sum(v.executor.refused.values()) == refused


def told(v: Valley) -> list[float]:
    return [v.board.notices[f"valley.{what}.up"] for what in ("balance", "out", "in")]


def test_the_published_numbers_of_the_murrumbidgee() -> None:
    october = START + timedelta(270)
    v, rule = valley(opening_m3=108_600_000, deliveries=[{"day": october, "m3": 40_000_000}])
    assert told(v) == [108_600, -8_600, 108_600]
    assert not sell(v, 1)
    assert not sell(v, 108_601, DOWN, UP)
    v.act(rule, Moment.BEFORE_SESSION, october)
    assert told(v) == [68_600, 31_400, 68_600]
    assert not sell(v, 31_401)
    assert sell(v, 10_000)
    v.act(rule, Moment.AFTER_SESSION, october)
    assert told(v) == [78_600, 21_400, 78_600]
    assert v.refused() == {("Deal", Refusal.BORDER_LIMIT): 3}


def test_lots_of_any_size_are_counted_in_thousands_when_they_are_whole() -> None:
    """Lots of 10 m3, a bound of 2,000 m3: 200 lots. Of 600 m3 nothing is stated, of 1,200 one thousand."""
    v, _ = valley()
    lots = tuple(replace(i, unit="m3", lot="10") for i in v.setting.instruments)
    small = replace(v.setting, instruments=lots, _found={})
    rule = InterValleyAccount(InterValleyAccount.Params(accounts={"up": {"valley": "UP", "most_m3": 2_000}}), small)
    v.act(rule, Moment.RUN_START, START)
    assert told(v) == [0, 2, 0]
    for stated in (0, 1):
        assert sell(v, 60)
        v.act(rule, Moment.AFTER_SESSION, START)
        assert int(v.book.year(FactCode.VALLEY_NET_1000M3, 2024).sum()) == stated
    assert told(v) == [1.2, 0.8, 1.2]
    assert not sell(v, 81)
    assert sell(v, 80)


def test_all_that_lies_beyond_counts_unless_one_zone_is_named() -> None:
    v, _ = valley(most_m3=10_000)
    assert sell(v, 6, UP, FAR)
    assert not sell(v, 5)
    assert sell(v, 100, DOWN, FAR), "a sale that does not touch the valley is none of its business"
    v, _ = valley(most_m3=10_000, beyond="DOWN")
    assert sell(v, 600, UP, FAR)
    assert not sell(v, 11)


def test_an_account_of_a_basin_lets_trade_inside_it_be() -> None:
    v, _ = valley(valley="HS", most_m3=10_000)
    assert sell(v, 500)
    assert not sell(v, 11, UP, FAR)


def test_a_delivery_of_a_holiday_is_made_on_the_next_trading_day_and_once() -> None:
    v, rule = valley(opening_m3=50_000, deliveries=[{"day": START + timedelta(5), "m3": 20_000}])
    for day, balance in ((4, 50), (7, 30), (8, 30)):
        v.act(rule, Moment.BEFORE_SESSION, START + timedelta(day))
        assert told(v)[0] == balance


def test_a_delivery_before_the_first_day_is_in_the_opening_balance() -> None:
    v, rule = valley(opening_m3=50_000, deliveries=[{"day": START - timedelta(1), "m3": 20_000}])
    v.act(rule, Moment.BEFORE_SESSION, START + timedelta(1))
    assert told(v)[0] == 50


def test_a_direction_that_closes_is_said_once_and_again_when_it_opens() -> None:
    v, rule = valley(opening_m3=20_000, most_m3=20_000, deliveries=[{"day": START + timedelta(2), "m3": 5_000}])
    for day in (1, 2, 3):
        v.act(rule, Moment.BEFORE_SESSION, START + timedelta(day))
    assert [(b.rule, b.amount) for b in v.ordered(Bound)] == [(Rule.VALLEY_ACCOUNT, 1)]
    assert [n.payload["out"] for n in v.ordered(Note)] == [0, 5]


def test_without_a_bound_in_reach_it_orders_nothing_but_its_limit() -> None:
    v, rule = valley()
    v.act(rule, Moment.AFTER_SESSION, START)
    assert [type(c) for c in v.said if not isinstance(c, (Note, Bound))] == [BorderLimit]


def test_parts_of_a_lot_are_no_room() -> None:
    v, _ = valley(opening_m3=2_500, least_m3=500, most_m3=3_999)
    assert told(v) == [2, 1, 1]


def test_a_zone_without_rights_harms_nobody() -> None:
    v, rule = valley(valley="630121")
    v.act(rule, Moment.AFTER_SESSION, START)
    assert told(v)[0] == 0
    assert sell(v, 500_000)


def test_bounds_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValidationError, match="E303"):
        InterValleyAccount.Params(accounts={"up": {"valley": "UP", "least_m3": 2, "most_m3": 1}})


step = st.tuples(st.sampled_from(ROADS), st.integers(1, 40), st.booleans())


@settings(max_examples=150, deadline=None)
@given(
    opening=st.integers(-20, 80), drawn=st.lists(step, max_size=25),
    delivered=st.lists(st.tuples(st.integers(0, 24), st.integers(1, 30)), max_size=4),
)  # fmt: skip
def test_opening_plus_sold_less_delivered_is_the_balance_and_no_sale_breaks_a_bound(opening, drawn, delivered) -> None:
    """Bounds 0 and 60; the invariant of the account, day by day, against a sum kept here."""
    plan = [{"day": START + timedelta(n), "m3": lots * 1000} for n, lots in delivered]
    v, rule = valley(opening_m3=opening * 1000, most_m3=60_000, deliveries=plan)
    balance, sold, out = opening, 0, 0
    for n, (road, lots, evening) in enumerate(drawn):
        due = sum(amount for day, amount in delivered if day == n)
        made = min(due, max(balance, 0))
        balance, out = balance - made, out + made
        v.act(rule, Moment.BEFORE_SESSION, START + timedelta(n))
        change = lots if road[0] == UP else -lots if road[1] == UP else 0
        fits = balance + change <= 60 if change > 0 else balance + change >= 0 or not change
        assert sell(v, lots, *road) is fits
        balance, sold = balance + (change if fits else 0), sold + (change if fits else 0)
        assert v.exchange.borders() == {"up": balance}
        if evening:
            v.act(rule, Moment.AFTER_SESSION, START + timedelta(n))
    v.act(rule, Moment.MONTH_END, date(2024, 1, 31))
    late = min(sum(amount for day, amount in delivered if day >= len(drawn)), max(balance, 0))
    keeper = v.account("UP")
    assert int(v.book.year(FactCode.VALLEY_NET_1000M3, 2024)[keeper]) == sold
    assert int(v.book.year(FactCode.VALLEY_DELIVERED_1000M3, 2024)[keeper]) == out + late
    assert told(v) == [balance - late, 60 - balance + late, balance - late]
    assert v.is_balanced()
