"""The going price: that of the last deals, and a lean that grows with every look in vain and goes with a deal."""

from __future__ import annotations

from math import exp, log
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents.going_price import LEAN_MAX, GoingPrice

BOARD = SimpleNamespace(close=np.array([0.0, 80.0]), mean20=np.array([0.0, 120.0]))
HALF, STEP = np.array([0.5]), np.array([0.1])


def trader(has=100):
    going = GoingPrice(np.array([1]))
    going.had[:] = has
    return going


def after(going, *days):
    """Return the lean after days of (held now, wanted); half of what was wanted was tried for on each."""
    for has, target in days:
        going.learn(np.array([has]), np.array([target]), HALF, STEP)
    return float(going.lean[0])


def test_who_knows_no_better_expects_what_the_market_did():
    assert trader().cash(BOARD).tolist() == [100.0]


@pytest.mark.parametrize(("target", "sign"), [(140, 1), (60, -1)])
def test_each_look_in_vain_leans_further_and_a_deal_ends_it(target, sign):
    going = trader()
    assert after(going, (100, target)) == pytest.approx(sign * 0.1)
    assert after(going, (100, target)) == pytest.approx(sign * 0.2)
    assert going.cash(BOARD)[0] == pytest.approx(100.0 * exp(sign * 0.2))
    assert after(going, (100 + sign * 20, target)) == 0.0


def test_who_got_half_of_what_it_tried_for_leans_half_as_far():
    assert after(trader(), (110, 140)) == pytest.approx(0.05)


def test_a_look_tries_for_a_lot_at_least():
    assert after(trader(), (100, 101)) == pytest.approx(0.1)
    assert after(trader(), (101, 101)) == 0.0


def test_who_wants_nothing_forgets_by_and_by_and_who_has_not_looked_remembers():
    going = trader()
    after(going, (100, 140), (100, 100))
    assert float(going.lean[0]) == pytest.approx(0.08)
    going.learn(np.array([100]), np.array([140]), np.array([0.0]), STEP)
    assert float(going.lean[0]) == pytest.approx(0.08)


def test_a_buyer_that_becomes_a_seller_begins_anew():
    assert after(trader(), (100, 140), (100, 140), (100, 60)) == pytest.approx(-0.1)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200), st.floats(0, 1), st.floats(0, 1)), max_size=60))
def test_nobody_expects_a_price_out_of_this_world(days):
    going = trader()
    for has, target, tried, step in days:
        going.learn(np.array([has]), np.array([target]), np.array([tried]), np.array([step]))
        assert abs(float(going.lean[0])) <= LEAN_MAX
        assert abs(log(going.cash(BOARD)[0] / 100.0)) <= LEAN_MAX + 1e-9
