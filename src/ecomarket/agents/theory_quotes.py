"""Quotes of the traders of the theory, one lot at a time, in the order of a schedule (agents/schedules.py).

A row of the intent table is one stretch of lots whose limit prices go in equal steps:
    d, target            positions in lots at which the stretch begins and ends: up to buy, down to sell; it is at rest
                         while the position is not between them, so what has been traded is never forgotten
    reservation, slope   limit of the lot at position d, and its change for each lot bought since
A limit is rounded to the tick on the trader's own safe side, and no quote of a constrained trader passes it.

zero_quote (Gode and Sunder 1993, Journal of Political Economy 101): a price drawn anew at each look, uniform on ticks:
    a, b                 ends of the range of prices, cash a lot
    c                    1 constrained: never at a loss; 0: anywhere in the range

zip_quote (Cliff 1997, HPL-97-91): the limit with a margin on it, which each price that is heard moves a little:
    margin, urgency      margin as a share of the limit, 0 or more; last change of the price (momentum)
    a, b, c              rate of learning, weight of momentum, lots traded today when it looked last
    deadline, lots_max   widest step beyond a price that was heard: millionths of it, and cash a lot
What it hears at a look is the last trade since its look before, else the best quote of its own side, which nobody has
taken (its own quote, if that is the best). A trade at a price that it would have matched tells it to ask more; while it
has a lot to trade, a better quote that nobody took, or a better price that another accepted, to ask less.

truthful_quote: the limit itself, for all lots that have it; in a call every stretch at once, else the next one:
    a, b                 looks left, looks in all: the first asks the whole of `c`, the last nothing
    c                    how far from its limit it begins, as a share of the day's reference price; not in a call
    margin               what of its limit only need makes it pay, cash a lot: most of it at the very end
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ecomarket.model.order import Draw, MarketView

HASTE: Final = 4
"""In the last of so many parts of its looks need drives a price beyond the reference price, in equal proportions."""


def zero_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:
    """Bid or ask for the next lot at a random price."""
    buys = me["d"] <= market.position < me["target"]
    sells = me["target"] < market.position <= me["d"]
    if not buys and not sells:
        return 0, 0, 0, 0, 0
    limit = me["reservation"] + me["slope"] * (market.position - me["d"])
    low = max(me["a"], float(market.low))
    high = min(me["b"], float(market.high))
    if me["c"] > 0.5 and buys:
        high = min(high, limit)
    if me["c"] > 0.5 and sells:
        low = max(low, limit)
    # whole ticks inside the range
    first = max(int(-(-low // market.tick)), 1)
    last = int(high // market.tick)
    price = (first + int(draw.u * (last - first + 1))) * market.tick
    affords = market.free_cash >= price + market.fee_lot_cash if buys else market.free_units > 0
    if last < first or not affords:
        return 0, 0, 0, 0, 0
    return (1 if buys else 2), price, 1, 0, 0


def zip_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:
    """Hear the last price that anybody named, learn from it, and name an own one for the next lot."""
    if me["target"] == me["d"]:
        return 0, 0, 0, 0, 0
    side = 1 if me["target"] > me["d"] else 2
    sign = 1.0 if side == 1 else -1.0
    done = sign * (market.position - me["target"]) >= 0.0
    active = not done and sign * (market.position - me["d"]) >= 0.0
    lot = market.position if active else me["target"] - sign if done else me["d"]
    limit = me["reservation"] + me["slope"] * (lot - me["d"])
    if limit <= 0.0:
        return 0, 0, 0, 0, 0
    price = limit * (1.0 - sign * me["margin"])
    traded = market.day_lots > me["c"]
    me["c"] = market.day_lots
    heard = float(market.last_price if traded else market.best_bid if side == 1 else market.best_ask)
    if heard > 0.0:
        named = price // market.tick * market.tick if side == 1 else -(-price // market.tick) * market.tick
        better = sign * (named - heard)  # the own price beside what was heard, as the other side sees it
        asks_more = traded and better >= 0.0
        asks_less = active and better <= 0.0 and (market.last_side != side if traded else True)
        if asks_more or asks_less:
            way = -sign if asks_more else sign
            goal = heard * (1.0 + way * me["deadline"] * draw.u / 1e6) + way * me["lots_max"] * draw.v
            me["urgency"] = me["b"] * me["urgency"] + (1.0 - me["b"]) * me["a"] * (goal - price)
            me["margin"] = min(max(sign * (limit - price - me["urgency"]) / limit, 0.0), 1.0 + 1e9 * (side - 1))
            price = limit * (1.0 - sign * me["margin"])
    # towards the safe side of the tick, then into the band, never past the limit
    ticks = int(price // market.tick) if side == 1 else int(-(-price // market.tick))
    ticks = min(max(ticks, (market.low + market.tick - 1) // market.tick, 1), market.high // market.tick)
    own = ticks * market.tick
    affords = market.free_cash >= own + market.fee_lot_cash if side == 1 else market.free_units > 0
    if not active or not affords or ticks < 1 or own < market.low or sign * (limit - own) < 0.0:
        return 0, 0, 0, 0, 0
    return side, own, 1, 0, 0


def truthful_quote(me: Any, market: MarketView, _draw: Draw) -> tuple[int, int, int, int, int]:
    """Name the limit of what is still to be traded, or come nearer to it look by look."""
    share = max(me["a"] - 1.0, 0.0) / max(me["b"] - 1.0, 1.0)
    me["a"] = max(me["a"] - 1.0, 0.0)
    side = 1 if me["target"] > me["d"] else 2
    sign = 1.0 if side == 1 else -1.0
    begun = sign * (market.position - me["d"]) >= 0.0
    if me["target"] == me["d"] or (market.call == 0 and not begun):
        return 0, 0, 0, 0, 0
    need = int(sign * (me["target"] - (market.position if begun else me["d"])))
    limit = float(me["reservation"])
    price = limit if market.call == 1 else limit - sign * me["c"] * share * market.reference_price
    if market.call != 1 and me["margin"] > market.reference_price:
        price -= sign * me["margin"] * (1.0 - (market.reference_price / me["margin"]) ** (HASTE * share))
    # towards the safe side of the tick, then into the band, never past the limit
    ticks = int(price // market.tick) if side == 1 else int(-(-price // market.tick))
    ticks = min(max(ticks, (market.low + market.tick - 1) // market.tick, 1), market.high // market.tick)
    own = ticks * market.tick
    if need <= 0 or ticks < 1 or own < market.low or sign * (limit - own) < 0.0:
        return 0, 0, 0, 0, 0
    lots = min(need, market.free_cash // (own + market.fee_lot_cash) if side == 1 else market.free_units)
    return (side if lots > 0 else 0), own, lots, 0, 0
