"""Dischargers of salt: given a need, when credits are sold the day before they begin, then they bid for what they lack."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from ecomarket.engine.world import build
from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Auction
from ecomarket.model.record import CASH
from ecomarket.scenario import load
from ecomarket.units import CASH_PER_YUAN

EVE = date(2024, 6, 30)
NEEDS = {"PIT": 45, "COLLIERY": 108, "STATION": 268}  # 5, 12, 30 of 112 t, of 1000 credits, rounded up


@pytest.fixture
def hunter():
    world = build(load("murray-rules"), 1, lambda *_: None, engine="reference")
    for who in NEEDS:
        world.exchange.transfer(0, AccountKind.WORLD, world.setting.by_code[who].account, CASH, 10**10, 1)
    return world


def bids(world, year: int, *, lots: int = 200, start: int = 100, day: date = EVE) -> dict[str, tuple[int, float]]:
    """Lots and price in CNY that each bids for credits of a year."""
    [strategy] = [s for s in world.cohorts.strategies if s.kind == "salt-discharger"]
    board = world.keeper.board
    board.today, board.t = day, world.setting.t_of(day) + 17 * 3600 * 10**6
    [sold] = world.setting.listed("salt", vintage=year)
    call = Auction("credit-auction", sold.index, AccountKind.RESERVE, lots, start * CASH_PER_YUAN)
    view = world.seer.view(strategy, board, world.exchange.balances())
    made = strategy.bids(call, view, world.draws)
    return {world.setting.by_account[b.account].code: (b.lots, b.price / CASH_PER_YUAN) for b in made}


def hold(world, who: str, year: int, credits_held: int) -> None:
    [right] = world.setting.listed("salt", vintage=year)
    account = world.setting.by_code[who].account
    assert not world.exchange.transfer(0, AccountKind.ISSUANCE, account, right.index, credits_held, 1)


def test_whoever_has_none_bids_its_worth_for_all_it_needs(hunter) -> None:
    assert bids(hunter, 2024, lots=500) == {"PIT": (45, 900.0), "COLLIERY": (108, 600.0), "STATION": (268, 1200.0)}


def test_what_expires_tomorrow_does_not_count_and_what_begins_tomorrow_does(hunter) -> None:
    hold(hunter, "PIT", 2014, 40)
    hold(hunter, "PIT", 2016, 10)
    hold(hunter, "COLLIERY", 2024, 100)
    found = bids(hunter, 2024)
    assert (found["PIT"][0], found["COLLIERY"][0]) == (35, 8)


def test_an_older_credit_is_worth_the_years_that_are_left(hunter) -> None:
    """On 1 July 2024 credits of 2016 have two of ten years left; before they begin they are worth all of it."""
    assert bids(hunter, 2024, day=date(2024, 5, 31))["PIT"][1] == 900
    assert {who: price for who, (_, price) in bids(hunter, 2016).items()} == {
        "PIT": 179.0,
        "COLLIERY": 119.0,
        "STATION": 239.0,
    }


def test_nobody_bids_below_the_start_price_nor_more_than_is_sold_or_can_be_paid(hunter) -> None:
    assert list(bids(hunter, 2024, start=1000)) == ["STATION"]
    assert bids(hunter, 2024, lots=3)["STATION"][0] == 3
    poor = hunter.setting.by_code["PIT"].account
    hunter.exchange.transfer(
        1, poor, AccountKind.WORLD, CASH, hunter.exchange.free(poor, CASH) - 2_000 * CASH_PER_YUAN, 1
    )
    assert bids(hunter, 2024)["PIT"][0] == 2


def test_it_does_not_bid_for_other_rights(hunter) -> None:
    [strategy] = [s for s in hunter.cohorts.strategies if s.kind == "salt-discharger"]
    view = hunter.seer.view(strategy, hunter.keeper.board, hunter.exchange.balances())
    call = Auction("credit-auction", hunter.setting.listed("water")[0].index, AccountKind.RESERVE, 5, 1)
    assert strategy.bids(call, view, hunter.draws) == ()


def test_needs_are_whole_credits(hunter) -> None:
    [strategy] = [s for s in hunter.cohorts.strategies if s.kind == "salt-discharger"]
    assert np.array_equal(strategy.need, list(NEEDS.values()))
