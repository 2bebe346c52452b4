"""The compiled path of one message: check, reserve, match, settle, record; and the entries that Python calls.

Checks run in the order of the functions below; the first that fails names the refusal. Guards against a full journal,
slot pool or id table stand before the message; the caller makes room and goes on where `run_messages` stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import bare_entry, kernel
from ecomarket.exchange.kernel_book import best, find, link, rest, unlink
from ecomarket.exchange.kernel_match import fillable, match, price_at, reaches, take_out, worst_cost
from ecomarket.exchange.kernel_state import (
    ACCOUNT,
    HIGH,
    HOLDING_MAX,
    INDEX,
    LEVEL_LOTS,
    LIVE,
    LOCKED,
    LOTS_MAX,
    LOTS_MIN,
    LOW,
    OPEN,
    SLOTS,
    TICK,
    TRACKED,
    VENUE,
)
from ecomarket.exchange.rules import NOTIONAL_MAX
from ecomarket.ledger.postings import accept, available, refuse, withdraw
from ecomarket.ledger.state import IDS, POSTED, ROWS
from ecomarket.model.codes import CancelReason, OrderKind, RecordKind, Refusal, Side, TimeInForce
from ecomarket.model.record import CASH, SHIFT_KIND, SHIFT_TIF

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.kernel_state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)
_MARKET = int(OrderKind.MARKET)
_IOC = int(TimeInForce.IOC)
_FOK = int(TimeInForce.FOK)
_POST_ONLY = int(TimeInForce.POST_ONLY)
_GTC = int(TimeInForce.GTC)
_CANCELLED = int(RecordKind.ORDER_CANCELLED)
_OWNER = int(CancelReason.OWNER)
_IOC_REMAINDER = int(CancelReason.IOC_REMAINDER)
_MARKET_REMAINDER = int(CancelReason.MARKET_REMAINDER)
_SELF_TRADE = int(CancelReason.SELF_TRADE)
(
    _UNKNOWN_ACCOUNT,
    _UNKNOWN_INSTRUMENT,
    _NOT_ELIGIBLE,
    _MARKET_CLOSED,
    _PRICE_OFF_TICK,
    _PRICE_OUTSIDE_BAND,
    _LOTS_NOT_POSITIVE,
    _LOTS_ABOVE_MAXIMUM,
    _INSUFFICIENT_CASH,
    _INSUFFICIENT_UNITS,
    _BOUGHT_TODAY,
    _HOLDING_LIMIT,
    _POST_ONLY_WOULD_TRADE,
    _FOK_NOT_FILLABLE,
    _UNKNOWN_ORDER,
    _NOT_OWNER,
) = range(1, 17)
assert int(Refusal.NOT_OWNER) == _NOT_OWNER
_SINK_DEBIT = int(Refusal.SINK_DEBIT)
_LOTS_BELOW_MINIMUM = int(Refusal.LOTS_BELOW_MINIMUM)
_PRICE_NOT_POSITIVE = int(Refusal.PRICE_NOT_POSITIVE)

SPARE_ROWS = 8
"""Records one message may write beside one for each order it meets."""


@kernel
def refused_party(
    ledger: LedgerState, book: BookState, account: int, instrument: int, side: int, kind: int, tif: int
) -> int:
    """Refuse an unknown party or instrument, a party that may not, a malformed order, a closed market."""
    if account < 0 or account >= ledger.balance.shape[0]:
        return _UNKNOWN_ACCOUNT
    if instrument <= CASH or instrument >= ledger.balance.shape[1] or book.markets[instrument, VENUE] < 0:
        return _UNKNOWN_INSTRUMENT
    if side < _BUY or side > _SELL or kind < 0 or kind > _MARKET or tif < 0 or tif > _GTC:
        return _NOT_ELIGIBLE
    if ledger.sink[account] != 0:
        return _SINK_DEBIT
    if ledger.eligible[account, instrument] & side == 0:
        return _NOT_ELIGIBLE
    if book.markets[instrument, OPEN] == 0:
        return _MARKET_CLOSED
    return 0


@kernel
def refused_price(book: BookState, instrument: int, price: int) -> int:
    """Refuse a limit price that is not positive, off the tick, or outside the day's band."""
    if price <= 0:
        return _PRICE_NOT_POSITIVE
    if price % book.markets[instrument, TICK] != 0:
        return _PRICE_OFF_TICK
    if price < book.markets[instrument, LOW] or price > book.markets[instrument, HIGH]:
        return _PRICE_OUTSIDE_BAND
    return 0


