"""The call auction in compiled code: self-trade at entry, the price that clears the book, and the trades at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import aside, bare_entry, kernel
from ecomarket.exchange.kernel.book import best, hide, next_level, open_lots, unlink, vacate
from ecomarket.exchange.kernel.fees import accrue, charge, fee
from ecomarket.exchange.kernel.leave import held_by, price_at, price_of, take_out
from ecomarket.exchange.kernel.match import count_trade, decrement, drop_own, reaches
from ecomarket.exchange.kernel.state import (
    ACCOUNT,
    CALL,
    CALL_PRICE,
    CALL_TIE,
    COSTED,
    FEE_BUY,
    FEE_LOT_BUY,
    FEE_LOT_SELL,
    FEE_SELL,
    FLAGS,
    HALT_REFERENCE,
    HIGH,
    ID,
    INDEX,
    INSTRUMENT,
    LOTS,
    LOW,
    MARKET_INDEX,
    NEXT,
    OPEN,
    PAIRS,
    REFERENCE,
    REFRESHES,
    SELF_TRADE,
    TICK,
    TRACKED,
    VENUE,
)
from ecomarket.exchange.rules import CALL_TIES
from ecomarket.ledger.postings import settle
from ecomarket.ledger.state import BUYING
from ecomarket.model.codes import CancelReason, Mechanism, RecordKind, SelfTrade, Side
from ecomarket.model.record import ICEBERG, SELLER_HELD

if TYPE_CHECKING:
    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)
_AUCTION = int(Mechanism.CALL_AUCTION)
_CANCELLED = int(RecordKind.ORDER_CANCELLED)
_REMAINDER = int(CancelReason.CALL_REMAINDER)
_CANCEL_OLDEST = int(SelfTrade.CANCEL_OLDEST)
_CANCEL_NEWEST = int(SelfTrade.CANCEL_NEWEST)
_BY_REFERENCE = CALL_TIES.index("reference")
_HIGHEST = CALL_TIES.index("highest")


@aside
def meet_own(
    ledger: LedgerState, book: BookState, t: int, order: int, account: int, instrument: int, limit: int, lots: int,
    price: int, flags: int, accrued: int,
) -> tuple[int, bool]:  # fmt: skip
    """Meet the own orders that a new one (price 0: market) crosses in a call; return lots left, whether it goes."""
    side = flags & 3
    rule = book.markets[instrument, SELF_TRADE]
    left = lots
    index = MARKET_INDEX
    while index >= 0 and left > 0:
        if index != MARKET_INDEX and price != 0 and not reaches(side, price, price_at(book, instrument, index)):
            break
        slot = book.levels[instrument, 2 - side, index]["head"]
        while slot != 0 and left > 0:
            after = book.orders[slot, NEXT]
            if book.orders[slot, ACCOUNT] == account:
                if rule == _CANCEL_NEWEST:
                    return left, True
                if rule == _CANCEL_OLDEST:
                    drop_own(ledger, book, t, slot)
                else:
                    left -= decrement(ledger, book, t, slot, order, account, limit, left, price, flags, accrued)
            slot = after
        index = next_level(book, instrument, 3 - side, index)
    return left, False


@kernel
def lots_at(book: BookState, instrument: int, side: int, index: int) -> int:
    """Return all lots of a level, hidden ones too."""
    lots = int(book.levels[instrument, side - 1, index]["lots"])
    if lots == 0 or book.markets[instrument, REFRESHES] == 0:
        return lots
    lots = 0
    slot = book.levels[instrument, side - 1, index]["head"]
    while slot != 0:
        lots += open_lots(book, slot)
        slot = book.orders[slot, NEXT]
    return lots


@kernel
def ticks_of(book: BookState, instrument: int) -> int:
    """Return the number of ticks of the day's band."""
    market = book.markets[instrument]
    return int((market[HIGH] - market[LOW]) // market[TICK] + 1)


@aside
def willing(book: BookState, instrument: int, side: int, first: int, last: int) -> int:
    """Return the lots of a side from tick `first` to `last`, and those of the market orders that wait."""
    lots = lots_at(book, instrument, side, MARKET_INDEX)
    for index in range(first, last + 1):
        lots += lots_at(book, instrument, side, index)
    return lots


@kernel
def best_ticks(book: BookState, instrument: int) -> tuple[int, int, int]:
    """Return the most lots that can trade at one price, and the first and last tick that leave the least over.

    Volume rises and falls once along the ladder and the surplus only falls, so those ticks lie side by side.
    """
    ticks = ticks_of(book, instrument)
    bids = willing(book, instrument, _BUY, 0, ticks - 1)
    asks = willing(book, instrument, _SELL, 0, -1)
    most = 0
    least = first = last = 0
    for index in range(ticks):
        asks += lots_at(book, instrument, _SELL, index)
        lots = min(bids, asks)
        over = abs(bids - asks)
        if lots > most or (lots == most and over < least):
            most, least, first = lots, over, index
        if lots == most and over == least:
            last = index
        bids -= lots_at(book, instrument, _BUY, index)
    return most, first, last


@aside
def clearing(book: BookState, instrument: int) -> tuple[int, int, int]:
    """Return what a call comes to: price (with pairs the lowest a buyer pays), lots, surplus; 0 without a trade."""
    market = book.markets[instrument]
    lots, first, last = best_ticks(book, instrument)
    if lots == 0:
        return 0, 0, 0
    if market[PAIRS] != 0:
        index = MARKET_INDEX
        found = 0
        while found < lots:
            index = next_level(book, instrument, _BUY, index)
            found += lots_at(book, instrument, _BUY, index)
    elif market[CALL_TIE] == _BY_REFERENCE:
        nearest = (2 * (market[REFERENCE] - market[LOW]) + market[TICK]) // (2 * market[TICK])
        index = min(max(nearest, first), last)
    elif market[CALL_TIE] == _HIGHEST:
        index = last
    else:
        index = (first + last) // 2
    surplus = willing(book, instrument, _BUY, index, ticks_of(book, instrument) - 1)
    surplus -= willing(book, instrument, _SELL, 0, index)
    return price_at(book, instrument, index), lots, surplus


@kernel
def front(book: BookState, instrument: int, side: int) -> int:
    """Return the slot of the order whose turn it is on a side: a market order first, then the best price."""
    slot = book.levels[instrument, side - 1, MARKET_INDEX]["head"]
    if slot == 0:
        slot = book.levels[instrument, side - 1, best(book, instrument, side)]["head"]
    return int(slot)


@kernel
def pay(book: BookState, slot: int, notional: int, rate: int, by_lot: int) -> int:
    """Return the fee of a resting order for one more fill (by rate, and by lot), and keep what it has accrued."""
    market = book.markets[book.orders[slot, INSTRUMENT]]
    if market[COSTED] == 0:
        return fee(notional, rate)
    before = int(book.terms[slot]["accrued"])
    after = accrue(before, fee(notional, rate) + by_lot)
    book.terms[slot]["accrued"] = after
    return charge(market, after) - charge(market, before)


@kernel
def trim(book: BookState, slot: int, lots: int) -> None:
    """Take traded lots off an order in a call; what is left keeps its turn, and shows a full part if it can."""
    row = book.orders[slot]
    left = open_lots(book, slot) - lots
    if left == 0:
        unlink(book, slot)
        vacate(book, slot)
        return
    seen = left
    if row[FLAGS] & ICEBERG:
        seen = min(left, int(book.terms[slot]["shown"]))
        hide(book, slot, left - seen)
    book.levels[row[INSTRUMENT], (row[FLAGS] & 3) - 1, row[INDEX]]["lots"] += seen - row[LOTS]
    row[LOTS] = seen


@aside
def pair(ledger: LedgerState, book: BookState, t: int, bid: int, ask: int, price: int, lots: int) -> None:
    """Settle one trade of a call between two resting orders; nobody is the aggressor, both pay the taker's rate."""
    buyer = book.orders[bid]
    seller = book.orders[ask]
    instrument = buyer[INSTRUMENT]
    market = book.markets[instrument]
    standing = open_lots(book, bid)
    freed = held_by(book, bid, standing)
    fee_buy = pay(book, bid, price * lots, market[FEE_BUY], lots * market[FEE_LOT_BUY])
    fee_sell = min(pay(book, ask, price * lots, market[FEE_SELL], lots * market[FEE_LOT_SELL]), price * lots)
    freed -= held_by(book, bid, standing - lots)
    settle(
        ledger, t, _AUCTION, SELLER_HELD, market[VENUE], instrument, buyer[ACCOUNT], seller[ACCOUNT], buyer[ID],
        seller[ID], price, lots, freed, fee_buy, fee_sell,
    )  # fmt: skip
    if market[TRACKED] != 0:
        ledger.balance[instrument, buyer[ACCOUNT], BUYING] -= lots
    count_trade(market, t, price, lots, 0)
    trim(book, bid, lots)
    trim(book, ask, lots)


@aside
def drop_waiting(ledger: LedgerState, book: BookState, t: int, instrument: int) -> None:
    """Let the market orders that wait leave the book, in order of id: both queues are in that order."""
    while True:
        bid = book.levels[instrument, 0, MARKET_INDEX]["head"]
        ask = book.levels[instrument, 1, MARKET_INDEX]["head"]
        if bid == 0 and ask == 0:
            return
        first = bid if ask == 0 or (bid != 0 and book.orders[bid, ID] < book.orders[ask, ID]) else ask
        take_out(ledger, book, t, first, _CANCELLED, _REMAINDER)


@bare_entry
def drop_market_orders(ledger: LedgerState, book: BookState, t: int, instrument: int) -> None:
    """Let the market orders that wait leave the book."""
    drop_waiting(ledger, book, t, instrument)


@bare_entry
def indicate(book: BookState, instrument: int) -> tuple[int, int, int]:
    """Return price, lots and surplus of a call if it ended now."""
    return clearing(book, instrument)


@bare_entry
def end_call(ledger: LedgerState, book: BookState, t: int, instrument: int) -> tuple[int, int, int]:
    """Trade what clears, let waiting market orders go, close the book; return price, lots, surplus."""
    market = book.markets[instrument]
    price, lots, surplus = clearing(book, instrument)
    left = lots
    while left > 0:
        bid = front(book, instrument, _BUY)
        ask = front(book, instrument, _SELL)
        part = min(left, open_lots(book, bid), open_lots(book, ask))
        pair(ledger, book, t, bid, ask, price_of(book, bid) if market[PAIRS] != 0 else price, part)
        left -= part
    if lots > 0:
        market[CALL_PRICE] = price
        market[HALT_REFERENCE] = price
    drop_waiting(ledger, book, t, instrument)
    market[OPEN] = 0
    market[CALL] = 0
    return price, lots, surplus
