"""The fast exchange: implements protocol.Exchange over the compiled kernel."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ecomarket.compiled import direct
from ecomarket.errors import InternalError
from ecomarket.exchange.kernel.by_address import Block
from ecomarket.exchange.kernel.entries import run_back, run_changes, run_messages, run_new
from ecomarket.exchange.kernel.quote_loop import quote_loop
from ecomarket.exchange.kernel.read import copy_depth, touch
from ecomarket.exchange.kernel.sessions import KernelSessions
from ecomarket.exchange.kernel.state import (
    ACTION_CANCEL,
    ACTION_NEW,
    ACTION_REPLACE,
    DAY_LOTS,
    DAY_TURNOVER,
    LAST,
    MESSAGE,
    OUTCOME,
    REFERENCE,
    ROOM,
    SLOTS,
    new_book,
)
from ecomarket.ledger.postings import DEBUG
from ecomarket.ledger.state import IDS, JOURNAL_ROWS
from ecomarket.model.order import ARRIVAL, Outcome, Quotes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.rules import Listing, VenueRules

SLOTS_AT_START = 4_096
IDS_AT_START = 65_536


def twice(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array with as many rows again, zeros."""
    return np.concatenate([array, np.zeros_like(array)])


class KernelExchange(KernelSessions):
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
        self._run_new: Callable[..., tuple[int, int, int, int]] | None = None
        self._run_back: Callable[..., int] | None = None
        self._moved()
        self._loop: Callable[..., int] | None = None
        self._message = np.zeros(1, MESSAGE)
        self._outcome = np.zeros(1, OUTCOME)
        self._arrival = np.zeros(1, ARRIVAL)

    # --- the market
    def submit(
        self, t: int, account: int, instrument: int, side: int, price: int, lots: int, kind: int = 0, tif: int = 0,
        shown: int = 0, expire_t: int = 0,
    ) -> Outcome:  # fmt: skip
        """Check, reserve, match, settle, record one order."""
        run = self._run_new or self._compile_calls()[0]
        came = run(self._at, t, account, instrument, side, price, lots, kind, tif, shown, expire_t)
        if came[0] == 0:
            return self._one(t, 0, price, lots, account, instrument, side, kind, tif, ACTION_NEW, shown, expire_t)
        if DEBUG:
            self._audit()
        return tuple.__new__(Outcome, came)

    def cancel(self, t: int, account: int, order: int) -> int:
        """Withdraw what is left of an order; return a Refusal."""
        run = self._run_back or self._compile_calls()[1]
        refusal = run(self._at, t, account, order)
        if refusal < 0:
            return self._one(t, order, 0, 0, account, 0, 0, 0, 0, ACTION_CANCEL, 0, 0).refusal
        if DEBUG:
            self._audit()
        return refusal

    def replace(self, t: int, account: int, order: int, price: int, lots: int, expire_t: int = 0) -> Outcome:
        """Change price and open lots (and the date) of a resting order; refused, it stays as it was."""
        return self._one(t, order, price, lots, account, 0, 0, 0, 0, ACTION_REPLACE, 0, expire_t)

    def _one(self, *message: int) -> Outcome:
        """Run one MESSAGE as a batch is run, and make room for it if need be; OverflowError if it is none."""
        self._message[0] = message
        self._run(self._message, self._outcome)
        return Outcome(*self._outcome[0].item())

    def _compile_calls(self) -> tuple[Callable[..., tuple[int, int, int, int]], Callable[..., int]]:
        """Compile what single orders need, at the first of them."""
        calls = direct(run_new, 11), direct(run_back, 4)
        self._run_new, self._run_back = calls
        return calls

    @cached_property
    def _touch(self) -> Callable[..., tuple[int, int, int, int]]:
        return direct(touch, 2)

    def submit_batch(self, messages: NDArray[np.void]) -> NDArray[np.void]:
        """Run messages (dtype MESSAGE) in turn; return an OUTCOME for each."""
        outcomes = np.zeros(len(messages), OUTCOME)
        self._run(messages, outcomes)
        return outcomes

    def _run(self, messages: NDArray[np.void], outcomes: NDArray[np.void]) -> None:
        run = run_messages
        done = run(self._at, messages, outcomes, 0)
        while done < len(messages):
            if run is run_messages and messages[done]["action"] == ACTION_REPLACE:
                run = run_changes
            else:
                self._make_room()
            done = run(self._at, messages, outcomes, done)
        self._audit()

    def _make_room(self) -> None:
        """Make room in journal, slots and ids for the message that found none."""
        self._room(int(self._book.counters[ROOM]))
        book = self._book
        if book.counters[SLOTS] + 2 >= len(book.orders):
            book = book._replace(orders=twice(book.orders), terms=twice(book.terms))
        ids = int(self._ledger.counters[IDS])
        if ids + 2 >= len(book.slot_of):
            slot_of = np.zeros(2 * ids + 4, np.int32)
            slot_of[: len(book.slot_of)] = book.slot_of
            book = book._replace(slot_of=slot_of)
        self._book = book
        self._moved()

    def _moved(self) -> None:
        self._block = Block(self._ledger, self._book)
        self._at = self._block.at

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over the state of an exchange that is copied, with arrays, and so addresses, of its own."""
        self.__dict__.update(state)
        self._moved()

    # --- arrivals
    def use_strategies(self, quotes: Sequence[Callable[..., Any]]) -> None:
        """Compile the strategies' quotes into the arrival loop; a strategy's number is its place here."""
        self._loop = quote_loop(quotes)

    def run_arrivals(self, arrivals: NDArray[np.void], intents: NDArray[np.void], start: int, before_t: int) -> int:
        """Run arrivals[start:] with t < before_t through the strategies' quotes; return the next index."""
        if self._loop is None:
            raise InternalError("run_arrivals needs use_strategies first")
        done = self._loop(self._at, arrivals, intents, start, before_t)
        while done < len(arrivals) and arrivals[done]["t"] < before_t:
            self._make_room()
            done = self._loop(self._at, arrivals, intents, done, before_t)
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
        bid, bid_lots, ask, ask_lots = self._touch(self._at, instrument)
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

    def closes(self) -> NDArray[np.int64]:
        """Return (3, instruments): reference price (0: not listed), lots of the last day it traded, last price."""
        closes: NDArray[np.int64] = self._book.markets[:, [REFERENCE, DAY_LOTS, LAST]].T.copy()
        return closes
