"""Days: opening, closing price, the night, and what lives through it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.conftest import FIRST, NOON

from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.rules import PRICE_MAX, TICKS_MAX, Listing, VenueRules, day_band
from ecomarket.model.codes import AccountKind, CancelReason, Eligible, Mechanism, RecordKind, Refusal, Side, TimeInForce

GTC = TimeInForce.GTC


def test_day_orders_expire_in_order_of_id_across_books(town) -> None:
    t = town()
    ids = [
        t.sell("A", 1, 10_100, instrument=2).order, t.buy("B", 1, 9_000).order, t.sell("C", 1, 10_050).order,
        t.buy("D", 1, 9_100, instrument=2, tif=TimeInForce.POST_ONLY).order,
    ]  # fmt: skip
    t.buy("E", 1, 9_000, tif=GTC)
    t.close(2, 1)
    rows = t.journal()[-6:]
    assert rows["kind"].tolist() == [RecordKind.ORDER_EXPIRED] * 4 + [RecordKind.CLOSE] * 2
    assert rows["order"].tolist()[:4] == ids
    assert rows["code"].tolist()[:4] == [CancelReason.DAY_END] * 4
    assert rows["instrument"].tolist()[4:] == [2, 1]


def test_closing_price_is_the_mean_of_listed_trades_floored_to_the_tick(town) -> None:
    """Case P19: 10000@42.10, 30000@42.50, 5000@41.80 give 42.33; a block never counts."""
    t = town(VenueRules("cea"), reference=420_000, rich=False)
    t.give("A", units=200_000)
    t.give("B", cash=10**12)
    for lots, price in ((10_000, 421_000), (30_000, 425_000), (5_000, 418_000)):
        t.sell("A", lots, price)
        t.buy("B", lots, price)
    assert (
        t.exchange.deal(t.tick(), Mechanism.BLOCK_AGREEMENT, 0, 1, t.account("B"), t.account("A"), 500_000, 100_000)
        == 0
    )
    t.close()
    close = t.of_kind(RecordKind.CLOSE)[-1]
    assert (close["price"], close["amount"], close["other"]) == (423_300, 45_000, 19_050_000_000)
    assert t.exchange.quotes(1).reference_price == 423_300


def test_without_a_trade_the_close_is_the_previous_close(town) -> None:
    t = town()
    t.sell("A", 1, 10_500)
    t.buy("B", 1, 10_500)
    t.close()
    t.open()
    assert t.exchange.quotes(1)[6:] == (0, 0)
    t.close()
    t.close()
    assert t.of_kind(RecordKind.CLOSE)["price"].tolist() == [10_500] * 3
    assert t.of_kind(RecordKind.CLOSE)["amount"].tolist() == [1, 0, 0]


def test_close_may_be_the_last_price(town) -> None:
    t = town(VenueRules("v", tick_cash=1, closing="last"))
    for price in (10_100, 10_300):
        t.sell("A", 1, price)
        t.buy("B", 1, price)
    t.close()
    assert t.exchange.quotes(1).reference_price == 10_300


def test_all_closing_prices_at_once(town) -> None:
    t = town()
    t.sell("A", 3, 10_500, instrument=2)
    t.buy("B", 2, 10_500, instrument=2)
    t.close(1, 2)
    assert t.exchange.closes().tolist() == [[0, 10_000, 10_500, 0], [0, 0, 2, 0], [0, 0, 10_500, 0]]


def test_noon_break_keeps_orders_band_and_figures(town) -> None:
    t = town()
    t.sell("A", 5, 10_000)
    t.buy("B", 2, 10_000)
    t.close(end_of_day=False)
    assert t.buy("B", 2, 10_000).refusal == Refusal.MARKET_CLOSED
    t.open()
    assert t.exchange.quotes(1)[2:] == (10_000, 3, 10_000, 10_000, 2, 20_000)
    assert len(t.of_kind(RecordKind.CLOSE)) == 0


def test_good_till_cancelled_keeps_its_turn_over_the_night(town) -> None:
    t = town()
    t.sell("A", 5, 10_400, tif=GTC)
    t.sell("B", 5, 10_400, tif=GTC)
    t.sell("C", 5, 10_200)
    t.buy("D", 5, 10_200)
    t.close()
    t.open()
    assert t.exchange.quotes(1)[2:6] == (10_400, 10, 10_200, 10_200)
    t.buy("E", 6, 10_400)
    assert t.trades()[1:] == [("E", "A", 5, 10_400), ("E", "B", 1, 10_400)]


def test_good_till_cancelled_outside_the_new_band_goes_at_the_opening(town) -> None:
    t = town(VenueRules("v", tick_cash=1, band_ppm=100_000))
    out = t.buy("A", 5, 9_000, tif=GTC).order
    stays = t.buy("B", 5, 10_000, tif=GTC).order
    t.sell("C", 1, 11_000)
    t.buy("D", 1, 11_000)
    t.close()
    t.open()
    gone = t.of_kind(RecordKind.ORDER_CANCELLED)
    assert (gone["order"].tolist(), gone["code"].tolist()) == ([out], [CancelReason.INSTRUMENT_CLOSED])
    assert t.exchange.free(t.account("A"), 0) == t.exchange.posted(t.account("A"), 0)
    assert t.cancel("B", stays) == Refusal.NONE
    assert t.sell("C", 1, 9_899).refusal == Refusal.PRICE_OUTSIDE_BAND
    assert t.sell("C", 1, 9_900).refusal == Refusal.NONE


def test_band_follows_yesterdays_close(town) -> None:
    t = town(VenueRules("v", tick_cash=1, band_ppm=100_000))
    price = 10_000
    for _ in range(5):
        price = price * 11 // 10
        t.sell("A", 1, price)
        t.buy("B", 1, price)
        t.close()
        t.open()
    assert [p for *_, p in t.trades()] == [11_000, 12_100, 13_310, 14_641, 16_105]


@pytest.mark.incoherent("a note of a listing lists nothing")
def test_statements_are_journalled_as_they_are_said(town) -> None:
    t = town()
    t.journal()
    x = t.exchange
    x.note(5, 3, b'{"a":1}', 15, 1)
    x.fact(6, 2, 15, 1, 202_401, 77, 3)
    x.obligation(7, 1, 15, 1, 2024, 100, 60, 9)
    x.obligation(8, 1, 15, 1, 2024, 100, 160, 0)
    rows, payloads = x.drain()
    assert payloads == [b'{"a":1}']
    fields = ("t", "kind", "code", "order", "other", "price", "amount", "hold", "account", "instrument")
    assert [tuple(int(r[f]) for f in fields) for r in rows] == [
        (5, 0, 3, 0, 0, 0, 0, 0, 15, 1),
        (6, 40, 2, 202_401, 0, 3, 77, 0, 15, 1),
        (7, 41, 1, 2024, 40, 9, 100, 60, 15, 1),
        (8, 41, 1, 2024, 0, 0, 100, 160, 15, 1),
    ]
    assert len(x.drain()[0]) == 0
    assert x.eligible(15, 1) == 7


@given(
    tick=st.integers(0, 40).flatmap(lambda bits: st.integers(max(2**bits // 2, 1), 2**bits)),
    reference=st.integers(1, PRICE_MAX),
    steps=st.lists(st.integers(0, TICKS_MAX), min_size=1, max_size=8),
)
def test_an_order_rests_at_its_price_whatever_the_tick(tick: int, reference: int, steps: list[int]) -> None:
    """The compiled ladder finds a price without dividing by the tick."""
    rules = VenueRules("v", tick_cash=tick, band_ppm=0)
    low, high = day_band(reference, rules)
    prices = [min(low + step * tick, high - (high - low) % tick) for step in steps] + [low, high - (high - low) % tick]
    x = KernelExchange(FIRST + 1, 2, [rules], [Listing(1, 0, reference)], FIRST)
    x.allow(FIRST, 1, Eligible.ALL)
    assert x.transfer(0, AccountKind.ISSUANCE, FIRST, 1, len(prices), 1) == 0
    x.open_session(0, [1], NOON)
    for price in prices:
        assert x.submit(1, FIRST, 1, Side.SELL, price, 1)[3] == 1
    assert sorted(x.resting(1)["price"].tolist()) == sorted(prices)


def test_a_tick_above_every_price_is_refused() -> None:
    with pytest.raises(ValueError, match="tick_cash must lie in"):
        VenueRules("v", tick_cash=PRICE_MAX + 1)
