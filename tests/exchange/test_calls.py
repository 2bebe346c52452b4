"""Stories of the call auction: who waits, at what price it clears, who meets whom, and what stays."""

from __future__ import annotations

import pytest

from ecomarket.errors import InternalError
from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import CancelReason, Mechanism, OrderKind, RecordKind, Refusal, SelfTrade, TimeInForce
from ecomarket.model.record import SELLER_HELD

MARKET = OrderKind.MARKET
IOC, FOK, POST_ONLY, GTC, GTD = (TimeInForce[k] for k in ("IOC", "FOK", "POST_ONLY", "GTC", "GTD"))


def rules(**more) -> VenueRules:
    return VenueRules("v", Mechanism.CALL_AUCTION, **{"tick_cash": 1, "band_ppm": 200_000, **more})


def calling(town, *venues, bids=(), asks=(), **more):
    """A call with bids and asks (who, lots, price; price 0 is a market order)."""
    t = town(*(venues or (rules(),)), start=False, **more)
    t.call()
    for side, orders in ((1, bids), (2, asks)):
        for who, lots, price in orders:
            kind = OrderKind.LIMIT if price else MARKET
            assert t.order(who, side, lots, price, kind=kind)[1:] == (Refusal.NONE, 0, lots)
    return t


# --- published cases


def test_uniform_price_of_the_published_book(town) -> None:
    """Case P20: volumes 160, 160, 260, 180 at 44, 45, 46, 48; price 46; 70@46 filled whole, 50@46 gets 10."""
    bids = [("A", 100, 50), ("B", 80, 48), ("C", 70, 46), ("D", 50, 46), ("E", 60, 45)]
    asks = [("F", 90, 40), ("G", 70, 44), ("H", 100, 46), ("I", 150, 49)]
    t = calling(town, rules(call_tie="midpoint"), bids=bids, asks=asks, reference=45, people="ABCDEFGHI")
    assert t.exchange.indicative(1) == (1, 46, 260, 40)
    assert t.uncross() == (1, 46, 260, 40)
    assert t.trades() == [
        ("A", "F", 90, 46), ("A", "G", 10, 46), ("B", "G", 60, 46), ("B", "H", 20, 46), ("C", "H", 70, 46),
        ("D", "H", 10, 46),
    ]  # fmt: skip
    assert t.book() == [("D", "B", 46, 40, 40), ("E", "B", 45, 60, 60), ("I", "S", 49, 150, 150)]


EPA_BIDS = [("A", 1, 150), ("B", 1, 140), ("C", 1, 130), ("D", 1, 120), ("E", 1, 110)]
EPA_ASKS = [("F", 1, 60), ("G", 1, 80), ("H", 1, 100), ("I", 1, 115), ("J", 1, 125)]
EPA = {"band_ppm": 600_000, "tick_cash": 1}


def test_pairs_pay_each_buyers_bid_to_the_lowest_ask(town) -> None:
    """Case P21(a): four trades, 540 in all, lowest winning bid 120; a seller who asks 50 is paid 150."""
    t = calling(
        town, rules(call_pricing="pairs", **EPA), bids=EPA_BIDS, asks=EPA_ASKS, reference=100, people="ABCDEFGHIJ"
    )
    assert t.exchange.indicative(1) == (1, 120, 4, 0)
    assert t.uncross() == (1, 120, 4, 0)
    assert t.trades() == [("A", "F", 1, 150), ("B", "G", 1, 140), ("C", "H", 1, 130), ("D", "I", 1, 120)]
    q = t.exchange.quotes(1)
    assert (q.last_price, q.day_lots, q.day_turnover) == (120, 4, 540)
    false = [*EPA_ASKS[:3], ("I", 1, 50), ("J", 1, 125)]
    t = calling(town, rules(call_pricing="pairs", **EPA), bids=EPA_BIDS, asks=false, reference=100, people="ABCDEFGHIJ")
    t.uncross()
    assert t.trades()[0] == ("A", "I", 1, 150)