@kernel
def refused_lots(book: BookState, instrument: int, limit: int, lots: int) -> int:
    """Refuse a quantity that is not positive, below the minimum, or too large."""
    if lots <= 0:
        return _LOTS_NOT_POSITIVE
    if lots < book.markets[instrument, LOTS_MIN]:
        return _LOTS_BELOW_MINIMUM
    if lots > book.markets[instrument, LOTS_MAX] or lots > NOTIONAL_MAX // limit:
        return _LOTS_ABOVE_MAXIMUM
    return 0


@kernel
def refused_balance(
    ledger: LedgerState, book: BookState, account: int, instrument: int, side: int, lots: int, held: int
) -> int:
    """Refuse what the account does not have free, may not sell today, or may not come to hold."""
    market = book.markets[instrument]
    if side == _SELL:
        free = available(ledger, account, instrument)
        if free < lots:
            return _INSUFFICIENT_UNITS
        if market[LOCKED] != 0 and free - ledger.bought_today[account, instrument] < lots:
            return _BOUGHT_TODAY
        return 0
    position = ledger.balance[account, instrument, POSTED] + ledger.buying[account, instrument]
    if market[HOLDING_MAX] != 0 and position + lots > market[HOLDING_MAX]:
        return _HOLDING_LIMIT
    if available(ledger, account, CASH) < held:
        return _INSUFFICIENT_CASH
    return 0


@kernel
def refused_book(
    book: BookState, account: int, instrument: int, side: int, limit: int, lots: int, kind: int, tif: int
) -> int:
    """Refuse a fill-or-kill that cannot fill, and a post-only that would trade (a market order always would)."""
    if tif == _FOK and not fillable(book, instrument, account, side, limit, lots):
        return _FOK_NOT_FILLABLE
    if tif == _POST_ONLY:
        index = best(book, instrument, 3 - side)
        if kind == _MARKET or (index >= 0 and reaches(side, limit, price_at(book, instrument, index))):
            return _POST_ONLY_WOULD_TRADE
    return 0


@kernel
def limit_of(book: BookState, instrument: int, side: int, price: int, kind: int) -> int:
    """Return the worst price of an order: its limit, or for a market order the end of the band."""
    if kind != _MARKET:
        return price
    if side == _BUY:
        return int(book.markets[instrument, HIGH])
    return int(book.markets[instrument, LOW])


@kernel
def refused(
    ledger: LedgerState,
    book: BookState,
    account: int,
    instrument: int,
    side: int,
    price: int,
    lots: int,
    kind: int,
    tif: int,
) -> int:
    """Return the first Refusal an order meets, 0 if none."""
    refusal = refused_party(ledger, book, account, instrument, side, kind, tif)
    if refusal == 0 and kind != _MARKET:
        refusal = refused_price(book, instrument, price)
    if refusal != 0:
        return refusal
    limit = limit_of(book, instrument, side, price, kind)
    refusal = refused_lots(book, instrument, limit, lots)
    if refusal == 0:
        held = worst_cost(book, instrument, side, limit, lots)
        refusal = refused_balance(ledger, book, account, instrument, side, lots, held)
    if refusal == 0:
        refusal = refused_book(book, account, instrument, side, limit, lots, kind, tif)
    return refusal


