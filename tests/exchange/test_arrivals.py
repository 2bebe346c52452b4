"""The arrival loop: agents look, quote, keep or replace; the same journal whoever drives them."""

from __future__ import annotations

import numpy as np
import pytest

from ecomarket.chance import Draws
from ecomarket.errors import PlugInError
from ecomarket.exchange.kernel.quote_loop import quote_loop
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import AccountKind, CancelReason, Eligible, Mechanism, RecordKind, Refusal, TimeInForce
from ecomarket.model.order import ARRIVAL, INTENT, MarketView
from ecomarket.model.record import SHIFT_TIF

STRATEGIES = """
from ecomarket.model.order import Quote


class Patient:
    @staticmethod
    def quote(me, market, draw):
        gap = me["target"] - market.position
        me["a"] += 1.0
        if gap > 0:
            top = min(me["reservation"], market.high)
            price = int(market.low + (top - market.low) * draw.u) // market.tick * market.tick
            me["margin"] = me["margin"] * 0.9 + 0.1 * draw.v
            lots = min(gap, 10)
            if price < market.low or price * lots > market.free_cash:
                return Quote(0, 0, 0, 0, 0)
            return Quote(1, price, lots, 0, 5 if me["deadline"] >= 0 else 0)
        if gap < 0:
            low = max(me["reservation"], market.low)
            price = -(-int(market.high - (market.high - low) * draw.u * (1 - me["margin"])) // market.tick) * market.tick
            return Quote(2, price, min(-gap, 10), 0, 3 if draw.w < 0.2 else 4)
        return Quote(0, 0, 0, 0, 0)


def taker(me, market, draw):
    if draw.w < 0.3 and market.best_ask > 0 and market.position < me["target"]:
        return 1, market.best_ask, 3, 0, 1
    if draw.w > 0.7 and market.position > me["target"]:
        return 2, 0, 2, 1, 0
    return 0, 0, 0, 0, 0


def stubborn(me, market, draw):
    return 1, me["reservation"], me["lots_max"], 0, int(me["urgency"])
"""
AGENTS, LOOKS = 40, 2_000


