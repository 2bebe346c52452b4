"""What may not be done, and which word says so."""

from __future__ import annotations

import pytest

from ecomarket.errors import InternalError, LedgerError
from ecomarket.exchange.rules import Listing, VenueRules, band, check_listings, day_band
from ecomarket.model.codes import (
    AccountKind,
    Eligible,
    HoldReason,
    OrderKind,
    RecordKind,
    Refusal,
    TimeInForce,
)

RULES = VenueRules("v", lots_min=2, lots_max=500, tick_cash=100, bought_today_locked=True, holding_lots_max=10_100)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"who": 99}, Refusal.UNKNOWN_ACCOUNT),
        ({"who": -1}, Refusal.UNKNOWN_ACCOUNT),
        ({"instrument": 0}, Refusal.UNKNOWN_INSTRUMENT),
        ({"instrument": 3}, Refusal.UNKNOWN_INSTRUMENT),
        ({"instrument": 9}, Refusal.UNKNOWN_INSTRUMENT),
        ({"instrument": -1}, Refusal.UNKNOWN_INSTRUMENT),
        ({"side": 0}, Refusal.NOT_ELIGIBLE),
        ({"side": 3}, Refusal.NOT_ELIGIBLE),
        ({"kind": 2}, Refusal.NOT_ELIGIBLE),
        ({"tif": 6}, Refusal.NOT_ELIGIBLE),
        ({"tif": 5}, Refusal.EXPIRY_PAST),
        ({"who": "stranger"}, Refusal.NOT_ELIGIBLE),
        ({"who": int(AccountKind.RETIRED)}, Refusal.SINK_DEBIT),
        ({"price": 0}, Refusal.PRICE_NOT_POSITIVE),
        ({"price": -100}, Refusal.PRICE_NOT_POSITIVE),
        ({"price": 420_050}, Refusal.PRICE_OFF_TICK),
        ({"price": 462_100}, Refusal.PRICE_OUTSIDE_BAND),
        ({"price": 377_900}, Refusal.PRICE_OUTSIDE_BAND),
        ({"price": 462_000}, Refusal.NONE),
        ({"price": 378_000}, Refusal.NONE),
        ({"lots": 0}, Refusal.LOTS_NOT_POSITIVE),
        ({"lots": -5}, Refusal.LOTS_NOT_POSITIVE),
        ({"lots": 1}, Refusal.LOTS_BELOW_MINIMUM),
        ({"lots": 501}, Refusal.LOTS_ABOVE_MAXIMUM),
        ({"lots": 101}, Refusal.HOLDING_LIMIT),
        ({"who": "B", "side": 2, "lots": 12, "price": 420_000}, Refusal.INSUFFICIENT_UNITS),
        ({"who": "B"}, Refusal.INSUFFICIENT_CASH),
    ],
)
def test_first_broken_rule_names_the_refusal(town, change, refusal) -> None:
    """Band numbers of case P19: 42.00 gives 37.80 to 46.20, and 46.21 is refused."""
    t = town(RULES, reference=420_000, people="A")
    t.give("B", cash=1_000, units=10)
    order = {"who": "A", "side": 1, "lots": 10, "price": 420_000} | change
    outcome = t.order(**order)
    assert Refusal(outcome.refusal) == refusal
    rows = t.journal()
    assert rows[-1]["kind"] == (RecordKind.ORDER_REFUSED if refusal else RecordKind.ORDER_ACCEPTED)
    assert (rows[-1]["order"], rows[-1]["code"]) == (outcome.order, refusal)


def test_closed_market_refuses_but_lets_go(town) -> None:
    t = town()
    order = t.sell("A", 5, 10_000).order
    t.close(end_of_day=False)
    assert t.buy("B", 5, 10_000).refusal == Refusal.MARKET_CLOSED
    assert t.cancel("A", order) == Refusal.NONE


def test_bought_today_is_locked_until_tomorrow(town) -> None:
    t = town(RULES, reference=420_000, people="A", rich=False)
    t.give("A", units=50)
    t.give("B", cash=10**9, units=10)
    t.sell("A", 50, 420_000)
    t.buy("B", 50, 420_000)
    assert t.sell("B", 11, 420_000).refusal == Refusal.BOUGHT_TODAY
    assert t.sell("B", 10, 420_000).refusal == Refusal.NONE
    t.close()
    t.open()
    assert t.sell("B", 60, 420_000).refusal == Refusal.NONE


