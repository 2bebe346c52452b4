"""Stories of the wider orders: iceberg, good till date, replace, decrement, limits on messages and open orders."""

from __future__ import annotations

import pytest

from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import (
    CancelReason,
    Eligible,
    Mechanism,
    OrderKind,
    RecordKind,
    Refusal,
    SelfTrade,
    TimeInForce,
)
from ecomarket.model.record import ICEBERG, order_flags

MARKET = OrderKind.MARKET
IOC, FOK, POST_ONLY, GTC, GTD = (TimeInForce[k] for k in ("IOC", "FOK", "POST_ONLY", "GTC", "GTD"))


def rules(**more) -> VenueRules:
    return VenueRules("v", tick_cash=1, **{"band_ppm": 200_000, **more})


def cancelled(t) -> list[tuple[int, CancelReason, int, int]]:
    """Order, reason, lots, what fell free, of each cancellation so far."""
    rows = t.of_kind(RecordKind.ORDER_CANCELLED)
    return [(int(r["order"]), CancelReason(r["code"]), int(r["amount"]), int(r["hold"])) for r in rows]


# --- icebergs


def test_iceberg_shows_a_part_and_the_next_part_goes_behind(town) -> None:
    t = town()
    t.sell("A", 25, 10_000, shown=10)
    t.sell("B", 10, 10_000)
    assert t.exchange.quotes(1).ask_lots == 20
    assert t.book() == [("A", "S", 10_000, 25, 10), ("B", "S", 10_000, 10, 10)]
    t.buy("C", 12, 10_000)
    assert t.book() == [("B", "S", 10_000, 8, 8), ("A", "S", 10_000, 15, 10)]
    t.buy("C", 20, 10_000)
    assert t.trades() == [
        ("C", "A", 10, 10_000), ("C", "B", 2, 10_000), ("C", "B", 8, 10_000), ("C", "A", 10, 10_000),
        ("C", "A", 2, 10_000),
    ]  # fmt: skip
    assert t.book() == [("A", "S", 10_000, 3, 3)]


def test_a_lone_iceberg_is_taken_part_by_part_by_one_order(town) -> None:
    t = town()
    t.buy("A", 25, 10_000, shown=10)
    assert t.sell("B", 40, 10_000)[2:] == (25, 15)
    assert [lots for *_, lots, _ in t.trades()] == [10, 10, 5]
    assert t.exchange.free(t.account("A"), 0) == t.exchange.posted(t.account("A"), 0)


def test_iceberg_part_taken_in_part_keeps_its_turn(town) -> None:
    t = town()
    t.sell("A", 25, 10_000, shown=10)
    t.sell("B", 5, 10_000)
    t.buy("C", 4, 10_000)
    assert t.book() == [("A", "S", 10_000, 21, 6), ("B", "S", 10_000, 5, 5)]


def test_what_a_new_iceberg_does_not_get_shows_its_first_part(town) -> None:
    t = town()
    t.sell("A", 7, 10_000)
    assert t.buy("B", 30, 10_000, shown=10)[2:] == (7, 23)
    assert t.book() == [("B", "B", 10_000, 23, 10)]
    assert t.exchange.quotes(1)[:2] == (10_000, 10)


def test_iceberg_holds_and_gives_back_all_its_lots_and_is_marked(town) -> None:
    t = town()
    order = t.buy("A", 25, 10_000, shown=10).order
    row = t.of_kind(RecordKind.ORDER_ACCEPTED)[-1]
    assert (row["amount"], row["hold"], row["fee_buy"]) == (25, 250_000, 10)
    assert row["flags"] == ICEBERG | 1 == order_flags(1, 0, 0, 10)
    assert t.exchange.posted(t.account("A"), 0) - t.exchange.free(t.account("A"), 0) == 250_000
    t.cancel("A", order)
    assert cancelled(t) == [(order, CancelReason.OWNER, 25, 250_000)]


