"""Deals between named parties, and one-way auctions: the published ones and our own."""

from __future__ import annotations

import pytest

from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, RecordKind, Refusal

BLOCK, NEGOTIATED = Mechanism.BLOCK_AGREEMENT, Mechanism.NEGOTIATED
CEA = VenueRules(
    "cea",
    Mechanism.LISTED_AGREEMENT,
    block_lots_min=100,
    fee_buy_ppm=1_000,
    fee_sell_ppm=2_000,
    bought_today_locked=True,
)


def deal(t, mechanism, buyer, seller, price, lots, venue=0, instrument=1) -> Refusal:
    return Refusal(
        t.exchange.deal(t.tick(), mechanism, venue, instrument, t.account(buyer), t.account(seller), price, lots)
    )


def test_block_settles_off_the_book(town) -> None:
    t = town(CEA, reference=420_000)
    t.sell("A", 10, 420_000)
    before = t.exchange.quotes(1)
    assert deal(t, BLOCK, "B", "C", 546_000, 100) == Refusal.NONE
    assert t.exchange.quotes(1) == before
    row = t.of_kind(RecordKind.TRADE)[-1]
    assert [int(row[k]) for k in ("code", "flags", "order", "other", "hold", "fee_buy", "fee_sell")] == [
        BLOCK, 0, 0, 0, 0, 54_600, 109_200,
    ]  # fmt: skip
    assert t.exchange.posted(AccountKind.FEE, 0) == 163_800


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        ({"price": 546_100}, Refusal.PRICE_OUTSIDE_BAND),
        ({"price": 293_900}, Refusal.PRICE_OUTSIDE_BAND),
        ({"price": 294_000}, Refusal.NONE),
        ({"price": 420_001}, Refusal.PRICE_OFF_TICK),
        ({"price": 0}, Refusal.PRICE_NOT_POSITIVE),
        ({"lots": 99}, Refusal.LOTS_BELOW_MINIMUM),
        ({"lots": 0}, Refusal.LOTS_NOT_POSITIVE),
        ({"lots": 2**40}, Refusal.LOTS_ABOVE_MAXIMUM),
        ({"lots": 10_001}, Refusal.INSUFFICIENT_UNITS),
        ({"lots": 5_000}, Refusal.INSUFFICIENT_CASH),
        ({"seller": "B"}, Refusal.SAME_PARTY),
        ({"buyer": 99}, Refusal.UNKNOWN_ACCOUNT),
        ({"seller": -1}, Refusal.UNKNOWN_ACCOUNT),
        ({"buyer": "stranger"}, Refusal.NOT_ELIGIBLE),
        ({"seller": "stranger"}, Refusal.NOT_ELIGIBLE),
        ({"buyer": int(AccountKind.CONSUMED)}, Refusal.SINK_DEBIT),
        ({"seller": int(AccountKind.CONSUMED)}, Refusal.SINK_DEBIT),
        ({"instrument": 0}, Refusal.UNKNOWN_INSTRUMENT),
        ({"instrument": 7}, Refusal.UNKNOWN_INSTRUMENT),
        ({"venue": 7}, Refusal.UNKNOWN_INSTRUMENT),
    ],
)
def test_block_terms(town, case, refusal) -> None:
    t = town(CEA, reference=420_000)
    assert deal(t, BLOCK, **({"buyer": "B", "seller": "C", "price": 420_000, "lots": 100} | case)) == refusal


def test_negotiated_transfer_is_free_of_band_size_and_listing(town) -> None:
    t = town(CEA, reference=420_000)
    assert deal(t, NEGOTIATED, "B", "C", 9_000_000, 1) == Refusal.NONE
    assert deal(t, NEGOTIATED, "B", "C", 2**41, 1) == Refusal.PRICE_OFF_TICK
    assert deal(t, NEGOTIATED, "B", "C", 100 * 2**41, 1) == Refusal.PRICE_OUTSIDE_BAND
    t.give("C", units=5, instrument=3)
    t.exchange.allow(t.account("B"), 3, Eligible.BUY)
    assert deal(t, BLOCK, "B", "C", 100, 5, instrument=3) == Refusal.UNKNOWN_INSTRUMENT
    assert deal(t, NEGOTIATED, "B", "C", 100, 5, instrument=3) == Refusal.NONE


