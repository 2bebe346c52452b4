"""Halts and the dynamic band: when trading stops, what is still possible, when it goes on."""

from __future__ import annotations

import pytest

from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import CancelReason, HaltReason, OrderKind, RecordKind, Refusal, TimeInForce

MARKET, IOC = OrderKind.MARKET, TimeInForce.IOC


def rules(**more) -> VenueRules:
    return VenueRules("v", **{"tick_cash": 1, "band_ppm": 200_000, **more})


def trade(t, price: int, lots: int = 1, **more) -> int:
    """Let B buy from A; return when."""
    t.sell("A", lots, price)
    assert t.buy("B", lots, price, **more).filled_lots == lots
    return t.t


def halts(t) -> list[tuple[HaltReason, int, int]]:
    """Reason, end, last price of each halt."""
    return [(HaltReason(r["code"]), int(r["other"]), int(r["price"])) for r in t.of_kind(RecordKind.HALT)]


# --- by hand


def test_a_halted_market_refuses_orders_and_changes_but_lets_go(town) -> None:
    t = town()
    order = t.sell("A", 5, 10_000).order
    t.t = 100
    t.exchange.halt(t.tick(), 1, 110)
    assert t.buy("B", 5, 10_000).refusal == Refusal.MARKET_HALTED
    assert t.replace("A", order, 4, 10_000).refusal == Refusal.MARKET_HALTED
    assert t.buy("B", 5, 10_000, instrument=2).refusal == Refusal.NONE
    assert t.cancel("A", order) == Refusal.NONE
    t.t = 108
    assert t.sell("A", 5, 10_000).refusal == Refusal.MARKET_HALTED
    assert t.sell("A", 5, 10_000).refusal == Refusal.NONE  # at 110
    row = t.of_kind(RecordKind.HALT)[0]
    assert (row["code"], row["other"], row["price"], row["instrument"], row["account"], row["venue"]) == (
        HaltReason.MANUAL, 110, 0, 1, -1, 0,
    )  # fmt: skip


def test_a_later_word_ends_a_halt_earlier(town) -> None:
    t = town()
    t.exchange.halt(t.tick(), 1, 10_000)
    t.exchange.halt(t.tick(), 1, 0)
    assert t.buy("B", 5, 10_000).refusal == Refusal.NONE
    assert len(halts(t)) == 2


def test_a_new_day_clears_a_halt_and_a_new_session_does_not(town) -> None:
    t = town()
    t.exchange.halt(t.tick(), 1, 10**8)
    t.close(end_of_day=False)
    t.open()
    assert t.buy("B", 5, 10_000).refusal == Refusal.MARKET_HALTED
    t.close()
    t.open()
    assert t.buy("B", 5, 10_000).refusal == Refusal.NONE


def test_deals_auctions_and_the_uncrossing_go_on_in_a_halt(town) -> None:
    from ecomarket.model.codes import Mechanism

    t = town(start=False)
    t.call()
    t.buy("A", 5, 10_000)
    t.sell("B", 5, 10_000)
    t.exchange.halt(t.tick(), 1, 10**8)
    assert t.buy("A", 5, 10_000).refusal == Refusal.MARKET_HALTED
    assert t.uncross().lots == 5
    x, a, b = t.exchange, t.account("A"), t.account("B")
    assert x.deal(t.tick(), Mechanism.NEGOTIATED, 0, 1, a, b, 10_000, 3) == Refusal.NONE
    auction = x.open_auction(t.tick(), 0, 1, b, 5, 0, uniform=True)
    assert x.bid(t.tick(), auction, a, 10_000, 5)[1] == Refusal.NONE
    assert len(x.clear_auction(t.tick(), auction)) == 1


# --- by a jump of the price

JUMP = {"halt_ppm": 50_000, "halt_time": 1_000}


def test_a_far_price_stops_the_market_for_a_while(town) -> None:
    """Five per cent of 10,000: 10,500 is not further, 10,501 is."""
    t = town(rules(**JUMP))
    trade(t, 10_500)
    assert halts(t) == []
    when = trade(t, 10_501)
    assert halts(t) == [(HaltReason.VOLATILITY, when + 1_000, 10_501)]
    assert t.sell("A", 1, 10_501).refusal == Refusal.MARKET_HALTED
    t.t = when + 998
    assert t.sell("A", 1, 10_501).refusal == Refusal.MARKET_HALTED
    assert t.sell("A", 1, 10_501).refusal == Refusal.NONE


def test_a_fall_stops_it_too(town) -> None:
    t = town(rules(**JUMP))
    trade(t, 9_500)
    assert halts(t) == []
    trade(t, 9_499)
    assert len(halts(t)) == 1


def test_after_a_halt_the_last_price_is_what_counts(town) -> None:
    t = town(rules(**JUMP))
    t.t = trade(t, 10_600) + 1_000
    trade(t, 11_130)  # five per cent of 10,600
    assert len(halts(t)) == 1
    trade(t, 11_131)
    assert len(halts(t)) == 2


def test_the_message_runs_to_its_end_before_the_halt(town) -> None:
    t = town(rules(**JUMP))
    for price in (10_000, 10_600, 10_700):
        t.sell("A", 1, price)
    assert t.buy("B", 5, 11_000)[2:] == (3, 2)
    rows = t.journal()[-5:]
    assert rows["kind"].tolist() == [RecordKind.ORDER_ACCEPTED, *[RecordKind.TRADE] * 3, RecordKind.HALT]
    assert halts(t)[0][2] == 10_700


def test_the_halt_comes_after_the_orders_own_records(town) -> None:
    t = town(rules(**JUMP))
    t.sell("A", 1, 10_600)
    t.buy("B", 5, 10_600, tif=IOC)
    assert t.journal()["kind"].tolist()[-3:] == [RecordKind.TRADE, RecordKind.ORDER_CANCELLED, RecordKind.HALT]


