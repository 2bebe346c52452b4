"""The compiled path of one message: check, reserve, match, settle, record; and the entries that Python calls.

Guards against a full journal, slot pool or id table stand before the message; the caller makes room and goes on where
`run_messages` stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import bare_entry, kernel
from ecomarket.exchange.kernel_book import find, link, open_lots, rest, unlink
from ecomarket.exchange.kernel_check import limit_of, refused
from ecomarket.exchange.kernel_leave import price_at, take_out, worst_cost
from ecomarket.exchange.kernel_match import match
from ecomarket.exchange.kernel_replace import keep_turn, refused_change, refused_replace
from ecomarket.exchange.kernel_state import (
    ACCOUNT,
    ACTION_CANCEL,
    ACTION_NEW,
    EXPIRE_T,
    FLAGS,
    HIGH,
    INDEX,
    INSTRUMENT,
    LIVE,
    LOW,
    REFRESHES,
    ROOM,
    SELF_TRADE,
    SHOWN,
    SLOTS,
    TICK,
    TRACKED,
    VENUE,
)
from ecomarket.ledger.postings import accept, refuse, withdraw
from ecomarket.ledger.state import IDS, ROWS
from ecomarket.model.codes import CancelReason, OrderKind, RecordKind, Refusal, SelfTrade, Side, TimeInForce
from ecomarket.model.record import ICEBERG, SHIFT_KIND, SHIFT_TIF

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.kernel_state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_MARKET = int(OrderKind.MARKET)
_IOC = int(TimeInForce.IOC)
_GTD = int(TimeInForce.GTD)
_DECREMENT = int(SelfTrade.DECREMENT)
_CANCELLED = int(RecordKind.ORDER_CANCELLED)
_OWNER = int(CancelReason.OWNER)
_IOC_REMAINDER = int(CancelReason.IOC_REMAINDER)
_REPLACED = int(CancelReason.REPLACED)
_MARKET_REMAINDER = int(CancelReason.MARKET_REMAINDER)
_SELF_TRADE = int(CancelReason.SELF_TRADE)
_UNKNOWN_ORDER = int(Refusal.UNKNOWN_ORDER)
_NOT_OWNER = int(Refusal.NOT_OWNER)

SPARE_ROWS = 8
"""Records one message may write beside one for each order it meets."""


@kernel
def admit(
    ledger: LedgerState, book: BookState, t: int, account: int, instrument: int, side: int, price: int, lots: int,
    kind: int, tif: int, shown: int, expire_t: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Give a new order its id and check it; return id, Refusal (then written down), flags."""
    ledger.counters[IDS] += 1
    order = ledger.counters[IDS]
    flags = (side & 3) | (kind & 1) << SHIFT_KIND | (tif & 7) << SHIFT_TIF
    if shown != 0:
        flags |= ICEBERG
    refusal = refused(ledger, book, t, account, instrument, side, price, lots, kind, tif, shown, expire_t)
    if refusal != 0:
        known = 0 < instrument < ledger.balance.shape[1]
        venue = book.markets[instrument, VENUE] if known else -1
        refuse(ledger, t, refusal, venue, instrument, account, order, price, lots, flags, shown, expire_t)
    return order, refusal, flags


@kernel
def enter(
    ledger: LedgerState, book: BookState, t: int, order: int, account: int, instrument: int, price: int, lots: int,
    flags: int, shown: int, expire_t: int,
) -> tuple[int, int]:  # fmt: skip
    """Accept an order that passed the checks: hold, match, rest or withdraw; return lots filled, lots resting."""
    market = book.markets[instrument]
    side = flags & 3
    kind = flags >> SHIFT_KIND & 1
    limit = limit_of(book, instrument, side, price, kind)
    held = worst_cost(book, instrument, side, limit, lots)
    if side == _BUY and market[TRACKED] != 0:
        ledger.buying[account, instrument] += lots
    accept(ledger, t, market[VENUE], instrument, account, order, price, lots, flags, held, shown, expire_t)
    left, traded, met_own = match(ledger, book, t, order, account, instrument, limit, lots, price, flags)
    if left == 0:
        return traded, 0
    if kind != _MARKET and flags >> SHIFT_TIF & 7 != _IOC and not met_own:
        index = (price - market[LOW]) // market[TICK]
        rest(book, order, account, instrument, left, index, flags, shown, expire_t)
        return traded, left
    reason = _SELF_TRADE if met_own else (_MARKET_REMAINDER if kind == _MARKET else _IOC_REMAINDER)
    held = worst_cost(book, instrument, side, limit, left)
    if side == _BUY and market[TRACKED] != 0:
        ledger.buying[account, instrument] -= left
    withdraw(
        ledger, t, _CANCELLED, reason, market[VENUE], instrument, account, order, price, left, flags, held
    )  # fmt: skip
    return traded, 0