def test_shaded_bids_keep_the_same_units_under_pairs(town) -> None:
    """Case P21(a): bids of 118, 117, 116.5, 116, 110 (in tenths here) pay 467.5 for the same four units."""
    bids = [(who, 1, p) for who, p in zip("ABCDE", (1_180, 1_170, 1_165, 1_160, 1_100), strict=True)]
    asks = [(who, 1, 10 * p) for who, _, p in EPA_ASKS]
    t = calling(town, rules(call_pricing="pairs", **EPA), bids=bids, asks=asks, reference=1_000, people="ABCDEFGHIJ")
    assert t.uncross().lots == 4
    assert t.exchange.quotes(1).day_turnover == 4_675


@pytest.mark.parametrize(("tie", "price"), [("midpoint", 1_175), ("highest", 1_200), ("reference", 1_150)])
def test_uniform_price_of_the_same_book_lies_between_115_and_120(town, tie, price) -> None:
    """Case P21(a), in tenths: the interval is [115, 120], its middle 117.5; an ask of 50 lowers it to (110, 120]."""
    bids, asks = ([(who, 1, 10 * p) for who, _, p in side] for side in (EPA_BIDS, EPA_ASKS))
    t = calling(town, rules(call_tie=tie, **EPA), bids=bids, asks=asks, reference=1_000, people="ABCDEFGHIJ")
    assert t.uncross() == (1, price, 4, 0)
    assert {p for *_, p in t.trades()} == {price}
    misreport = [*asks[:3], ("I", 1, 500), asks[4]]
    t = calling(town, rules(call_tie=tie, **EPA), bids=bids, asks=misreport, reference=1_000, people="ABCDEFGHIJ")
    assert t.uncross().price == {"midpoint": 1_150, "highest": 1_200, "reference": 1_101}[tie]


# --- the price


@pytest.mark.parametrize(
    ("tie", "reference", "price"),
    [("reference", 100, 102), ("reference", 103, 103), ("reference", 110, 105), ("highest", 100, 105),
     ("midpoint", 100, 103)],
)  # fmt: skip
def test_ties_go_by_the_venues_rule(town, tie, reference, price) -> None:
    """One bid at 105, one ask at 102: four prices tie, 102 to 105; the middle 103.5 is floored."""
    t = calling(town, rules(call_tie=tie), bids=[("A", 5, 105)], asks=[("B", 5, 102)], reference=reference)
    assert t.uncross() == (1, price, 5, 0)


def test_of_two_prices_as_near_to_the_reference_the_higher(town) -> None:
    """The prices 9960, 9980, 10000, 10020 tie; 9980 and 10000 are both 10 away."""
    venue = rules(tick_cash=20)
    t = calling(town, venue, reference=9_990, bids=[("A", 5, 10_020)], asks=[("B", 5, 9_960)])
    assert t.uncross().price == 10_000


def test_volume_comes_before_surplus_and_surplus_before_the_tie_rule(town) -> None:
    """At 100: min(12, 10) = 10; at 101: min(10, 10); at 102: min(10, 14). Surplus +2, 0, -4: price 101."""
    t = calling(
        town, rules(call_tie="highest"), reference=100,
        bids=[("A", 10, 102), ("B", 2, 100)], asks=[("C", 10, 100), ("D", 4, 102)],
    )  # fmt: skip
    assert t.uncross() == (1, 101, 10, 0)


def test_a_call_that_does_not_cross_trades_nothing(town) -> None:
    t = calling(town, bids=[("A", 5, 9_900)], asks=[("B", 5, 10_000)])
    assert t.exchange.indicative(1) == (1, 0, 0, 0)
    assert t.uncross() == (1, 0, 0, 0)
    assert t.trades() == []
    assert len(t.book()) == 2


