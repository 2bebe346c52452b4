"""The compiled book's state: a price ladder per instrument, order rows, and a table of rules and day figures.

Layout (benchmarks in docs/reference/exchange.md): orders are 32-byte rows with first-in-first-out links and recycled
slots; a two-level bitmap over at most 4,096 ticks finds the best price; `slot_of` leads from an order's id to its row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ecomarket.exchange.rules import LOTS_LIMIT, PICKS, TICKS_MAX, levels_seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.rules import Listing, VenueRules

(ID, ACCOUNT, INSTRUMENT, LOTS, INDEX, FLAGS, NEXT, PREV) = range(8)
"""Columns of an order row; a free slot has 0 lots and links the next free slot in NEXT. Slot 0 means none."""

(HEAD, TAIL, LEVEL_LOTS, LEVEL_ORDERS) = range(4)
"""Columns of a price level."""

(
    VENUE,
    MECHANISM,
    TICK,
    LOTS_MIN,
    LOTS_MAX,
    FEE_BUY,
    FEE_SELL,
    LOCKED,
    SELF_TRADE,
    LEVELS,
    PICK,
    HOLDING_MAX,
    TRACKED,
    OPEN,
    CLOSE_T,
    LOW,
    HIGH,
    REFERENCE,
    LAST,
    DAY_LOTS,
    DAY_TURNOVER,
    DAY_OPEN,
    LIVE,
) = range(23)
"""Columns of a market row, one row an instrument: the venue's rules, then the state of the day."""

(FREE_SLOT, SLOTS, ROOM) = range(3)
"""Book counters: head of the free list, slots ever used, records the message needs that found no room."""

MESSAGE: Final = np.dtype(
    [
        ("t", "<i8"),
        ("order", "<i8"),
        ("price", "<i8"),
        ("lots", "<i8"),
        ("account", "<i4"),
        ("instrument", "<i4"),
        ("side", "<i2"),
        ("kind", "<i2"),
        ("tif", "<i2"),
        ("action", "<i2"),
    ]
)
"""One message of a batch: by `action` a new order, the withdrawal or the change (to `price`, `lots`) of `order`."""

(ACTION_NEW, ACTION_CANCEL, ACTION_REPLACE) = range(3)

OUTCOME: Final = np.dtype([("order", "<i8"), ("refusal", "<i8"), ("filled", "<i8"), ("resting", "<i8")])
"""What came of a message; fields as in model.order.Outcome."""


class BookState(NamedTuple):
    """All books of one exchange, `I` instruments."""

    orders: NDArray[np.int32]
    """[S, 8]."""
    levels: NDArray[np.int64]
    """[I, 2, 4096, 4]: buy side, sell side."""
    words: NDArray[np.uint64]
    """[I, 2, 64]: a bit for each tick with an order."""
    summary: NDArray[np.uint64]
    """[I, 2]: a bit for each word that is not 0."""
    slot_of: NDArray[np.int32]
    """[ids]: slot of a live order, else 0."""
    markets: NDArray[np.int64]
    """[I, 23]."""
    counters: NDArray[np.int64]
    """FREE_SLOT, SLOTS, ROOM."""


def new_book(
    instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing], slots: int, ids: int
) -> BookState:
    """Make empty books with the rules of each listing's venue."""
    markets = np.zeros((instruments, 23), np.int64)
    markets[:, VENUE] = -1
    tracked = int(any(v.holding_lots_max for v in venues))
    for listing in listings:
        rules = venues[listing.venue]
        row = markets[listing.instrument]
        row[VENUE] = listing.venue
        row[MECHANISM] = rules.mechanism
        row[TICK] = rules.tick_cash
        row[LOTS_MIN] = rules.lots_min
        row[LOTS_MAX] = min(rules.lots_max or LOTS_LIMIT, LOTS_LIMIT)
        row[FEE_BUY] = rules.fee_buy_ppm
        row[FEE_SELL] = rules.fee_sell_ppm
        row[LOCKED] = rules.bought_today_locked
        row[SELF_TRADE] = rules.self_trade
        row[LEVELS] = levels_seen(rules)
        row[PICK] = PICKS.index(rules.pick)
        row[HOLDING_MAX] = rules.holding_lots_max
        row[TRACKED] = tracked
        row[REFERENCE] = listing.reference_price
    return BookState(
        orders=np.zeros((slots, 8), np.int32),
        levels=np.zeros((instruments, 2, TICKS_MAX, 4), np.int64),
        words=np.zeros((instruments, 2, 64), np.uint64),
        summary=np.zeros((instruments, 2), np.uint64),
        slot_of=np.zeros(ids, np.int32),
        markets=markets,
        counters=np.zeros(3, np.int64),
    )
