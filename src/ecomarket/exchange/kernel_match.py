"""The compiled matching loop: pick a maker, settle, go on; and what an order costs at worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import kernel
from ecomarket.exchange.kernel_book import best, unlink, vacate, worse
from ecomarket.exchange.kernel_state import (
    ACCOUNT,
    DAY_LOTS,
    DAY_TURNOVER,
    FEE_BUY,
    FEE_SELL,
    FLAGS,
    HEAD,
    ID,
    INDEX,
    INSTRUMENT,
    LAST,
    LEVEL_LOTS,
    LEVEL_ORDERS,
    LEVELS,
    LOTS,
    LOW,
    MECHANISM,
    NEXT,
    PICK,
    SELF_TRADE,
    TICK,
    TRACKED,
    VENUE,
)
from ecomarket.ledger.postings import settle, withdraw
from ecomarket.model.codes import CancelReason, RecordKind, SelfTrade, Side
from ecomarket.model.record import SELLER_HELD
from ecomarket.units import PPM

if TYPE_CHECKING:
    from ecomarket.exchange.kernel_state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)
_CANCELLED = int(RecordKind.ORDER_CANCELLED)
_SELF = int(CancelReason.SELF_TRADE)
_CANCEL_NEWEST = int(SelfTrade.CANCEL_NEWEST)


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
def take_out(ledger: LedgerState, book: BookState, t: int, slot: int, kind: int, reason: int) -> None:
    """Take a resting order out of the book, cancelled or expired by `kind`, and give back what it holds."""
    row = book.orders[slot]
    instrument = row[INSTRUMENT]
    side = row[FLAGS] & 3
    lots = int(row[LOTS])
    price = price_at(book, instrument, row[INDEX])
    held = worst_cost(book, instrument, side, price, lots)
    venue = book.markets[instrument, VENUE]
    unlink(book, slot)
    if side == _BUY and book.markets[instrument, TRACKED] != 0:
        ledger.buying[row[ACCOUNT], instrument] -= lots
    withdraw(ledger, t, kind, reason, venue, instrument, row[ACCOUNT], row[ID], price, lots, row[FLAGS], held)
    vacate(book, slot)


@kernel
def reduce(ledger: LedgerState, book: BookState, t: int, slot: int, gone: int, reason: int) -> None:
    """Take `gone` lots, not all, off a resting order, which keeps its turn; give back what they hold."""
    row = book.orders[slot]
    instrument = row[INSTRUMENT]
    side = row[FLAGS] & 3
    lots = int(row[LOTS])
    price = price_at(book, instrument, row[INDEX])
    held = worst_cost(book, instrument, side, price, lots) - worst_cost(book, instrument, side, price, lots - gone)
    row[LOTS] -= gone
    book.levels[instrument, side - 1, row[INDEX], LEVEL_LOTS] -= gone
    if side == _BUY and book.markets[instrument, TRACKED] != 0:
        ledger.buying[row[ACCOUNT], instrument] -= gone
    venue = book.markets[instrument, VENUE]
    withdraw(ledger, t, _CANCELLED, reason, venue, instrument, row[ACCOUNT], row[ID], price, gone, row[FLAGS], held)


@kernel
def chance(order: int, number: int, count: int) -> int:
    """Return a number below `count` from an order's id and fill number (Park and Miller 1988, minimal standard)."""
    state = (order * 48_271 + number * 69_621 + 1) % 2_147_483_647
    return state * 16_807 % 2_147_483_647 % count


@kernel
def pick(book: BookState, instrument: int, side: int, index: int, order: int, account: int, fills: int) -> int:
    """Return the slot of the maker that a taker picks at one price, by the venue's rule."""
    rule = book.markets[instrument, PICK]
    slot = book.levels[instrument, side - 1, index, HEAD]
    if rule == 0:
        return int(slot)
    if rule == 1:
        steps = chance(order, fills, book.levels[instrument, side - 1, index, LEVEL_ORDERS])
        for _ in range(steps):
            slot = book.orders[slot, NEXT]
        return int(slot)
    chosen = slot
    while slot != 0:
        if rule == 2:
            better = abs(book.orders[slot, ACCOUNT] - account) < abs(book.orders[chosen, ACCOUNT] - account)
        else:
            better = book.orders[slot, LOTS] > book.orders[chosen, LOTS]
        if better:
            chosen = slot
        slot = book.orders[slot, NEXT]
    return int(chosen)