def test_holding_limit_counts_open_buys_and_bids(town) -> None:
    t = town(RULES, reference=420_000, people="AB")
    t.buy("A", 60, 420_000)
    assert t.buy("A", 41, 410_000).refusal == Refusal.HOLDING_LIMIT
    auction = t.exchange.open_auction(t.tick(), 0, 1, t.account("B"), 50, 0, uniform=True)
    assert t.exchange.bid(t.tick(), auction, t.account("A"), 420_000, 41)[1] == Refusal.HOLDING_LIMIT
    assert t.exchange.bid(t.tick(), auction, t.account("A"), 420_000, 40)[1] == Refusal.NONE
    assert t.buy("A", 2, 410_000).refusal == Refusal.HOLDING_LIMIT
    t.exchange.clear_auction(t.tick(), auction)
    assert t.buy("A", 2, 410_000).refusal == Refusal.HOLDING_LIMIT


def test_amounts_beyond_any_account_are_refused_not_wrapped(town) -> None:
    t = town(VenueRules("v", tick_cash=1, band_ppm=0), reference=2**39)
    assert t.exchange.transfer(t.tick(), AccountKind.WORLD, t.account("A"), 0, 2**60, 1) == Refusal.INSUFFICIENT_CASH
    assert t.buy("A", 2**22, 2**39).refusal == Refusal.LOTS_ABOVE_MAXIMUM
    assert t.sell("A", 2**31, 2**39).refusal == Refusal.LOTS_ABOVE_MAXIMUM
    assert t.buy("A", 2**21, 2**39).refusal == Refusal.INSUFFICIENT_CASH


def test_where_every_lot_may_be_ordered_and_one_price_above(town) -> None:
    """2^31 - 1 lots, the most there are, come to less than 2^60 at 2^29 each, and to more one above."""
    t = town(VenueRules("v", tick_cash=1, band_ppm=0), reference=2**29)
    most = 2**31 - 1
    assert t.buy("A", most, 2**29).refusal == Refusal.INSUFFICIENT_CASH
    assert t.buy("A", most, 2**29 + 1).refusal == Refusal.LOTS_ABOVE_MAXIMUM