@kernel
def submit(
    ledger: LedgerState, book: BookState, t: int, account: int, instrument: int, side: int, price: int, lots: int,
    kind: int, tif: int, shown: int, expire_t: int,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Take one order through the whole path; return its id, Refusal, lots filled, lots resting."""
    if kind == _MARKET:
        price = 0
    order, refusal, flags = admit(ledger, book, t, account, instrument, side, price, lots, kind, tif, shown, expire_t)
    filled = 0
    resting = 0
    if refusal == 0:
        filled, resting = enter(ledger, book, t, order, account, instrument, price, lots, flags, shown, expire_t)
    return order, refusal, filled, resting


@kernel
def change(
    ledger: LedgerState, book: BookState, t: int, account: int, order: int, price: int, lots: int
) -> tuple[int, int, int, int, int, int]:
    """Change a live order that keeps its turn, or take it out.

    Return Refusal, instrument, lots resting, and to enter it again: flags (0: it still rests), shown, expire_t.
    """
    slot = find(book, order)
    refusal = refused_replace(book, t, account, slot, lots)
    if refusal != 0:
        return refusal, 0, 0, 0, 0, 0
    instrument = int(book.orders[slot, INSTRUMENT])
    if price == price_at(book, instrument, book.orders[slot, INDEX]) and lots <= open_lots(book, slot):
        keep_turn(ledger, book, t, slot, lots)
        return 0, instrument, lots, 0, 0, 0
    refusal = refused_change(ledger, book, slot, price, lots)
    if refusal != 0:
        return refusal, 0, 0, 0, 0, 0
    flags = int(book.orders[slot, FLAGS])
    shown = int(book.parts[slot, SHOWN]) if flags & ICEBERG else 0
    expire_t = int(book.terms[slot, EXPIRE_T]) if flags >> SHIFT_TIF & 7 == _GTD else 0
    take_out(ledger, book, t, slot, _CANCELLED, _REPLACED)
    return 0, instrument, 0, flags, shown, expire_t


@kernel
def cancel(ledger: LedgerState, book: BookState, t: int, account: int, order: int) -> int:
    """Withdraw a live order of its owner; return a Refusal."""
    slot = find(book, order)
    if slot == 0:
        return _UNKNOWN_ORDER
    if book.orders[slot, ACCOUNT] != account:
        return _NOT_OWNER
    take_out(ledger, book, t, slot, _CANCELLED, _OWNER)
    return 0


@kernel
def has_room(ledger: LedgerState, book: BookState, instrument: int, lots: int) -> bool:
    """Tell whether journal, slots and ids suffice for any message of so many lots; note the records it may need.

    It meets each live order once, and an iceberg once more for each part; of its owner's own orders each may make two
    records.
    """
    rows = SPARE_ROWS
    if 0 < instrument < book.markets.shape[0]:
        market = book.markets[instrument]
        rows += market[LIVE]
        if market[REFRESHES] != 0:
            rows += min(market[REFRESHES], max(lots, 0))
        if market[SELF_TRADE] == _DECREMENT:
            rows += market[LIVE]
    enough = (
        ledger.counters[ROWS] + rows <= ledger.journal.shape[0]
        and book.counters[SLOTS] + 2 < book.orders.shape[0]
        and ledger.counters[IDS] + 2 < book.slot_of.shape[0]
    )
    if not enough:
        book.counters[ROOM] = rows
    return bool(enough)


@bare_entry
def run_messages(
    ledger: LedgerState, book: BookState, messages: NDArray[np.void], outcomes: NDArray[np.void], start: int
) -> int:
    """Run messages[start:]; return the index of the first not run (all of them run: the length)."""
    for number in range(start, messages.shape[0]):
        row = messages[number]
        action = row["action"]
        instrument = int(row["instrument"])
        if action > ACTION_CANCEL:
            instrument = int(book.orders[find(book, row["order"]), INSTRUMENT])
        lots = row["lots"]
        if not has_room(ledger, book, instrument, lots):
            return number
        t = row["t"]
        account = int(row["account"])
        order = row["order"]
        price = row["price"]
        shown = row["shown"]
        expire_t = row["expire_t"]
        flags = 0
        filled = 0
        resting = 0
        if action == ACTION_NEW:
            kind = int(row["kind"])
            if kind == _MARKET:
                price = 0
            order, refusal, flags = admit(
                ledger, book, t, account, instrument, int(row["side"]), price, lots, kind, int(row["tif"]), shown,
                expire_t,
            )  # fmt: skip
        elif action == ACTION_CANCEL:
            refusal = cancel(ledger, book, t, account, order)
        else:
            refusal, instrument, resting, flags, shown, expire_t = change(ledger, book, t, account, order, price, lots)
        if refusal == 0 and flags != 0:
            filled, resting = enter(ledger, book, t, order, account, instrument, price, lots, flags, shown, expire_t)
        outcome = outcomes[number]
        outcome["order"] = order
        outcome["refusal"] = refusal
        outcome["filled"] = filled
        outcome["resting"] = resting
    return int(messages.shape[0])


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
