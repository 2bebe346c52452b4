"""Quotes of the traders of the theory, one lot at a time, in the order of a schedule (agents/schedules.py).

A row of the intent table is one stretch of lots whose limit prices go in equal steps:
    d, target            positions in lots at which the stretch begins and ends: up to buy, down to sell; it is at rest
                         while the position is not between them, so what has been traded is never forgotten
    reservation, slope   limit of the lot at position d, and its change for each lot bought since
A limit is rounded to the tick on the trader's own safe side, and no quote of a constrained trader passes it.

zero_quote (Gode and Sunder 1993, Journal of Political Economy 101): a price drawn anew at each look, uniform on ticks:
    a, b                 ends of the range of prices, cash a lot
    c                    1 constrained: never at a loss; 0: anywhere in the range
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecomarket.model.order import Draw, MarketView


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
    affords = market.free_cash - market.free_cash // 50 >= price if buys else market.free_units > 0
    if last < first or not affords:
        return 0, 0, 0, 0, 0
    return (1 if buys else 2), price, 1, 0, 0