def test_market_orders_alone_trade_at_the_reference_price(town) -> None:
    t = calling(town, bids=[("A", 5, 0)], asks=[("B", 3, 0)])
    assert t.uncross() == (1, 10_000, 3, 2)


def test_market_orders_count_in_volume_and_surplus(town) -> None:
    """Case of the auction vectors in small: the market ask of 25 makes 104 at 10450 against 100 above."""
    t = calling(
        town, bids=[("A", 100, 10_550), ("B", 56, 10_450)], asks=[("C", 69, 10_300), ("D", 10, 10_450), ("E", 25, 0)]
    )
    assert t.uncross() == (1, 10_450, 104, 52)
    assert t.trades()[0] == ("A", "E", 25, 10_450)


# --- during the call


def test_in_a_call_orders_rest_and_hold_and_nothing_trades(town) -> None:
    t = calling(town, bids=[("A", 5, 10_100)], asks=[("B", 5, 9_900)])
    assert t.trades() == []
    assert t.exchange.quotes(1)[:4] == (10_100, 5, 9_900, 5)
    assert t.exchange.free(t.account("A"), 0) == 10**9 - 5 * 10_100
    assert t.exchange.free(t.account("B"), 1) == 9_995


def test_market_orders_wait_apart_and_hold_at_the_end_of_the_band(town) -> None:
    t = calling(town, bids=[("A", 5, 10_100), ("B", 7, 0)])
    assert t.exchange.free(t.account("B"), 0) == 10**9 - 7 * 12_000
    assert t.exchange.quotes(1)[:2] == (10_100, 5)
    assert t.exchange.depth(1, 2).tolist() == [[0, 0, 10_100, 5], [0, 0, 0, 0]]
    assert t.book() == [("B", "B", 0, 7, 7), ("A", "B", 10_100, 5, 5)]


@pytest.mark.parametrize(
    ("change", "uniform", "pairs"),
    [
        ({"tif": IOC}, Refusal.NOT_IN_CALL, Refusal.NOT_IN_CALL),
        ({"tif": FOK}, Refusal.NOT_IN_CALL, Refusal.NOT_IN_CALL),
        ({"tif": POST_ONLY}, Refusal.NOT_IN_CALL, Refusal.NOT_IN_CALL),
        ({"tif": POST_ONLY, "kind": MARKET}, Refusal.NOT_IN_CALL, Refusal.NOT_IN_CALL),
        ({"kind": MARKET}, Refusal.NONE, Refusal.NOT_IN_CALL),
        ({"kind": MARKET, "tif": GTC}, Refusal.NONE, Refusal.NOT_IN_CALL),
        ({"kind": MARKET, "shown": 3}, Refusal.NOT_RESTING_KIND, Refusal.NOT_IN_CALL),
        ({"tif": GTC}, Refusal.NONE, Refusal.NONE),
        ({"shown": 3}, Refusal.NONE, Refusal.NONE),
        ({"tif": GTD, "expire_t": 10**9}, Refusal.NONE, Refusal.NONE),
    ],
)
def test_what_a_call_does_not_take(town, change, uniform, pairs) -> None:
    for pricing, refusal in (("uniform", uniform), ("pairs", pairs)):
        t = calling(town, rules(call_pricing=pricing))
        assert Refusal(t.buy("A", 5, 10_000, **change).refusal) == refusal


def test_market_orders_count_as_open_orders_in_a_call(town) -> None:
    t = calling(town, rules(open_orders_max=1), bids=[("A", 1, 0)])
    assert t.buy("A", 1, kind=MARKET).refusal == Refusal.OPEN_ORDERS_LIMIT
    assert t.buy("A", 1, 9_000).refusal == Refusal.OPEN_ORDERS_LIMIT
    assert t.buy("A", 1, 9_000, tif=IOC).refusal == Refusal.NOT_IN_CALL