def test_fill_or_kill_counts_hidden_lots(town) -> None:
    t = town()
    t.sell("A", 25, 10_000, shown=5)
    assert t.buy("B", 26, 10_000, tif=FOK).refusal == Refusal.FOK_NOT_FILLABLE
    assert t.buy("B", 25, 10_000, tif=FOK).filled_lots == 25


def test_largest_maker_is_the_one_that_shows_most(town) -> None:
    t = town(VenueRules("l", Mechanism.LISTED_AGREEMENT, tick_cash=1, pick="largest"))
    t.sell("A", 50, 10_000, shown=4)
    t.sell("B", 6, 10_000)
    t.buy("C", 8, 10_000)
    assert t.trades() == [("C", "B", 6, 10_000), ("C", "A", 2, 10_000)]


def test_depth_shows_visible_lots_level_by_level(town) -> None:
    t = town()
    t.sell("A", 25, 10_010, shown=10)
    t.sell("B", 5, 10_010)
    t.sell("B", 7, 10_020)
    t.buy("C", 9, 9_990)
    assert t.exchange.depth(1, 3).tolist() == [[10_010, 15, 9_990, 9], [10_020, 7, 0, 0], [0, 0, 0, 0]]
    assert t.exchange.depth(1, 1).tolist() == [[10_010, 15, 9_990, 9]]
    assert t.exchange.depth(2, 2).tolist() == [[0, 0, 0, 0]] * 2


def test_resting_orders_stand_in_their_turn_buys_first(town) -> None:
    t = town()
    for who, side, price in (("A", 2, 10_020), ("B", 1, 9_980), ("C", 2, 10_010), ("D", 1, 9_990), ("E", 1, 9_990)):
        t.order(who, side, 5, price)
    assert [(who, price) for who, _, price, _, _ in t.book()] == [
        ("D", 9_990), ("E", 9_990), ("B", 9_980), ("C", 10_010), ("A", 10_020),
    ]  # fmt: skip
    assert t.book(2) == []


FORM = [
    ({"kind": MARKET, "shown": 5}, Refusal.NOT_RESTING_KIND),
    ({"tif": IOC, "shown": 5}, Refusal.NOT_RESTING_KIND),
    ({"tif": FOK, "shown": 5}, Refusal.NOT_RESTING_KIND),
    ({"kind": MARKET, "tif": GTD, "expire_t": 10**8}, Refusal.NOT_RESTING_KIND),
    ({"expire_t": 10**8}, Refusal.NOT_RESTING_KIND),
    ({"tif": GTC, "expire_t": 1}, Refusal.NOT_RESTING_KIND),
    ({"shown": -1}, Refusal.SHOWN_LOTS),
    ({"shown": 1}, Refusal.SHOWN_LOTS),  # below the least order
    ({"shown": 20}, Refusal.SHOWN_LOTS),
    ({"shown": 25}, Refusal.SHOWN_LOTS),
    ({"shown": 2}, Refusal.NONE),
    ({"shown": 19}, Refusal.NONE),
    ({"shown": 5, "tif": POST_ONLY}, Refusal.NONE),
    ({"tif": GTD, "expire_t": 0}, Refusal.EXPIRY_PAST),
    ({"tif": GTD, "expire_t": 10**8}, Refusal.NONE),
    ({"shown": 25, "price": -1, "lots": 0}, Refusal.SHOWN_LOTS),
]


@pytest.mark.parametrize(("change", "refusal"), FORM)
def test_kind_time_in_force_part_and_date_must_go_together(town, change, refusal) -> None:
    t = town(rules(lots_min=2))
    outcome = t.order(**({"who": "A", "side": 1, "lots": 20, "price": 9_000} | change))
    assert Refusal(outcome.refusal) == refusal
    row = t.journal()[-1]
    assert (row["other"], row["fee_buy"]) == (change.get("expire_t", 0), change.get("shown", 0))
    assert bool(row["flags"] & ICEBERG) == bool(change.get("shown"))


def test_a_date_that_has_come_is_past(town) -> None:
    t = town()
    now = t.t + 1
    assert t.buy("A", 1, 9_000, tif=GTD, expire_t=now).refusal == Refusal.EXPIRY_PAST
    assert t.buy("A", 1, 9_000, tif=GTD, expire_t=now + 2).refusal == Refusal.NONE