def test_what_a_deal_bought_today_is_locked_too(town) -> None:
    t = town(CEA, reference=420_000, rich=False)
    t.give("A", units=100)
    t.give("B", cash=10**10)
    t.give("C", cash=10**10)
    assert deal(t, BLOCK, "B", "A", 420_000, 100) == Refusal.NONE
    assert deal(t, BLOCK, "C", "B", 420_000, 100) == Refusal.BOUGHT_TODAY
    assert t.exchange.open_auction(t.tick(), 0, 1, t.account("B"), 100, 0, uniform=True) == -Refusal.BOUGHT_TODAY
    t.close()
    assert deal(t, BLOCK, "C", "B", 420_000, 100) == Refusal.NONE


def test_block_without_limits(town) -> None:
    t = town(VenueRules("free", tick_cash=1, block_band_ppm=0))
    assert deal(t, BLOCK, "B", "C", 99_999, 1) == Refusal.NONE


# --- one-way auctions (单向竞价)


def auction(t, supply, reserve, bids, *, uniform, instrument=1):
    """Offer, take bids (name, price, lots[, rank, match_ppm]), clear; return {name: (lots, price)} and what was unsold."""
    seller = t.account("government")
    t.give("government", units=supply, instrument=instrument)
    number = t.exchange.open_auction(t.tick(), 0, instrument, seller, supply, reserve, uniform=uniform)
    assert number > 0
    for who, *terms in bids:
        assert t.exchange.bid(t.tick(), number, t.account(who), *terms)[1] == Refusal.NONE
    fills = t.exchange.clear_auction(t.tick(), number)
    by_number = {v: k for k, v in t.names.items()}
    return [(by_number[f.account], f.lots, f.price) for f in fills], t.exchange.free(seller, instrument)


def bidders(t, names: str, instrument: int = 1) -> None:
    for name in names:
        t.give(name, cash=10**13, instrument=instrument)


@pytest.mark.parametrize(
    ("supply", "price", "unsold", "revenue"), [(60_000, 12, 0, 720_000), (120_000, 10, 20_000, 1_000_000)]
)
def test_california_auction_with_a_floor(town, supply, price, unsold, revenue) -> None:
    """Case P22(a): bids 10@15, 50@12, 40@10 (thousand), floor 10."""
    t = town(VenueRules("carb", tick_cash=1), reference=10, rich=False)
    bidders(t, "XYZ")
    fills, left = auction(t, supply, 10, [("X", 15, 10_000), ("Y", 12, 50_000), ("Z", 10, 40_000)], uniform=True)
    assert {p for *_, p in fills} == {price}
    assert left == unsold
    assert sum(lots * p for _, lots, p in fills) == revenue == t.exchange.posted(t.account("government"), 0)


@pytest.mark.parametrize("uniform", [False, True])
def test_epa_2011_spot_auction(town, uniform) -> None:
    """Case P21(b): 125,000 offered, 550,131 bid for; pay-as-bid raises 350,895.24, mean 2.81; uniform at 2.00 250,000.00.

    Each winner's published total is met by splitting its bid into two neighbouring prices of 0.0001 CNY.
    """
    totals = {"A1": 112_500_00, "A2": 94_738_00, "B": 142_000_00, "C": 448_80, "D": 112_50, "E": 95_89, "F": 1_000_05}
    lots = {"A1": 37_500, "A2": 47_369, "B": 40_000, "C": 68, "D": 25, "E": 23, "F": 15}
    bids = []
    for who, cents in totals.items():
        low, more = divmod(cents * 100, lots[who])
        bids += [(who[0], p, n) for p, n in ((low, lots[who] - more), (low + 1, more)) if n]
    t = town(VenueRules("epa", tick_cash=1), reference=20_000, rich=False)
    bidders(t, "ABCDEFZ")
    fills, left = auction(t, 125_000, 0, [*bids, ("Z", 19_999, 425_131 + 2_000)], uniform=uniform)
    sold = {who: sum(n for w, n, _ in fills if w == who) for who in "ABCDEFZ"}
    assert sum(sold.values()) == 125_000
    assert left == 0
    revenue = t.exchange.posted(t.account("government"), 0)
    if uniform:
        assert {p for *_, p in fills} == {20_000}
        assert revenue == 250_000_0000
    else:
        assert revenue == 350_895_2400
        assert (min(p for *_, p in fills), max(p for *_, p in fills)) == (20_000, 666_700)
        assert round(revenue / 125_000 / 10_000, 2) == 2.81