def test_orders_of_a_call_are_withdrawn_and_replaced(town) -> None:
    t = calling(town)
    market = t.buy("A", 5, kind=MARKET).order
    limit = t.buy("A", 5, 10_000).order
    t.sell("B", 5, 9_900)
    assert t.replace("A", market, 4, 0).refusal == Refusal.NOT_RESTING_KIND
    assert t.replace("A", limit, 9, 10_100) == (limit, Refusal.NONE, 0, 9)
    assert t.trades() == []
    assert t.cancel("A", market) == Refusal.NONE
    assert t.exchange.free(t.account("A"), 0) == 10**9 - 9 * 10_100
    assert t.uncross() == (1, 10_000, 5, 4)


def test_a_post_only_order_may_cross_when_it_is_replaced_in_a_call(town) -> None:
    t = town(rules())
    order = t.buy("A", 5, 9_900, tif=POST_ONLY).order
    t.sell("B", 5, 10_000)
    t.call()
    assert t.replace("A", order, 5, 10_000) == (order, Refusal.NONE, 0, 5)
    assert t.uncross().lots == 5


# --- nobody meets himself


def cancelled(t) -> list[tuple[int, int, int]]:
    rows = t.of_kind(RecordKind.ORDER_CANCELLED)
    assert set(rows["code"]) <= {CancelReason.SELF_TRADE}
    return [(int(r["order"]), int(r["amount"]), int(r["hold"])) for r in rows]


def test_own_orders_in_the_way_go_at_entry_the_best_first(town) -> None:
    t = calling(town)
    away, near, best, market = (
        t.sell("A", 1, p, kind=k).order for p, k in ((10_200, 0), (10_050, 0), (9_950, 0), (0, MARKET))
    )
    t.sell("B", 1, 9_900)
    assert t.buy("A", 7, 10_100)[1:] == (Refusal.NONE, 0, 7)
    assert cancelled(t) == [(market, 1, 1), (best, 1, 1), (near, 1, 1)]
    assert [(who, price) for who, side, price, *_ in t.book() if side == "S"] == [("B", 9_900), ("A", 10_200)]
    assert t.cancel("A", away) == Refusal.NONE


def test_a_market_order_crosses_every_own_order(town) -> None:
    t = calling(town)
    t.sell("A", 1, 12_000)
    assert t.buy("A", 1, kind=MARKET)[2:] == (0, 1)
    assert len(cancelled(t)) == 1
    t = calling(town, bids=[("A", 1, 8_000)])
    assert t.sell("A", 1, kind=MARKET)[2:] == (0, 1)
    assert len(cancelled(t)) == 1
    t = calling(town, bids=[("A", 1, 0)])
    assert t.sell("A", 1, 12_000)[2:] == (0, 1)
    assert len(cancelled(t)) == 1


def test_the_newer_order_does_not_rest_under_cancel_newest(town) -> None:
    t = calling(town, rules(self_trade=SelfTrade.CANCEL_NEWEST))
    t.sell("A", 5, 10_000)
    new = t.buy("A", 7, 10_000)
    assert new[1:] == (Refusal.NONE, 0, 0)
    assert cancelled(t) == [(new.order, 7, 70_000)]
    assert t.buy("A", 7, 9_999)[1:] == (Refusal.NONE, 0, 7)


def test_both_shrink_until_one_is_gone_under_decrement(town) -> None:
    t = calling(town, rules(self_trade=SelfTrade.DECREMENT))
    first = t.sell("A", 5, 9_900).order
    second = t.sell("A", 5, 10_000).order
    new = t.buy("A", 7, 10_000)
    assert new[1:] == (Refusal.NONE, 0, 0)
    assert cancelled(t) == [(first, 5, 5), (new.order, 5, 50_000), (second, 2, 2), (new.order, 2, 20_000)]
    assert t.book() == [("A", "S", 10_000, 3, 3)]
    rest = t.buy("A", 9, 10_000)
    assert rest[1:] == (Refusal.NONE, 0, 6)
    assert t.book() == [("A", "B", 10_000, 6, 6)]