@kernel
def submit(
    ledger: LedgerState,
    book: BookState,
    t: int,
    account: int,
    instrument: int,
    side: int,
    price: int,
    lots: int,
    kind: int,
    tif: int,
) -> tuple[int, int, int, int]:
    """Take one order through the whole path; return its id, Refusal, lots filled, lots resting."""
    ledger.counters[IDS] += 1
    order = ledger.counters[IDS]
    if kind == _MARKET:
        price = 0
    flags = (side & 3) | (kind & 1) << SHIFT_KIND | (tif & 7) << SHIFT_TIF
    refusal = refused(ledger, book, account, instrument, side, price, lots, kind, tif)
    if refusal != 0:
        known = 0 < instrument < ledger.balance.shape[1]
        venue = book.markets[instrument, VENUE] if known else -1
        refuse(ledger, t, refusal, venue, instrument, account, order, price, lots, flags)
        return order, refusal, 0, 0
    market = book.markets[instrument]
    limit = limit_of(book, instrument, side, price, kind)
    held = worst_cost(book, instrument, side, limit, lots)
    if side == _BUY and market[TRACKED] != 0:
        ledger.buying[account, instrument] += lots
    accept(ledger, t, market[VENUE], instrument, account, order, price, lots, flags, held)
    left, met_own = match(ledger, book, t, order, account, instrument, side, limit, lots)
    if left == 0:
        return order, 0, lots, 0
    if kind != _MARKET and tif != _IOC and not met_own:
        rest(book, order, account, instrument, left, (price - market[LOW]) // market[TICK], flags)
        return order, 0, lots - left, left
    reason = _SELF_TRADE if met_own else (_MARKET_REMAINDER if kind == _MARKET else _IOC_REMAINDER)
    held = worst_cost(book, instrument, side, limit, left)
    if side == _BUY and market[TRACKED] != 0:
        ledger.buying[account, instrument] -= left
    withdraw(
        ledger, t, _CANCELLED, reason, market[VENUE], instrument, account, order, price, left, flags, held
    )  # fmt: skip
    return order, 0, lots - left, 0


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
def has_room(ledger: LedgerState, book: BookState, instrument: int) -> bool:
    """Tell whether journal, slots and ids suffice for any one message on an instrument."""
    rows = SPARE_ROWS
    if 0 < instrument < book.markets.shape[0]:
        rows += book.markets[instrument, LIVE]
    return bool(
        ledger.counters[ROWS] + rows <= ledger.journal.shape[0]
        and book.counters[SLOTS] + 2 < book.orders.shape[0]
        and ledger.counters[IDS] + 2 < book.slot_of.shape[0]
    )


@bare_entry
def run_messages(
    ledger: LedgerState, book: BookState, messages: NDArray[np.void], outcomes: NDArray[np.void], start: int
) -> int:
    """Run messages[start:]; return the index of the first not run (all of them run: the length)."""
    for number in range(start, messages.shape[0]):
        row = messages[number]
        instrument = int(row["instrument"])
        if not has_room(ledger, book, instrument):
            return number
        account = int(row["account"])
        outcome = outcomes[number]
        if row["cancel"] != 0:
            outcome["order"] = row["order"]
            outcome["refusal"] = cancel(ledger, book, row["t"], account, row["order"])
            outcome["filled"] = 0
            outcome["resting"] = 0
        else:
            order, refusal, filled, resting = submit(
                ledger, book, row["t"], account, instrument, int(row["side"]), row["price"], row["lots"],
                int(row["kind"]), int(row["tif"]),
            )  # fmt: skip
            outcome["order"] = order
            outcome["refusal"] = refusal
            outcome["filled"] = filled
            outcome["resting"] = resting
    return int(messages.shape[0])


@bare_entry
def take_out_all(
    ledger: LedgerState, book: BookState, t: int, orders: NDArray[np.int64], kind: int, reason: int
) -> None:
    """Take live orders out of the book, in the order given; the caller has made room in the journal."""
    for order in orders:
        take_out(ledger, book, t, find(book, order), kind, reason)


@bare_entry
def move_band(book: BookState, instrument: int, low: int, high: int, orders: NDArray[np.int64]) -> None:
    """Move a ladder to a new band; its live orders (ascending ids, all inside the band) keep their turn."""
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


@bare_entry
def touch(book: BookState, instrument: int) -> tuple[int, int, int, int]:
    """Return best bid, lots there, best ask, lots there; 0 where a side is empty."""
    return best_two(book, instrument)


@kernel
def best_two(book: BookState, instrument: int) -> tuple[int, int, int, int]:
    """Return best bid, lots there, best ask, lots there; 0 where a side is empty."""
    bid = best(book, instrument, _BUY)
    ask = best(book, instrument, _SELL)
    bid_price = price_at(book, instrument, bid) if bid >= 0 else 0
    ask_price = price_at(book, instrument, ask) if ask >= 0 else 0
    bid_lots = book.levels[instrument, 0, bid, LEVEL_LOTS] if bid >= 0 else 0
    ask_lots = book.levels[instrument, 1, ask, LEVEL_LOTS] if ask >= 0 else 0
    return bid_price, bid_lots, ask_price, ask_lots
