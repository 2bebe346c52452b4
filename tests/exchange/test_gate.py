"""The gate: 34 cases that order books get wrong, and the defects of other packages, each pinned.

The cases are those of flash1-dev/matching-engine-benchmark (MIT), told for both sides where a side matters. The defects were
seen in published packages, which are named; none of them is used here.
"""

from __future__ import annotations

from typing import Any

import pytest

from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import OrderKind, RecordKind, Refusal, TimeInForce

IOC = TimeInForce.IOC
BOTH = pytest.mark.parametrize("taker", [1, 2], ids=["taker buys", "taker sells"])


class Stage:
    """A town seen from one side: makers stand on the other; `k` ticks away from the middle are worse for the taker."""

    def __init__(self, town: Any, taker: int) -> None:
        self.t, self.taker = town, taker

    def price(self, k: int) -> int:
        return 10_000 + k if self.taker == 1 else 10_000 - k

    def make(self, who: str, lots: int, k: int = 0, **more: int) -> int:
        return self.t.order(who, 3 - self.taker, lots, self.price(k), **more).order

    def take(self, lots: int, k: int = 0, who: str = "H", **more: int) -> Any:
        return self.t.order(who, self.taker, lots, self.price(k), **more)

    def fills(self) -> list[tuple[str, int, int]]:
        """Maker, lots, ticks away of each trade."""
        rows = [(s if self.taker == 1 else b, lots, price) for b, s, lots, price in self.t.trades()]
        return [(who, lots, abs(price - 10_000)) for who, lots, price in rows]

    def touch(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Best price and lots of the takers' side, then of the makers' side."""
        bid, bid_lots, ask, ask_lots = self.t.exchange.quotes(1)[:4]
        sides = (bid, bid_lots), (ask, ask_lots)
        return sides if self.taker == 1 else sides[::-1]


@pytest.fixture
def stage(town, taker) -> Stage:
    return Stage(town(), taker)


@BOTH
@pytest.mark.parametrize(
    ("gone", "left"), [("A", "BCDEF"), ("C", "ABDEF"), ("ACF", "BDE")], ids=["head", "middle", "scattered"]
)
def test_01_to_06_cancel_then_sweep(stage, gone, left) -> None:
    """Head, middle, scattered."""
    orders = {who: stage.make(who, 10) for who in "ABCDEF"}
    for who in gone:
        assert stage.t.cancel(who, orders[who]) == Refusal.NONE
    assert stage.take(100).filled_lots == 10 * len(left)
    assert stage.fills() == [(who, 10, 0) for who in left]


@BOTH
def test_07_to_08_a_sweep_stops_at_its_limit_and_the_rest_becomes_the_touch(stage) -> None:
    for who, k in zip("ABC", (1, 2, 3), strict=True):
        stage.make(who, 5, k)
    assert stage.take(20, 2)[2:] == (10, 10)
    assert stage.touch() == ((stage.price(2), 10), (stage.price(3), 5))


@BOTH
def test_09_to_10_an_exact_fill_over_levels_leaves_nothing(stage) -> None:
    for who, k in zip("ABC", (1, 2, 3), strict=True):
        stage.make(who, 5, k)
    assert stage.take(15, 3)[2:] == (15, 0)
    assert stage.touch() == ((0, 0), (0, 0))


@BOTH
def test_11_to_12_a_part_is_filled_and_the_rest_cancelled(stage) -> None:
    order = stage.make("A", 10)
    stage.take(4)
    assert stage.t.cancel("A", order) == Refusal.NONE
    assert stage.take(6)[2:] == (0, 6)
    assert stage.fills() == [("A", 4, 0)]


@pytest.mark.parametrize("taker", [1])
@pytest.mark.parametrize("what", ["filled", "never issued"])
def test_13_to_16_what_is_not_there_is_neither_cancelled_nor_changed(stage, what) -> None:
    order = stage.make("A", 5)
    if what == "filled":
        stage.take(5)
    else:
        order += 1_000
    before = len(stage.t.journal())
    assert stage.t.cancel("A", order) == Refusal.UNKNOWN_ORDER
    assert stage.t.replace("A", order, 3, 10_000).refusal == Refusal.UNKNOWN_ORDER
    assert len(stage.t.journal()) == before


@pytest.mark.parametrize("taker", [1])
@pytest.mark.parametrize("how", ["cancelled", "filled"])
def test_17_to_18_a_place_is_used_again_and_an_id_never(stage, how) -> None:
    old = stage.make("A", 5)
    if how == "filled":
        stage.take(5)
    else:
        stage.t.cancel("A", old)
    new = stage.make("A", 7, 1)
    assert new > old
    assert stage.t.cancel("A", old) == Refusal.UNKNOWN_ORDER
    assert stage.touch()[1] == (stage.price(1), 7)
    assert stage.t.cancel("A", new) == Refusal.NONE


@BOTH
def test_19_to_20_a_maker_filled_in_part_stays_first_for_the_next_taker(stage) -> None:
    stage.make("A", 10)
    stage.make("B", 10)
    stage.take(4, who="G")
    stage.take(8)
    assert stage.fills() == [("A", 4, 0), ("A", 6, 0), ("B", 2, 0)]


@BOTH
def test_21_to_22_trades_are_at_the_makers_price(stage) -> None:
    stage.make("A", 5, 0)
    stage.take(5, 50)
    assert stage.fills() == [("A", 5, 0)]


@BOTH
def test_23_to_24_the_rest_of_immediate_or_cancel_never_rests(stage) -> None:
    stage.make("A", 5)
    assert stage.take(8, tif=IOC)[2:] == (5, 0)
    assert stage.take(8, tif=IOC)[2:] == (0, 0)
    assert stage.touch() == ((0, 0), (0, 0))


@BOTH
def test_25_to_26_a_change_that_crosses_trades_at_the_makers_price(stage) -> None:
    own = stage.take(5, -20).order
    stage.make("A", 5, 10)
    assert stage.t.replace("H", own, 5, stage.price(30))[2:] == (5, 0)
    assert stage.fills() == [("A", 5, 10)]


@BOTH
def test_27_to_28_changing_one_of_two_orders_keeps_the_other(stage) -> None:
    first = stage.make("A", 5)
    stage.make("B", 5)
    assert stage.t.replace("A", first, 5, stage.price(40)).resting_lots == 5
    stage.take(10, 50)
    assert stage.fills() == [("B", 5, 0), ("A", 5, 40)]


@BOTH
def test_29_to_30_no_dead_price_after_the_last_order_of_a_level_goes(stage) -> None:
    best = stage.make("A", 5, 0)
    stage.make("B", 5, 100)
    stage.t.cancel("A", best)
    assert stage.touch()[1] == (stage.price(100), 5)
    assert stage.take(5, 99)[2:] == (0, 5)


@BOTH
def test_31_to_32_prices_at_the_limit_of_the_domain(town, taker) -> None:
    """Without a band the ladder has 4,096 ticks; beyond its ends an order is refused."""
    t = town(VenueRules("wide", band_ppm=0, tick_cash=10), reference=100_000)
    low, high = 100_000 - 20_480, 100_000 + 20_470
    end, past = (high, high + 10) if taker == 1 else (low, low - 10)
    assert t.order("A", 3 - taker, 5, past).refusal == Refusal.PRICE_OUTSIDE_BAND
    assert t.order("A", 3 - taker, 5, end)[1:] == (Refusal.NONE, 0, 5)
    assert t.order("B", taker, 5, end)[2:] == (5, 0)
    assert [price for *_, price in t.trades()] == [end]


@BOTH
def test_33_to_34_five_thousand_fills_at_one_price(stage) -> None:
    for _ in range(2_500):
        stage.make("A", 1)
        stage.make("B", 1)
    assert stage.take(5_000)[2:] == (5_000, 0)
    assert stage.fills() == [("A", 1, 0), ("B", 1, 0)] * 2_500


# --- defects of other packages


@BOTH
def test_a_sweep_pays_each_level_its_own_price(stage) -> None:
    """Wrong in pams 0.3.0: all fills of a sweep at the last pair's price."""
    for who, k in zip("ABC", (1, 2, 3), strict=True):
        stage.make(who, 5, k)
    stage.take(15, 3)
    assert stage.fills() == [("A", 5, 1), ("B", 5, 2), ("C", 5, 3)]


@BOTH
def test_orders_taken_out_of_the_middle_of_a_level_leave_a_book_that_goes_on(stage) -> None:
    """Wrong in nanobook 0.19.2: after cancels inside a level an order that crosses it never returns."""
    orders = [stage.make("ABCDEFG"[k % 7], 1 + k % 5, k % 3) for k in range(300)]
    for k in (*range(4, 300, 6), *range(1, 300, 6), *range(299, 0, -9)):
        assert stage.t.cancel("ABCDEFG"[k % 7], orders[k]) == Refusal.NONE
    left = [1 + k % 5 for k in range(300) if k % 3 != 1 and k not in range(299, 0, -9)]
    assert stage.take(10_000, 5)[2:] == (sum(left), 10_000 - sum(left))


@pytest.mark.parametrize("taker", [1])
def test_a_late_cancel_is_an_answer_and_touches_nothing(stage) -> None:
    """Wrong in lightmatchingengine 2019.1.4 (AssertionError) and fastlob 0.0.24 (KeyError, or a level it has left)."""
    order = stage.make("A", 5)
    stage.make("B", 7)
    stage.take(5)
    for _ in range(2):
        assert stage.t.cancel("A", order) == Refusal.UNKNOWN_ORDER
    assert stage.touch()[1] == (10_000, 7)


@BOTH
def test_the_rest_of_a_market_order_is_no_order_at_price_0(stage) -> None:
    """Wrong in lightmatchingengine: the remainder would rest at price 0 and be the best ask."""
    stage.make("A", 5)
    assert stage.take(9, kind=OrderKind.MARKET)[2:] == (5, 0)
    assert stage.touch() == ((0, 0), (0, 0))
    assert stage.take(9, kind=OrderKind.MARKET)[2:] == (0, 0)


@BOTH
def test_depth_falls_when_a_resting_order_is_filled_in_part(stage) -> None:
    """Wrong in cython-orderbook 0.1.2 and akhil4n-orderbook 0.1.1: the level keeps its lots."""
    stage.make("A", 10)
    stage.make("B", 10)
    stage.take(4)
    ask, ask_lots, bid, bid_lots = stage.t.exchange.depth(1, 1)[0].tolist()
    assert (ask_lots, bid_lots) == ((16, 0) if stage.taker == 1 else (0, 16))
    assert stage.touch()[1] == (max(ask, bid), 16)


@pytest.mark.parametrize("taker", [1])
def test_lots_sent_are_lots_traded_cancelled_or_resting(stage) -> None:
    """Wrong in fastlob: the volume traded drifts from that of the orders."""
    sent = 0
    for k in range(400):
        side, lots = 1 + k * 7 % 2, 1 + k * 13 % 29
        sent += (
            stage.t.order("ABCDEFG"[k * 3 % 7], side, lots, 10_000 + k * 11 % 21 - 10, tif=IOC * (k % 5 == 0))[1] == 0
        )
        if k % 3 == 0:
            stage.t.cancel("ABCDEFG"[k % 7], k)
    rows = stage.t.journal()
    came = rows["amount"][rows["kind"] == RecordKind.ORDER_ACCEPTED].sum()
    left = rows["amount"][rows["kind"] == RecordKind.ORDER_CANCELLED].sum()
    traded = rows["amount"][rows["kind"] == RecordKind.TRADE].sum()
    assert sent == 400
    assert came == left + 2 * traded + stage.t.exchange.resting(1)["lots"].sum()
    assert traded > 1_000


@pytest.mark.parametrize("taker", [1])
def test_a_market_that_never_traded_can_be_read(stage) -> None:
    """Wrong in fastlob: asking for the prices of trades raises AttributeError when there were none."""
    assert stage.t.exchange.quotes(1) == (0, 0, 0, 0, 0, 10_000, 0, 0)
    assert stage.t.exchange.depth(1, 1).tolist() == [[0, 0, 0, 0]]
    assert len(stage.t.exchange.resting(1)) == 0
    assert stage.t.trades() == []


@BOTH
def test_an_account_has_as_many_orders_of_any_size_as_it_likes(stage) -> None:
    """Wrong in BSE 6ebc415: one order a trader, of one lot; the second replaces the first."""
    for lots in (3, 1, 7):
        stage.make("A", lots)
    assert stage.take(11)[2:] == (11, 0)
    assert stage.fills() == [("A", 3, 0), ("A", 1, 0), ("A", 7, 0)]


@pytest.mark.parametrize("taker", [1])
def test_an_order_is_found_by_its_id_among_many(stage) -> None:
    """Slow in order-matching 0.12.0, which looks through all orders: here the record says which one went."""
    orders = [stage.make("ABCDEFG"[k % 7], 1, 1 + k % 50) for k in range(2_000)]
    assert stage.t.cancel("ABCDEFG"[1_234 % 7], orders[1_234]) == Refusal.NONE
    (row,) = stage.t.of_kind(RecordKind.ORDER_CANCELLED)
    assert row["order"] == orders[1_234]
    assert len(stage.t.exchange.resting(1)) == 1_999