# --- the uncrossing


def test_market_orders_go_first_and_by_time(town) -> None:
    t = calling(town, bids=[("A", 5, 10_500), ("B", 5, 0), ("C", 5, 0), ("D", 5, 10_600)], asks=[("E", 12, 10_000)])
    t.uncross()
    assert [(b, lots) for b, _, lots, _ in t.trades()] == [("B", 5), ("C", 5), ("D", 2)]


def test_every_trade_of_a_call_says_so(town) -> None:
    t = calling(town, VenueRules("c", tick_cash=1, band_ppm=200_000), bids=[("A", 5, 10_100)], asks=[("B", 5, 9_900)])
    t.uncross()
    (trade,) = t.of_kind(RecordKind.TRADE)
    assert (trade["code"], trade["flags"], trade["price"], trade["hold"]) == (
        Mechanism.CALL_AUCTION, SELLER_HELD, 10_000, 5 * 10_100,
    )  # fmt: skip
    assert t.exchange.free(t.account("A"), 0) == t.exchange.posted(t.account("A"), 0) == 10**9 - 50_000


def test_market_orders_left_over_leave_in_order_of_id(town) -> None:
    t = calling(town, bids=[("A", 9, 0), ("B", 9, 0)], asks=[("C", 4, 10_000)])
    t.sell("D", 1, kind=MARKET)
    t.uncross()
    rows = t.of_kind(RecordKind.ORDER_CANCELLED)
    assert [(r["code"], r["amount"], r["hold"]) for r in rows] == [
        (CancelReason.CALL_REMAINDER, 4, 4 * 12_000), (CancelReason.CALL_REMAINDER, 9, 9 * 12_000),
    ]  # fmt: skip
    assert rows["order"][0] < rows["order"][1]
    assert t.book() == []


def test_a_market_order_kept_for_good_still_leaves_after_the_call(town) -> None:
    t = calling(town)
    t.buy("A", 5, kind=MARKET, tif=GTC)
    t.uncross()
    assert t.of_kind(RecordKind.ORDER_CANCELLED)["code"].tolist() == [CancelReason.CALL_REMAINDER]


def test_an_iceberg_takes_part_with_all_its_lots_and_keeps_its_turn(town) -> None:
    t = calling(town, asks=[("C", 30, 9_900)])
    t.buy("A", 25, 10_000, shown=4)
    t.buy("B", 25, 10_000)
    t.buy("D", 25, 9_950, shown=4)
    assert t.exchange.quotes(1)[:2] == (10_000, 29)
    assert t.uncross() == (1, 10_000, 30, 20)
    assert [(b, lots) for b, _, lots, _ in t.trades()] == [("A", 25), ("B", 5)]
    t.call()
    t.sell("C", 22, 9_950)
    t.uncross()
    assert t.book() == [("D", "B", 9_950, 23, 4)]
    t.call()
    t.sell("C", 20, 9_950)
    t.uncross()
    assert t.book() == [("D", "B", 9_950, 3, 3)]


def test_an_iceberg_that_sells_in_a_call_shows_its_next_part(town) -> None:
    t = calling(town, bids=[("A", 6, 10_000)])
    t.sell("B", 20, 10_000, shown=5)
    t.sell("C", 1, 10_000)
    t.uncross()
    assert t.book() == [("B", "S", 10_000, 14, 5), ("C", "S", 10_000, 1, 1)]


def test_the_book_is_closed_after_the_uncrossing(town) -> None:
    t = calling(town, bids=[("A", 5, 10_000)], asks=[("B", 3, 10_000)])
    order = t.buy("C", 1, 9_000).order
    t.uncross()
    assert t.buy("A", 1, 9_000).refusal == Refusal.MARKET_CLOSED
    assert t.replace("C", order, 2, 9_000).refusal == Refusal.MARKET_CLOSED
    assert t.cancel("C", order) == Refusal.NONE
    t.open()
    assert t.sell("B", 2, 10_000).filled_lots == 2
    assert t.exchange.quotes(1)[4:] == (10_000, 10_000, 5, 50_000)