# --- good till date


def test_good_till_date_leaves_at_the_end_of_its_day(town) -> None:
    t = town()
    first = t.buy("A", 3, 9_000, tif=GTD, expire_t=1_000).order
    day = t.buy("B", 2, 9_100).order
    second = t.buy("C", 1, 9_200, tif=GTD, expire_t=2_000).order
    third = t.buy("D", 1, 9_200, tif=GTD, expire_t=1_001).order
    t.t = 999
    t.close()
    t.open()
    rows = t.of_kind(RecordKind.ORDER_EXPIRED)
    assert [(r["order"], r["code"], r["amount"]) for r in rows] == [
        (first, CancelReason.DATE_PASSED, 3), (day, CancelReason.DAY_END, 2),
    ]  # fmt: skip
    assert t.exchange.quotes(1)[:2] == (9_200, 2)
    t.t = 1_999
    t.close()
    left = t.of_kind(RecordKind.ORDER_EXPIRED)[2:]
    assert left["order"].tolist() == [second, third]
    assert set(left["code"]) == {CancelReason.DATE_PASSED}
    assert t.exchange.free(t.account("A"), 0) == 10**9


def test_a_date_passes_at_no_other_time_than_the_end_of_a_day(town) -> None:
    t = town()
    t.sell("A", 3, 10_000, tif=GTD, expire_t=50)
    t.t = 100
    t.close(end_of_day=False)
    t.open()
    assert t.buy("B", 3, 10_000).filled_lots == 3


# --- replace


def test_fewer_lots_at_the_same_price_keep_the_turn(town) -> None:
    t = town()
    first = t.buy("A", 10, 9_990).order
    t.buy("B", 10, 9_990)
    assert t.replace("A", first, 4, 9_990) == (first, Refusal.NONE, 0, 4)
    assert cancelled(t) == [(first, CancelReason.REPLACED, 6, 6 * 9_990)]
    assert t.book() == [("A", "B", 9_990, 4, 4), ("B", "B", 9_990, 10, 10)]
    assert t.exchange.posted(t.account("A"), 0) - t.exchange.free(t.account("A"), 0) == 4 * 9_990


def test_same_terms_change_nothing_and_say_nothing(town) -> None:
    t = town()
    order = t.buy("A", 10, 9_990).order
    before = len(t.journal())
    assert t.replace("A", order, 10, 9_990) == (order, Refusal.NONE, 0, 10)
    assert len(t.journal()) == before


@pytest.mark.parametrize(("lots", "price"), [(11, 9_990), (10, 9_991), (5, 9_989)])
def test_more_lots_or_another_price_lose_the_turn_but_not_the_id(town, lots, price) -> None:
    t = town()
    order = t.buy("A", 10, 9_990, tif=GTC).order
    t.buy("B", 10, price)
    assert t.replace("A", order, lots, price) == (order, Refusal.NONE, 0, lots)
    gone, back = t.journal()[-2:]
    assert (gone["kind"], gone["code"], gone["amount"], gone["hold"]) == (
        RecordKind.ORDER_CANCELLED, CancelReason.REPLACED, 10, 99_900,
    )  # fmt: skip
    assert (back["kind"], back["order"], back["price"], back["amount"], back["hold"], back["flags"]) == (
        RecordKind.ORDER_ACCEPTED, order, price, lots, lots * price, order_flags(1, 0, GTC),
    )  # fmt: skip
    assert [who for who, *_ in t.book()] == ["B", "A"]
    assert t.cancel("A", order) == Refusal.NONE


def test_replacing_may_trade_at_once_at_the_makers_price(town) -> None:
    t = town()
    t.sell("B", 4, 10_010)
    order = t.buy("A", 10, 9_990).order
    assert t.replace("A", order, 6, 10_020) == (order, Refusal.NONE, 4, 2)
    assert t.trades() == [("A", "B", 4, 10_010)]
    assert t.book() == [("A", "B", 10_020, 2, 2)]


