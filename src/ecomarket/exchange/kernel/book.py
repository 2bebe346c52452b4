"""The compiled price ladder: find the best price, put an order in, take it out. No rule and no balance here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from ecomarket.compiled import aside, kernel
from ecomarket.exchange.kernel.state import ACCOUNT as ACCOUNT_OF
from ecomarket.exchange.kernel.state import (
    COSTED,
    FLAGS,
    FREE_SLOT,
    ID,
    INDEX,
    INSTRUMENT,
    LIVE,
    LOTS,
    MARKET_INDEX,
    NEXT,
    OPEN_ORDERS,
    ORDERS_MAX,
    PREV,
    REFRESHES,
    SLOTS,
)
from ecomarket.model.codes import Side, TimeInForce
from ecomarket.model.record import ICEBERG, SHIFT_TIF

if TYPE_CHECKING:
    from ecomarket.exchange.kernel.state import BookState

_BUY = int(Side.BUY)
_GTD = int(TimeInForce.GTD)

if numba.config.DISABLE_JIT:

    def lowest_bit(word: int) -> int:
        """Return the number of the lowest bit set."""
        return (int(word) & -int(word)).bit_length() - 1

    def highest_bit(word: int) -> int:
        """Return the number of the highest bit set."""
        return int(word).bit_length() - 1

else:
    from numba.cpython.unsafe.numbers import leading_zeros, trailing_zeros

    @kernel
    def lowest_bit(word: int) -> int:
        """Return the number of the lowest bit set."""
        return np.int64(trailing_zeros(word))  # type: ignore[return-value]

    @kernel
    def highest_bit(word: int) -> int:
        """Return the number of the highest bit set."""
        return 63 - np.int64(leading_zeros(word))  # type: ignore[return-value]


@kernel
def best(book: BookState, instrument: int, side: int) -> int:
    """Return the tick index of the best price of a side, -1 if it is empty."""
    summary = book.summary[instrument, side - 1]
    if summary == 0:
        return -1
    if side == _BUY:
        word = highest_bit(summary)
        return word * 64 + highest_bit(book.words[instrument, side - 1, word])
    word = lowest_bit(summary)
    return word * 64 + lowest_bit(book.words[instrument, side - 1, word])


@kernel
def worse(book: BookState, instrument: int, side: int, index: int) -> int:
    """Return the next level behind tick `index` on a side, -1 if there is none."""
    words = book.words[instrument, side - 1]
    word = index >> 6
    here = words[word] & behind(side, index & 63)
    if here == 0:
        others = book.summary[instrument, side - 1] & behind(side, word)
        if others == 0:
            return -1
        word = highest_bit(others) if side == _BUY else lowest_bit(others)
        here = words[word]
    return word * 64 + (highest_bit(here) if side == _BUY else lowest_bit(here))


@kernel
def behind(side: int, bit: int) -> np.uint64:
    """Return the bits of a word that stand for worse prices than `bit`: below it for buys, above it for sells."""
    if side == _BUY:
        return (np.uint64(1) << np.uint64(bit)) - np.uint64(1)
    return ~np.uint64(1) << np.uint64(bit)


@kernel
def next_level(book: BookState, instrument: int, side: int, index: int) -> int:
    """Return the level behind `index` in the turn of a call, where waiting market orders come first; -1: none."""
    if index == MARKET_INDEX:
        return best(book, instrument, side)
    return worse(book, instrument, side, index)


@kernel
def link(book: BookState, slot: int) -> None:
    """Put the order of a slot at the end of its price level."""
    orders = book.orders
    instrument = orders[slot, INSTRUMENT]
    side = (orders[slot, FLAGS] & 3) - 1
    index = orders[slot, INDEX]
    level = book.levels[instrument, side, index]
    tail = level["tail"]
    orders[slot, NEXT] = 0
    orders[slot, PREV] = tail
    if tail == 0:
        level["head"] = slot
        if index != MARKET_INDEX:
            word = index >> 6
            book.words[instrument, side, word] |= np.uint64(1) << np.uint64(index & 63)
            book.summary[instrument, side] |= np.uint64(1) << np.uint64(word)
    else:
        orders[tail, NEXT] = slot
    level["tail"] = slot
    level["lots"] += orders[slot, LOTS]


@kernel
def unlink(book: BookState, slot: int) -> None:
    """Take the order of a slot out of its price level."""
    orders = book.orders
    instrument = orders[slot, INSTRUMENT]
    side = (orders[slot, FLAGS] & 3) - 1
    index = orders[slot, INDEX]
    level = book.levels[instrument, side, index]
    after = orders[slot, NEXT]
    before = orders[slot, PREV]
    if before == 0:
        level["head"] = after
    else:
        orders[before, NEXT] = after
    if after == 0:
        level["tail"] = before
    else:
        orders[after, PREV] = before
    level["lots"] -= orders[slot, LOTS]
    if before == 0 and after == 0 and index != MARKET_INDEX:
        word = index >> 6
        book.words[instrument, side, word] &= ~(np.uint64(1) << np.uint64(index & 63))
        if book.words[instrument, side, word] == 0:
            book.summary[instrument, side] &= ~(np.uint64(1) << np.uint64(word))


@kernel
def rest(
    book: BookState, order: int, account: int, instrument: int, lots: int, index: int, flags: int, shown: int,
    expire_t: int, accrued: int,
) -> None:  # fmt: skip
    """Give an order a slot and put it into the book; the caller has made sure that a slot is there."""
    slot = book.counters[FREE_SLOT]
    if slot == 0:
        book.counters[SLOTS] += 1
        slot = book.counters[SLOTS]
    else:
        book.counters[FREE_SLOT] = book.orders[slot, NEXT]
    row = book.orders[slot]
    row[ID] = order
    row[ACCOUNT_OF] = account
    row[INSTRUMENT] = instrument
    row[LOTS] = lots
    row[INDEX] = index
    row[FLAGS] = flags
    if flags & ICEBERG:
        row[LOTS] = min(shown, lots)
        book.terms[slot]["shown"] = shown
        book.terms[slot]["hidden"] = 0
        hide(book, slot, lots - row[LOTS])
    if flags >> SHIFT_TIF & 7 == _GTD:
        book.terms[slot]["expire_t"] = expire_t
    if book.markets[instrument, COSTED] != 0:
        book.terms[slot]["accrued"] = accrued
    if book.markets[instrument, ORDERS_MAX] != 0:
        book.limits[instrument, account, OPEN_ORDERS] += 1
    book.slot_of[order] = slot
    book.markets[instrument, LIVE] += 1
    link(book, slot)


@aside
def hide(book: BookState, slot: int, lots: int) -> None:
    """Set the hidden lots of an iceberg, and count how many parts of it are still to come."""
    market = book.markets[book.orders[slot, INSTRUMENT]]
    market[REFRESHES] -= parts_to_come(book, slot)
    book.terms[slot]["hidden"] = lots
    market[REFRESHES] += parts_to_come(book, slot)


@kernel
def parts_to_come(book: BookState, slot: int) -> int:
    """Return how often an order will show a next part: its hidden lots by the lots shown, rounded up."""
    if book.orders[slot, FLAGS] & ICEBERG == 0:
        return 0
    shown = int(book.terms[slot]["shown"])
    return (int(book.terms[slot]["hidden"]) + shown - 1) // shown


@aside
def show_next(book: BookState, slot: int) -> None:
    """Show the next part of an iceberg whose shown lots are used up, behind the others at its price."""
    unlink(book, slot)
    lots = min(book.terms[slot]["shown"], book.terms[slot]["hidden"])
    hide(book, slot, int(book.terms[slot]["hidden"] - lots))
    book.orders[slot, LOTS] = lots
    link(book, slot)


@kernel
def open_lots(book: BookState, slot: int) -> int:
    """Return all lots of a resting order, shown and hidden."""
    lots = int(book.orders[slot, LOTS])
    if book.orders[slot, FLAGS] & ICEBERG:
        lots += int(book.terms[slot]["hidden"])
    return lots


@kernel
def vacate(book: BookState, slot: int) -> None:
    """Give a slot back to the free list; the order is already out of its price level."""
    orders = book.orders
    if orders[slot, FLAGS] & ICEBERG:
        hide(book, slot, 0)
    instrument = orders[slot, INSTRUMENT]
    if book.markets[instrument, ORDERS_MAX] != 0:
        book.limits[instrument, orders[slot, ACCOUNT_OF], OPEN_ORDERS] -= 1
    book.slot_of[orders[slot, ID]] = 0
    book.markets[instrument, LIVE] -= 1
    orders[slot, LOTS] = 0
    orders[slot, NEXT] = book.counters[FREE_SLOT]
    book.counters[FREE_SLOT] = slot


@kernel
def find(book: BookState, order: int) -> int:
    """Return the slot of a live order, 0 if there is none of that id."""
    if order <= 0 or order >= book.slot_of.shape[0]:
        return 0
    return int(book.slot_of[order])