def test_only_the_books_named_are_uncrossed(town) -> None:
    t = town(rules(), start=False)
    t.call(1, 2)
    for instrument in (1, 2):
        t.buy("A", 5, 10_000, instrument=instrument)
        t.sell("B", 5, 10_000, instrument=instrument)
    assert t.exchange.uncross(t.tick(), [2]) == [(2, 10_000, 5, 0)]
    assert t.exchange.indicative(1) == (1, 10_000, 5, 0)
    assert t.exchange.uncross(t.tick(), [1]) == [(1, 10_000, 5, 0)]


def test_indicative_is_nothing_outside_a_call(town) -> None:
    t = calling(town, bids=[("A", 5, 10_000)], asks=[("B", 5, 10_000)])
    t.close(end_of_day=False)
    assert t.exchange.indicative(1) == (1, 0, 0, 0)
    t.call()
    t.uncross()
    t.open()
    assert t.exchange.indicative(1) == (1, 0, 0, 0)


# --- from call to call, from day to day


def test_a_crossed_call_must_be_uncrossed_before_trading_goes_on(town) -> None:
    t = calling(town, bids=[("A", 5, 10_000)], asks=[("B", 5, 10_000)])
    with pytest.raises(InternalError):
        t.open()
    t.close(end_of_day=False)
    with pytest.raises(InternalError):
        t.open()
    t.call()
    assert t.uncross().lots == 5


def test_market_orders_cross_anything(town) -> None:
    for bid, ask in ((0, 0), (0, 12_000), (8_000, 0)):
        t = calling(town, bids=[("A", 5, bid)], asks=[("B", 5, ask)])
        with pytest.raises(InternalError):
            t.open()


def test_a_call_that_does_not_cross_may_open_without_uncrossing(town) -> None:
    t = calling(town, bids=[("A", 5, 9_900), ("C", 2, 0)])
    t.open()
    assert t.of_kind(RecordKind.ORDER_CANCELLED)["code"].tolist() == [CancelReason.CALL_REMAINDER]
    assert t.sell("B", 5, 9_900).filled_lots == 5


def test_a_call_left_at_the_end_of_the_day_expires_as_usual(town) -> None:
    t = calling(town, bids=[("A", 5, 10_000), ("B", 2, 0)], asks=[("C", 5, 10_000)])
    t.buy("D", 1, kind=MARKET, tif=GTC)
    t.buy("D", 1, 10_000, tif=GTC)
    t.sell("E", 1, 10_000, tif=GTC)
    t.close()
    assert t.of_kind(RecordKind.ORDER_EXPIRED)["code"].tolist() == [CancelReason.DAY_END] * 4
    with pytest.raises(InternalError):
        t.open()
    t.call()
    assert t.uncross() == (1, 10_000, 1, 0)


@pytest.mark.parametrize("venue", [VenueRules("l", Mechanism.LISTED_AGREEMENT), VenueRules("c", levels_max=3)])
def test_where_takers_see_a_few_levels_there_is_no_call(town, venue) -> None:
    t = town(venue, start=False)
    with pytest.raises(InternalError):
        t.call()


def test_uncrossing_needs_an_open_call_and_reading_a_listing(town) -> None:
    t = town(rules())
    for action in (t.uncross, lambda: t.uncross(3), lambda: t.exchange.indicative(3)):
        with pytest.raises(InternalError):
            action()
    for read in (t.exchange.resting, lambda i: t.exchange.depth(i, 3), lambda i: t.exchange.halt(9, i, 10)):
        with pytest.raises(InternalError):
            read(3)


