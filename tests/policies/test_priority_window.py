"""Priority window: given a new lot, when its days run, then the paired province buys first, others next, all at last."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.policies.valley import Valley, person

from ecomarket.model.codes import Eligible
from ecomarket.model.command import Auction, Bid, Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import Rule
from ecomarket.policies.priority_window import PriorityWindow

ISSUED = date(2024, 6, 30)
PAIRED, OTHERS = ISSUED + timedelta(10), ISSUED + timedelta(30)
FOREST, GRASS = "SINK.forest.2023", "SINK.grass.2023"


def valley_of(lots=100, credit=FOREST, **params):
    valley = Valley(
        person("YUSHU", "county", "county", partner="BJ"),
        person("BJ", "support-province", cash_cny=10**6, floor_cny_t=60),
        person("TJ", "support-province", cash_cny=10**6),
        person("POWER", sector="power", carbon_from=2023, cash_cny=10**6),
        person("SHOP", cash_cny=10**6),
    )
    policy = PriorityWindow(PriorityWindow.Params(days_paired=10, days_others=20, **params), valley.setting)
    valley.give("YUSHU", credit, lots)
    valley.act(policy, Moment.MONTH_END, ISSUED)
    return valley, policy


def offers(valley, **bids):
    """Each named party bids (price in CNY, lots) wherever it is invited."""
    return lambda call: [
        Bid(valley.account(who), int(price * 10_000), lots)
        for who, (price, lots) in bids.items()
        if valley.account(who) in call.invited
    ]


def stage(valley, policy, on, **bids):
    valley.act(policy, Moment.AFTER_SESSION, on, offers(valley, **bids))


def may_sell(valley, who="YUSHU", credit=FOREST):
    return bool(valley.exchange.eligible(valley.account(who), valley.index(credit)) & Eligible.SELL)


def test_first_the_paired_province_alone():
    valley, policy = valley_of()
    stage(valley, policy, PAIRED, BJ=(72, 40), TJ=(99, 100), POWER=(99, 100))
    (call,) = valley.ordered(Auction)
    assert call.invited == frozenset({valley.account("BJ")})
    assert [valley.has(who, FOREST) for who in ("YUSHU", "BJ", "TJ", "POWER")] == [60, 40, 0, 0]
    assert not valley.refused()


def test_then_helpers_and_covered_enterprises_and_nobody_else():
    valley, policy = valley_of()
    stage(valley, policy, PAIRED)
    stage(valley, policy, OTHERS, TJ=(80, 30), POWER=(90, 50))
    assert valley.ordered(Auction)[-1].invited == {valley.account(who) for who in ("BJ", "TJ", "POWER")}
    assert [valley.has(who, FOREST) for who in ("YUSHU", "TJ", "POWER")] == [20, 30, 50]


@pytest.mark.parametrize("late", range(5))
def test_at_equal_prices_the_paired_helper_precedes_a_helper_precedes_an_enterprise(late):
    valley, policy = valley_of(match=0)
    stage(valley, policy, PAIRED)
    stage(valley, policy, OTHERS + timedelta(late), POWER=(80, 100), TJ=(80, 60), BJ=(80, 30))
    assert [valley.has(who, FOREST) for who in ("BJ", "TJ", "POWER")] == [30, 60, 10]


@pytest.mark.parametrize(("helper", "wins"), [(96, True), (95, False)])
def test_a_helper_wins_against_a_bid_up_to_a_twentieth_higher(helper, wins):
    valley, policy = valley_of(match="0.05")
    stage(valley, policy, PAIRED)
    stage(valley, policy, OTHERS, TJ=(helper, 100), POWER=(100, 100))
    assert valley.has("TJ", FOREST) == (100 if wins else 0)


def test_grass_is_not_offered_to_enterprises():
    valley, policy = valley_of(credit=GRASS)
    stage(valley, policy, PAIRED)
    stage(valley, policy, OTHERS)
    assert valley.account("POWER") not in valley.ordered(Auction)[-1].invited


def test_only_after_the_window_may_the_county_sell_in_the_open():
    valley, policy = valley_of()
    assert not may_sell(valley)
    stage(valley, policy, PAIRED)
    assert not may_sell(valley)
    assert valley.board.notices[f"window.{FOREST}"] == valley.board.notices[f"window.{FOREST}.YUSHU"] == 1.0
    stage(valley, policy, OTHERS)
    assert may_sell(valley)
    assert valley.board.notices[f"window.{FOREST}"] == 0.0


@pytest.mark.parametrize(
    ("outside", "floor", "reserve"), [(None, 60, 71.25), (90.0, 60, 85.5), (50.0, 60, 60.0), (80.0, 78, 78.0)]
)
def test_the_reserve_price_is_the_higher_of_floor_and_discounted_reference(outside, floor, reserve):
    valley, policy = valley_of()
    object.__setattr__(valley.setting.by_code["BJ"], "facts", {"floor_cny_t": floor})
    if outside is not None:
        valley.board.notices["outside.ccer"] = outside
    stage(valley, policy, PAIRED)
    assert valley.ordered(Auction)[0].reserve_price == int(reserve * 10_000)


def test_it_is_said_to_bind_when_the_pair_pays_less_than_the_public_price():
    valley, policy = valley_of()
    stage(valley, policy, PAIRED, BJ=(72, 40))
    assert valley.ordered(Bound) == [Bound(Rule.PRIORITY_WINDOW, valley.account("YUSHU"), valley.index(FOREST), 40)]


def test_it_is_said_to_bind_when_others_are_left_wanting_what_the_pair_got():
    valley, policy = valley_of(discount=0)
    stage(valley, policy, PAIRED, BJ=(75, 90))
    stage(valley, policy, OTHERS, POWER=(80, 30))
    assert [b.amount for b in valley.ordered(Bound)] == [20]


def test_it_does_not_bind_when_everybody_is_served():
    valley, policy = valley_of(discount=0)
    stage(valley, policy, PAIRED, BJ=(75, 10))
    stage(valley, policy, OTHERS, POWER=(80, 30))
    assert not valley.ordered(Bound)


def test_a_helper_may_resell_only_after_two_years():
    valley, policy = valley_of()
    stage(valley, policy, PAIRED, BJ=(75, 50))
    stage(valley, policy, OTHERS)
    valley.act(policy, Moment.MONTH_END, date(2026, 6, 30))
    assert not may_sell(valley, "BJ")
    valley.act(policy, Moment.MONTH_END, date(2026, 7, 31))
    assert may_sell(valley, "BJ")
