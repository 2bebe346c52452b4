"""Stories of one book, told to every engine: priority, prices, remainders, what is held.

The cases follow the gate of flash1-dev/matching-engine-benchmark (MIT) where they apply, and the stories of exchange-core.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import (
    AccountKind,
    CancelReason,
    Mechanism,
    OrderKind,
    RecordKind,
    Refusal,
    SelfTrade,
    TimeInForce,
)

MARKET = OrderKind.MARKET
IOC, FOK, POST_ONLY, GTC = TimeInForce.IOC, TimeInForce.FOK, TimeInForce.POST_ONLY, TimeInForce.GTC


def yuan(value: float) -> int:
    return round(value * 10_000)


def test_published_book_trades_in_price_time_order_at_the_resting_price(town) -> None:
    """Case P19: seven orders, six trades, volume 200, turnover 8,350.00."""
    t = town(VenueRules("cea"), reference=yuan(42), people=["S1", "S2", "S3", "B1", "B2", "B3"])
    t.sell("S1", 100, yuan(42))
    t.sell("S2", 50, yuan(41.5))
    t.buy("B1", 80, yuan(41.5))
    t.sell("S3", 40, yuan(41))
    t.buy("B2", 60, yuan(42))
    t.sell("S2", 20, yuan(42))
    t.buy("B3", 60, yuan(42))
    assert t.trades() == [
        ("B1", "S2", 50, yuan(41.5)), ("B1", "S3", 30, yuan(41.5)), ("B2", "S3", 10, yuan(41)),
        ("B2", "S1", 50, yuan(42)), ("B3", "S1", 50, yuan(42)), ("B3", "S2", 10, yuan(42)),
    ]  # fmt: skip
    q = t.exchange.quotes(1)
    assert (q.best_bid, q.best_ask, q.ask_lots) == (0, yuan(42), 10)
    assert (q.day_lots, q.day_turnover) == (200, yuan(8_350))
    t.close()
    assert t.exchange.quotes(1).reference_price == yuan(41.75)


def test_cancel_at_the_head_the_middle_and_scattered_then_sweep(town) -> None:
    t = town()
    orders = [t.sell(who, 10, 10_000).order for who in "ABCDEF"]
    for who, k in (("A", 0), ("C", 2), ("F", 5)):
        assert t.cancel(who, orders[k]) == Refusal.NONE
    assert t.exchange.quotes(1).ask_lots == 30
    outcome = t.buy("H", 100, 10_000)
    assert (outcome.filled_lots, outcome.resting_lots) == (30, 70)
    assert [s for _, s, _, _ in t.trades()] == ["B", "D", "E"]


def test_sweep_stops_at_its_own_limit_and_the_rest_becomes_the_touch(town) -> None:
    t = town()
    for who, price in zip("ABC", (10_001, 10_002, 10_003), strict=True):
        t.sell(who, 5, price)
    outcome = t.buy("H", 20, 10_002)
    assert (outcome.filled_lots, outcome.resting_lots) == (10, 10)
    q = t.exchange.quotes(1)
    assert (q.best_bid, q.bid_lots, q.best_ask, q.ask_lots) == (10_002, 10, 10_003, 5)


def test_exact_fill_over_several_levels_leaves_nothing(town) -> None:
    t = town()
    for who, price in zip("ABC", (9_999, 9_998, 9_997), strict=True):
        t.buy(who, 5, price)
    outcome = t.sell("H", 15, 9_997)
    assert (outcome.filled_lots, outcome.resting_lots) == (15, 0)
    assert t.exchange.quotes(1)[:4] == (0, 0, 0, 0)
    assert t.exchange.quotes(1).last_price == 9_997


def test_maker_keeps_its_turn_when_partly_filled(town) -> None:
    t = town()
    t.sell("A", 10, 10_000)
    t.sell("B", 10, 10_000)
    t.buy("G", 4, 10_000)
    t.buy("H", 8, 10_000)
    assert t.trades() == [("G", "A", 4, 10_000), ("H", "A", 6, 10_000), ("H", "B", 2, 10_000)]


@pytest.mark.parametrize("side", [1, 2])
def test_trade_is_at_the_makers_price_and_the_difference_comes_back(town, side) -> None:
    t = town(VenueRules("v", tick_cash=1, fee_buy_ppm=10_000))
    before = t.exchange.free(t.account("B"), 0)
    if side == 1:
        t.sell("A", 10, 9_900)
        t.buy("B", 10, 10_100)
        paid = 99_000
    else:
        t.buy("B", 10, 10_100)
        t.sell("A", 10, 9_900)
        paid = 101_000
    assert before - t.exchange.free(t.account("B"), 0) == paid + paid // 100
    assert t.exchange.posted(AccountKind.FEE, 0) == paid // 100
    assert t.exchange.free(t.account("B"), 0) == t.exchange.posted(t.account("B"), 0)


def test_partial_fill_then_cancel_gives_back_the_rest(town) -> None:
    t = town(VenueRules("v", tick_cash=1, fee_buy_ppm=3_333))
    order = t.buy("A", 7, 9_999).order
    t.sell("B", 3, 9_999)
    assert t.cancel("A", order) == Refusal.NONE
    assert t.exchange.free(t.account("A"), 0) == t.exchange.posted(t.account("A"), 0)
    assert t.exchange.posted(t.account("A"), 1) == 10_003


@pytest.mark.parametrize("what", ["filled", "cancelled", "never issued", "negative", "refused"])
def test_withdrawing_what_is_not_there_is_refused(town, what) -> None:
    t = town()
    order = t.sell("A", 5, 10_000).order
    if what == "filled":
        t.buy("B", 5, 10_000)
    elif what == "cancelled":
        t.cancel("A", order)
    elif what == "refused":
        order = t.sell("A", 0, 10_000).order
    else:
        order = 10**9 if what == "never issued" else -1
    assert t.cancel("A", order) == Refusal.UNKNOWN_ORDER


def test_only_the_owner_withdraws(town) -> None:
    t = town()
    order = t.sell("A", 5, 10_000).order
    assert t.cancel("B", order) == Refusal.NOT_OWNER
    assert t.exchange.quotes(1).ask_lots == 5


def test_ids_and_slots_are_used_again_without_mixing_orders(town) -> None:
    t = town()
    first = t.sell("A", 5, 10_000).order
    t.cancel("A", first)
    second = t.sell("B", 7, 10_001).order
    assert second == first + 1
    assert t.cancel("A", first) == Refusal.UNKNOWN_ORDER
    assert t.exchange.quotes(1)[2:4] == (10_001, 7)


def test_no_dead_price_after_the_last_order_of_a_level_goes(town) -> None:
    t = town()
    best = t.buy("A", 5, 10_000).order
    t.buy("B", 5, 9_000)
    t.cancel("A", best)
    assert t.exchange.quotes(1)[:2] == (9_000, 5)
    outcome = t.sell("C", 5, 10_000)
    assert outcome.filled_lots == 0
    assert t.exchange.quotes(1)[2:4] == (10_000, 5)


def test_replacing_one_of_two_keeps_the_other_and_matches_at_the_makers_price(town) -> None:
    t = town()
    first = t.buy("A", 5, 10_000).order
    t.buy("B", 5, 10_000)
    t.sell("C", 5, 10_050)
    t.cancel("A", first)
    t.buy("A", 5, 10_060)
    t.sell("D", 5, 10_000)
    assert t.trades() == [("A", "C", 5, 10_050), ("B", "D", 5, 10_000)]


@pytest.mark.parametrize(("tif", "reason"), [(IOC, CancelReason.IOC_REMAINDER)])
def test_remainder_of_immediate_or_cancel_never_rests(town, tif, reason) -> None:
    t = town()
    t.sell("A", 5, 10_000)
    outcome = t.buy("B", 8, 10_000, tif=tif)
    assert (outcome.filled_lots, outcome.resting_lots) == (5, 0)
    assert t.exchange.quotes(1)[:4] == (0, 0, 0, 0)
    gone = t.of_kind(RecordKind.ORDER_CANCELLED)
    assert (gone["code"].tolist(), gone["amount"].tolist(), gone["hold"].tolist()) == ([reason], [3], [30_000])
    assert t.exchange.free(t.account("B"), 0) == t.exchange.posted(t.account("B"), 0)


def test_market_order_takes_what_is_there_and_its_remainder_goes(town) -> None:
    t = town()
    t.sell("A", 5, 10_000)
    t.sell("A", 5, 11_500)
    assert t.buy("B", 20, 0, kind=MARKET)[2:] == (10, 0)
    assert t.sell("B", 5, 0, kind=MARKET)[1:] == (Refusal.NONE, 0, 0)
    assert t.of_kind(RecordKind.ORDER_CANCELLED)["code"].tolist() == [CancelReason.MARKET_REMAINDER] * 2


def test_market_buy_must_cover_the_upper_end_of_the_band(town) -> None:
    t = town(rich=False)
    t.give("A", units=10)
    t.give("B", cash=10 * 12_000 - 1)
    t.sell("A", 10, 10_000)
    assert t.buy("B", 10, 0, kind=MARKET).refusal == Refusal.INSUFFICIENT_CASH
    t.give("B", cash=1)
    assert t.buy("B", 10, 0, kind=MARKET).filled_lots == 10
    assert t.exchange.free(t.account("B"), 0) == 20_000


def test_fill_or_kill_fills_whole_or_is_refused(town) -> None:
    t = town()
    t.sell("A", 5, 10_000)
    t.sell("C", 5, 10_001)
    assert t.buy("B", 11, 10_001, tif=FOK).refusal == Refusal.FOK_NOT_FILLABLE
    assert t.buy("B", 6, 10_000, tif=FOK).refusal == Refusal.FOK_NOT_FILLABLE
    assert t.buy("A", 6, 10_001, tif=FOK).refusal == Refusal.FOK_NOT_FILLABLE
    assert t.trades() == []
    assert t.buy("B", 10, 10_001, tif=FOK).filled_lots == 10


def test_fill_or_kill_looks_past_own_orders_only_if_they_would_go(town) -> None:
    for rule, answer in ((SelfTrade.CANCEL_OLDEST, Refusal.NONE), (SelfTrade.CANCEL_NEWEST, Refusal.FOK_NOT_FILLABLE)):
        t = town(VenueRules("v", tick_cash=1, self_trade=rule))
        t.sell("A", 5, 10_000)
        t.sell("C", 5, 10_001)
        assert t.buy("A", 5, 10_001, tif=FOK).refusal == answer


def test_post_only_rests_or_is_refused(town) -> None:
    t = town()
    assert t.sell("A", 5, 10_000, tif=POST_ONLY).resting_lots == 5
    assert t.buy("B", 5, 10_000, tif=POST_ONLY).refusal == Refusal.POST_ONLY_WOULD_TRADE
    assert t.buy("B", 5, 9_999, tif=POST_ONLY).resting_lots == 5
    assert t.sell("A", 5, 0, kind=MARKET, tif=POST_ONLY).refusal == Refusal.POST_ONLY_WOULD_TRADE


def test_self_trade_cancels_the_oldest(town) -> None:
    t = town()
    own = t.sell("A", 5, 10_000).order
    t.sell("B", 5, 10_000)
    assert t.buy("A", 5, 10_000).filled_lots == 5
    gone = t.of_kind(RecordKind.ORDER_CANCELLED)
    assert (gone["order"].tolist(), gone["code"].tolist()) == ([own], [CancelReason.SELF_TRADE])
    assert t.trades() == [("A", "B", 5, 10_000)]


def test_self_trade_cancels_the_newest(town) -> None:
    t = town(VenueRules("v", tick_cash=1, self_trade=SelfTrade.CANCEL_NEWEST))
    t.sell("B", 2, 9_999)
    t.sell("A", 5, 10_000)
    outcome = t.buy("A", 5, 10_000)
    assert outcome[2:] == (2, 0)
    gone = t.of_kind(RecordKind.ORDER_CANCELLED)
    assert (gone["order"].tolist(), gone["code"].tolist()) == ([outcome.order], [CancelReason.SELF_TRADE])
    assert t.exchange.quotes(1)[2:4] == (10_000, 5)


def test_five_thousand_fills_at_one_price(town) -> None:
    t = town()
    for _ in range(2_500):
        t.sell("A", 1, 10_000)
        t.sell("B", 1, 10_000)
    assert t.buy("C", 5_000, 10_000).filled_lots == 5_000
    trades = t.of_kind(RecordKind.TRADE)
    assert len(trades) == 5_000
    assert (trades["other"][1:] > trades["other"][:-1]).all()


def test_orders_at_both_ends_of_a_wide_ladder(town) -> None:
    """Without a band the ladder has 4,096 ticks; its first and last price hold orders like any other."""
    t = town(VenueRules("wide", band_ppm=0, tick_cash=10), reference=100_000)
    low, high = 100_000 - 20_480, 100_000 + 20_470
    assert t.buy("A", 1, low).resting_lots == 1
    assert t.sell("B", 1, high).resting_lots == 1
    assert t.buy("A", 1, low - 10).refusal == Refusal.PRICE_OUTSIDE_BAND
    assert t.sell("B", 1, high + 10).refusal == Refusal.PRICE_OUTSIDE_BAND
    assert t.exchange.quotes(1)[:4] == (low, 1, high, 1)
    t.buy("C", 1, high)
    t.sell("D", 1, low)
    assert [p for *_, p in t.trades()] == [high, low]


# --- listed agreement (挂牌协议)


def listed(**more) -> VenueRules:
    return VenueRules("cneeex", Mechanism.LISTED_AGREEMENT, tick_cash=1, **more)


def test_listed_taker_sees_five_levels_and_lists_the_rest(town) -> None:
    t = town(listed())
    for k in range(7):
        t.sell("ABCDEFG"[k], 10, 10_000 + k)
    outcome = t.buy("H", 80, 10_006)
    assert outcome[2:] == (50, 30)
    assert [p for *_, p in t.trades()] == [10_000, 10_001, 10_002, 10_003, 10_004]
    assert t.exchange.quotes(1)[:4] == (10_006, 30, 10_005, 10)
    assert set(t.of_kind(RecordKind.TRADE)["code"]) == {Mechanism.LISTED_AGREEMENT}


@pytest.mark.parametrize(("pick", "maker"), [("time", "A"), ("largest", "B"), ("relation", "D")])
def test_listed_taker_picks_its_maker(town, pick, maker) -> None:
    t = town(listed(pick=pick))
    for who, lots in (("A", 5), ("B", 9), ("D", 7)):
        t.sell(who, lots, 10_000)
    t.buy("E", 5, 10_000)
    assert t.trades() == [("E", maker, 5, 10_000)]


def test_listed_random_pick_reaches_every_maker_and_repeats_itself(town) -> None:
    seen = []
    for _ in range(2):
        t = town(listed(pick="random"))
        for _ in range(30):
            for who in "ABC":
                t.sell(who, 1, 10_000)
            t.buy("H", 2, 10_000)
        seen.append([s for _, s, _, _ in t.trades()])
    assert seen[0] == seen[1]
    assert min(seen[0].count(who) for who in "ABC") >= 8


def test_listed_random_pick_of_one_order_does_not_tell_that_of_the_next(town) -> None:
    """Four makers of as much: every maker follows every other, itself too, about one time in four."""
    t = town(listed(pick="random"))
    for who in "ABCD":
        t.sell(who, 4_000, 10_000)
    for _ in range(1_600):
        t.buy("H", 1, 10_000)
    sellers = [s for _, s, _, _ in t.trades()]
    pairs = Counter(pairwise(sellers))
    assert len(pairs) == 16
    assert all(60 <= n <= 150 for n in pairs.values())


def test_levels_can_be_limited_anywhere(town) -> None:
    t = town(VenueRules("two", tick_cash=1, levels_max=2))
    for k in range(3):
        t.sell("A", 1, 10_000 + k)
    assert t.buy("B", 3, 10_002, tif=FOK).refusal == Refusal.FOK_NOT_FILLABLE
    assert t.buy("B", 3, 10_002, tif=IOC).filled_lots == 2
