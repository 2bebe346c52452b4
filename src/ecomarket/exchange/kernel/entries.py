"""The compiled path of one message: check, reserve, match, settle, record; and the entries that Python calls.

Guards against a full journal, slot pool or id table stand before the message; the caller makes room and goes on where
`run_messages` or `run_changes` stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import aside, bare_entry, brief_entry, kernel
from ecomarket.exchange.kernel.ahead import look_ahead
from ecomarket.exchange.kernel.book import find, open_lots, rest
from ecomarket.exchange.kernel.by_address import book_at, ledger_at
from ecomarket.exchange.kernel.call import meet_own
from ecomarket.exchange.kernel.check import limit_of, refused
from ecomarket.exchange.kernel.fees import accrued_by, worst_cost
from ecomarket.exchange.kernel.leave import index_at, price_at, take_out
from ecomarket.exchange.kernel.match import match
from ecomarket.exchange.kernel.replace import keep_turn, refused_change, refused_replace
from ecomarket.exchange.kernel.room import has_room
from ecomarket.exchange.kernel.state import (
    ACCOUNT,
    ACTION_CANCEL,
    ACTION_REPLACE,
    CALL,
    FLAGS,
    HALT_REFERENCE,
    HALT_T,
    HALT_TIME,
    INDEX,
    INSTRUMENT,
    LAST,
    MARKET_INDEX,
    TRACKED,
    TRIPPED,
    VENUE,
)
from ecomarket.ledger.postings import accept, append, refuse, withdraw
from ecomarket.ledger.state import BUYING, IDS
from ecomarket.model.codes import CancelReason, HaltReason, OrderKind, RecordKind, Refusal, Side, TimeInForce
from ecomarket.model.record import ICEBERG, SHIFT_KIND, SHIFT_TIF

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_MARKET = int(OrderKind.MARKET)
_IOC = int(TimeInForce.IOC)
_GTD = int(TimeInForce.GTD)
_CANCELLED = int(RecordKind.ORDER_CANCELLED)
_HALT = int(RecordKind.HALT)
_VOLATILITY = int(HaltReason.VOLATILITY)
_OWNER = int(CancelReason.OWNER)
_IOC_REMAINDER = int(CancelReason.IOC_REMAINDER)
_REPLACED = int(CancelReason.REPLACED)
_MARKET_REMAINDER = int(CancelReason.MARKET_REMAINDER)
_SELF_TRADE = int(CancelReason.SELF_TRADE)
_UNKNOWN_ORDER = int(Refusal.UNKNOWN_ORDER)
_NOT_OWNER = int(Refusal.NOT_OWNER)


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
        known = 0 < instrument < ledger.balance.shape[0]
        venue = book.markets[instrument, VENUE] if known else -1
        refuse(ledger, t, refusal, venue, instrument, account, order, price, lots, flags, shown, expire_t)
    return order, refusal, flags


@kernel
def enter(
    ledger: LedgerState, book: BookState, t: int, order: int, account: int, instrument: int, price: int, lots: int,
    flags: int, shown: int, expire_t: int, accrued: int,
) -> tuple[int, int]:  # fmt: skip
    """Accept an order that passed the checks: hold, match, rest or withdraw; return lots filled, lots resting."""
    market = book.markets[instrument]
    side = flags & 3
    kind = flags >> SHIFT_KIND & 1
    limit = limit_of(book, instrument, side, price, kind)
    held = worst_cost(book, instrument, side, limit, lots, accrued)
    if side == _BUY and market[TRACKED] != 0:
        ledger.balance[instrument, account, BUYING] += lots
    accept(ledger, t, market[VENUE], instrument, account, order, price, lots, flags, held, shown, expire_t)
    filled = 0
    if market[CALL] == 0:
        left, filled, met_own, accrued = match(
            ledger, book, t, order, account, instrument, limit, lots, price, flags, accrued
        )
    else:
        left, met_own = meet_own(ledger, book, t, order, account, instrument, limit, lots, price, flags, accrued)
    resting = 0
    if left > 0 and not met_own and (market[CALL] != 0 or (kind != _MARKET and flags >> SHIFT_TIF & 7 != _IOC)):
        index = index_at(book, instrument, price) if kind != _MARKET else MARKET_INDEX
        rest(book, order, account, instrument, left, index, flags, shown, expire_t, accrued)
        resting = left
    elif left > 0:
        reason = _SELF_TRADE if met_own else (_MARKET_REMAINDER if kind == _MARKET else _IOC_REMAINDER)
        held = worst_cost(book, instrument, side, limit, left, accrued)
        if side == _BUY and market[TRACKED] != 0:
            ledger.balance[instrument, account, BUYING] -= left
        withdraw(
            ledger, t, _CANCELLED, reason, market[VENUE], instrument, account, order, price, left, flags, held
        )  # fmt: skip
    if market[TRIPPED] != 0:
        stop(ledger, book, t, instrument)
    return filled, resting


@aside
def stop(ledger: LedgerState, book: BookState, t: int, instrument: int) -> None:
    """Halt trading for the venue's time after a price went too far; the last price is the next to compare with."""
    market = book.markets[instrument]
    market[TRIPPED] = 0
    market[HALT_T] = t + market[HALT_TIME]
    market[HALT_REFERENCE] = market[LAST]
    append(
        ledger, t, _HALT, _VOLATILITY, 0, market[VENUE], instrument, -1, -1, 0, market[HALT_T], market[LAST], 0, 0, 0, 0
    )  # fmt: skip


