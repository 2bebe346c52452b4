"""Governments of water zones: given a short zone, when another offers water, then they bid to the marginal condition."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, region, user

from ecomarket.agents.strategies.water_region import WaterRegion
from ecomarket.agents.water import CASH_PER_LOT
from ecomarket.model.command import Auction

UP, DOWN = "WATER.UP.2024", "WATER.DOWN.2024"
NOW = date(2024, 3, 31)


def bid(share, *, reserve=0.2, price=1.0, lots=10_000, cash=10**9, invited=("DOWN", "MID")):
    valley = Valley(
        region("UP"),
        region("DOWN", cash_cny=cash),
        region("MID", cash_cny=cash),
        user("FARM", 1000, zone="DOWN"),
        params={"water": {"loss_per_reach": "0.1"}},
    )
    valley.day(NOW)
    valley.price(DOWN, int(price * CASH_PER_LOT))
    valley.board.notices["water.share.DOWN"] = share
    cohort = valley.cohort(WaterRegion, "UP", "DOWN", elasticity="0.5")
    call = Auction(
        venue="market",
        instrument=valley.index(UP),
        seller=valley.account("UP"),
        lots=lots,
        reserve_price=int(reserve * CASH_PER_LOT),
        invited=frozenset(valley.account(code) for code in invited),
    )
    return [(b.price / CASH_PER_LOT, b.lots) for b in cohort.bids(call, valley.see(cohort), valley.draws)]


def test_a_zone_with_enough_does_not_bid():
    assert bid(1.0) == []


def test_it_bids_for_what_is_missing_and_for_what_the_way_takes():
    ((price, lots),) = bid(0.9)
    assert lots == 111
    # What arrives closes the gap, so the last drop is worth the public price; a tenth of it is lost on the way.
    assert price == pytest.approx(0.9, abs=0.01)


def test_dear_water_is_bought_only_until_it_is_worth_it():
    ((price, lots),) = bid(0.9, reserve=1.0)
    arrived = 900 + 0.9 * lots
    assert 0.9 * (1.0 + 2.0 * (1 - arrived / 1000)) == pytest.approx(1.0, abs=0.01)
    assert price == pytest.approx(1.0, abs=0.01)
    assert lots < 111


def test_too_dear_or_too_poor_is_no_bid():
    assert bid(0.9, reserve=5.0) == []
    assert bid(0.9, cash=100) == []


def test_whoever_bids_alone_bids_the_floor():
    ((price, lots),) = bid(0.9, invited=("DOWN",))
    assert (price, lots) == (0.2, 111)


def test_what_was_bought_is_passed_on_at_its_cost_which_fades_with_the_year():
    valley = Valley(region("UP"), region("DOWN", cash_cny=10**9), user("FARM", 1000, zone="DOWN"))
    cohort = valley.cohort(WaterRegion, "DOWN", floor_cny_m3="0.1")
    valley.give("DOWN", DOWN, 50)
    cohort.cost[:] = 0.5 * CASH_PER_LOT
    asked = []
    for on, left in ((NOW, 252), (date(2024, 8, 1), 126), (date(2024, 12, 20), 5)):
        valley.board.trading_days_left_in_year = left
        valley.plan(cohort, on)
        asked.append(valley.intent(cohort, "DOWN", DOWN)["reservation"] / CASH_PER_LOT)
    assert asked == [0.5, 0.25, 0.1]
    assert valley.intent(cohort, "DOWN", DOWN)["target"] == 0
