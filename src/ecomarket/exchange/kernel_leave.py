"""What a resting order holds, and how it leaves the compiled book: whole or in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import kernel
from ecomarket.exchange.kernel_book import hide, open_lots, unlink, vacate
from ecomarket.exchange.kernel_state import (
    ACCOUNT,
    FEE_BUY,
    FLAGS,
    HIDDEN,
    ID,
    INDEX,
    INSTRUMENT,
    LEVEL_LOTS,
    LOTS,
    LOW,
    TICK,
    TRACKED,
    VENUE,
)
from ecomarket.ledger.postings import withdraw
from ecomarket.model.codes import RecordKind, Side
from ecomarket.model.record import ICEBERG
from ecomarket.units import PPM

if TYPE_CHECKING:
    from ecomarket.exchange.kernel_state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_CANCELLED = int(RecordKind.ORDER_CANCELLED)


@kernel
def fee(notional: int, ppm: int) -> int:
    """Return floor(notional * ppm / 10**6) without leaving 64 bits."""
    return notional // PPM * ppm + notional % PPM * ppm // PPM


@kernel
def worst_cost(book: BookState, instrument: int, side: int, limit: int, lots: int) -> int:
    """Return what an order holds: for a buy notional and fee at its limit, for a sell its lots.

    Fees are floors, and a sum of floors is at most the floor of the sum, so fills can never cost more than is held.
    """
    if side == _BUY:
        notional = limit * lots
        return notional + fee(notional, book.markets[instrument, FEE_BUY])
    return lots


@kernel
def price_at(book: BookState, instrument: int, index: int) -> int:
    """Return the price of a tick index."""
    return int(book.markets[instrument, LOW] + index * book.markets[instrument, TICK])


@kernel
def held_by(book: BookState, slot: int, lots: int) -> int:
    """Return what a resting order would hold if `lots` of it were open."""
    row = book.orders[slot]
    price = price_at(book, row[INSTRUMENT], row[INDEX])
    return worst_cost(book, row[INSTRUMENT], row[FLAGS] & 3, price, lots)


@kernel
def take_out(ledger: LedgerState, book: BookState, t: int, slot: int, kind: int, reason: int) -> None:
    """Take a resting order out of the book, cancelled or expired by `kind`, and give back what it holds."""
    row = book.orders[slot]
    instrument = row[INSTRUMENT]
    lots = open_lots(book, slot)
    price = price_at(book, instrument, row[INDEX])
    held = held_by(book, slot, lots)
    venue = book.markets[instrument, VENUE]
    unlink(book, slot)
    if row[FLAGS] & 3 == _BUY and book.markets[instrument, TRACKED] != 0:
        ledger.buying[row[ACCOUNT], instrument] -= lots
    withdraw(ledger, t, kind, reason, venue, instrument, row[ACCOUNT], row[ID], price, lots, row[FLAGS], held)
    vacate(book, slot)


@kernel
def reduce(ledger: LedgerState, book: BookState, t: int, slot: int, gone: int, reason: int) -> None:
    """Take `gone` lots, not all, off a resting order, hidden ones first; it keeps its turn."""
    row = book.orders[slot]
    instrument = row[INSTRUMENT]
    side = row[FLAGS] & 3
    lots = open_lots(book, slot)
    price = price_at(book, instrument, row[INDEX])
    held = held_by(book, slot, lots) - held_by(book, slot, lots - gone)
    seen = gone
    if row[FLAGS] & ICEBERG:
        hidden = int(book.parts[slot, HIDDEN])
        seen = max(gone - hidden, 0)
        hide(book, slot, hidden - gone + seen)
    row[LOTS] -= seen
    book.levels[instrument, side - 1, row[INDEX], LEVEL_LOTS] -= seen
    if side == _BUY and book.markets[instrument, TRACKED] != 0:
        ledger.buying[row[ACCOUNT], instrument] -= gone
    venue = book.markets[instrument, VENUE]
    withdraw(ledger, t, _CANCELLED, reason, venue, instrument, row[ACCOUNT], row[ID], price, gone, row[FLAGS], held)