def test_price_then_rank_then_time_and_a_part_for_the_last(town) -> None:
    t = town(VenueRules("q", tick_cash=1, fee_buy_ppm=7_777), rich=False)
    bidders(t, "ABCDE")
    before = {w: t.exchange.posted(t.account(w), 0) for w in "ABCDE"}
    bids = [("A", 100, 10, 1), ("B", 100, 10, 0), ("C", 100, 10, 1), ("D", 101, 10, 9), ("E", 99, 10, 0)]
    fills, left = auction(t, 25, 0, bids, uniform=False)
    assert fills == [("D", 10, 101), ("B", 10, 100), ("A", 5, 100)]
    assert left == 0
    for who, lots, price in fills:
        paid = lots * price + lots * price * 7_777 // 1_000_000
        assert t.exchange.posted(t.account(who), 0) == before[who] - paid
    for who in "ABCDE":
        assert t.exchange.free(t.account(who), 0) == t.exchange.posted(t.account(who), 0)


def test_a_right_to_match_lifts_the_rank_not_the_price(town) -> None:
    t = town(VenueRules("q", tick_cash=1), rich=False)
    bidders(t, "AB")
    fills, _ = auction(t, 10, 0, [("A", 104, 10), ("B", 100, 10, 0, 50_000)], uniform=False)
    assert fills == [("B", 10, 100)]
    fills, _ = auction(t, 10, 0, [("A", 106, 10), ("B", 100, 10, 0, 50_000)], uniform=False)
    assert fills == [("A", 10, 106)]


def test_bids_below_the_reserve_price_never_win(town) -> None:
    t = town(VenueRules("q", tick_cash=1), rich=False)
    bidders(t, "AB")
    fills, left = auction(t, 10, 100, [("A", 99, 10, 0, 900_000), ("B", 100, 4)], uniform=True)
    assert (fills, left) == ([("B", 4, 100)], 6)
    fills, left = auction(t, 10, 1, [], uniform=True)
    assert (fills, left) == ([], 16)


def test_who_may_offer_and_bid(town) -> None:
    t = town(VenueRules("q", tick_cash=100))
    a, b = t.account("A"), t.account("B")
    x = t.exchange
    assert x.open_auction(1, 0, 1, a, 10_001, 0, uniform=True) == -Refusal.INSUFFICIENT_UNITS
    assert x.open_auction(1, 0, 1, a, 0, 0, uniform=True) == -Refusal.LOTS_NOT_POSITIVE
    assert x.open_auction(1, 0, 1, a, 10, -1, uniform=True) == -Refusal.PRICE_NOT_POSITIVE
    assert x.open_auction(1, 0, 0, a, 10, 0, uniform=True) == -Refusal.UNKNOWN_INSTRUMENT
    assert x.open_auction(1, 0, 1, 25, 10, 0, uniform=True) == -Refusal.NOT_ELIGIBLE
    number = x.open_auction(1, 0, 1, a, 10_000, 0, uniform=True)
    assert x.free(a, 1) == 0
    assert x.bid(1, number, a, 100, 1)[1] == Refusal.SAME_PARTY
    assert x.bid(1, number + 1, b, 100, 1)[1] == Refusal.UNKNOWN_ORDER
    assert x.bid(1, number, b, 150, 1)[1] == Refusal.PRICE_OFF_TICK
    assert x.bid(1, number, b, 100, 10**8)[1] == Refusal.INSUFFICIENT_CASH
    assert x.release(1, number) == Refusal.UNKNOWN_HOLD
    assert x.bid(1, number, b, 100, 7)[1] == Refusal.NONE
    assert x.posted(b, 0) - x.free(b, 0) == 700
