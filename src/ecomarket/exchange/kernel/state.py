"""The compiled book's state: a price ladder per instrument, order rows, and a table of rules and day figures.

Layout (benchmarks in docs/reference/exchange.md): orders are 32-byte rows with first-in-first-out links and recycled
slots, and what only some orders have stands in arrays beside them; a two-level bitmap over at most 4,096 ticks finds
the best price; `slot_of` leads from an order's id to its row. A resting order takes 60 bytes at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ecomarket.exchange.rules import CALL_TIES, LOTS_LIMIT, PICKS, TICKS_MAX, levels_seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.rules import Listing, VenueRules

(ID, ACCOUNT, INSTRUMENT, LOTS, INDEX, FLAGS, NEXT, PREV) = range(8)
"""Columns of an order row; a free slot has 0 lots and links the next free slot in NEXT. Slot 0 means none."""

LEVEL: Final = np.dtype([("head", "<i4"), ("tail", "<i4"), ("lots", "<i8")])
"""A price level: slots of the first and last order, 0 if there is none; lots shown. Small: many are in use at once."""

(
    VENUE,
    MECHANISM,
    TICK,
    PER_TICK,
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
    LOW,
    HIGH,
    LAST,
    DAY_LOTS,
    DAY_TURNOVER,
    LIVE,
    HALT_T,
    ORDERS_MAX,
    RATE_MAX,
    REFRESHES,
    COSTED,
    CALL,
    WINDOW_T,
    DYNAMIC_PPM,
    HALT_PPM,
    TRIPPED,
    LAST_SIDE,
    CLOSE_T,
    REFERENCE,
    DAY_OPEN,
    RATE_WINDOW,
    MAKER_BUY,
    MAKER_SELL,
    FEE_FIXED,
    FEE_MIN,
    FEE_MAX,
    FEE_HOLD,
    CALL_TIE,
    PAIRS,
    CALL_PRICE,
    WINDOW_LOTS,
    WINDOW_TURNOVER,
    HALT_TIME,
    HALT_REFERENCE,
    FEE_LOT_BUY,
    FEE_LOT_SELL,
) = range(51)
"""Columns of a market row, one row an instrument: the venue's rules and the state of the day, the busiest first.

PER_TICK is 2**INVERSE_BITS / TICK, rounded up.
REFRESHES counts how often the icebergs that rest can still show a next part. COSTED is 0 where fees are one rate a
side: then nothing is accrued. FEE_HOLD is the dearest rate of a buyer; FEE_LOT_* are cash for each lot.
CALL stays 1 from the opening of a call to its end, also while the book is closed; WINDOW_* are the figures of the
trades since WINDOW_T; TRIPPED tells, within one message, that a price went too far from HALT_REFERENCE. LAST_SIDE is
the side that rested in the last trade, 0 after a call.
"""
MARKET_COLUMNS = 51
INVERSE_BITS: Final = 50
"""By this many bits a product with PER_TICK is too large. A price is at most 4,096 ticks above LOW, and no tick nor
price much above 2**40: the product stays within 63 bits, and what rounding adds to it below 2**50."""

MARKET_INDEX: Final = TICKS_MAX
"""Level behind the ladder where market orders wait for the end of a call; the bitmap does not know it."""

TERMS: Final = np.dtype([("hidden", "<i4"), ("shown", "<i4"), ("expire_t", "<i8"), ("accrued", "<i8")])
"""What only some orders have; the rest of the row is old and never read.

