"""The plain exchange: the same rules as the kernel, written to be obviously right. Implements protocol.Exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.exchange.reference.arrivals import ReferenceArrivals
from ecomarket.exchange.reference.call import clear
from ecomarket.exchange.rules import check_listings, check_ratios
from ecomarket.model.codes import Side
from ecomarket.model.order import RESTING, Cleared, Quotes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.rules import Listing, VenueRules


class ReferenceExchange(ReferenceArrivals):
    """An exchange in plain Python: the judge of KernelExchange."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int,
    ) -> None:  # fmt: skip
        check_listings(venues, listings, instruments)
        check_ratios(venues, instruments)
        super().__init__(accounts, instruments, venues, listings, system_accounts)

    def quotes(self, instrument: int) -> Quotes:
        """Return the public state of one market."""
        book = self.book(instrument)
        (bid, bid_lots), (ask, ask_lots) = book.touch(Side.BUY), book.touch(Side.SELL)
        return Quotes(bid, bid_lots, ask, ask_lots, book.last, book.reference, book.day_lots, book.day_turnover)

    def depth(self, instrument: int, levels: int) -> NDArray[np.int64]:
        """Return the best levels as (levels, 4): ask price, ask lots, bid price, bid lots; 0 where there is none."""
        book = self.book(instrument)
        table = np.zeros((levels, 4), np.int64)
        for column, side in ((0, Side.SELL), (2, Side.BUY)):
            for row, price in enumerate(book.best_first(side)[:levels]):
                table[row, column : column + 2] = price, book.level(side, price)
        return table

    def resting(self, instrument: int) -> NDArray[np.void]:
        """Return the live orders (dtype RESTING) in their turn: buys before sells, market orders of a call first."""
        book = self.book(instrument)
        orders = [*book.in_turn(Side.BUY), *book.in_turn(Side.SELL)]
        return np.array([(o.number, o.account, o.side, o.price, o.lots, o.visible) for o in orders], RESTING)

    def indicative(self, instrument: int) -> Cleared:
        """Return what a call would come to if it ended now; lots 0 and price 0 if nothing would trade."""
        book = self.book(instrument)
        if not (book.is_open and book.in_call):
            return Cleared(instrument, 0, 0, 0)
        return clear(instrument, book)[0]

    def bounds(self, instrument: int) -> tuple[int, int]:
        """Return the lowest and highest price of the last day opened; 0, 0 before the first."""
        book = self.book(instrument)
        return book.low, book.high

    def closes(self) -> NDArray[np.int64]:
        """Return (3, instruments): reference price (0: not listed), lots of the last day it traded, last price."""
        closes = np.zeros((3, self.instruments), dtype=np.int64)
        for instrument, book in self.books.items():
            closes[:, instrument] = book.reference, book.day_lots, book.last
        return closes