def test_replacing_a_partly_filled_order_sets_what_is_open(town) -> None:
    t = town()
    order = t.sell("A", 10, 10_000).order
    t.buy("B", 3, 10_000)
    assert t.replace("A", order, 9, 10_000)[1:] == (Refusal.NONE, 0, 9)
    assert t.exchange.free(t.account("A"), 1) == 10_000 - 3 - 9


def test_own_orders_are_met_by_the_rule_when_replacing(town) -> None:
    t = town()
    own = t.sell("A", 5, 10_010).order
    t.sell("B", 5, 10_010)
    order = t.buy("A", 5, 9_990).order
    assert t.replace("A", order, 5, 10_010).filled_lots == 5
    assert cancelled(t) == [
        (order, CancelReason.REPLACED, 5, 5 * 9_990), (own, CancelReason.SELF_TRADE, 5, 5),
    ]  # fmt: skip


def test_what_the_order_holds_counts_as_free_when_it_is_replaced(town) -> None:
    t = town(rules(fee_buy_ppm=10_000), rich=False)
    t.give("A", cash=10_100, units=10)
    order = t.buy("A", 1, 10_000).order
    assert t.exchange.free(t.account("A"), 0) == 0
    assert t.replace("A", order, 1, 10_001).refusal == Refusal.INSUFFICIENT_CASH
    assert t.book() == [("A", "B", 10_000, 1, 1)]
    assert t.replace("A", order, 1, 9_999).refusal == Refusal.NONE
    sale = t.sell("A", 10, 11_000).order
    assert t.replace("A", sale, 11, 11_000).refusal == Refusal.INSUFFICIENT_UNITS
    assert t.replace("A", sale, 10, 11_001).refusal == Refusal.NONE


def test_lots_being_replaced_do_not_count_in_the_holding_limit(town) -> None:
    t = town(rules(holding_lots_max=10_100))
    order = t.buy("A", 60, 9_000).order
    t.buy("A", 40, 9_000)
    assert t.replace("A", order, 61, 9_000).refusal == Refusal.HOLDING_LIMIT
    assert t.replace("A", order, 60, 9_001).refusal == Refusal.NONE


def test_what_was_bought_today_cannot_be_offered_by_replacing(town) -> None:
    t = town(rules(bought_today_locked=True), rich=False)
    t.give("A", units=50)
    t.give("B", cash=10**9, units=10)
    t.sell("A", 50, 10_000)
    t.buy("B", 50, 10_000)
    order = t.sell("B", 10, 11_000).order
    assert t.replace("B", order, 11, 11_000).refusal == Refusal.BOUGHT_TODAY
    assert t.replace("B", order, 10, 11_500).refusal == Refusal.NONE


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"order": 10**9}, Refusal.UNKNOWN_ORDER),
        ({"order": -1}, Refusal.UNKNOWN_ORDER),
        ({"who": "B", "lots": 0}, Refusal.NOT_OWNER),
        ({"lots": 0}, Refusal.LOTS_NOT_POSITIVE),
        ({"lots": 0, "price": -5}, Refusal.LOTS_NOT_POSITIVE),
        ({"price": 0}, Refusal.PRICE_NOT_POSITIVE),
        ({"price": 9_995}, Refusal.PRICE_OFF_TICK),
        ({"price": 12_010}, Refusal.PRICE_OUTSIDE_BAND),
        ({"price": 9_000, "lots": 1}, Refusal.LOTS_BELOW_MINIMUM),
        ({"lots": 501}, Refusal.LOTS_ABOVE_MAXIMUM),
        ({"price": 10_500}, Refusal.POST_ONLY_WOULD_TRADE),
        ({"lots": 1}, Refusal.NONE),  # fewer lots at the same price are never too few
    ],
)
def test_a_refused_change_leaves_the_order_as_it_was_and_writes_nothing(town, change, refusal) -> None:
    t = town(VenueRules("v", tick_cash=10, band_ppm=200_000, lots_min=2, lots_max=500))
    t.sell("C", 5, 10_500)
    mine = t.buy("A", 10, 9_990, tif=POST_ONLY).order
    before = len(t.journal())
    wanted = {"who": "A", "order": mine, "lots": 10, "price": 9_990} | change
    outcome = t.replace(**wanted)
    assert Refusal(outcome.refusal) == refusal
    if refusal:
        assert outcome == (wanted["order"], refusal, 0, 0)
        assert len(t.journal()) == before
        assert t.book()[0] == ("A", "B", 9_990, 10, 10)


