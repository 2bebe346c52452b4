"""The guard before each message: whether the buffers suffice for whatever it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import aside, kernel
from ecomarket.exchange.kernel.book import best, next_level, open_lots, parts_to_come
from ecomarket.exchange.kernel.leave import price_at
from ecomarket.exchange.kernel.match import reaches
from ecomarket.exchange.kernel.state import (
    ACCOUNT,
    CALL,
    LIVE,
    MARKET_INDEX,
    NEXT,
    PICK,
    REFRESHES,
    ROOM,
    SLOTS,
)
from ecomarket.ledger.state import IDS, ROWS
from ecomarket.model.codes import Side

if TYPE_CHECKING:
    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)

SPARE_ROWS = 8
"""Records one message may write beside those for the orders it meets."""


@kernel
def has_room(
    ledger: LedgerState, book: BookState, account: int, instrument: int, side: int, price: int, lots: int
) -> bool:
    """Tell whether journal, slots and ids suffice for an order (lots 0: a withdrawal); else note the records it needs.

    `price` is its limit, 0 without one. Only where the whole book would not fit are the orders that it reaches counted.
    """
    rows = SPARE_ROWS
    space = ledger.journal.shape[0] - ledger.counters[ROWS]
    if lots > 0 and 0 < instrument < book.markets.shape[0] and _BUY <= side <= _SELL:
        rows += 2 * (book.markets[instrument, LIVE] + book.markets[instrument, REFRESHES])
        if rows > space:
            rows = SPARE_ROWS + records(book, account, instrument, side, price, lots)
    enough = rows <= space and book.counters[SLOTS] + 2 < book.orders.shape[0]
    if enough and ledger.counters[IDS] + 2 < book.slot_of.shape[0]:
        return True
    book.counters[ROOM] = rows
    return False


@aside
def records(book: BookState, account: int, instrument: int, side: int, price: int, lots: int) -> int:
    """Return how many records an order may write about the orders it reaches, at most: a fill each, two for its own.

    Where turns are kept and all lots are shown it meets them one after the other; else any at a price may come first.
    In a call nothing trades, and it meets its own ones only.
    """
    call = book.markets[instrument, CALL] != 0
    in_turn = not call and book.markets[instrument, PICK] == 0 and book.markets[instrument, REFRESHES] == 0
    fills = 0
    own = 0
    left = lots
    index = MARKET_INDEX if call else best(book, instrument, 3 - side)
    while index >= 0 and left > 0:
        if index != MARKET_INDEX and price != 0 and not reaches(side, price, price_at(book, instrument, index)):
            break
        slot = book.levels[instrument, 2 - side, index]["head"]
        while slot != 0 and (left > 0 or not in_turn):
            if book.orders[slot, ACCOUNT] == account:
                own += 1
            elif not call:
                fills += 1 + parts_to_come(book, slot)
                left -= open_lots(book, slot)
            slot = book.orders[slot, NEXT]
        index = next_level(book, instrument, 3 - side, index)
    return min(fills, lots) + 2 * own
