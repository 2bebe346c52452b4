"""The compiled matching loop: pick a maker, settle, go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import aside, kernel
from ecomarket.exchange.kernel.ahead import fetch, fetch_party
from ecomarket.exchange.kernel.book import best, open_lots, show_next, unlink, vacate, worse
from ecomarket.exchange.kernel.fees import fee, split_fees, worst_cost
from ecomarket.exchange.kernel.leave import price_at, reduce, take_out
from ecomarket.exchange.kernel.state import (
    ACCOUNT,
    COSTED,
    DAY_LOTS,
    DAY_TURNOVER,
    FEE_BUY,
    FEE_SELL,
    FLAGS,
    HALT_PPM,
    HALT_REFERENCE,
    ID,
    INDEX,
    INSTRUMENT,
    LAST,
    LAST_SIDE,
    LEVELS,
    LOTS,
    MECHANISM,
    NEXT,
    PICK,
    SELF_TRADE,
    TRACKED,
    TRIPPED,
    VENUE,
    WINDOW_LOTS,
    WINDOW_T,
    WINDOW_TURNOVER,
)
from ecomarket.ledger.postings import settle, withdraw
from ecomarket.ledger.state import BUYING
from ecomarket.model.codes import CancelReason, RecordKind, SelfTrade, Side
from ecomarket.model.record import ICEBERG, SELLER_HELD
from ecomarket.units import PPM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)
_CANCELLED = int(RecordKind.ORDER_CANCELLED)
_SELF = int(CancelReason.SELF_TRADE)
_CANCEL_OLDEST = int(SelfTrade.CANCEL_OLDEST)
_CANCEL_NEWEST = int(SelfTrade.CANCEL_NEWEST)


@kernel
def chance(order: int, number: int, count: int) -> int:
    """Return a number below `count` from an order's id and fill number.

    Steps of Park and Miller's minimal standard (1988) with shifts between: multiplication alone is linear, and then
    the pick of one order tells that of the next.
    """
    state = (order * 48_271 + number * 69_621 + 1) % 2_147_483_647
    state = state * 16_807 % 2_147_483_647
    state = (state ^ state >> 13) * 48_271 % 2_147_483_647
    return (state ^ state >> 16) * 16_807 % 2_147_483_647 % count


@aside
def count_orders(book: BookState, slot: int) -> int:
    """Return how many orders stand at a price, from its first on."""
    count = 0
    while slot != 0:
        count += 1
        slot = book.orders[slot, NEXT]
    return count


@kernel
def pick(book: BookState, instrument: int, side: int, index: int, order: int, account: int, fills: int) -> int:
    """Return the slot of the maker that a taker picks at one price, by the venue's rule."""
    rule = book.markets[instrument, PICK]
    slot = book.levels[instrument, side - 1, index]["head"]
    if rule == 0:
        return int(slot)
    if rule == 1:
        for _ in range(chance(order, fills, count_orders(book, slot))):
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


@aside
def fillable(book: BookState, instrument: int, account: int, side: int, limit: int, lots: int) -> bool:
    """Tell whether an order could be filled whole at once.

    Hidden lots count, own orders never; unless own orders are cancelled (cancel-oldest), a level with one, and what
    lies behind it, is out of reach.
    """
    other = 3 - side
    levels = book.markets[instrument, LEVELS]
    stops = book.markets[instrument, SELF_TRADE] != _CANCEL_OLDEST
    index = best(book, instrument, other)
    seen = 0
    found = 0
    while index >= 0 and reaches(side, limit, price_at(book, instrument, index)) and (levels == 0 or seen < levels):
        slot = book.levels[instrument, other - 1, index]["head"]
        while slot != 0:
            if book.orders[slot, ACCOUNT] != account:
                found += open_lots(book, slot)
            elif stops:
                return False
            slot = book.orders[slot, NEXT]
        if found >= lots:
            return True
        seen += 1
        index = worse(book, instrument, other, index)
    return False


@kernel
def count_trade(market: NDArray[np.int64], t: int, price: int, lots: int, rested: int) -> None:
    """Add a trade to the figures of the day, and to those of its last minutes; `rested`: which side stood, 0: both."""
    market[LAST] = price
    market[LAST_SIDE] = rested
    market[DAY_LOTS] += lots
    market[DAY_TURNOVER] += price * lots
    if t >= market[WINDOW_T]:
        market[WINDOW_LOTS] += lots
        market[WINDOW_TURNOVER] += price * lots