def test_nothing_is_replaced_in_a_closed_market(town) -> None:
    t = town()
    order = t.buy("A", 10, 9_990).order
    t.close(end_of_day=False)
    assert t.replace("A", order, 5, 9_990).refusal == Refusal.MARKET_CLOSED
    assert t.replace("B", order, 5, 9_990).refusal == Refusal.NOT_OWNER


def test_an_iceberg_made_smaller_loses_hidden_lots_first(town) -> None:
    t = town()
    order = t.sell("A", 25, 10_000, shown=10).order
    t.sell("B", 5, 10_000)
    for lots, seen in ((12, 10), (10, 10), (7, 7)):
        assert t.replace("A", order, lots, 10_000)[1:] == (Refusal.NONE, 0, lots)
        assert t.book()[0] == ("A", "S", 10_000, lots, seen)
    assert t.replace("A", order, 30, 10_000).resting_lots == 30
    assert t.book() == [("B", "S", 10_000, 5, 5), ("A", "S", 10_000, 30, 10)]
    row = t.of_kind(RecordKind.ORDER_ACCEPTED)[-1]
    assert (row["fee_buy"], row["flags"] & ICEBERG) == (10, ICEBERG)


def test_a_dated_order_may_get_another_date(town) -> None:
    t = town()
    order = t.buy("A", 5, 9_000, tif=GTD, expire_t=500).order
    t.buy("B", 5, 9_000)
    # the same date is no change: fewer lots keep the turn
    assert t.replace("A", order, 4, 9_000, expire_t=500) == (order, Refusal.NONE, 0, 4)
    assert t.book()[0][0] == "A"
    # another date is one: the order is accepted again, and goes behind
    assert t.replace("A", order, 4, 9_000, expire_t=700) == (order, Refusal.NONE, 0, 4)
    assert t.of_kind(RecordKind.ORDER_ACCEPTED)[-1]["other"] == 700
    assert [row[0] for row in t.book()] == ["B", "A"]
    # a later change of price keeps the new date
    assert t.replace("A", order, 4, 9_100).refusal == Refusal.NONE
    assert t.of_kind(RecordKind.ORDER_ACCEPTED)[-1]["other"] == 700
    for now, left in ((600, 1), (700, 0)):
        t.t = now - 1
        t.close()
        assert len([row for row in t.book() if row[0] == "A"]) == left
        t.open()


def test_a_date_for_an_order_without_one_or_gone_by_is_refused(town) -> None:
    t = town()
    plain = t.buy("A", 5, 9_000, tif=GTC).order
    dated = t.buy("A", 5, 9_000, tif=GTD, expire_t=500).order
    before = len(t.journal())
    assert t.replace("A", plain, 5, 9_000, expire_t=600) == (plain, Refusal.NOT_RESTING_KIND, 0, 0)
    for past in (-1, 1, t.t + 1):
        assert t.replace("A", dated, 5, 9_000, expire_t=past) == (dated, Refusal.EXPIRY_PAST, 0, 0)
    assert t.replace("A", dated, 0, 9_000, expire_t=1).refusal == Refusal.LOTS_NOT_POSITIVE
    assert t.replace("B", dated, 5, 9_000, expire_t=1).refusal == Refusal.NOT_OWNER
    assert len(t.journal()) == before
    assert t.replace("A", dated, 5, 9_000, expire_t=t.t + 2).refusal == Refusal.NONE