def test_one_far_fill_among_near_ones_is_enough(town) -> None:
    """A seller meets a bid at 10,600 first and ends at 10,000; the halt is measured from the last price then."""
    t = town(rules(**JUMP))
    t.buy("B", 1, 10_600)
    t.buy("B", 1, 10_000)
    t.sell("A", 2, 10_000)
    assert len(halts(t)) == 1
    assert halts(t)[0][2] == 10_000


def test_a_replacement_that_trades_far_stops_the_market(town) -> None:
    t = town(rules(**JUMP))
    order = t.buy("B", 1, 10_000).order
    t.sell("A", 1, 10_600)
    assert t.replace("B", order, 1, 10_600).filled_lots == 1
    assert len(halts(t)) == 1


def test_a_call_gives_the_price_that_halts_are_measured_from(town) -> None:
    t = town(rules(**JUMP), start=False)
    t.call()
    t.buy("B", 1, 11_000)
    t.sell("A", 1, 11_000)
    assert t.uncross().price == 11_000
    assert halts(t) == []
    t.open()
    trade(t, 11_550)
    assert halts(t) == []
    trade(t, 10_449)
    assert len(halts(t)) == 1


def test_a_new_day_measures_from_its_reference_price(town) -> None:
    t = town(rules(closing="last", **JUMP))
    trade(t, 10_500)
    t.close()
    t.open()
    trade(t, 11_025)
    assert halts(t) == []
    trade(t, 11_026)
    assert len(halts(t)) == 1


def test_far_deals_do_not_stop_the_market(town) -> None:
    from ecomarket.model.codes import Mechanism

    t = town(rules(**JUMP))
    x = t.exchange
    assert x.deal(t.tick(), Mechanism.NEGOTIATED, 0, 1, t.account("A"), t.account("B"), 15_000, 1) == 0
    assert halts(t) == []


# --- the dynamic band


def test_dynamic_band_follows_the_last_price_of_the_day(town) -> None:
    """One per cent: 9,900 to 10,100 round the reference price, then 9,999 to 10,201 round 10,100."""
    t = town(rules(dynamic_band_ppm=10_000))
    assert t.buy("A", 1, 10_101).refusal == Refusal.PRICE_OUTSIDE_DYNAMIC_BAND
    assert t.sell("A", 1, 9_899).refusal == Refusal.PRICE_OUTSIDE_DYNAMIC_BAND
    trade(t, 10_100)
    assert t.buy("A", 1, 10_201).refusal == Refusal.NONE
    assert t.buy("A", 1, 10_202).refusal == Refusal.PRICE_OUTSIDE_DYNAMIC_BAND
    assert t.buy("A", 1, 9_998).refusal == Refusal.PRICE_OUTSIDE_DYNAMIC_BAND
    assert t.buy("A", 1, 12_001).refusal == Refusal.PRICE_OUTSIDE_BAND


def test_orders_outside_a_band_that_moved_stay(town) -> None:
    t = town(rules(dynamic_band_ppm=10_000))
    low = t.buy("C", 1, 9_900).order
    trade(t, 10_100)
    assert t.book() == [("C", "B", 9_900, 1, 1)]
    assert t.replace("C", low, 2, 9_900).refusal == Refusal.PRICE_OUTSIDE_DYNAMIC_BAND
    assert t.cancel("C", low) == Refusal.NONE


def test_a_market_order_stops_at_the_nearer_band(town) -> None:
    t = town(rules(dynamic_band_ppm=10_000))
    t.sell("A", 1, 10_000)
    t.sell("A", 1, 10_100)
    t.buy("B", 1, 10_000)
    t.close(end_of_day=False)
    t.call()
    assert t.sell("A", 1, 10_300).refusal == Refusal.NONE  # a call knows the day's band only
    assert t.uncross().lots == 0
    t.open()
    assert t.buy("B", 3, kind=MARKET).filled_lots == 1
    row = t.of_kind(RecordKind.ORDER_ACCEPTED)[-1]
    assert row["hold"] == 3 * 10_100
    assert t.of_kind(RecordKind.ORDER_CANCELLED)["code"].tolist() == [CancelReason.MARKET_REMAINDER]


def test_yesterdays_last_price_is_not_todays(town) -> None:
    t = town(rules(dynamic_band_ppm=10_000, closing="vwap"))
    trade(t, 10_000, lots=9)
    trade(t, 10_100)
    t.close()
    t.open()
    assert t.exchange.quotes(1)[4:6] == (10_100, 10_010)
    assert t.buy("A", 1, 10_110).refusal == Refusal.NONE
    assert t.buy("A", 1, 10_111).refusal == Refusal.PRICE_OUTSIDE_DYNAMIC_BAND


@pytest.mark.parametrize(("lots", "refusal"), [(0, Refusal.LOTS_NOT_POSITIVE), (1, Refusal.NONE)])
def test_price_comes_before_lots(town, lots, refusal) -> None:
    t = town(rules(dynamic_band_ppm=10_000))
    assert t.buy("A", lots, 10_101).refusal == Refusal.PRICE_OUTSIDE_DYNAMIC_BAND
    assert t.buy("A", lots, 10_100).refusal == refusal


def test_a_band_of_less_than_a_tick_still_lets_the_price_move(town) -> None:
    t = town(VenueRules("v", tick_cash=100, band_ppm=200_000, dynamic_band_ppm=1_000))
    assert t.buy("A", 1, 10_100).refusal == Refusal.NONE
    assert t.buy("A", 1, 10_200).refusal == Refusal.PRICE_OUTSIDE_DYNAMIC_BAND
