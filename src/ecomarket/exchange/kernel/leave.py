"""What a resting order holds, and how it leaves the compiled book: whole or in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import aside, kernel
from ecomarket.exchange.kernel.book import hide, open_lots, unlink, vacate
from ecomarket.exchange.kernel.fees import accrued_by, worst_cost
from ecomarket.exchange.kernel.state import (
    ACCOUNT,
    FLAGS,
    HIGH,
    ID,
    INDEX,
    INSTRUMENT,
    INVERSE_BITS,
    LOTS,
    LOW,
    MARKET_INDEX,
    PER_TICK,
    TICK,
    TRACKED,
    VENUE,
)
from ecomarket.ledger.postings import withdraw
from ecomarket.ledger.state import BUYING
from ecomarket.model.codes import RecordKind, Side
from ecomarket.model.record import ICEBERG

if TYPE_CHECKING:
    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_CANCELLED = int(RecordKind.ORDER_CANCELLED)


@kernel
def price_at(book: BookState, instrument: int, index: int) -> int:
    """Return the price of a tick index."""
    return int(book.markets[instrument, LOW] + index * book.markets[instrument, TICK])


@kernel
def index_at(book: BookState, instrument: int, price: int) -> int:
    """Return the tick index of a price that is on the tick and within the day's band.

    By a product and a shift: a division, in the way of every order that comes to rest, takes several times as long.
    """
    market = book.markets[instrument]
    return int((price - market[LOW]) * market[PER_TICK] >> INVERSE_BITS)


@kernel
def price_of(book: BookState, slot: int) -> int:
    """Return the price of a resting order, 0 for a market order that waits for the end of a call."""
    row = book.orders[slot]
    return price_at(book, row[INSTRUMENT], row[INDEX]) if row[INDEX] != MARKET_INDEX else 0


@kernel
def held_by(book: BookState, slot: int, lots: int) -> int:
    """Return what a resting order would hold if `lots` of it were open: a market order at the end of the band."""
    row = book.orders[slot]
    price = price_of(book, slot) if row[INDEX] != MARKET_INDEX else int(book.markets[row[INSTRUMENT], HIGH])
    return worst_cost(book, row[INSTRUMENT], row[FLAGS] & 3, price, lots, accrued_by(book, slot))


@kernel
def take_out(ledger: LedgerState, book: BookState, t: int, slot: int, kind: int, reason: int) -> None:
    """Take a resting order out of the book, cancelled or expired by `kind`, and give back what it holds."""
    row = book.orders[slot]
    instrument = row[INSTRUMENT]
    lots = open_lots(book, slot)
    price = price_of(book, slot)
    held = held_by(book, slot, lots)
    venue = book.markets[instrument, VENUE]
    unlink(book, slot)
    if row[FLAGS] & 3 == _BUY and book.markets[instrument, TRACKED] != 0:
        ledger.balance[instrument, row[ACCOUNT], BUYING] -= lots
    withdraw(ledger, t, kind, reason, venue, instrument, row[ACCOUNT], row[ID], price, lots, row[FLAGS], held)
    vacate(book, slot)


@aside
def reduce(ledger: LedgerState, book: BookState, t: int, slot: int, gone: int, reason: int) -> None:
    """Take `gone` lots, not all, off a resting order, hidden ones first; it keeps its turn."""
    row = book.orders[slot]
    instrument = row[INSTRUMENT]
    side = row[FLAGS] & 3
    lots = open_lots(book, slot)
    price = price_of(book, slot)
    held = held_by(book, slot, lots) - held_by(book, slot, lots - gone)
    seen = gone
    if row[FLAGS] & ICEBERG:
        hidden = int(book.terms[slot]["hidden"])
        seen = max(gone - hidden, 0)
        hide(book, slot, hidden - gone + seen)
    row[LOTS] -= seen
    book.levels[instrument, side - 1, row[INDEX]]["lots"] -= seen
    if side == _BUY and book.markets[instrument, TRACKED] != 0:
        ledger.balance[instrument, row[ACCOUNT], BUYING] -= gone
    venue = book.markets[instrument, VENUE]
    withdraw(ledger, t, _CANCELLED, reason, venue, instrument, row[ACCOUNT], row[ID], price, gone, row[FLAGS], held)
