"""The fast exchange: implements protocol.Exchange over the compiled kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecomarket.errors import InternalError
from ecomarket.exchange.kernel import SPARE_ROWS, move_band, run_messages, take_out_all, touch
from ecomarket.exchange.kernel_deals import KernelDeals
from ecomarket.exchange.kernel_state import (
    CLOSE_T,
    DAY_LOTS,
    DAY_OPEN,
    DAY_TURNOVER,
    FLAGS,
    ID,
    INDEX,
    INSTRUMENT,
    LAST,
    LIVE,
    LOTS,
    LOW,
    MESSAGE,
    OPEN,
    OUTCOME,
    REFERENCE,
    SLOTS,
    TICK,
    VENUE,
    new_book,
)
from ecomarket.exchange.quote_loop import quote_loop
from ecomarket.exchange.rules import day_band
from ecomarket.ledger.state import IDS, JOURNAL_ROWS
from ecomarket.model.codes import CancelReason, RecordKind, TimeInForce
from ecomarket.model.order import ARRIVAL, Outcome, Quotes
from ecomarket.model.record import SHIFT_TIF

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.rules import Listing, VenueRules

SLOTS_AT_START = 4_096
IDS_AT_START = 65_536


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
        self._book = new_book(instruments, venues, listings, slots, ids)
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
        orders = self._live_orders([instrument])
        prices = market[LOW] + self._book.orders[self._book.slot_of[orders], INDEX].astype(np.int64) * market[TICK]
        inside = (prices >= low) & (prices <= high)
        self._take_out(t, orders[~inside], RecordKind.ORDER_CANCELLED, CancelReason.INSTRUMENT_CLOSED)
        move_band(self._book, instrument, low, high, orders[inside])
        market[[DAY_LOTS, DAY_TURNOVER]] = 0
        market[DAY_OPEN] = 1

    def close_session(self, t: int, instruments: Sequence[int], *, end_of_day: bool) -> None:
        """Close books; at the end of the day expire day orders, fix closing prices, free what was bought today."""
        for instrument in instruments:
            self._market(instrument)[OPEN] = 0
        if not end_of_day:
            return
        day_orders = self._live_orders(instruments, day_only=True)
        self._take_out(t, day_orders, RecordKind.ORDER_EXPIRED, CancelReason.DAY_END)
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

    def _take_out(self, t: int, orders: NDArray[np.int64], kind: RecordKind, reason: CancelReason) -> None:
        if len(orders):
            self._room(len(orders))
            take_out_all(self._ledger, self._book, t, orders, int(kind), int(reason))

    def _market(self, instrument: int) -> NDArray[np.int64]:
        if not 0 < instrument < self._instruments or self._book.markets[instrument, VENUE] < 0:
            raise InternalError(f"instrument {instrument} is not listed")
        row: NDArray[np.int64] = self._book.markets[instrument]
        return row

    def _live_orders(self, instruments: Sequence[int], *, day_only: bool = False) -> NDArray[np.int64]:
        """Return the ids of live orders, ascending."""
        if not self._book.markets[list(instruments), LIVE].any():
            return np.zeros(0, dtype=np.int64)
        rows = self._book.orders[1 : self._book.counters[SLOTS] + 1]
        chosen = (rows[:, LOTS] > 0) & np.isin(rows[:, INSTRUMENT], np.asarray(instruments))
        if day_only:
            chosen &= rows[:, FLAGS] >> SHIFT_TIF != int(TimeInForce.GTC)
        return np.sort(rows[chosen, ID].astype(np.int64))

    # --- the market
    def submit(
        self, t: int, account: int, instrument: int, side: int, price: int, lots: int, kind: int = 0, tif: int = 0
    ) -> Outcome:
        """Check, reserve, match, settle, record one order."""
        self._message[0] = (t, 0, price, lots, account, instrument, side, kind, tif, 0)
        return self._one()

    def cancel(self, t: int, account: int, order: int) -> int:
        """Withdraw what is left of an order; return a Refusal."""
        self._message[0] = (t, order, 0, 0, account, 0, 0, 0, 0, 1)
        return self._one().refusal

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
            self._make_room(int(messages[done]["instrument"]))
            done = run_messages(self._ledger, self._book, messages, outcomes, done)
        self._audit()

    def _make_room(self, instrument: int) -> None:
        """Make room in journal, slots and ids for a message on an instrument."""
        live = int(self._book.markets[instrument, LIVE]) if 0 < instrument < self._instruments else 0
        self._room(live + SPARE_ROWS)
        book = self._book
        if book.counters[SLOTS] + 2 >= len(book.orders):
            book = book._replace(orders=np.concatenate([book.orders, np.zeros_like(book.orders)]))
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
            self._make_room(int(intents[arrivals[done]["intent"]]["instrument"]))
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

    def closes(self) -> NDArray[np.int64]:
        """Return (3, instruments): reference price (0: not listed), lots of the last day it traded, last price."""
        closes: NDArray[np.int64] = self._book.markets[:, [REFERENCE, DAY_LOTS, LAST]].T.copy()
        return closes
