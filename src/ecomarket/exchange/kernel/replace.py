"""A change of price or lots of a resting order: its checks, and what happens when it keeps its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import kernel
from ecomarket.exchange.kernel.book import open_lots
from ecomarket.exchange.kernel.check import (
    refused_balance,
    refused_book,
    refused_lots,
    refused_now,
    refused_price,
)
from ecomarket.exchange.kernel.fees import accrued_by, worst_cost
from ecomarket.exchange.kernel.leave import held_by, reduce
from ecomarket.exchange.kernel.state import ACCOUNT, CALL, FLAGS, INDEX, INSTRUMENT, MARKET_INDEX
from ecomarket.model.codes import CancelReason, Refusal, TimeInForce
from ecomarket.model.record import SHIFT_TIF

if TYPE_CHECKING:
    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.ledger.state import LedgerState

_POST_ONLY = int(TimeInForce.POST_ONLY)
_GTD = int(TimeInForce.GTD)
_REPLACED = int(CancelReason.REPLACED)
_LOTS_NOT_POSITIVE = int(Refusal.LOTS_NOT_POSITIVE)
_NOT_RESTING_KIND = int(Refusal.NOT_RESTING_KIND)
_EXPIRY_PAST = int(Refusal.EXPIRY_PAST)
_UNKNOWN_ORDER = int(Refusal.UNKNOWN_ORDER)
_NOT_OWNER = int(Refusal.NOT_OWNER)
_NOT_ELIGIBLE = int(Refusal.NOT_ELIGIBLE)


@kernel
def refused_replace(book: BookState, t: int, account: int, slot: int, lots: int, until_t: int) -> int:
    """Refuse a change to an order that does not rest, or is another's, or at a wrong time, or to nothing, or of a date.

    Only an order that has a date may get another, still to come.
    """
    if slot == 0:
        return _UNKNOWN_ORDER
    if book.orders[slot, ACCOUNT] != account:
        return _NOT_OWNER
    refusal = refused_now(book, t, account, int(book.orders[slot, INSTRUMENT]))
    if refusal == 0 and book.orders[slot, INDEX] == MARKET_INDEX:
        return _NOT_RESTING_KIND
    if refusal == 0 and lots <= 0:
        return _LOTS_NOT_POSITIVE
    if refusal == 0 and until_t != 0 and book.orders[slot, FLAGS] >> SHIFT_TIF & 7 != _GTD:
        return _NOT_RESTING_KIND
    if refusal == 0 and until_t != 0 and until_t <= t:
        return _EXPIRY_PAST
    return refusal


@kernel
def refused_change(ledger: LedgerState, book: BookState, slot: int, price: int, lots: int) -> int:
    """Refuse new terms as for a new order; what the order holds counts as free.

    Who may no longer trade may still take lots back, which keeps the turn and does not come here.
    """
    row = book.orders[slot]
    instrument = int(row[INSTRUMENT])
    account = int(row[ACCOUNT])
    side = int(row[FLAGS] & 3)
    if ledger.eligible[instrument, account] & side == 0:
        return _NOT_ELIGIBLE
    refusal = refused_price(book, instrument, price)
    if refusal == 0:
        refusal = refused_lots(book, instrument, price, lots)
    if refusal == 0:
        old = open_lots(book, slot)
        back = held_by(book, slot, old)
        held = worst_cost(book, instrument, side, price, lots, accrued_by(book, slot))
        refusal = refused_balance(ledger, book, account, instrument, side, lots, held, back, old)
    if refusal == 0 and row[FLAGS] >> SHIFT_TIF & 7 == _POST_ONLY and book.markets[instrument, CALL] == 0:
        refusal = refused_book(book, account, instrument, side, price, lots, 0, _POST_ONLY)
    return refusal


@kernel
def keep_turn(ledger: LedgerState, book: BookState, t: int, slot: int, lots: int) -> None:
    """Leave an order where it stands with fewer lots, or as it is."""
    gone = open_lots(book, slot) - lots
    if gone > 0:
        reduce(ledger, book, t, slot, gone, _REPLACED)
