"""The fast exchange: implements protocol.Exchange over the compiled kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecomarket.errors import InternalError
from ecomarket.exchange.kernel import move_band, run_messages, take_out_all
from ecomarket.exchange.kernel_deals import KernelDeals
from ecomarket.exchange.kernel_read import copy_depth, copy_resting, touch
from ecomarket.exchange.kernel_state import (
    ACTION_CANCEL,
    ACTION_NEW,
    ACTION_REPLACE,
    CLOSE_T,
    DAY_LOTS,
    DAY_OPEN,
    DAY_TURNOVER,
    EXPIRE_T,
    FLAGS,
    ID,
    INSTRUMENT,
    LAST,
    LIVE,
    LOTS,
    MESSAGE,
    OPEN,
    OUTCOME,
    REFERENCE,
    ROOM,
    SLOTS,
    TICK,
    VENUE,
    new_book,
)
from ecomarket.exchange.quote_loop import quote_loop
from ecomarket.exchange.rules import day_band
from ecomarket.ledger.state import IDS, JOURNAL_ROWS
from ecomarket.model.codes import CancelReason, RecordKind, TimeInForce
from ecomarket.model.order import ARRIVAL, RESTING, Outcome, Quotes
from ecomarket.model.record import SHIFT_TIF

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.rules import Listing, VenueRules

SLOTS_AT_START = 4_096
IDS_AT_START = 65_536


def twice(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array with as many rows again, zeros."""
    return np.concatenate([array, np.zeros_like(array)])


