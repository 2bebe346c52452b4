"""Quotes of the theory (`zero-intelligence`, `zip-trader`, `truthful`): never past the limit of the lot at hand, whatever the draw, and every price of the range in reach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents.theory_quotes import truthful_quote, zero_quote, zip_quote
from ecomarket.model.order import INTENT, Draw, MarketView

CASH = 10_000


def view(position: int, **values: int) -> MarketView:
    usual = dict.fromkeys(MarketView._fields, 0) | {
        "tick": CASH, "high": 10**12, "free_cash": 10**12, "free_units": position, "position": position,
    }  # fmt: skip
    return MarketView(**(usual | values))


def row(first: int, end: int, price: int, step: int = 0, **values: float) -> np.void:
    me = np.zeros(1, dtype=INTENT)[0]
    me["d"], me["target"], me["reservation"], me["slope"] = first, end, price * CASH, step * CASH
    for name, value in ({"a": CASH, "b": 200 * CASH, "c": 1} | values).items():
        me[name] = value
    return me


NO_ORDER = (0, 0, 0, 0, 0)


def test_a_buyer_bids_up_to_the_value_of_its_next_lot() -> None:
    """Values 190, 150, 110: with one lot in hand bids run from 1 to 150."""
    me = row(0, 3, 190, -40)
    assert zero_quote(me, view(1), Draw(0.0, 0, 0)) == (1, 1 * CASH, 1, 0, 0)
    assert zero_quote(me, view(1), Draw(0.999999, 0, 0)) == (1, 150 * CASH, 1, 0, 0)
    assert zero_quote(me, view(3), Draw(0.5, 0, 0)) == NO_ORDER


def test_a_seller_asks_from_the_cost_of_its_next_lot() -> None:
    """Costs 10, 50, 90: with one sold asks run from 50 to 200."""
    me = row(3, 0, 10, -40)
    assert zero_quote(me, view(2), Draw(0.0, 0, 0)) == (2, 50 * CASH, 1, 0, 0)
    assert zero_quote(me, view(2), Draw(0.999999, 0, 0)) == (2, 200 * CASH, 1, 0, 0)
    assert zero_quote(me, view(0), Draw(0.5, 0, 0)) == NO_ORDER


def test_without_a_budget_the_range_is_whole() -> None:
    for me, held in ((row(0, 1, 50, c=0), 0), (row(1, 0, 150, c=0), 1)):
        assert zero_quote(me, view(held), Draw(0.999999, 0, 0))[1] == 200 * CASH
        assert zero_quote(me, view(held), Draw(0.0, 0, 0))[1] == CASH


def test_nothing_is_bid_that_is_worth_less_than_the_lowest_price_or_cannot_be_paid() -> None:
    assert zero_quote(row(0, 1, 0), view(0), Draw(0.5, 0, 0)) == NO_ORDER
    assert zero_quote(row(1, 0, 201), view(1), Draw(0.5, 0, 0)) == NO_ORDER
    assert zero_quote(row(0, 1, 100), view(0, free_cash=10 * CASH), Draw(0.999, 0, 0)) == NO_ORDER
    assert zero_quote(row(1, 0, 100), view(1, free_units=0), Draw(0.5, 0, 0)) == NO_ORDER


def test_every_price_of_the_range_is_as_likely() -> None:
    draws = (np.arange(15_000) + 0.5) / 15_000
    prices = [zero_quote(row(0, 1, 150), view(0), Draw(float(u), 0, 0))[1] // CASH for u in draws]
    assert np.bincount(prices, minlength=151)[1:].tolist() == [100] * 150


@pytest.mark.parametrize("buys", [True, False])
@given(
    u=st.floats(0, 1, exclude_max=True), limit=st.integers(0, 300 * CASH), tick=st.sampled_from([1, 7, 100, CASH]),
    low=st.integers(0, 50 * CASH), high=st.integers(60 * CASH, 400 * CASH),
)  # fmt: skip
def test_a_constrained_quote_passes_neither_limit_nor_band(buys, u, limit, tick, low, high) -> None:
    me = row(*((0, 1) if buys else (1, 0)), 0)
    me["reservation"] = limit
    side, price, lots, _, _ = zero_quote(me, view(0 if buys else 1, tick=tick, low=low, high=high), Draw(u, 0, 0))
    if side:
        assert (side, lots, price % tick) == (1 if buys else 2, 1, 0)
        assert max(low, CASH) <= price <= min(high, 200 * CASH)
        assert price <= limit if buys else price >= limit


def learner(first: int, end: int, price: int, margin: float, **values: float) -> np.void:
    """Return a ZIP trader that goes half the way to what it hears, without momentum, and not a step beyond."""
    return row(first, end, price, **({"margin": margin, "a": 0.5, "b": 0, "c": 0} | values))


def named(me: np.void, position: int, u: float = 0.5, v: float = 0.5, **values: int) -> float:
    """Return the price that a ZIP trader names, CNY; 0 if it names none."""
    cny = {"last_price", "best_bid", "best_ask"}
    seen = {name: value * (CASH if name in cny else 1) for name, value in values.items()}
    return zip_quote(me, view(position, **seen), Draw(u, v, 0))[1] / CASH


BUYER = {"first": 0, "end": 1, "price": 200, "margin": 0.1}
"""Names 180 for a lot worth 200."""
SELLER = {"first": 1, "end": 0, "price": 100, "margin": 0.2}
"""Names 120 for a lot that costs 100."""
TRADE = {"day_lots": 1}


@pytest.mark.parametrize(
    ("who", "held", "heard", "price"),
    [
        (BUYER, 0, {}, 180),
        (BUYER, 0, {"last_price": 170, "last_side": 1, **TRADE}, 175),  # it would have got one for less
        (BUYER, 0, {"last_price": 190, "last_side": 2, **TRADE}, 185),  # another took an ask that it would not have
        (BUYER, 0, {"last_price": 190, "last_side": 1, **TRADE}, 180),  # a seller took a better bid
        (BUYER, 0, {"best_bid": 190}, 185),  # not even this was good enough
        (BUYER, 0, {"best_bid": 170}, 180),
        (BUYER, 0, {"best_ask": 120}, 180),
        (SELLER, 1, {}, 120),
        (SELLER, 1, {"last_price": 130, "last_side": 2, **TRADE}, 125),
        (SELLER, 1, {"last_price": 110, "last_side": 1, **TRADE}, 115),
        (SELLER, 1, {"last_price": 110, "last_side": 2, **TRADE}, 120),
        (SELLER, 1, {"best_ask": 110}, 115),
        (SELLER, 1, {"best_ask": 130}, 120),
    ],
)
def test_a_zip_trader_learns_as_cliff_says(who, held, heard, price) -> None:
    assert named(learner(**who), held, **heard) == price


def test_who_has_traded_hears_that_it_asked_too_little_and_never_that_it_asked_too_much() -> None:
    me = learner(**BUYER)
    assert named(me, 1, last_price=190, last_side=2, day_lots=1) == 0
    assert me["margin"] == pytest.approx(0.1)
    assert named(me, 1, last_price=170, last_side=2, day_lots=2) == 0
    assert me["margin"] == pytest.approx(0.125)  # 175 for a lot worth 200


def test_a_trade_is_heard_once() -> None:
    me = learner(**BUYER)
    assert [named(me, 0, last_price=170, last_side=1, day_lots=1) for _ in range(2)] == [175, 175]


def test_its_own_quote_that_nobody_takes_makes_it_give_way_by_a_step() -> None:
    """5 % and 2 CNY beyond 180, drawn whole and by half: half the way to 191, then to 185.50."""
    for draw, price in ((0.9999999, 185), (0.5, 182)):
        me = learner(**BUYER, deadline=50_000, lots_max=2 * CASH)
        assert named(me, 0, u=draw, v=draw, best_bid=180) == price


def test_momentum_carries_the_last_change_on() -> None:
    """Half of the last change, -4, and half of half the way from 180 to 170: -4.50."""
    me = learner(**BUYER, b=0.5, urgency=-4 * CASH)
    named(me, 0, last_price=170, last_side=1, day_lots=1)
    assert me["margin"] == pytest.approx(1 - 175.5 / 200)


@given(
    buys=st.booleans(), margin=st.floats(0, 3), u=st.floats(0, 1, exclude_max=True), last=st.integers(0, 400),
    best=st.integers(0, 400), side=st.integers(0, 2), traded=st.booleans(), momentum=st.floats(-1e7, 1e7),
)  # fmt: skip
def test_no_zip_quote_passes_its_limit_whatever_it_hears(buys, margin, u, last, best, side, traded, momentum) -> None:
    who = BUYER if buys else SELLER
    me = learner(**(who | {"margin": min(margin, 1) if buys else margin}), b=0.5, urgency=momentum)
    seen = {"last_price": last, "best_bid": best, "best_ask": best, "last_side": side, "day_lots": int(traded)}
    price = named(me, 0 if buys else 1, u, u, **seen)
    assert not price or (price <= 200 if buys else price >= 100)
    assert me["margin"] >= 0


def truthful(me: np.void, position: int, **values: int) -> tuple[int, float, int]:
    """Return side, price in CNY, and lots of a truthful quote, at a reference price of 100."""
    side, price, lots, _, _ = truthful_quote(me, view(position, reference_price=100 * CASH, **values), Draw(0, 0, 0))
    return side, price / CASH, lots


def test_in_a_call_every_stretch_names_its_limit_for_all_its_lots() -> None:
    """Three lots worth 150 behind one worth 190: the second stretch does not wait for the first."""
    assert truthful(row(0, 1, 190, a=9, b=9), 0, call=1) == (1, 190, 1)
    assert truthful(row(1, 4, 150, a=9, b=9), 0, call=1) == (1, 150, 3)
    assert truthful(row(1, 4, 150, a=9, b=9), 2, call=1) == (1, 150, 2)
    assert truthful(row(3, 1, 60, a=9, b=9), 4, call=1) == (2, 60, 2)
    assert truthful(row(3, 1, 60, a=9, b=9), 1, call=1)[0] == 0


def test_in_a_continuous_market_the_next_stretch_alone_comes_nearer_look_by_look() -> None:
    """Half of the reference price away at first, five looks: 140, 152.50, 165, 177.50 (to the tick below), 190."""
    me = row(0, 2, 190, a=5, b=5, c=0.5)
    assert [truthful(me, 0)[1] for _ in range(6)] == [140, 152, 165, 177, 190, 190]
    assert truthful(row(2, 3, 150, a=1, b=5, c=0.5), 0)[0] == 0
    me = row(2, 0, 60, a=3, b=3, c=0.5)
    assert [truthful(me, 2)[1] for _ in range(3)] == [110, 85, 60]
    assert truthful(me, 1) == (2, 60, 1)


def test_need_drives_the_price_at_the_end_alone() -> None:
    """It can pay 1,700, and without need 100: at first as without it, a quarter before the end 75 + 100, then all."""
    me = row(0, 1, 1_700, a=9, b=9, c=1, margin=1_600 * CASH)
    told = [truthful(me, 0)[1] for _ in range(9)]
    assert told[:3] == [1, 12, 25]
    assert told[6:] == [175, 487, 1_700]
    assert truthful(row(0, 1, 1_700, a=9, b=9, c=1, margin=1_600 * CASH), 0, call=1)[1] == 1_700
    assert truthful(row(0, 1, 150, a=9, b=9, c=1, margin=50 * CASH), 0)[1] == 50


def test_a_truthful_trader_bids_for_no_more_than_it_can_pay() -> None:
    assert truthful(row(0, 3, 100, a=1, b=1), 0, free_cash=250 * CASH) == (1, 100, 2)
    assert truthful(row(0, 3, 100, a=1, b=1), 0, free_cash=50 * CASH)[0] == 0