@kernel
def reaches(side: int, limit: int, maker_price: int) -> bool:
    """Tell whether an order of this limit trades at a maker's price."""
    if side == _BUY:
        return maker_price <= limit
    return maker_price >= limit


@kernel
def fillable(book: BookState, instrument: int, account: int, side: int, limit: int, lots: int) -> bool:
    """Tell whether an order could be filled whole at once.

    Own orders never count; under cancel-newest a level with an own order, and what lies behind it, is out of reach.
    """
    other = 3 - side
    levels = book.markets[instrument, LEVELS]
    newest = book.markets[instrument, SELF_TRADE] == _CANCEL_NEWEST
    index = best(book, instrument, other)
    seen = 0
    found = 0
    while index >= 0 and reaches(side, limit, price_at(book, instrument, index)) and (levels == 0 or seen < levels):
        slot = book.levels[instrument, other - 1, index, HEAD]
        while slot != 0:
            if book.orders[slot, ACCOUNT] != account:
                found += int(book.orders[slot, LOTS])
            elif newest:
                return False
            slot = book.orders[slot, NEXT]
        if found >= lots:
            return True
        seen += 1
        index = worse(book, instrument, other, index)
    return False


@kernel
def fill(
    ledger: LedgerState,
    book: BookState,
    t: int,
    slot: int,
    order: int,
    account: int,
    side: int,
    limit: int,
    left: int,
    flags_side: int,
) -> int:
    """Trade an incoming order with one maker at the maker's price; return the lots traded."""
    row = book.orders[slot]
    instrument = row[INSTRUMENT]
    market = book.markets[instrument]
    price = price_at(book, instrument, row[INDEX])
    standing = int(row[LOTS])
    lots = min(left, standing)
    if side == _BUY:
        buyer, seller, buy_order, sell_order, top, bought = account, row[ACCOUNT], order, row[ID], limit, left
    else:
        buyer, seller, buy_order, sell_order, top, bought = row[ACCOUNT], account, row[ID], order, price, standing
    freed = worst_cost(book, instrument, _BUY, top, bought)
    freed -= worst_cost(book, instrument, _BUY, top, bought - lots)
    notional = price * lots
    settle(
        ledger, t, market[MECHANISM], flags_side, market[VENUE], instrument, buyer, seller, buy_order, sell_order,
        price, lots, freed, fee(notional, market[FEE_BUY]), fee(notional, market[FEE_SELL]),
    )  # fmt: skip
    if market[TRACKED] != 0:
        ledger.buying[buyer, instrument] -= lots
    market[LAST] = price
    market[DAY_LOTS] += lots
    market[DAY_TURNOVER] += notional
    if lots == standing:
        unlink(book, slot)
        vacate(book, slot)
    else:
        row[LOTS] -= lots
        book.levels[instrument, 2 - side, row[INDEX], LEVEL_LOTS] -= lots
    return lots


@kernel
def match(
    ledger: LedgerState,
    book: BookState,
    t: int,
    order: int,
    account: int,
    instrument: int,
    side: int,
    limit: int,
    lots: int,
) -> tuple[int, bool]:
    """Match an accepted order; return the lots left and whether it met its owner's own order (cancel-newest)."""
    left = lots
    levels = book.markets[instrument, LEVELS]
    seen = 0
    last = -1
    fills = 0
    while left > 0:
        index = best(book, instrument, 3 - side)
        if index < 0 or not reaches(side, limit, price_at(book, instrument, index)):
            break
        if index != last:
            if levels != 0 and seen == levels:
                break
            seen += 1
            last = index
        slot = pick(book, instrument, 3 - side, index, order, account, fills)
        if book.orders[slot, ACCOUNT] == account:
            if book.markets[instrument, SELF_TRADE] == _CANCEL_NEWEST:
                return left, True
            take_out(ledger, book, t, slot, _CANCELLED, _SELF)
            continue
        left -= fill(ledger, book, t, slot, order, account, side, limit, left, side | SELLER_HELD)
        fills += 1
    return left, False