class KernelExchange(KernelDeals):
    """An exchange over the compiled kernel; record for record equal to ReferenceExchange.

    The last three arguments are the first sizes of buffers that grow by themselves, between messages.
    """

    def __init__(
        self,
        accounts: int,
        instruments: int,
        venues: Sequence[VenueRules],
        listings: Sequence[Listing],
        system_accounts: int,
        journal_rows: int = JOURNAL_ROWS,
        slots: int = SLOTS_AT_START,
        ids: int = IDS_AT_START,
    ) -> None:
        super().__init__(accounts, instruments, venues, listings, system_accounts, journal_rows)
        self._book = new_book(accounts, instruments, venues, listings, slots, ids)
        self._auctions = {}
        self._loop: Callable[..., int] | None = None
        self._message = np.zeros(1, MESSAGE)
        self._outcome = np.zeros(1, OUTCOME)
        self._arrival = np.zeros(1, ARRIVAL)

    # --- sessions
    def open_session(self, t: int, instruments: Sequence[int], close_t: int) -> None:
        """Open books; the day's first opening fixes the band and cancels what rests outside it."""
        for instrument in instruments:
            market = self._market(instrument)
            if not market[DAY_OPEN]:
                self._open_day(t, instrument)
            market[OPEN] = 1
            market[CLOSE_T] = close_t
        self._audit()

    def _open_day(self, t: int, instrument: int) -> None:
        market = self._market(instrument)
        low, high = day_band(int(market[REFERENCE]), self._venues[int(market[VENUE])])
        live = self.resting(instrument)
        inside = (live["price"] >= low) & (live["price"] <= high)
        gone = np.sort(live["order"][~inside])
        reasons = np.full(len(gone), int(CancelReason.INSTRUMENT_CLOSED))
        self._take_out(t, gone, RecordKind.ORDER_CANCELLED, reasons)
        move_band(self._book, instrument, low, high, live["order"][inside])
        market[[DAY_LOTS, DAY_TURNOVER]] = 0
        market[DAY_OPEN] = 1

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
        lots, turnover = int(market[DAY_LOTS]), int(market[DAY_TURNOVER])
        if not market[DAY_OPEN]:
            lots = turnover = 0
        if lots:
            by_last = self._venues[int(market[VENUE])].closing == "last"
            tick = int(market[TICK])
            market[REFERENCE] = market[LAST] if by_last else turnover // lots // tick * tick
        market[DAY_OPEN] = 0
        self._ledger.bought_today[:, instrument] = 0
        self._post(
            t, RecordKind.CLOSE, 0, instrument, -1, 0, turnover, int(market[REFERENCE]), lots, 0, int(market[VENUE])
        )

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
        gone &= (tif != int(TimeInForce.GTC)) & (~dated | (self._book.terms[slots, EXPIRE_T] <= t))
        order = np.argsort(rows[gone, ID])
        reasons = np.where(dated, int(CancelReason.DATE_PASSED), int(CancelReason.DAY_END))
        return rows[gone, ID].astype(np.int64)[order], RecordKind.ORDER_EXPIRED, reasons[gone][order]

    # --- the market
    def submit(
        self, t: int, account: int, instrument: int, side: int, price: int, lots: int, kind: int = 0, tif: int = 0,
        shown: int = 0, expire_t: int = 0,
    ) -> Outcome:  # fmt: skip
        """Check, reserve, match, settle, record one order."""
        self._message[0] = (t, 0, price, lots, account, instrument, side, kind, tif, ACTION_NEW, shown, expire_t)
        return self._one()

    def cancel(self, t: int, account: int, order: int) -> int:
        """Withdraw what is left of an order; return a Refusal."""
        self._message[0] = (t, order, 0, 0, account, 0, 0, 0, 0, ACTION_CANCEL, 0, 0)
        return self._one().refusal

    def replace(self, t: int, account: int, order: int, price: int, lots: int) -> Outcome:
        """Change price and open lots of a resting order; refused, it stays as it was."""
        self._message[0] = (t, order, price, lots, account, 0, 0, 0, 0, ACTION_REPLACE, 0, 0)
        return self._one()

    def _one(self) -> Outcome:
        self._run(self._message, self._outcome)
        return Outcome(*self._outcome[0].item())

    def submit_batch(self, messages: NDArray[np.void]) -> NDArray[np.void]:
        """Run messages (dtype MESSAGE) in turn; return an OUTCOME for each."""
        outcomes = np.zeros(len(messages), OUTCOME)
        self._run(messages, outcomes)
        return outcomes

    def _run(self, messages: NDArray[np.void], outcomes: NDArray[np.void]) -> None:
        done = run_messages(self._ledger, self._book, messages, outcomes, 0)
        while done < len(messages):
            self._make_room()
            done = run_messages(self._ledger, self._book, messages, outcomes, done)
        self._audit()

    def _make_room(self) -> None:
        """Make room in journal, slots and ids for the message that found none."""
        self._room(int(self._book.counters[ROOM]))
        book = self._book
        if book.counters[SLOTS] + 2 >= len(book.orders):
            book = book._replace(orders=twice(book.orders), parts=twice(book.parts), terms=twice(book.terms))
        ids = int(self._ledger.counters[IDS])
        if ids + 2 >= len(book.slot_of):
            slot_of = np.zeros(2 * ids + 4, np.int32)
            slot_of[: len(book.slot_of)] = book.slot_of
            book = book._replace(slot_of=slot_of)
        self._book = book

    # --- arrivals
    def use_strategies(self, quotes: Sequence[Callable[..., Any]]) -> None:
        """Compile the strategies' quotes into the arrival loop; a strategy's number is its place here."""
        self._loop = quote_loop(quotes)

    def run_arrivals(self, arrivals: NDArray[np.void], intents: NDArray[np.void], start: int, before_t: int) -> int:
        """Run arrivals[start:] with t < before_t through the strategies' quotes; return the next index."""
        if self._loop is None:
            raise InternalError("run_arrivals needs use_strategies first")
        done = self._loop(self._ledger, self._book, arrivals, intents, start, before_t)
        while done < len(arrivals) and arrivals[done]["t"] < before_t:
            self._make_room()
            done = self._loop(self._ledger, self._book, arrivals, intents, done, before_t)
        self._audit()
        return int(done)

    def run_arrival(self, t: int, venue: int, intent: int, intents: NDArray[np.void], u: Any, v: Any, w: Any) -> None:
        """Run one arrival of the agent of intents[intent], with its three uniforms."""
        self._arrival[0] = (t, intent, venue, u, v, w)
        self.run_arrivals(self._arrival, intents, 0, t + 1)

    # --- reading
    def quotes(self, instrument: int) -> Quotes:
        """Return the public state of one market."""
        market = self._market(instrument)
        bid, bid_lots, ask, ask_lots = touch(self._book, instrument)
        return Quotes(
            int(bid), int(bid_lots), int(ask), int(ask_lots), int(market[LAST]), int(market[REFERENCE]),
            int(market[DAY_LOTS]), int(market[DAY_TURNOVER]),
        )  # fmt: skip

    def depth(self, instrument: int, levels: int) -> NDArray[np.int64]:
        """Return the best levels as (levels, 4): ask price, ask lots, bid price, bid lots; 0 where there is none."""
        self._market(instrument)
        rows = np.zeros((levels, 4), np.int64)
        copy_depth(self._book, instrument, rows)
        return rows

    def resting(self, instrument: int) -> NDArray[np.void]:
        """Return the live orders (dtype RESTING) in their turn: buys before sells, best price first, then time."""
        rows = np.zeros(int(self._market(instrument)[LIVE]), RESTING)
        copy_resting(self._book, instrument, rows)
        return rows

    def closes(self) -> NDArray[np.int64]:
        """Return (3, instruments): reference price (0: not listed), lots of the last day it traded, last price."""
        closes: NDArray[np.int64] = self._book.markets[:, [REFERENCE, DAY_LOTS, LAST]].T.copy()
        return closes