def test_a_replaced_order_keeps_its_date(town) -> None:
    t = town()
    order = t.buy("A", 5, 9_000, tif=GTD, expire_t=500).order
    assert t.replace("A", order, 5, 9_100).refusal == Refusal.NONE
    assert t.of_kind(RecordKind.ORDER_ACCEPTED)[-1]["other"] == 500
    t.t = 499
    t.close()
    assert t.of_kind(RecordKind.ORDER_EXPIRED)["code"].tolist() == [CancelReason.DATE_PASSED]


# --- self-trade: decrement


def test_decrement_reduces_both_and_trades_nothing(town) -> None:
    t = town(rules(self_trade=SelfTrade.DECREMENT))
    own = t.sell("A", 10, 10_000).order
    t.sell("B", 5, 10_000)
    new = t.buy("A", 4, 10_000)
    assert new[1:] == (Refusal.NONE, 0, 0)
    assert cancelled(t) == [
        (own, CancelReason.SELF_TRADE, 4, 4), (new.order, CancelReason.SELF_TRADE, 4, 40_000),
    ]  # fmt: skip
    assert t.book() == [("A", "S", 10_000, 6, 6), ("B", "S", 10_000, 5, 5)]
    assert t.trades() == []


def test_decrement_goes_on_behind_the_own_order(town) -> None:
    t = town(rules(self_trade=SelfTrade.DECREMENT))
    t.sell("B", 2, 9_990)
    t.sell("A", 3, 10_000)
    t.sell("C", 4, 10_000)
    assert t.buy("A", 20, 10_000)[2:] == (6, 11)
    assert t.trades() == [("A", "B", 2, 9_990), ("A", "C", 4, 10_000)]
    assert t.book() == [("A", "B", 10_000, 11, 11)]


def test_decrement_takes_hidden_lots_of_an_own_iceberg_first(town) -> None:
    t = town(rules(self_trade=SelfTrade.DECREMENT))
    t.sell("A", 20, 10_000, shown=5)
    t.sell("B", 1, 10_000)
    t.buy("A", 17, 10_000)
    assert t.book() == [("A", "S", 10_000, 3, 3), ("B", "S", 10_000, 1, 1)]


def test_fill_or_kill_does_not_look_past_an_own_order_under_decrement(town) -> None:
    t = town(rules(self_trade=SelfTrade.DECREMENT))
    t.sell("A", 5, 10_000)
    t.sell("C", 5, 10_001)
    assert t.buy("A", 5, 10_001, tif=FOK).refusal == Refusal.FOK_NOT_FILLABLE
    assert t.buy("B", 5, 10_001, tif=FOK).refusal == Refusal.NONE


# --- limits on messages


def test_messages_of_a_window_are_counted_by_account_and_instrument(town) -> None:
    t = town(rules(order_rate_max=2, order_rate_window=1_000))
    t.t = 1_000
    first = t.buy("A", 1, 9_000).order
    assert t.buy("A", 0, 9_000).refusal == Refusal.LOTS_NOT_POSITIVE
    assert t.buy("A", 1, 9_000).refusal == Refusal.ORDER_RATE_LIMIT
    assert t.replace("A", first, 1, 9_100).refusal == Refusal.ORDER_RATE_LIMIT
    assert t.buy("B", 1, 9_000).refusal == Refusal.NONE
    assert t.buy("A", 1, 9_000, instrument=2).refusal == Refusal.NONE
    assert t.cancel("A", first) == Refusal.NONE
    t.t = 1_998
    assert t.buy("A", 1, 9_000).refusal == Refusal.ORDER_RATE_LIMIT
    assert t.buy("A", 1, 9_000).refusal == Refusal.NONE


def test_a_refused_message_does_not_count_and_a_replacement_does(town) -> None:
    t = town(rules(order_rate_max=2, order_rate_window=1_000))
    t.close(end_of_day=False)
    assert t.buy("A", 1, 9_000).refusal == Refusal.MARKET_CLOSED
    t.open()
    order = t.buy("A", 1, 9_000).order
    assert t.replace("A", order, 1, 9_001).refusal == Refusal.NONE
    assert t.buy("A", 1, 9_000).refusal == Refusal.ORDER_RATE_LIMIT


