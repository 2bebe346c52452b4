"""One arrival in compiled code: what the agent sees, and what its quote asks for.

The loop itself is generated (quote_loop.py), because it must name every strategy's quote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import kernel
from ecomarket.exchange.kernel.book import find, open_lots
from ecomarket.exchange.kernel.fees import spendable
from ecomarket.exchange.kernel.leave import held_by, price_of
from ecomarket.exchange.kernel.read import best_two
from ecomarket.exchange.kernel.room import has_room
from ecomarket.exchange.kernel.state import (
    ACCOUNT,
    CALL,
    CLOSE_T,
    DAY_LOTS,
    FEE_LOT_BUY,
    FLAGS,
    HALT_T,
    HIGH,
    INDEX,
    INSTRUMENT,
    LAST,
    LAST_SIDE,
    LOCKED,
    LOTS_MIN,
    LOW,
    MARKET_INDEX,
    OPEN,
    REFERENCE,
    TICK,
    VENUE,
)
from ecomarket.ledger.postings import available
from ecomarket.ledger.state import BOUGHT_TODAY, POSTED
from ecomarket.model.codes import OrderKind, Side, TimeInForce
from ecomarket.model.order import MarketView, Quote
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    import numpy as np

    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)
_LIMIT = int(OrderKind.LIMIT)
_DAY = int(TimeInForce.DAY)
_IOC = int(TimeInForce.IOC)
_FOK = int(TimeInForce.FOK)
_POST_ONLY = int(TimeInForce.POST_ONLY)
_GTD = int(TimeInForce.GTD)


@kernel
def is_open(ledger: LedgerState, book: BookState, t: int, account: int, instrument: int) -> bool:
    """Tell whether an arrival finds an open market; nobody acts at a closed or halted one."""
    return bool(
        0 <= account < ledger.balance.shape[1]
        and CASH < instrument < ledger.balance.shape[0]
        and book.markets[instrument, VENUE] >= 0
        and book.markets[instrument, OPEN] != 0
        and t >= book.markets[instrument, HALT_T]
    )


@kernel
def live_slot(book: BookState, account: int, instrument: int, order: int) -> int:
    """Return the slot of an intent's resting order, 0 if it no longer rests."""
    slot = find(book, order)
    if slot != 0 and book.orders[slot, ACCOUNT] == account and book.orders[slot, INSTRUMENT] == instrument:
        return slot
    return 0


@kernel
def look(ledger: LedgerState, book: BookState, t: int, account: int, instrument: int, slot: int) -> MarketView:
    """Return what the agent sees: what it may spend and sell now, its live order's cash or units included."""
    market = book.markets[instrument]
    bid, bid_lots, ask, ask_lots = best_two(book, instrument)
    cash = available(ledger, account, CASH)
    units = available(ledger, account, instrument)
    if market[LOCKED] != 0:
        units -= ledger.balance[instrument, account, BOUGHT_TODAY]
    side = 0
    price = 0
    lots = 0
    if slot != 0:
        side = int(book.orders[slot, FLAGS] & 3)
        lots = open_lots(book, slot)
        price = price_of(book, slot)
        if side == _BUY:
            cash += held_by(book, slot, lots)
        else:
            units += lots
    return MarketView(
        int(t), market[CLOSE_T], int(bid), int(ask), int(bid_lots), int(ask_lots),
        market[LAST], market[REFERENCE], market[LOW], market[HIGH], market[TICK],
        ledger.balance[instrument, account, POSTED], int(units), spendable(market, int(cash)),
        int(side), int(price), int(lots),
        market[CALL], market[DAY_LOTS], market[LAST_SIDE], market[FEE_LOT_BUY],
    )  # fmt: skip


@kernel
def remember(me: np.void) -> tuple[float, float, float, float, float, float]:
    """Return the memory of an intent that a quote may write: an arrival that finds no room is run again from here."""
    return me["margin"], me["urgency"], me["a"], me["b"], me["c"], me["d"]


@kernel
def room_to_act(ledger: LedgerState, book: BookState, account: int, instrument: int, quote: Quote) -> bool:
    """Tell whether the buffers suffice for what a quote will do."""
    side, price, lots, kind, _ = quote
    return has_room(ledger, book, account, instrument, side, price if kind == _LIMIT else 0, lots)


@kernel
def life_of(book: BookState, instrument: int, tif: int) -> int:
    """Return how long a quote's order lives: in a call nothing trades at once, so what asks for it waits its day."""
    if book.markets[instrument, CALL] != 0 and _IOC <= tif <= _POST_ONLY:
        return _DAY
    return tif


@kernel
def form_of(book: BookState, me: np.void, kind: int, tif: int, lots: int) -> tuple[int, int]:
    """Return what an intent's order shows at a time (0: all of it) and when it lapses (0: with its time in force)."""
    expire_t = int(me["deadline"]) if tif == _GTD else 0
    shown = int(me["shown"])
    if shown <= 0 or kind != _LIMIT or tif in (_IOC, _FOK):
        return 0, expire_t
    shown = max(shown, int(book.markets[me["instrument"], LOTS_MIN]))
    return (shown if shown < lots else 0), expire_t


@kernel
def keeps(book: BookState, slot: int, quote: Quote) -> bool:
    """Tell whether a quote leaves the live order as it is."""
    side, price, lots, kind, _ = quote
    if slot == 0 or kind != _LIMIT or side != book.orders[slot, FLAGS] & 3:
        return False
    same = lots == open_lots(book, slot) and price == price_of(book, slot)
    return bool(same and book.orders[slot, INDEX] != MARKET_INDEX)
