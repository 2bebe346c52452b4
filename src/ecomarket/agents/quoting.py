"""The half of a strategy that lives in the arrival loop: from the plan's intent and the live book to an order.

Each quote returns (side, price, lots, kind, time in force) in plain numbers, as model.codes has them: 1 buys, 2 sells,
kind 0 limit, time in force 0 day, 1 immediate or cancel; side 0 leaves the market alone. The functions are compiled
whole by Numba, so they call nothing but min, max and int.

limit_quote, towards a reservation price:
    target, d    position wanted, position at plan time; it trades only from `d` towards `target`: what an
                 allocation adds is not for sale
    reservation + slope x (position - d)   the reservation now, never passed
    a, b         expected looks left (the rest of the target is spread over them), position at the last look
    c, urgency   expected price in cash a lot (0 none); 0 waits for it, 1 goes to the reservation
    margin       share of the surplus it still asks for (after ZIP, Cliff 1997: falls on a miss, rises on a trade)
It crosses when the deadline is inside the visit interval (`a` at most 1.5).

maker_quote, one side of a market maker:
    a, b, c      signed half spread (< 0 bids, > 0 asks) and shift of the centre for each lot held, as shares; fair
                 value at plan time (0: the market's own reference); half of a move since then is believed
    d            1 quotes, 0 stays away
    target       most lots a bid may lead to, least an ask may leave; reservation: price limit; lots_max: lots quoted

noise_quote, a small trader:
    a, b         width of prices round the last one as a share; chance to buy when it could do both
    target       most lots held; lots_max: the size drawn today

ladder_quote, one level of an outside market:
    a            1 buys, 2 sells, 0 rests; reservation: its price; lots_max: its usual lots, varied by a half
Where the day's band does not reach the outside price, the level stands at the band's edge on its own safe side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ecomarket.model.order import Draw, MarketView


def limit_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:
    """Quote towards the reservation price: patient at first, crossing at the end."""
    need = me["target"] - market.position
    if need * (me["target"] - me["d"]) <= 0.0:
        return 0, 0, 0, 0, 0
    sign = 1 if need > 0 else -1
    traded = sign * (market.position - me["b"]) > 0.0
    me["margin"] = me["margin"] + 0.3 * (1.0 - me["margin"]) if traded else me["margin"] * 0.8
    me["b"] = float(market.position)
    looks = max(me["a"], 1.0)
    me["a"] = looks - 1.0
    hurry = looks <= 1.5

    own, other, depth = market.best_bid, market.best_ask, market.ask_lots
    if sign < 0:
        own, other, depth = market.best_ask, market.best_bid, market.bid_lots
    bound = me["reservation"] + me["slope"] * (market.position - me["d"])
    limit = bound
    if me["c"] > 0.0 and not hurry and sign * (bound - me["c"]) > 0.0:
        limit = me["c"] + (bound - me["c"]) * me["urgency"]
    near = float(own)
    if own == 0 or sign * (limit - near) < 0.0:
        near = float(market.last_price if market.last_price > 0 else market.reference_price)
    firm = hurry or near <= 0.0 or sign * (limit - near) < 0.0
    asked = 0.0 if firm else min(me["margin"] * (1.0 - me["urgency"]) * (0.5 + draw.u), 1.0)
    wish = limit - (limit - near) * asked

    # towards the safe side of the tick, then into the band
    ticks = int(wish) // market.tick
    if sign < 0 and ticks * market.tick < wish:
        ticks += 1
    low = (market.low + market.tick - 1) // market.tick * market.tick
    price = min(max(ticks * market.tick, low), market.high // market.tick * market.tick)
    if sign * (bound - price) < 0.0 or price < max(market.low, 1):
        return 0, 0, 0, 0, 0
    size = need * sign
    lots = min(int(size / looks) + 1, size)
    crosses = other > 0 and sign * (price - other) >= 0
    if crosses and not hurry:
        price = other
        lots = min(lots, depth // 2 + 1)
    if me["lots_max"] > 0:
        lots = min(lots, me["lots_max"])
    lots = min(lots, market.free_cash // (price + market.fee_lot_cash) if sign > 0 else market.free_units)
    return (0 if lots <= 0 else 1 if sign > 0 else 2), price, lots, 0, (1 if crosses else 0)


def maker_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:
    """Quote one side of a market maker; a live quote stays while it is near the wish and not half eaten up."""
    if me["d"] < 0.5:
        return 0, 0, 0, 0, 0
    side = 1 if me["a"] < 0.0 else 2
    seen = market.last_price if market.last_price > 0 else market.reference_price
    fair = float(seen)
    if me["c"] > 0.0:
        fair = 0.5 * (fair + me["c"]) if seen > 0 else me["c"]
    wish = fair * (1.0 + me["a"] * (0.75 + 0.5 * draw.u) - me["b"] * market.position)
    near = abs(market.live_price - wish) <= abs(me["a"]) * fair
    if (
        market.live_side == side
        and near
        and 2 * market.live_lots >= min(me["lots_max"], abs(me["target"] - market.position))
    ):
        return side, market.live_price, market.live_lots, 0, 0
    tick = market.tick
    low = (market.low + tick - 1) // tick * tick
    high = market.high // tick * tick
    price = int(wish) // tick * tick
    if me["a"] < 0.0:
        if market.best_ask > 0 and price >= market.best_ask:
            price = market.best_ask - tick
        price = min(price, high)
        lots = min(me["lots_max"], me["target"] - market.position)
        if price < low or price <= 0 or price > me["reservation"]:
            return 0, 0, 0, 0, 0
        lots = min(lots, market.free_cash // (price + market.fee_lot_cash))
    else:
        price = price + tick
        if market.best_bid > 0 and price <= market.best_bid:
            price = market.best_bid + tick
        price = max(price, low)
        lots = min(me["lots_max"], market.position - me["target"], market.free_units)
        if price > high or price < me["reservation"]:
            return 0, 0, 0, 0, 0
    if lots <= 0:
        return 0, 0, 0, 0, 0
    return side, price, lots, 0, 0


def noise_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:
    """Buy or sell at random near the last price; sell what it has, never more."""
    seen = market.last_price if market.last_price > 0 else market.reference_price
    if seen <= 0 or me["lots_max"] <= 0:
        return 0, 0, 0, 0, 0
    buys = draw.u < me["b"]
    if market.free_units <= 0:
        buys = True
    tick = market.tick
    low = (market.low + tick - 1) // tick * tick
    high = market.high // tick * tick
    price = int(seen * (1.0 + me["a"] * (2.0 * draw.v - 1.0))) // tick * tick
    price = min(max(price, low), high)
    if price < max(market.low, 1):
        return 0, 0, 0, 0, 0
    lots = me["lots_max"]
    if buys:
        lots = min(lots, me["target"] - market.position, market.free_cash // (price + market.fee_lot_cash))
    else:
        lots = min(lots, market.free_units)
    if lots <= 0:
        return 0, 0, 0, 0, 0
    return (1 if buys else 2), price, lots, 0, 0


def ladder_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:
    """Offer one level of an outside market."""
    if me["a"] < 0.5 or me["reservation"] <= 0 or me["lots_max"] <= 0:
        return 0, 0, 0, 0, 0
    tick = market.tick
    low = (market.low + tick - 1) // tick * tick
    high = market.high // tick * tick
    # sizes vary by a half around the depth, so that the book never shows one lot size only
    lots = int(me["lots_max"] * (0.5 + draw.u)) + 1
    price = me["reservation"] // tick * tick
    if me["a"] < 1.5:
        price = min(price, high)
        if price < low or price <= 0:
            return 0, 0, 0, 0, 0
        lots = min(lots, market.free_cash // (price + market.fee_lot_cash))
    else:
        if price < me["reservation"]:
            price = price + tick
        price = max(price, low)
        if price > high:
            return 0, 0, 0, 0, 0
        lots = min(lots, market.free_units)
    if lots <= 0:
        return 0, 0, 0, 0, 0
    return (1 if me["a"] < 1.5 else 2), price, lots, 0, 0


SHARED: Final = (limit_quote, maker_quote, noise_quote, ladder_quote)
"""The quotes that strategies share, in the order in which the arrival loop knows them."""
