"""What passes between agents and the exchange: intents, market views, quotes, outcomes."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

INTENT: Final = np.dtype(
    [
        ("account", "<i4"),
        ("instrument", "<i4"),
        ("strategy", "<i4"),
        ("cohort", "<i4"),
        ("live", "<i8"),
        ("target", "<i8"),
        ("reservation", "<i8"),
        ("lots_max", "<i8"),
        ("deadline", "<i8"),
        ("shown", "<i8"),
        ("slope", "<f8"),
        ("margin", "<f8"),
        ("urgency", "<f8"),
        ("a", "<f8"),
        ("b", "<f8"),
        ("c", "<f8"),
        ("d", "<f8"),
    ]
)
"""One row for each (agent, instrument) that a plan wants traded. What `quote` sees as `me`.

account, instrument   indices          strategy   number of the strategy in the compiled loop (set by the engine)
cohort                row of the agent in its cohort
live                  id of its resting order, 0 none (kept by the arrival loop; quote must not write it)
target                position in lots it wants to hold; market.position - target is what is left to sell
reservation           cash a lot: never buy above, never sell below, for the first lot of this plan
lots_max              most lots in one order; 0: no limit
deadline              time in microseconds by which the target must be met, -1 none; a GTD order lapses then
shown                 lots of a resting order that others see at a time, 0 all; at least the venue's smallest order. An
                      order no larger is seen whole, as is what never rests; a live order keeps the part it shows
slope                 change of the reservation price in cash for each lot bought (negative) since `position` at plan
time margin, urgency       memory and state of the strategy; `a`-`d` are free for the strategy. quote may write these
six.
"""

ARRIVAL: Final = np.dtype([("t", "<i8"), ("intent", "<i4"), ("venue", "<i4"), ("u", "<f8"), ("v", "<f8"), ("w", "<f8")])
"""One look of one agent at one market: time, row of INTENT, venue, three uniforms in [0, 1) to draw from."""


class MarketView(NamedTuple):
    """What an arriving agent sees: the live book, and its own account. All integers; prices in cash a lot, 0 = none.

    position, free_units (what it may sell today), free_cash are the agent's own (units and cash of its live order count
    as free: it is replaced). free_cash is what may go into the price of lots when the venue's fees are set aside, and
    fee_lot_cash what each lot bought costs beside: free_cash // (price + fee_lot_cash) lots are afforded. low and high
    are the price band of the day; close_t is the end of the session. call is 1 in a call auction (nothing trades at
    once). day_lots is what has traded in this market today, last_side the side that rested in the last trade: 1: one
    sold to a bid, 2: one bought from an ask, 0: after a call.
    """

    t: int
    close_t: int
    best_bid: int
    best_ask: int
    bid_lots: int
    ask_lots: int
    last_price: int
    reference_price: int
    low: int
    high: int
    tick: int
    position: int
    free_units: int
    free_cash: int
    live_side: int
    live_price: int
    live_lots: int
    call: int
    day_lots: int
    last_side: int
    fee_lot_cash: int = 0


class Draw(NamedTuple):
    """Three uniforms in [0, 1) that belong to one arrival."""

    u: float
    v: float
    w: float


class Quote(NamedTuple):
    """What quote returns: side 0 leaves the market alone (a live order is withdrawn)."""

    side: int
    price: int
    lots: int
    kind: int
    tif: int


class Outcome(NamedTuple):
    """What came of a submitted order: its id, a Refusal (0 accepted), lots filled at once, lots left resting."""

    order: int
    refusal: int
    filled_lots: int
    resting_lots: int


class Fill(NamedTuple):
    """One fill of an auction: bid id, buyer's account, lots, price in cash a lot."""

    bid: int
    account: int
    lots: int
    price: int


class Quotes(NamedTuple):
    """Public state of one market: best prices and lots there, last price, day's listed lots and turnover in cash."""

    best_bid: int
    bid_lots: int
    best_ask: int
    ask_lots: int
    last_price: int
    reference_price: int
    day_lots: int
    day_turnover: int


class Cleared(NamedTuple):
    """What a call auction comes to: price in cash a lot (0: no trade), lots traded, lots left over at that price.

    surplus_lots > 0 are bids, < 0 asks that would trade at the price and find no counterpart.
    """

    instrument: int
    price: int
    lots: int
    surplus_lots: int


RESTING: Final = np.dtype(
    [("order", "<i8"), ("account", "<i8"), ("side", "<i8"), ("price", "<i8"), ("lots", "<i8"), ("shown", "<i8")]
)
"""A live order as `Exchange.resting` tells it: all its open lots, and how many of them are shown."""