@pytest.mark.parametrize("lots", [2**13 - 1, 2**13, 2**20])
def test_a_large_fee_is_exact(town, lots) -> None:
    """Notionals below, at and far above 2^43, where notional x rate leaves 64 bits."""
    t = town(VenueRules("v", tick_cash=1, band_ppm=0, fee_buy_ppm=999_999, fee_sell_ppm=7), reference=2**30)
    t.give("A", cash=2**53)
    t.give("B", units=lots)
    t.sell("B", lots, 2**30)
    assert t.buy("A", lots, 2**30).filled_lots == lots
    trade = t.exchange.drain()[0][-1]
    assert (trade["fee_buy"], trade["fee_sell"]) == (2**30 * lots * 999_999 // 10**6, 2**30 * lots * 7 // 10**6)


def test_contra_account_may_trade_what_it_does_not_have(town) -> None:
    """The outside market is such an account."""
    t = town()
    world = int(AccountKind.WORLD)
    t.exchange.allow(world, 1, Eligible.ALL)
    assert t.sell(world, 50, 10_000).resting_lots == 50
    t.buy("A", 50, 10_000)
    assert t.exchange.posted(world, 1) == -50


@pytest.mark.parametrize(
    ("debit", "credit", "instrument", "amount", "refusal"),
    [
        (-1, 15, 0, 1, Refusal.UNKNOWN_ACCOUNT),
        (15, 26, 0, 1, Refusal.UNKNOWN_ACCOUNT),
        (15, 15, 0, 1, Refusal.SAME_PARTY),
        (15, 16, 4, 1, Refusal.UNKNOWN_INSTRUMENT),
        (15, 16, -1, 1, Refusal.UNKNOWN_INSTRUMENT),
        (15, 16, 0, 0, Refusal.AMOUNT_NOT_POSITIVE),
        (int(AccountKind.SURRENDER), 16, 1, 1, Refusal.SINK_DEBIT),
        (15, 16, 0, 10**9 + 1, Refusal.INSUFFICIENT_CASH),
        (15, 16, 1, 10_001, Refusal.INSUFFICIENT_UNITS),
        (15, 16, 1, 10_000, Refusal.NONE),
    ],
)
def test_transfers_move_only_what_is_free(town, debit, credit, instrument, amount, refusal) -> None:
    t = town()
    before = len(t.journal())
    assert t.exchange.transfer(t.tick(), debit, credit, instrument, amount, 2) == refusal
    assert len(t.journal()) - before == (refusal == Refusal.NONE)


def test_holds_reserve_until_released_once(town) -> None:
    t = town()
    a = t.account("A")
    number, refusal = t.exchange.hold(t.tick(), a, 1, 9_990, HoldReason.PLEDGE)
    assert refusal == Refusal.NONE
    assert t.exchange.free(a, 1) == 10
    assert t.sell("A", 11, 10_000).refusal == Refusal.INSUFFICIENT_UNITS
    assert t.exchange.hold(t.tick(), a, 1, 11, HoldReason.PLEDGE) == (0, Refusal.INSUFFICIENT_UNITS)
    assert t.exchange.hold(t.tick(), 99, 1, 11, HoldReason.PLEDGE) == (0, Refusal.UNKNOWN_ACCOUNT)
    assert t.exchange.release(t.tick(), number) == Refusal.NONE
    assert t.exchange.release(t.tick(), number) == Refusal.UNKNOWN_HOLD
    assert t.exchange.free(a, 1) == 10_000


def test_programmers_errors_are_loud(engine) -> None:
    x = engine(20, 3, [VenueRules("v")], [Listing(1, 0, 100)], 15)
    for wrong in (
        lambda: x.open_session(0, [2], 5),
        lambda: x.quotes(0),
        lambda: x.deal(0, 1, 0, 1, 15, 16, 100, 1),
        lambda: x.bid(0, 1, 15, 100, 1, 0, -1),
        lambda: x.run_arrivals([], [], 0, 5),
        lambda: x.run_arrival(0, 0, 0, [], 0, 0, 0),
    ):
        with pytest.raises(InternalError):
            wrong()
    with pytest.raises(LedgerError):
        x.clear_auction(0, 7)


@pytest.mark.parametrize(
    "wrong",
    [
        {"pick": "nearest"}, {"closing": "mid"}, {"tick_cash": 0}, {"lots_min": 0}, {"band_ppm": -1},
        {"fee_buy_ppm": 1_000_001},
    ],
)  # fmt: skip
def test_rules_no_engine_can_keep_are_refused(wrong) -> None:
    with pytest.raises(ValueError):
        VenueRules("v", **wrong)


@pytest.mark.parametrize(
    "listings",
    [[Listing(0, 0, 1)], [Listing(3, 0, 1)], [Listing(1, 0, 1)] * 2, [Listing(1, 1, 1)], [Listing(1, 0, 0)]],
)
def test_impossible_listings_are_refused(engine, listings) -> None:
    with pytest.raises(ValueError):
        engine(20, 3, [VenueRules("v")], listings, 15)


def test_bands_of_the_national_market(town) -> None:
    """Case P19: close 42.00 gives listed 37.80 to 46.20 and block 29.40 to 54.60."""
    assert band(420_000, 100_000, 100) == (378_000, 462_000)
    assert band(420_000, 300_000, 100) == (294_000, 546_000)
    assert check_listings([], [], 1) is None


@pytest.mark.parametrize(
    ("reference", "ppm", "tick", "expected"),
    [
        (500, 100_000, 100, (400, 600)),  # ten per cent is half a tick: one tick is allowed
        (10, 100_000, 100, (100, 100)),
        (100, 100_000, 100, (100, 200)),
        (60_000_000, 100_000, 100, (59_795_200, 60_204_700)),
        (100_000, 1_000_000, 100, (100, 200_000)),
        (12_345, 100_000, 10, (11_120, 13_570)),
    ],
)
def test_day_band_is_on_the_tick_not_narrower_than_one_nor_wider_than_the_ladder(
    engine, reference, ppm, tick, expected
) -> None:
    rules = VenueRules("v", band_ppm=ppm, tick_cash=tick)
    assert day_band(reference, rules) == expected
    x = engine(20, 2, [rules], [Listing(1, 0, reference)], 15)
    x.allow(15, 1, Eligible.ALL)
    x.transfer(0, AccountKind.ISSUANCE, 15, 1, 10, 1)
    x.open_session(0, [1], 10)
    low, high = expected
    answers = [
        Refusal(x.submit(1, 15, 1, 2, p, 1, OrderKind.LIMIT, TimeInForce.DAY).refusal) for p in (low, high, high + tick)
    ]
    assert answers == [Refusal.NONE, Refusal.NONE, Refusal.PRICE_OUTSIDE_BAND]
    below = Refusal(x.submit(1, 15, 1, 2, low - tick, 1).refusal)
    assert below == (Refusal.PRICE_OUTSIDE_BAND if low > tick else Refusal.PRICE_NOT_POSITIVE)
