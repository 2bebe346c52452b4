"""Quotes of water, certificates and sinks: plain and compiled alike, never beyond the reservation."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.agents.intents import held, premium_urgency, write_intents
from ecomarket.agents.strategies.certificate_buyer import CertificateBuyer
from ecomarket.agents.strategies.county_sinks import CountySinks
from ecomarket.agents.strategies.generator import Generator
from ecomarket.agents.strategies.irrigation import Irrigation
from ecomarket.agents.strategies.support_province import SupportProvince
from ecomarket.agents.strategies.water_buyer import WaterBuyer
from ecomarket.agents.strategies.water_region import WaterRegion
from ecomarket.model.codes import Side
from ecomarket.model.order import INTENT, Draw, MarketView

STRATEGIES = (CertificateBuyer, CountySinks, Generator, Irrigation, SupportProvince, WaterBuyer, WaterRegion)
COMPILED = {s: numba.njit(s.quote) for s in STRATEGIES}


def view(position, best_bid, best_ask, tick=100):
    return MarketView(
        t=0, close_t=1, best_bid=best_bid, best_ask=best_ask, bid_lots=50 * (best_bid > 0), ask_lots=50 * (best_ask > 0),
        last_price=100_000, reference_price=100_000, low=50_000, high=150_000, tick=tick, position=position,
        free_units=max(position, 0), free_cash=10**9, live_side=0, live_price=0, live_lots=0, call=0,
        day_lots=0, last_side=0,
    )  # fmt: skip


def intent(position, target, reservation, slope, premium):
    rows = np.zeros(1, dtype=INTENT)
    urgency = premium_urgency(reservation, 100_000.0, premium)
    write_intents(
        rows, np.array([position]), target, reservation, slope=slope, looks=5, expected=100_000.0, urgency=urgency
    )
    return rows


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda s: s.kind)
@given(
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.integers(0, 300_000),
    st.sampled_from([0.0, -50.0]),
    st.sampled_from([0.05, 1.0]),
    st.sampled_from([(0, 0), (90_000, 0), (0, 110_000), (99_000, 101_000)]),
    st.floats(0, 0.999),
)
@settings(max_examples=25, deadline=None)
def test_a_quote_is_the_same_compiled_and_never_beyond_the_reservation(
    strategy, position, target, reservation, slope, premium, book, luck
):
    market, draw = view(position, *book), Draw(luck, luck, luck)
    plain, compiled = (intent(position, target, reservation, slope, premium) for _ in range(2))
    side, price, lots, kind, tif = strategy.quote(plain[0], market, draw)
    assert (side, price, lots, kind, tif) == tuple(COMPILED[strategy](compiled[0], market, draw))
    assert plain == compiled
    if side == Side.BUY:
        assert 0 < price <= reservation
        assert 0 < lots <= target - position
    elif side == Side.SELL:
        assert price >= reservation
        assert 0 < lots <= position - target
    else:
        assert (price, lots) == (0, 0)
    assert market.low <= price <= market.high or side == 0


def test_nothing_to_do_is_no_order():
    rows = intent(5, 5, 100_000, 0.0, 0.1)
    assert Irrigation.quote(rows[0], view(5, 90_000, 110_000), Draw(0.5, 0.5, 0.5))[0] == 0


def test_a_learnt_margin_is_kept_and_plans_are_whole_lots():
    rows = intent(0, 9.7, 120_000.4, 0.0, 0.1)
    assert (rows["target"][0], rows["reservation"][0], rows["margin"][0]) == (9, 120_000, 0.5)
    rows["margin"] = 0.2
    write_intents(rows, np.array([3]), 9, 1)
    assert (rows["margin"][0], rows["b"][0], rows["d"][0]) == (0.2, 3.0, 3.0)


def test_what_pairs_hold_is_read_from_their_cells():
    posted = np.arange(12).reshape(3, 4)
    assert held(posted, [(0, 1), (2, 3)]).tolist() == [1, 11]
    assert held(posted, []).tolist() == []