@kernel
def fill(
    ledger: LedgerState, book: BookState, t: int, slot: int, order: int, account: int, side: int, limit: int,
    left: int, accrued: int,
) -> tuple[int, int]:  # fmt: skip
    """Trade an incoming order with what one maker shows, at the maker's price; return lots, and fees accrued."""
    row = book.orders[slot]
    instrument = row[INSTRUMENT]
    market = book.markets[instrument]
    price = price_at(book, instrument, row[INDEX])
    standing = int(row[LOTS])
    lots = min(left, standing)
    fetch(book.orders, row[NEXT], 0)  # the maker after this one
    if side == _BUY:
        buyer, seller, buy_order, sell_order, top, bought = account, row[ACCOUNT], order, row[ID], limit, left
    else:
        bought = open_lots(book, slot)
        buyer, seller, buy_order, sell_order, top = row[ACCOUNT], account, row[ID], order, price
    notional = price * lots
    before = after = 0
    if market[COSTED] == 0:
        fee_buy = fee(notional, market[FEE_BUY])
        fee_sell = fee(notional, market[FEE_SELL])
    else:
        taker, maker = accrued, int(book.terms[slot]["accrued"])
        fee_buy, fee_sell, accrued, rested = split_fees(market, side, notional, lots, taker, maker)
        book.terms[slot]["accrued"] = rested
        before, after = (taker, accrued) if side == _BUY else (maker, rested)
    freed = worst_cost(book, instrument, _BUY, top, bought, before)
    freed -= worst_cost(book, instrument, _BUY, top, bought - lots, after)
    settle(
        ledger, t, market[MECHANISM], side | SELLER_HELD, market[VENUE], instrument, buyer, seller, buy_order,
        sell_order, price, lots, freed, fee_buy, fee_sell,
    )  # fmt: skip
    if market[TRACKED] != 0:
        ledger.balance[instrument, buyer, BUYING] -= lots
    count_trade(market, t, price, lots, 3 - side)
    if market[HALT_PPM] != 0 and abs(price - market[HALT_REFERENCE]) * PPM > market[HALT_REFERENCE] * market[HALT_PPM]:
        market[TRIPPED] = 1
    if lots < standing:
        row[LOTS] -= lots
        book.levels[instrument, 2 - side, row[INDEX]]["lots"] -= lots
    elif row[FLAGS] & ICEBERG and book.terms[slot]["hidden"] > 0:
        show_next(book, slot)
    else:
        unlink(book, slot)
        vacate(book, slot)
    return lots, accrued


@aside
def drop_own(ledger: LedgerState, book: BookState, t: int, slot: int) -> None:
    """Take out a resting order that its owner's newer one meets."""
    take_out(ledger, book, t, slot, _CANCELLED, _SELF)


@aside
def decrement(
    ledger: LedgerState, book: BookState, t: int, slot: int, order: int, account: int, limit: int, left: int,
    price: int, flags: int, accrued: int,
) -> int:  # fmt: skip
    """Take as many lots off an incoming order as off its owner's own order that it meets; return how many."""
    instrument = book.orders[slot, INSTRUMENT]
    side = flags & 3
    standing = open_lots(book, slot)
    gone = min(left, standing)
    if gone == standing:
        drop_own(ledger, book, t, slot)
    else:
        reduce(ledger, book, t, slot, gone, _SELF)
    freed = worst_cost(book, instrument, side, limit, left, accrued)
    freed -= worst_cost(book, instrument, side, limit, left - gone, accrued)
    market = book.markets[instrument]
    if side == _BUY and market[TRACKED] != 0:
        ledger.balance[instrument, account, BUYING] -= gone
    withdraw(ledger, t, _CANCELLED, _SELF, market[VENUE], instrument, account, order, price, gone, flags, freed)
    return gone


@kernel
def match(
    ledger: LedgerState, book: BookState, t: int, order: int, account: int, instrument: int, limit: int, lots: int,
    price: int, flags: int, accrued: int,
) -> tuple[int, int, bool, int]:  # fmt: skip
    """Match an accepted order; return lots left and traded, whether an own order stopped it, fees accrued."""
    side = flags & 3
    left = lots
    traded = 0
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
        if book.orders[slot, ACCOUNT] != account:
            fetch_party(ledger, book.orders[slot, ACCOUNT], instrument)
            lots, accrued = fill(ledger, book, t, slot, order, account, side, limit, left, accrued)
            left -= lots
            traded += lots
            fills += 1
        elif book.markets[instrument, SELF_TRADE] == _CANCEL_OLDEST:
            drop_own(ledger, book, t, slot)
        elif book.markets[instrument, SELF_TRADE] == _CANCEL_NEWEST:
            return left, traded, True, accrued
        else:
            left -= decrement(ledger, book, t, slot, order, account, limit, left, price, flags, accrued)
    return left, traded, False, accrued