def test_continuous_trading_may_turn_into_a_closing_call(town) -> None:
    t = town(rules(closing="call"))
    t.sell("A", 5, 10_100)
    t.buy("B", 5, 10_100)
    t.sell("A", 5, 10_300)
    t.call()
    t.buy("B", 3, 10_400)
    assert t.uncross() == (1, 10_300, 3, -2)
    t.close()
    assert t.exchange.quotes(1).reference_price == 10_300


# --- the closing price


def test_close_by_the_last_call_that_traded(town) -> None:
    t = calling(town, rules(closing="call"), bids=[("A", 5, 10_200)], asks=[("B", 5, 10_200)])
    t.uncross()
    t.open()
    t.sell("B", 50, 9_900)
    t.buy("A", 50, 9_900)
    t.call()
    assert t.uncross() == (1, 0, 0, 0)
    t.close()
    assert t.exchange.quotes(1).reference_price == 10_200
    t.open()
    t.sell("B", 1, 9_000)
    t.buy("A", 1, 9_000)
    t.close()
    assert t.exchange.quotes(1).reference_price == 9_000  # no call today: the mean


def test_close_by_the_last_pair_is_the_lowest_winning_bid(town) -> None:
    t = calling(
        town, rules(call_pricing="pairs", closing="call"), bids=[("A", 1, 10_300), ("C", 1, 10_200)],
        asks=[("B", 1, 9_900), ("D", 1, 10_100)],
    )  # fmt: skip
    t.uncross()
    t.close()
    assert t.exchange.quotes(1).reference_price == 10_200


MINUTE = 60_000_000


def at(t, when, lots, price) -> None:
    x, a, b = t.exchange, t.account("A"), t.account("B")
    x.submit(when, a, 1, 2, price, lots)
    assert x.submit(when, b, 1, 1, price, lots).filled_lots == lots


def test_close_by_the_mean_of_the_last_minutes(town) -> None:
    t = town(rules(closing_minutes=2), start=False)
    t.exchange.open_session(0, [1], 10 * MINUTE)
    at(t, 8 * MINUTE - 1, 10, 9_000)
    at(t, 8 * MINUTE, 1, 10_000)
    at(t, 9 * MINUTE, 2, 10_100)
    t.exchange.close_session(10 * MINUTE, [1], end_of_day=True)
    assert t.exchange.quotes(1).reference_price == 10_066


def test_close_by_the_whole_days_mean_if_the_last_minutes_of_the_last_session_saw_none(town) -> None:
    t = town(rules(closing_minutes=2), start=False)
    t.exchange.open_session(0, [1], 10 * MINUTE)
    at(t, 9 * MINUTE, 1, 10_000)
    t.exchange.close_session(10 * MINUTE, [1], end_of_day=False)
    t.exchange.open_session(20 * MINUTE, [1], 30 * MINUTE)
    at(t, 21 * MINUTE, 1, 10_100)
    t.exchange.close_session(30 * MINUTE, [1], end_of_day=True)
    assert t.exchange.quotes(1).reference_price == 10_050


def test_trades_of_a_call_count_in_the_last_minutes(town) -> None:
    t = town(rules(closing_minutes=2, closing="call"), start=False)
    x = t.exchange
    x.open_session(0, [1], 10 * MINUTE)
    at(t, 9 * MINUTE, 1, 10_000)
    x.open_session(9 * MINUTE, [1], 10 * MINUTE, call=True)
    x.submit(9 * MINUTE, t.account("A"), 1, 2, 10_300, 1)
    x.submit(9 * MINUTE, t.account("B"), 1, 1, 10_300, 1)
    x.uncross(10 * MINUTE, [1])
    x.close_session(10 * MINUTE, [1], end_of_day=True)
    assert x.quotes(1).reference_price == 10_300
    x.open_session(20 * MINUTE, [1], 30 * MINUTE)
    at(t, 21 * MINUTE, 3, 10_000)
    at(t, 29 * MINUTE, 1, 10_200)
    x.close_session(30 * MINUTE, [1], end_of_day=True)
    assert x.quotes(1).reference_price == 10_200
