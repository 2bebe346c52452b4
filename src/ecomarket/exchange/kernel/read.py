"""What the compiled books tell: the touch, the levels, the resting orders. Nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import bare_entry, brief_entry, kernel
from ecomarket.exchange.kernel.book import best, next_level, open_lots, worse
from ecomarket.exchange.kernel.by_address import book_at
from ecomarket.exchange.kernel.leave import price_at, price_of
from ecomarket.exchange.kernel.state import ACCOUNT, ID, LOTS, MARKET_INDEX, NEXT
from ecomarket.model.codes import Side

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.kernel.state import BookState

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)


@brief_entry
def touch(at: int, instrument: int) -> tuple[int, int, int, int]:
    """Return best bid, lots there, best ask, lots there; 0 where a side is empty."""
    return best_two(book_at(at), instrument)


@kernel
def best_two(book: BookState, instrument: int) -> tuple[int, int, int, int]:
    """Return best bid, lots there, best ask, lots there; 0 where a side is empty."""
    bid = best(book, instrument, _BUY)
    ask = best(book, instrument, _SELL)
    bid_price = price_at(book, instrument, bid) if bid >= 0 else 0
    ask_price = price_at(book, instrument, ask) if ask >= 0 else 0
    bid_lots = book.levels[instrument, 0, bid]["lots"] if bid >= 0 else 0
    ask_lots = book.levels[instrument, 1, ask]["lots"] if ask >= 0 else 0
    return bid_price, bid_lots, ask_price, ask_lots


@bare_entry
def copy_depth(book: BookState, instrument: int, rows: NDArray[np.int64]) -> None:
    """Fill (levels, 4) with the best levels: ask price, ask lots, bid price, bid lots."""
    for side in range(_BUY, _SELL + 1):
        column = 2 * (_SELL - side)
        index = best(book, instrument, side)
        for row in range(rows.shape[0]):
            if index < 0:
                break
            rows[row, column] = price_at(book, instrument, index)
            rows[row, column + 1] = book.levels[instrument, side - 1, index]["lots"]
            index = worse(book, instrument, side, index)


@bare_entry
def copy_resting(book: BookState, instrument: int, rows: NDArray[np.void]) -> None:
    """Fill an array of as many rows as there are live orders, in their turn: buys, then sells; market orders first."""
    number = 0
    for side in range(_BUY, _SELL + 1):
        index = MARKET_INDEX
        while index >= 0:
            slot = book.levels[instrument, side - 1, index]["head"]
            while slot != 0:
                order = book.orders[slot]
                row = rows[number]
                row["order"] = order[ID]
                row["account"] = order[ACCOUNT]
                row["side"] = side
                row["price"] = price_of(book, slot)
                row["lots"] = open_lots(book, slot)
                row["shown"] = order[LOTS]
                number += 1
                slot = order[NEXT]
            index = next_level(book, instrument, side, index)