def test_open_orders_are_limited_for_orders_that_could_stay(town) -> None:
    t = town(rules(open_orders_max=2))
    t.sell("B", 1, 10_000)
    orders = [t.buy("A", 1, 9_000 + k).order for k in range(2)]
    assert t.buy("A", 1, 9_000).refusal == Refusal.OPEN_ORDERS_LIMIT
    assert t.buy("A", 1, 10_000, tif=POST_ONLY).refusal == Refusal.OPEN_ORDERS_LIMIT
    assert t.buy("A", 1, 10_000, tif=IOC).filled_lots == 1
    assert t.buy("A", 1, 10_000, tif=FOK).refusal == Refusal.FOK_NOT_FILLABLE
    assert t.buy("A", 1, kind=MARKET).refusal == Refusal.NONE
    assert t.buy("A", 1, 9_000, instrument=2).refusal == Refusal.NONE
    assert t.replace("A", orders[0], 1, 9_005).refusal == Refusal.NONE
    t.cancel("A", orders[1])
    assert t.buy("A", 1, 9_000).refusal == Refusal.NONE


def test_a_filled_or_expired_order_is_open_no_more(town) -> None:
    t = town(rules(open_orders_max=1))
    t.buy("A", 1, 9_000)
    t.sell("B", 1, 9_000)
    assert t.buy("A", 1, 9_000).refusal == Refusal.NONE
    t.close()
    t.open()
    assert t.buy("A", 1, 9_000).refusal == Refusal.NONE


@pytest.mark.parametrize(
    "wrong",
    [
        {"maker_buy_ppm": -2}, {"maker_sell_ppm": 1_000_001}, {"fee_fixed_cash": -1}, {"fee_min_cash": -1},
        {"fee_buy_lot_cash": -1}, {"fee_sell_lot_cash": 2**29 + 1},
        {"fee_max_cash": -1}, {"fee_min_cash": 5, "fee_max_cash": 4}, {"open_orders_max": -1}, {"order_rate_max": -1},
        {"order_rate_window": 0}, {"dynamic_band_ppm": -1}, {"dynamic_band_ppm": 1_000_001}, {"halt_ppm": -1},
        {"halt_time": 0}, {"closing_minutes": -1}, {"call_tie": "lowest"}, {"call_pricing": "bid"}, {"closing": "mean"},
    ],
)  # fmt: skip
def test_rules_that_no_engine_could_keep_are_refused(wrong) -> None:
    with pytest.raises(ValueError):
        VenueRules("v", **wrong)


# --- who may no longer trade


def test_an_account_that_lost_its_right_may_take_lots_back_only(town) -> None:
    t = town()
    kept, lost = (t.buy(who, 10, 9_900).order for who in "AB")
    t.exchange.allow(t.account("B"), 1, Eligible.SELL)
    assert t.replace("B", lost, 11, 9_900).refusal == Refusal.NOT_ELIGIBLE
    assert t.replace("B", lost, 10, 9_901).refusal == Refusal.NOT_ELIGIBLE
    assert t.replace("B", lost, 5, 9_899).refusal == Refusal.NOT_ELIGIBLE
    assert t.book() == [("A", "B", 9_900, 10, 10), ("B", "B", 9_900, 10, 10)]
    assert t.replace("B", lost, 4, 9_900).refusal == 0
    assert t.replace("A", kept, 11, 9_900).refusal == 0
    assert t.book() == [("B", "B", 9_900, 4, 4), ("A", "B", 9_900, 11, 11)]
    t.exchange.allow(t.account("B"), 1, Eligible.BUY)
    assert t.replace("B", lost, 5, 9_901).refusal == 0
    sale = t.sell("C", 3, 10_500).order
    t.exchange.allow(t.account("C"), 1, Eligible.BUY)
    assert t.replace("C", sale, 4, 10_500).refusal == Refusal.NOT_ELIGIBLE
    assert t.cancel("C", sale) == Refusal.NONE