hidden, shown   of icebergs: lots not shown now, most lots shown at a time     expire_t   of good-till-date
accrued         fees so far, where a market is COSTED (see kernel/fees.accrue)
"""

(OPEN_ORDERS, WINDOW, MESSAGES) = range(3)
"""Columns of `limits`: live orders; number of the time window, messages in it."""

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
        ("shown", "<i8"),
        ("expire_t", "<i8"),
    ]
)
"""One message: by `action` a new order, the withdrawal of `order`, or its change to `price`, `lots`, `expire_t`."""

(ACTION_NEW, ACTION_CANCEL, ACTION_REPLACE) = range(3)

OUTCOME: Final = np.dtype([("order", "<i8"), ("refusal", "<i8"), ("filled", "<i8"), ("resting", "<i8")])
"""What came of a message; fields as in model.order.Outcome."""


class BookState(NamedTuple):
    """All books of one exchange, `I` instruments."""

    orders: NDArray[np.int32]
    """[S, 8]; LOTS are those shown."""
    terms: NDArray[np.void]
    """[S] of TERMS."""
    levels: NDArray[np.void]
    """[I, 2, 4097] of LEVEL: buy side, sell side; the last is MARKET_INDEX."""
    words: NDArray[np.uint64]
    """[I, 2, 64]: a bit for each tick with an order."""
    summary: NDArray[np.uint64]
    """[I, 2]: a bit for each word that is not 0."""
    slot_of: NDArray[np.int32]
    """[ids]: slot of a live order, else 0."""
    markets: NDArray[np.int64]
    """[I, 51]."""
    limits: NDArray[np.int64]
    """[I, A, 3]: OPEN_ORDERS, WINDOW, MESSAGES of an account; [1, 1, 3] where no venue limits them."""
    counters: NDArray[np.int64]
    """FREE_SLOT, SLOTS, ROOM."""


def market_row(rules: VenueRules, listing: Listing, *, tracked: bool) -> NDArray[np.int64]:
    """Return the row of a market before its first day."""
    row = np.zeros(MARKET_COLUMNS, np.int64)
    row[VENUE] = listing.venue
    row[REFERENCE] = listing.reference_price
    row[TRACKED] = tracked
    row[MECHANISM] = rules.mechanism
    row[TICK] = rules.tick_cash
    row[PER_TICK] = -(-(2**INVERSE_BITS) // rules.tick_cash)
    row[LOTS_MIN] = rules.lots_min
    row[LOTS_MAX] = min(rules.lots_max or LOTS_LIMIT, LOTS_LIMIT)
    row[LOCKED] = rules.bought_today_locked
    row[SELF_TRADE] = rules.self_trade
    row[LEVELS] = levels_seen(rules)
    row[PICK] = PICKS.index(rules.pick)
    row[HOLDING_MAX] = rules.holding_lots_max
    row[CALL_TIE] = CALL_TIES.index(rules.call_tie)
    row[PAIRS] = rules.call_pricing == "pairs"
    row[DYNAMIC_PPM] = rules.dynamic_band_ppm
    row[[HALT_PPM, HALT_TIME]] = (rules.halt_ppm, rules.halt_time)
    row[[ORDERS_MAX, RATE_MAX, RATE_WINDOW]] = (
        rules.open_orders_max, rules.order_rate_max, rules.order_rate_window,
    )  # fmt: skip
    maker_buy = rules.fee_buy_ppm if rules.maker_buy_ppm < 0 else rules.maker_buy_ppm
    maker_sell = rules.fee_sell_ppm if rules.maker_sell_ppm < 0 else rules.maker_sell_ppm
    bounds = (rules.fee_fixed_cash, rules.fee_min_cash, rules.fee_max_cash)
    row[[FEE_BUY, FEE_SELL, MAKER_BUY, MAKER_SELL]] = (rules.fee_buy_ppm, rules.fee_sell_ppm, maker_buy, maker_sell)
    row[[FEE_FIXED, FEE_MIN, FEE_MAX]] = bounds
    row[FEE_HOLD] = max(rules.fee_buy_ppm, maker_buy)
    by_lot = (rules.fee_buy_lot_cash, rules.fee_sell_lot_cash)
    row[[FEE_LOT_BUY, FEE_LOT_SELL]] = by_lot
    row[COSTED] = any(bounds) or any(by_lot) or (maker_buy, maker_sell) != (rules.fee_buy_ppm, rules.fee_sell_ppm)
    return row


def new_book(
    accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing], slots: int, ids: int
) -> BookState:
    """Make empty books with the rules of each listing's venue."""
    markets = np.zeros((instruments, MARKET_COLUMNS), np.int64)
    markets[:, VENUE] = -1
    tracked = any(v.holding_lots_max for v in venues)
    for listing in listings:
        markets[listing.instrument] = market_row(venues[listing.venue], listing, tracked=tracked)
    limited = any(v.open_orders_max or v.order_rate_max for v in venues)
    return BookState(
        orders=np.zeros((slots, 8), np.int32),
        terms=np.zeros(slots, TERMS),
        levels=np.zeros((instruments, 2, TICKS_MAX + 1), LEVEL),
        words=np.zeros((instruments, 2, 64), np.uint64),
        summary=np.zeros((instruments, 2), np.uint64),
        slot_of=np.zeros(ids, np.int32),
        markets=markets,
        limits=np.zeros((instruments, accounts, 3) if limited else (1, 1, 3), np.int64),
        counters=np.zeros(3, np.int64),
    )