@aside
def change(
    ledger: LedgerState, book: BookState, t: int, account: int, order: int, price: int, lots: int, until_t: int
) -> tuple[int, int, int, int, int, int, int]:
    """Change a live order that keeps its turn, or take it out; until_t is its new date, 0 the old one.

    Return Refusal, instrument, lots resting, and to enter it again: flags (0: it rests), shown, expire_t, accrued.
    """
    slot = find(book, order)
    refusal = refused_replace(book, t, account, slot, lots, until_t)
    if refusal != 0:
        return refusal, 0, 0, 0, 0, 0, 0
    instrument = int(book.orders[slot, INSTRUMENT])
    flags = int(book.orders[slot, FLAGS])
    expire_t = int(book.terms[slot]["expire_t"]) if flags >> SHIFT_TIF & 7 == _GTD else 0
    same = price == price_at(book, instrument, book.orders[slot, INDEX]) and until_t in (0, expire_t)
    if same and lots <= open_lots(book, slot):
        keep_turn(ledger, book, t, slot, lots)
        return 0, instrument, lots, 0, 0, 0, 0
    refusal = refused_change(ledger, book, slot, price, lots)
    if refusal != 0:
        return refusal, 0, 0, 0, 0, 0, 0
    shown = int(book.terms[slot]["shown"]) if flags & ICEBERG else 0
    accrued = accrued_by(book, slot)
    take_out(ledger, book, t, slot, _CANCELLED, _REPLACED)
    return 0, instrument, 0, flags, shown, until_t if until_t != 0 else expire_t, accrued


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
def write(outcome: np.void, order: int, refusal: int, filled: int, resting: int) -> None:
    """Fill in what came of a message."""
    outcome["order"] = order
    outcome["refusal"] = refusal
    outcome["filled"] = filled
    outcome["resting"] = resting