def world(engine, module, **sizes):
    rules = [VenueRules("c", fee_buy_ppm=3_000), VenueRules("l", Mechanism.LISTED_AGREEMENT, pick="relation")]
    x = engine(15 + AGENTS, 3, rules, [Listing(1, 0, 420_000), Listing(2, 1, 90_000)], 15, **sizes)
    x.use_strategies([module.Patient.quote, module.taker, module.stubborn])
    intents = np.zeros(2 * AGENTS, INTENT)
    for k, me in enumerate(intents):
        account, instrument = 15 + k // 2, 1 + k % 2
        x.allow(account, instrument, Eligible.ALL)
        x.transfer(0, AccountKind.ISSUANCE, account, instrument, 50, 1)
        x.transfer(0, AccountKind.WORLD, account, 0, 4_000_000 * (1 + k % 7), 1)
        me["account"], me["instrument"], me["strategy"] = account, instrument, (0, 0, 1, 9)[k // 2 % 4]
        me["shown"], me["deadline"] = (0, 2, 4)[k % 3], (-1, 8_000, 30_000)[k % 5 % 3]
        me["target"] = 50 + (20 if k % 4 < 2 else -20)
        me["reservation"] = (420_000, 90_000)[k % 2] // 100 * (95 + k % 13) // 100 * 100
    draws, looks = Draws(3), np.arange(LOOKS)
    arrivals = np.zeros(LOOKS, ARRIVAL)
    arrivals["t"] = looks * 10 + 5
    arrivals["intent"] = draws.bits(looks, "who") % np.uint64(len(intents))
    for name in "uvw":
        arrivals[name] = draws.uniform(looks, name)
    x.open_session(1, [1, 2], 20_000)
    return x, arrivals, intents


def finish(x, intents):
    x.close_session(10**6, [1, 2], end_of_day=True)
    return x.drain()[0], intents, x.balances()


def in_one_go(engine, module, **sizes):
    x, arrivals, intents = world(engine, module, **sizes)
    assert x.run_arrivals(arrivals, intents, 0, 10**9) == LOOKS
    assert x.run_arrivals(arrivals, intents, LOOKS, 10**9) == LOOKS
    return finish(x, intents)


def one_by_one(engine, module):
    x, arrivals, intents = world(engine, module)
    for t, intent, venue, *uniforms in arrivals.tolist():
        x.run_arrival(t, venue, intent, intents, *uniforms)
    return finish(x, intents)


def pumped(engine, module):
    x, arrivals, intents = world(engine, module)
    done = 0
    for t in range(7, 10**5, 313):
        done = x.run_arrivals(arrivals, intents, done, t)
        assert done == np.searchsorted(arrivals["t"], t)
        x.quotes(1)
    return finish(x, intents)


@pytest.fixture
def strategies(strategy_file):
    return strategy_file("ecomarket_test_strategies", STRATEGIES)


def same(one, other) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_every_engine_and_every_way_of_driving_writes_the_same_journal(engines, strategies) -> None:
    expected = in_one_go(engines.reference, strategies)
    assert (expected[0]["kind"] == RecordKind.TRADE).sum() > 100
    assert expected[1]["margin"].any()
    taken = expected[0][expected[0]["kind"] == RecordKind.ORDER_ACCEPTED]
    assert {0, 2, 4} == set(taken["fee_buy"].tolist())
    lives = {"day": 0, "post only": 3, "gtc": 4, "gtd": 5}
    assert all((taken["flags"] >> SHIFT_TIF & 7 == life).any() for life in lives.values())
    assert (expected[0]["code"][expected[0]["kind"] == RecordKind.ORDER_REFUSED] == Refusal.EXPIRY_PAST).any()
    for engine in (engines.kernel, engines.uncompiled, engines.reference):
        for drive in (in_one_go, one_by_one, pumped):
            assert same(drive(engine, strategies), expected), (engine, drive)


def test_brim_of_every_buffer_in_the_arrival_loop(engines, strategies) -> None:
    """Buffers start too small for one message and grow between messages."""
    expected = in_one_go(engines.kernel, strategies)
    assert same(in_one_go(engines.kernel, strategies, journal_rows=1, slots=1, ids=1), expected)


@pytest.fixture
def stage(engine, strategies):
    """One agent (stubborn: buy `lots_max` at `reservation`, `urgency` the time in force) and one seller."""
    x = engine(17, 2, [VenueRules("v", tick_cash=1, fee_buy_ppm=10_000, lots_min=2)], [Listing(1, 0, 1_000)], 15)
    x.use_strategies([strategies.stubborn])
    for account in (15, 16):
        x.allow(account, 1, Eligible.ALL)
        x.transfer(0, AccountKind.WORLD, account, 0, 10_100, 1)
        x.transfer(0, AccountKind.ISSUANCE, account, 1, 100, 1)
    intents = np.zeros(1, INTENT)
    intents[0]["account"], intents[0]["instrument"] = 15, 1
    intents[0]["reservation"], intents[0]["lots_max"] = 1_000, 10
    x.open_session(1, [1], 100)
    x.drain()
    return x, intents


def kinds(x) -> list[int]:
    return x.drain()[0]["kind"].tolist()


def test_an_unchanged_quote_keeps_its_place(stage) -> None:
    x, intents = stage
    for t in (2, 3, 4):
        x.run_arrival(t, 0, 0, intents, 0.5, 0.5, 0.5)
    assert kinds(x) == [RecordKind.ORDER_ACCEPTED]
    assert intents[0]["live"] == 1


def test_a_changed_quote_replaces_and_may_use_what_the_old_order_held(stage) -> None:
    x, intents = stage
    x.run_arrival(2, 0, 0, intents, 0.5, 0.5, 0.5)
    assert x.free(15, 0) == 0
    intents[0]["reservation"] = 990
    x.run_arrival(3, 0, 0, intents, 0.5, 0.5, 0.5)
    rows = x.drain()[0][1:]
    assert rows["kind"].tolist() == [RecordKind.ORDER_CANCELLED, RecordKind.ORDER_ACCEPTED]
    assert rows["code"][0] == CancelReason.OWNER
    assert intents[0]["live"] == rows["order"][1]


def test_a_partly_filled_order_is_topped_up_and_a_filled_one_forgotten(stage) -> None:
    x, intents = stage
    x.run_arrival(2, 0, 0, intents, 0.5, 0.5, 0.5)
    x.submit(3, 16, 1, 2, 1_000, 10)
    intents[0]["lots_max"] = 0
    x.run_arrival(4, 0, 0, intents, 0.5, 0.5, 0.5)
    assert intents[0]["live"] == 0
    assert x.drain()[0]["kind"].tolist()[-1] == RecordKind.ORDER_REFUSED


def test_an_order_that_trades_whole_leaves_nothing_live(stage) -> None:
    x, intents = stage
    x.submit(2, 16, 1, 2, 1_000, 10)
    x.run_arrival(3, 0, 0, intents, 0.5, 0.5, 0.5)
    assert intents[0]["live"] == 0
    assert kinds(x)[-1] == RecordKind.TRADE


def look(x, t, intents) -> list[tuple[int, int]]:
    """Let the agent look; return open and shown lots of the bids."""
    x.run_arrival(t, 0, 0, intents, 0.5, 0.5, 0.5)
    return [(int(r["lots"]), int(r["shown"])) for r in x.resting(1) if r["side"] == 1]


def test_an_agent_shows_a_part_of_its_order(stage) -> None:
    x, intents = stage
    intents[0]["shown"] = 4
    assert look(x, 2, intents) == [(10, 4)]
    assert x.quotes(1).bid_lots == 4
    assert x.drain()[0]["fee_buy"].tolist() == [4]
    # an unchanged quote stays, though the part has changed
    intents[0]["shown"] = 5
    assert look(x, 3, intents) == [(10, 4)]
    # six are sold to it, and two of its second part of four are left; ten again, in parts of five
    x.submit(4, 16, 1, 2, 1_000, 6)
    assert [tuple(r)[4:] for r in x.resting(1)] == [(4, 2)]
    x.transfer(4, AccountKind.WORLD, 15, 0, 10_000, 1)
    assert look(x, 5, intents) == [(10, 5)]


@pytest.mark.parametrize(("shown", "seen"), [(0, 10), (1, 2), (-3, 10), (9, 9), (10, 10), (11, 10)])
def test_the_part_shown_is_no_smaller_than_an_order_may_be_and_smaller_than_the_whole(stage, shown, seen) -> None:
    x, intents = stage
    intents[0]["shown"] = shown
    assert look(x, 2, intents) == [(10, seen)]


@pytest.mark.parametrize("tif", [TimeInForce.IOC, TimeInForce.FOK])
def test_what_never_rests_shows_all(stage, tif) -> None:
    x, intents = stage
    intents[0]["shown"], intents[0]["urgency"] = 4, tif
    x.submit(2, 16, 1, 2, 1_000, 10)
    x.drain()
    assert look(x, 3, intents) == []
    assert kinds(x) == [RecordKind.ORDER_ACCEPTED, RecordKind.TRADE]


def test_a_dated_quote_lapses_at_the_intents_deadline(stage) -> None:
    x, intents = stage
    intents[0]["urgency"], intents[0]["deadline"] = TimeInForce.GTD, 50
    assert look(x, 2, intents) == [(10, 10)]
    assert x.drain()[0]["other"].tolist() == [50]
    x.close_session(49, [1], end_of_day=True)
    assert len(x.resting(1)) == 1
    x.open_session(50, [1], 200)
    x.close_session(60, [1], end_of_day=True)
    assert len(x.resting(1)) == 0
    x.open_session(61, [1], 200)
    x.drain()
    for deadline in (-1, 61, 62):
        intents[0]["deadline"] = deadline
        look(x, 61, intents)
    rows = x.drain()[0]
    assert rows["kind"].tolist() == [RecordKind.ORDER_REFUSED] * 2 + [RecordKind.ORDER_ACCEPTED]
    assert rows["code"].tolist()[:2] == [Refusal.EXPIRY_PAST] * 2


def test_nobody_acts_at_a_closed_or_unknown_market(stage) -> None:
    x, intents = stage
    x.close_session(2, [1], end_of_day=False)
    x.run_arrival(3, 0, 0, intents, 0.5, 0.5, 0.5)
    for field, value in (("instrument", 7), ("account", 99)):
        x.open_session(4, [1], 100)
        kept = intents[0][field]
        intents[0][field] = value
        x.run_arrival(5, 0, 0, intents, 0.5, 0.5, 0.5)
        intents[0][field] = kept
    assert kinds(x) == []


def test_nobody_acts_at_a_halted_market(stage) -> None:
    x, intents = stage
    x.run_arrival(2, 0, 0, intents, 0.5, 0.5, 0.5)
    intents[0]["reservation"] = 990
    x.halt(3, 1, 20)
    x.run_arrival(19, 0, 0, intents, 0.5, 0.5, 0.5)
    assert intents[0]["live"] == 1
    x.run_arrival(20, 0, 0, intents, 0.5, 0.5, 0.5)
    assert intents[0]["live"] == 2
    assert kinds(x) == [
        RecordKind.ORDER_ACCEPTED,
        RecordKind.HALT,
        RecordKind.ORDER_CANCELLED,
        RecordKind.ORDER_ACCEPTED,
    ]


def test_in_a_call_quotes_go_in_and_nothing_trades(stage) -> None:
    x, intents = stage
    x.submit(2, 16, 1, 2, 990, 10)
    x.open_session(3, [1], 100, call=True)
    x.run_arrival(4, 0, 0, intents, 0.5, 0.5, 0.5)
    assert intents[0]["live"] == 2
    x.run_arrival(5, 0, 0, intents, 0.5, 0.5, 0.5)
    assert kinds(x) == [RecordKind.ORDER_ACCEPTED] * 2
    assert x.uncross(6, [1])[0] == (1, 1_000, 10, 0)


def test_a_market_order_that_waits_is_no_unchanged_quote(engine, strategy_file) -> None:
    """The strategy wants a limit order at price 0 for as many lots: it is sent, and refused."""
    module = strategy_file("ecomarket_test_strategies", STRATEGIES)
    x = engine(17, 2, [VenueRules("v", tick_cash=1)], [Listing(1, 0, 1_000)], 15)
    x.use_strategies([module.stubborn])
    x.allow(15, 1, Eligible.ALL)
    x.transfer(0, AccountKind.WORLD, 15, 0, 10_100, 1)
    x.open_session(1, [1], 100, call=True)
    intents = np.zeros(1, INTENT)
    intents[0]["account"], intents[0]["instrument"], intents[0]["lots_max"] = 15, 1, 5
    intents[0]["live"] = x.submit(2, 15, 1, 1, 0, 5, 1).order
    x.run_arrival(3, 0, 0, intents, 0.5, 0.5, 0.5)
    assert intents[0]["live"] == 0
    assert kinds(x)[-2:] == [RecordKind.ORDER_CANCELLED, RecordKind.ORDER_REFUSED]


def test_a_live_order_of_another_party_is_not_taken_for_ones_own(stage) -> None:
    x, intents = stage
    intents[0]["live"] = x.submit(2, 16, 1, 1, 900, 2).order
    x.run_arrival(3, 0, 0, intents, 0.5, 0.5, 0.5)
    assert kinds(x) == [RecordKind.ORDER_ACCEPTED] * 2


SPY = """
SEEN = []


def spy(me, market, draw):
    SEEN.append(market)
    return (2, 1_050, 4, 0, 0) if len(SEEN) == 1 else (0, 0, 0, 0, 0)
"""


@pytest.mark.parametrize("name", ["uncompiled", "reference"])
def test_what_an_agent_sees(engines, strategy_file, name) -> None:
    module = strategy_file("ecomarket_test_spy", SPY)
    x = getattr(engines, name)(17, 2, [VenueRules("v", tick_cash=1)], [Listing(1, 0, 1_000)], 15)
    x.use_strategies([module.spy])
    for account in (15, 16):
        x.allow(account, 1, Eligible.ALL)
        x.transfer(0, AccountKind.WORLD, account, 0, 10_000, 1)
        x.transfer(0, AccountKind.ISSUANCE, account, 1, 100, 1)
    intents = np.zeros(1, INTENT)
    intents[0]["account"], intents[0]["instrument"] = 15, 1
    x.open_session(1, [1], 77)
    x.submit(2, 16, 1, 2, 1_010, 6)
    x.submit(2, 16, 1, 1, 990, 2)
    for t in (3, 4):
        x.run_arrival(t, 0, 0, intents, 0.1, 0.2, 0.3)
    market = {"close_t": 77, "best_bid": 990, "best_ask": 1_010, "bid_lots": 2, "ask_lots": 6, "last_price": 0}
    market |= {"reference_price": 1_000, "low": 900, "high": 1_100, "tick": 1, "position": 100, "free_units": 100}
    market |= {"call": 0, "day_lots": 0, "last_side": 0}
    none = {"live_side": 0, "live_price": 0, "live_lots": 0}
    own = {"live_side": 2, "live_price": 1_050, "live_lots": 4}
    assert [
        MarketView(t=3, free_cash=10_000, **market, **none),
        MarketView(t=4, free_cash=10_000, **market, **own),
    ] == module.SEEN
    assert intents[0]["live"] == 0


def test_a_quote_must_be_importable_by_name() -> None:
    with pytest.raises(PlugInError):
        quote_loop([lambda me, market, draw: (0, 0, 0, 0, 0)])


@pytest.mark.parametrize("name", ["uncompiled", "reference"])
def test_what_an_agent_sees_of_trades_and_calls(engines, strategy_file, name) -> None:
    """Two lots sold to a bid, one bought from an ask, then a call: which side rested, what the day has traded."""
    module = strategy_file("ecomarket_test_spy_of_trades", SPY)
    x = getattr(engines, name)(18, 2, [VenueRules("v", tick_cash=1)], [Listing(1, 0, 1_000)], 15)
    x.use_strategies([module.spy])
    for account in (15, 16, 17):
        x.allow(account, 1, Eligible.ALL)
        x.transfer(0, AccountKind.WORLD, account, 0, 100_000, 1)
        x.transfer(0, AccountKind.ISSUANCE, account, 1, 100, 1)
    intents = np.zeros(1, INTENT)
    intents[0]["account"], intents[0]["instrument"] = 15, 1
    module.SEEN.append(None)  # it only looks
    x.open_session(1, [1], 77)
    for t, (first, second) in ((2, (1, 2)), (5, (2, 1))):
        x.submit(t, 16, 1, first, 1_000, 3 - first)
        x.submit(t + 1, 17, 1, second, 1_000, 3 - first)
        x.run_arrival(t + 2, 0, 0, intents, 0.1, 0.2, 0.3)
    x.close_session(77, [1], end_of_day=False)
    x.open_session(80, [1], 90, call=True)
    x.submit(81, 16, 1, 1, 1_000, 1)
    x.submit(82, 17, 1, 2, 1_000, 1)
    x.run_arrival(83, 0, 0, intents, 0.1, 0.2, 0.3)
    x.uncross(90, [1])
    x.close_session(90, [1], end_of_day=False)
    x.open_session(91, [1], 99)
    x.run_arrival(92, 0, 0, intents, 0.1, 0.2, 0.3)
    seen = [(view.call, view.day_lots, view.last_side) for view in module.SEEN[1:]]
    assert seen == [(0, 2, 1), (0, 3, 2), (1, 3, 2), (0, 4, 0)]


SPENDER = """
def spender(me, market, draw):
    return 1, 1_000, market.free_cash // (1_000 + market.fee_lot_cash) + int(me["lots_max"]), 0, 0
"""
FEES = [
    {},
    {"fee_buy_ppm": 50_000},
    {"fee_buy_ppm": 20_000, "maker_buy_ppm": 90_001},
    {"fee_buy_lot_cash": 37, "fee_fixed_cash": 310},
    {"fee_buy_ppm": 12_345, "fee_buy_lot_cash": 1, "fee_min_cash": 2_001},
    {"fee_buy_ppm": 100_000, "fee_max_cash": 500},
]


@pytest.mark.parametrize("name", ["kernel", "uncompiled", "reference"])
@pytest.mark.parametrize("fees", FEES)
def test_all_of_a_purse_can_be_spent_whatever_the_fees(engines, strategy_file, name, fees) -> None:
    """What a look tells is enough for the order it allows, and for a lot more (beside a minimum) it is not."""
    module = strategy_file("ecomarket_test_spender", SPENDER)
    loose = {"fee_min_cash", "fee_max_cash"}
    purses = [*range(9_990, 10_030), 123_456, 999_999, 10**11 + 7]
    x = getattr(engines, name)(15 + len(purses), 2, [VenueRules("v", tick_cash=1, **fees)], [Listing(1, 0, 1_000)], 15)
    x.use_strategies([module.spender])
    intents = np.zeros(len(purses), INTENT)
    for k, purse in enumerate(purses):
        x.allow(15 + k, 1, Eligible.ALL)
        x.transfer(0, AccountKind.WORLD, 15 + k, 0, purse, 1)
        intents[k]["account"], intents[k]["instrument"] = 15 + k, 1
    x.open_session(1, [1], 77)
    for more in (0, 1):
        intents["lots_max"], intents["live"] = more, 0
        for k in range(len(purses)):
            x.run_arrival(3 + more, 0, k, intents, 0.5, 0.5, 0.5)
        seen = x.drain()[0]
        accepted = (seen["kind"] == RecordKind.ORDER_ACCEPTED).sum()
        assert accepted == (0 if more else len(purses)) or (more and loose & set(fees))
        x.close_session(3 + more, [1], end_of_day=True)
        x.open_session(4 + more, [1], 77)
        x.drain()
