"""The quotes: never past the reservation, the band, the cash or the units; the same compiled and not."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.agents.quoting import ladder_quote, limit_quote, maker_quote, noise_quote
from ecomarket.model.order import INTENT, Draw, MarketView

QUOTES = (limit_quote, maker_quote, noise_quote, ladder_quote)
PRICES = st.integers(0, 2_000_000)
LOTS = st.integers(0, 1_000_000)
SHARES = st.floats(0.0, 1.0)


def intent(**values):
    row = np.zeros(1, dtype=INTENT)
    for name, value in values.items():
        row[name] = value
    return row[0]


def market(**values):
    usual = {
        "t": 0,
        "close_t": 10**9,
        "best_bid": 0,
        "best_ask": 0,
        "bid_lots": 0,
        "ask_lots": 0,
        "last_price": 0,
        "reference_price": 500_000,
        "low": 450_000,
        "high": 550_000,
        "tick": 100,
        "position": 0,
        "free_units": 0,
        "free_cash": 10**13,
        "live_side": 0,
        "live_price": 0,
        "live_lots": 0,
        "call": 0,
        "day_lots": 0,
        "last_side": 0,
    }
    return MarketView(**(usual | values))


def buyer(**values):
    return intent(**({"target": 100, "reservation": 520_000, "a": 10.0, "margin": 0.5, "c": 500_000.0} | values))


def seller(**values):
    return intent(
        **(
            {"target": 0, "d": 100.0, "b": 100.0, "reservation": 480_000, "a": 10.0, "margin": 0.5, "c": 500_000.0}
            | values
        )
    )


MIDDLE = Draw(0.5, 0.5, 0.5)


@st.composite
def views(draw):
    reference = draw(st.integers(1, 2_000_000))
    tick = draw(st.sampled_from([1, 10, 100, 1000]))
    low, high = reference * 9 // 10, reference * 11 // 10
    first, last = -(-low // tick), high // tick
    inside = st.one_of(st.just(0), st.integers(first, last).map(lambda n: n * tick)) if first <= last else st.just(0)
    return MarketView(
        0,
        10**9,
        draw(inside),
        draw(inside),
        draw(LOTS),
        draw(LOTS),
        draw(inside),
        reference,
        low,
        high,
        tick,
        draw(LOTS),
        draw(LOTS),
        draw(st.integers(0, 10**13)),
        *[0] * 6,
    )


@st.composite
def intents(draw):
    row = np.zeros(1, dtype=INTENT)[0]
    row["target"], row["reservation"], row["lots_max"] = draw(LOTS), draw(PRICES), draw(st.integers(0, 1000))
    row["slope"] = draw(st.floats(-10.0, 0.0))
    row["margin"], row["urgency"] = draw(SHARES), draw(SHARES)
    row["a"], row["b"], row["c"], row["d"] = (
        draw(st.floats(-2.0, 50.0)),
        draw(st.floats(0.0, 1e6)),
        draw(st.floats(0.0, 2e6)),
        float(draw(LOTS)),
    )
    return row


@given(intents(), views(), SHARES)
def test_an_enterprise_never_quotes_past_its_reservation_its_purse_or_the_band(me, view, u):
    bound = me["reservation"] + me["slope"] * (view.position - me["d"])
    target = int(me["target"])
    side, price, lots, kind, _ = limit_quote(me, view, Draw(min(u, 0.999), 0.5, 0.5))
    assert kind == 0
    if side == 0:
        return
    assert price % view.tick == 0
    assert view.low <= price <= view.high
    assert lots > 0
    assert me["lots_max"] == 0 or lots <= me["lots_max"]
    if side == 1:
        assert price <= bound
        assert lots <= target - view.position
        assert lots * price <= view.free_cash
    else:
        assert price >= bound
        assert lots <= view.position - target
        assert lots <= view.free_units


@pytest.mark.parametrize("quote", QUOTES, ids=lambda q: q.__name__)
def test_compiled_and_plain_quotes_are_the_same(quote):
    compiled = numba.njit(quote)

    @settings(max_examples=60, deadline=None)
    @given(intents(), views(), SHARES, SHARES)
    def agree(me, view, u, v):
        plain = np.array([me], dtype=INTENT)
        fast = plain.copy()
        draw = Draw(min(u, 0.999), min(v, 0.999), 0.25)
        assert tuple(int(x) for x in quote(plain[0], view, draw)) == tuple(compiled(fast[0], view, draw))
        assert plain.tobytes() == fast.tobytes()
        before = np.array([me], dtype=INTENT)
        for kept in ("account", "instrument", "live", "target", "reservation", "lots_max", "deadline"):
            assert plain[kept] == before[kept]

    agree()


def test_a_patient_buyer_waits_below_its_forecast_and_below_the_ask():
    side, price, lots, _, tif = limit_quote(
        buyer(), market(best_bid=480_000, best_ask=505_000, last_price=500_000), MIDDLE
    )
    assert (side, tif) == (1, 0)
    assert 480_000 < price < 500_000
    assert lots == 11


def test_with_the_deadline_tomorrow_it_crosses():
    me = buyer(a=1.0)
    side, price, lots, _, tif = limit_quote(me, market(best_bid=480_000, best_ask=515_000, ask_lots=7), MIDDLE)
    assert (side, tif) == (1, 1)
    assert price >= 515_000
    assert lots == 100
    sell = seller(a=1.0)
    side, price, lots, _, tif = limit_quote(
        sell, market(position=100, free_units=100, best_bid=485_000, bid_lots=9), MIDDLE
    )
    assert (side, tif) == (2, 1)
    assert price <= 485_000
    assert lots == 100


def test_even_tomorrow_it_pays_no_more_than_its_reservation():
    side, price, *_ = limit_quote(buyer(a=1.0), market(best_ask=530_000, ask_lots=7), MIDDLE)
    assert (side, price) == (1, 520_000)


def test_no_cash_no_order_and_no_units_no_sale():
    assert limit_quote(buyer(), market(free_cash=0), MIDDLE)[0] == 0
    assert limit_quote(seller(), market(position=100, free_units=0), MIDDLE)[0] == 0


def test_a_reservation_outside_the_band_stays_away():
    assert limit_quote(buyer(reservation=440_000, c=0.0), market(), MIDDLE)[0] == 0
    assert limit_quote(seller(reservation=560_000, c=0.0), market(position=100, free_units=100), MIDDLE)[0] == 0


def test_margins_fall_on_a_miss_and_rise_on_a_trade():
    me = buyer()
    view = market(best_bid=480_000, best_ask=540_000)
    first = limit_quote(me, view, MIDDLE)[1]
    missed = limit_quote(me, view, MIDDLE)[1]
    assert missed > first
    assert me["margin"] == pytest.approx(0.5 * 0.8 * 0.8)
    limit_quote(me, view._replace(position=10), MIDDLE)
    assert me["margin"] == pytest.approx(0.32 + 0.3 * 0.68)


def test_a_falling_schedule_pays_less_for_later_lots():
    me = buyer(slope=-500.0, a=1.0, c=0.0)
    assert limit_quote(me, market(), MIDDLE)[1] == 520_000
    me["a"] = 1.0
    assert limit_quote(me, market(position=40), MIDDLE)[1] == 500_000


def test_what_an_allocation_adds_is_not_for_sale():
    assert limit_quote(buyer(), market(position=5000, free_units=5000), MIDDLE)[0] == 0


def test_urgency_moves_the_limit_to_the_reservation():
    calm, pressed = (limit_quote(buyer(urgency=u), market(best_bid=480_000), MIDDLE)[1] for u in (0.0, 1.0))
    assert calm < 500_000
    assert pressed == 520_000


def maker(side, **values):
    return intent(
        **(
            {
                "a": side * 0.01,
                "c": 500_000.0,
                "d": 1.0,
                "target": 1000 if side < 0 else 0,
                "reservation": 600_000 if side < 0 else 400_000,
                "lots_max": 50,
                "b": 1e-5,
            }
            | values
        )
    )


def test_a_maker_stands_on_both_sides_of_its_fair_value():
    view = market(last_price=500_000, position=100, free_units=100)
    bid, ask = maker_quote(maker(-1), view, MIDDLE), maker_quote(maker(1), view, MIDDLE)
    assert bid[0] == 1
    assert ask[0] == 2
    assert bid[1] < 500_000 < ask[1]
    assert bid[2] == ask[2] == 50


def test_inventory_moves_both_quotes_down():
    light, heavy = (market(last_price=500_000, position=p, free_units=p) for p in (10, 900))
    for side in (-1, 1):
        assert maker_quote(maker(side), heavy, MIDDLE)[1] < maker_quote(maker(side), light, MIDDLE)[1]


def test_a_maker_keeps_its_inventory_limit_and_never_crosses_itself():
    assert maker_quote(maker(-1), market(last_price=500_000, position=1000), MIDDLE)[0] == 0
    assert maker_quote(maker(-1), market(last_price=500_000, position=980), MIDDLE)[2] == 20
    assert maker_quote(maker(1), market(last_price=500_000), MIDDLE)[0] == 0
    assert maker_quote(maker(-1), market(last_price=500_000, best_ask=490_000, ask_lots=5), MIDDLE)[1] == 489_900
    assert maker_quote(maker(-1, d=0.0), market(last_price=500_000), MIDDLE)[0] == 0


@given(intents(), views(), SHARES, SHARES)
def test_a_noise_trader_sells_only_what_it_has_and_keeps_its_limit(me, view, u, v):
    side, price, lots, *_ = noise_quote(me, view, Draw(min(u, 0.999), min(v, 0.999), 0.5))
    if side == 1:
        assert view.position + lots <= me["target"]
        assert price * lots <= view.free_cash
    if side == 2:
        assert lots <= view.free_units
    if side:
        assert view.low <= price <= view.high


def test_an_outside_level_stands_at_the_edge_of_the_band_on_its_safe_side():
    buys, sells = intent(a=1.0, reservation=600_000, lots_max=100), intent(a=2.0, reservation=400_000, lots_max=100)
    assert ladder_quote(buys, market(), MIDDLE)[:2] == (1, 550_000)
    assert ladder_quote(sells, market(free_units=1000), MIDDLE)[:2] == (2, 450_000)
    assert ladder_quote(intent(a=1.0, reservation=400_000, lots_max=100), market(), MIDDLE)[0] == 0
    assert ladder_quote(intent(a=2.0, reservation=600_000, lots_max=100), market(free_units=1000), MIDDLE)[0] == 0
    assert ladder_quote(intent(a=0.0, reservation=500_000, lots_max=100), market(), MIDDLE)[0] == 0