@kernel
def take_new(
    ledger: LedgerState, book: BookState, t: int, account: int, instrument: int, side: int, price: int, lots: int,
    kind: int, tif: int, shown: int, expire_t: int,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Take a new order through the whole path; id 0, and nothing done, if the buffers lack room."""
    price = price if kind != _MARKET else 0
    if not has_room(ledger, book, account, instrument, side, price, lots):
        return 0, 0, 0, 0
    order, refusal, flags = admit(
        ledger, book, t, account, instrument, side, price, lots, kind, tif, shown, expire_t
    )  # fmt: skip
    filled = 0
    resting = 0
    if refusal == 0:
        filled, resting = enter(ledger, book, t, order, account, instrument, price, lots, flags, shown, expire_t, 0)
    return order, refusal, filled, resting


@kernel
def take_back(ledger: LedgerState, book: BookState, t: int, account: int, order: int) -> int:
    """Withdraw what is left of an order; return a Refusal, or -1, and nothing done, if the journal lacks room."""
    if not has_room(ledger, book, account, 0, 0, 0, 0):
        return -1
    return cancel(ledger, book, t, account, order)


@kernel
def take(ledger: LedgerState, book: BookState, row: np.void, outcome: np.void) -> bool:
    """Take a new order or a withdrawal through the whole path; False, and nothing done, if the buffers lack room."""
    if row["action"] == ACTION_CANCEL:
        gone = take_back(ledger, book, row["t"], int(row["account"]), row["order"])
        write(outcome, row["order"], gone, 0, 0)
        return bool(gone >= 0)
    order, refusal, filled, resting = take_new(
        ledger, book, row["t"], int(row["account"]), int(row["instrument"]), int(row["side"]), row["price"],
        row["lots"], int(row["kind"]), int(row["tif"]), row["shown"], row["expire_t"],
    )  # fmt: skip
    write(outcome, order, refusal, filled, resting)
    return bool(order != 0)


@brief_entry
def run_new(
    at: int, t: int, account: int, instrument: int, side: int, price: int, lots: int, kind: int, tif: int, shown: int,
    expire_t: int,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Run one new order; return the fields of OUTCOME, id 0 if the buffers lack room or a number is not a MESSAGE's."""
    if (
        abs(account) >> 31 != 0 or abs(instrument) >> 31 != 0 or abs(side) >> 15 != 0 or abs(kind) >> 15 != 0
        or abs(tif) >> 15 != 0
    ):  # fmt: skip
        return 0, 0, 0, 0
    return take_new(
        ledger_at(at), book_at(at), t, account, instrument, side, price, lots, kind, tif, shown, expire_t
    )  # fmt: skip


@brief_entry
def run_back(at: int, t: int, account: int, order: int) -> int:
    """Run one withdrawal; return a Refusal, -1 if the journal lacks room."""
    return take_back(ledger_at(at), book_at(at), t, account, order)


@bare_entry
def run_messages(at: int, messages: NDArray[np.void], outcomes: NDArray[np.void], start: int) -> int:
    """Run messages[start:] up to a change of an order; return the index of the first not run."""
    ledger = ledger_at(at)
    book = book_at(at)
    for number in range(start, messages.shape[0]):
        look_ahead(ledger, messages, number)
        row = messages[number]
        if row["action"] == ACTION_REPLACE or not take(ledger, book, row, outcomes[number]):
            return number
    return int(messages.shape[0])


@bare_entry
def run_changes(at: int, messages: NDArray[np.void], outcomes: NDArray[np.void], start: int) -> int:
    """Run messages[start:], changes of orders among them; return the index of the first that found no room.

    An entry of its own: who never changes an order never waits for it to compile.
    """
    ledger = ledger_at(at)
    book = book_at(at)
    for number in range(start, messages.shape[0]):
        row = messages[number]
        if row["action"] != ACTION_REPLACE:
            if not take(ledger, book, row, outcomes[number]):
                return number
            continue
        t = row["t"]
        account = int(row["account"])
        order = row["order"]
        slot = find(book, order)
        instrument = int(book.orders[slot, INSTRUMENT])
        side = int(book.orders[slot, FLAGS] & 3)
        price = row["price"]
        lots = row["lots"]
        if not has_room(ledger, book, account, instrument, side, price, lots):
            return number
        filled = 0
        refusal, instrument, resting, flags, shown, expire_t, accrued = change(
            ledger, book, t, account, order, price, lots, row["expire_t"]
        )
        if refusal == 0 and flags != 0:
            filled, resting = enter(
                ledger, book, t, order, account, instrument, price, lots, flags, shown, expire_t, accrued
            )
        write(outcomes[number], order, refusal, filled, resting)
    return int(messages.shape[0])
