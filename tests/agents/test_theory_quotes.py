"""Quotes of the theory (`zero-intelligence`): never past the limit of the lot at hand, whatever the draw, and every price of the range in reach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents.theory_quotes import zero_quote
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
