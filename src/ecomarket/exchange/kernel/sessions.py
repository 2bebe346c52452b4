"""The days and sessions of the fast exchange: openings, calls and their end, halts, closings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.compiled import bare_entry
from ecomarket.errors import InternalError
from ecomarket.exchange.kernel.book import find, link, unlink
from ecomarket.exchange.kernel.call import drop_market_orders, end_call, indicate
from ecomarket.exchange.kernel.holders import KernelHolders
from ecomarket.exchange.kernel.leave import price_at, take_out
from ecomarket.exchange.kernel.read import copy_resting
from ecomarket.exchange.kernel.state import (
    CALL,
    CALL_PRICE,
    CLOSE_T,
    DAY_LOTS,
    DAY_OPEN,
    DAY_TURNOVER,
    FLAGS,
    HALT_REFERENCE,
    HALT_T,
    HIGH,
    ID,
    INDEX,
    INSTRUMENT,
    LAST,
    LIVE,
    LOTS,
    LOW,
    OPEN,
    REFERENCE,
    SLOTS,
    TICK,
    VENUE,
    WINDOW_LOTS,
    WINDOW_T,
    WINDOW_TURNOVER,
)
from ecomarket.exchange.rules import day_band, levels_seen
from ecomarket.ledger.state import BOUGHT_TODAY
from ecomarket.model.codes import CancelReason, Eligible, HaltReason, OrderKind, RecordKind, Side, TimeInForce
from ecomarket.model.order import RESTING, Cleared
from ecomarket.model.record import SHIFT_KIND, SHIFT_TIF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.exchange.rules import VenueRules
    from ecomarket.ledger.state import LedgerState

MINUTE = 60_000_000
NEVER = 2**63 - 1


@bare_entry
def take_out_all(
    ledger: LedgerState, book: BookState, t: int, orders: NDArray[np.int64], kind: int, reasons: NDArray[np.int64]
) -> None:
    """Take live orders out of the book, in the order given; the caller has made room in the journal."""
    for number in range(orders.shape[0]):
        take_out(ledger, book, t, find(book, orders[number]), kind, reasons[number])


@bare_entry
def move_band(book: BookState, instrument: int, low: int, high: int, orders: NDArray[np.int64]) -> None:
    """Move a ladder to a new band; its live orders (in their turn, all inside the band) keep their turn."""
    market = book.markets[instrument]
    for order in orders:
        slot = find(book, order)
        price = price_at(book, instrument, book.orders[slot, INDEX])
        unlink(book, slot)
        book.orders[slot, INDEX] = (price - low) // market[TICK]
    market[LOW] = low
    market[HIGH] = high
    for order in orders:
        link(book, find(book, order))


class KernelSessions(KernelHolders):
    """Sessions, calls, halts."""

    def open_session(self, t: int, instruments: Sequence[int], close_t: int, *, call: bool = False) -> None:
        """Open books; the day's first opening fixes the band and cancels what rests outside it.

        Raises InternalError for a call where takers see some levels only (such a book may stand crossed), and for an
        opening after a call that was not uncrossed while its orders cross.
        """
        for instrument in instruments:
            market = self._market(instrument)
            rules = self._rules(instrument)
            if call and levels_seen(rules):
                raise InternalError(f"no call auction at venue {rules.code}")
            if not market[DAY_OPEN]:
                self._open_day(t, instrument)
            if market[CALL] and not call:
                self._leave_call(t, instrument)
            market[[OPEN, CALL, CLOSE_T]] = (1, call, close_t)
            market[[WINDOW_LOTS, WINDOW_TURNOVER]] = 0
            market[WINDOW_T] = close_t - rules.closing_minutes * MINUTE if rules.closing_minutes else NEVER
        self._audit()

    def _open_day(self, t: int, instrument: int) -> None:
        market = self._market(instrument)
        rules = self._rules(instrument)
        market[REFERENCE] = self._opening_reference(t, instrument, int(market[REFERENCE]), rules)
        low, high = day_band(int(market[REFERENCE]), rules)
        live = self.resting(instrument)
        inside = (live["price"] >= low) & (live["price"] <= high)
        gone = np.sort(live["order"][~inside])
        reasons = np.full(len(gone), int(CancelReason.INSTRUMENT_CLOSED))
        self._take_out(t, gone, RecordKind.ORDER_CANCELLED, reasons)
        move_band(self._book, instrument, low, high, live["order"][inside])
        market[[DAY_LOTS, DAY_TURNOVER, CALL_PRICE, HALT_T]] = 0
        market[HALT_REFERENCE] = market[REFERENCE]
        market[DAY_OPEN] = 1

    def _leave_call(self, t: int, instrument: int) -> None:
        if indicate(self._book, instrument)[1]:
            raise InternalError(f"the call of instrument {instrument} was not uncrossed")
        self._room(int(self._market(instrument)[LIVE]))
        drop_market_orders(self._ledger, self._book, t, instrument)

    def uncross(self, t: int, instruments: Sequence[int]) -> list[Cleared]:
        """End the call of each book; return what came of each. Raises InternalError if one is not in a call.

        Orders of who may not trade any more leave first.
        """
        cleared = []
        for instrument in instruments:
            market = self._market(instrument)
            if not (market[OPEN] and market[CALL]):
                raise InternalError(f"instrument {instrument} is not in a call")
            self._drop_barred_orders(t, instrument)
            self._room(2 * int(market[LIVE]))
            price, lots, surplus = end_call(self._ledger, self._book, t, instrument)
            cleared.append(Cleared(instrument, int(price), int(lots), int(surplus)))
            self._audit()
        return cleared

    def _drop_barred_orders(self, t: int, instrument: int) -> None:
        live = self.resting(instrument)
        needs = np.where(live["side"] == Side.BUY, int(Eligible.BUY), int(Eligible.SELL))
        barred = np.sort(live["order"][self._ledger.eligible[instrument, live["account"]] & needs == 0])
        reasons = np.full(len(barred), int(CancelReason.INSTRUMENT_CLOSED))
        self._take_out(t, barred, RecordKind.ORDER_CANCELLED, reasons)

    def indicative(self, instrument: int) -> Cleared:
        """Return what a call would come to if it ended now; lots 0 and price 0 if nothing would trade."""
        market = self._market(instrument)
        if not (market[OPEN] and market[CALL]):
            return Cleared(instrument, 0, 0, 0)
        price, lots, surplus = indicate(self._book, instrument)
        return Cleared(instrument, int(price), int(lots), int(surplus))

    def bounds(self, instrument: int) -> tuple[int, int]:
        """Return the lowest and highest price of the last day opened; 0, 0 before the first."""
        low, high = self._market(instrument)[[LOW, HIGH]].tolist()
        return low, high

    def halt(self, t: int, instrument: int, until_t: int) -> None:
        """Stop trading of an instrument until `until_t`: orders are refused, withdrawals are not."""
        market = self._market(instrument)
        market[HALT_T] = until_t
        self._post(
            t, RecordKind.HALT, HaltReason.MANUAL, instrument, -1, 0, until_t, int(market[LAST]), 0, 0,
            int(market[VENUE]),
        )  # fmt: skip

    def close_session(self, t: int, instruments: Sequence[int], *, end_of_day: bool) -> None:
        """Close books; at the end of the day expire day orders, fix closing prices, free what was bought today."""
        for instrument in instruments:
            self._market(instrument)[OPEN] = 0
        if not end_of_day:
            return
        self._take_out(t, *self._expired(t, instruments))
        for instrument in instruments:
            self._close_day(t, instrument)
        self._audit()

    def _close_day(self, t: int, instrument: int) -> None:
        market = self._market(instrument)
        lots, turnover = (int(market[DAY_LOTS]), int(market[DAY_TURNOVER])) if market[DAY_OPEN] else (0, 0)
        if lots:
            market[REFERENCE] = closing_price(market, self._rules(instrument))
            self._note_price(t, instrument, int(market[REFERENCE]))
        market[DAY_OPEN] = 0
        self._ledger.balance[instrument, :, BOUGHT_TODAY] = 0
        self._post(
            t, RecordKind.CLOSE, 0, instrument, -1, 0, turnover, int(market[REFERENCE]), lots, 0, int(market[VENUE])
        )
        self._report_holders(t, instrument, self._rules(instrument))

    def _take_out(self, t: int, orders: NDArray[np.int64], kind: RecordKind, reasons: NDArray[np.int64]) -> None:
        if len(orders):
            self._room(len(orders))
            take_out_all(self._ledger, self._book, t, orders, int(kind), reasons)

    def _market(self, instrument: int) -> NDArray[np.int64]:
        if not 0 < instrument < self._instruments or self._book.markets[instrument, VENUE] < 0:
            raise InternalError(f"instrument {instrument} is not listed")
        row: NDArray[np.int64] = self._book.markets[instrument]
        return row

    def _expired(self, t: int, instruments: Sequence[int]) -> tuple[NDArray[np.int64], RecordKind, NDArray[np.int64]]:
        """Return the ids of the orders that end with the day, ascending, and the CancelReason of each."""
        slots = np.arange(1, self._book.counters[SLOTS] + 1)
        rows = self._book.orders[slots]
        tif = rows[:, FLAGS] >> SHIFT_TIF & 7
        gone = (rows[:, LOTS] > 0) & np.isin(rows[:, INSTRUMENT], np.asarray(instruments))
        dated = tif == int(TimeInForce.GTD)
        waiting = rows[:, FLAGS] >> SHIFT_KIND & 1 == int(OrderKind.MARKET)
        gone &= waiting | (tif != int(TimeInForce.GTC)) & (~dated | (self._book.terms["expire_t"][slots] <= t))
        order = np.argsort(rows[gone, ID])
        reasons = np.where(dated, int(CancelReason.DATE_PASSED), int(CancelReason.DAY_END))
        return rows[gone, ID].astype(np.int64)[order], RecordKind.ORDER_EXPIRED, reasons[gone][order]

    def set_band(self, venue: int, band_ppm: int) -> None:
        """Change a venue's price band for the days that open from now on."""
        changed = replace(self._venues[venue], band_ppm=band_ppm)
        self._venues = (*self._venues[:venue], changed, *self._venues[venue + 1 :])

    def _rules(self, instrument: int) -> VenueRules:
        return self._venues[int(self._market(instrument)[VENUE])]

    def resting(self, instrument: int) -> NDArray[np.void]:
        """Return the live orders (dtype RESTING) in their turn: buys before sells, best price first, then time."""
        rows = np.zeros(int(self._market(instrument)[LIVE]), RESTING)
        copy_resting(self._book, instrument, rows)
        return rows


def closing_price(market: NDArray[np.int64], rules: VenueRules) -> int:
    """Return the closing price of a day with trades."""
    if rules.closing == "last":
        return int(market[LAST])
    if rules.closing == "call" and market[CALL_PRICE]:
        return int(market[CALL_PRICE])
    lots, turnover = int(market[DAY_LOTS]), int(market[DAY_TURNOVER])
    if market[WINDOW_LOTS]:
        lots, turnover = int(market[WINDOW_LOTS]), int(market[WINDOW_TURNOVER])
    return turnover // lots // rules.tick_cash * rules.tick_cash
