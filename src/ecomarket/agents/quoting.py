"""The half of an enterprise that lives in the arrival loop: from a reservation price and the live book to an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecomarket.model.order import Draw, MarketView


def limit_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:  # noqa: C901, PLR0912, PLR0915 (one compiled function: a call would need its own compilation)
    """Quote towards the reservation price; return (side, price, lots, kind, time in force).

    Intent fields: `reservation` + `slope` x (position - `d`) is the reservation now (`d`: position at plan time); `a`
    expected looks left, `b` position at the last look, `c` expected price in cash a lot (0 none), `margin` the share of
    the surplus it still asks for (after ZIP, Cliff 1997: falls after a miss, rises after a trade), `urgency` 0 to 1.
    The lots are the rest of the target over the looks left; it crosses when the deadline is inside the visit interval.
    Plain numbers: 1 buy, 2 sell, kind 0 limit, time in force 0 day, 1 immediate or cancel (model.codes).
    """
    need = me["target"] - market.position
    if need == 0:
        return 0, 0, 0, 0, 0
    sign = 1 if need > 0 else -1

    if sign * (market.position - me["b"]) > 0.0:
        me["margin"] = me["margin"] + 0.3 * (1.0 - me["margin"])
    else:
        me["margin"] = me["margin"] * 0.8
    me["b"] = float(market.position)
    looks = max(1.0, me["a"])
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
    asked = me["margin"] * (1.0 - me["urgency"]) * (0.5 + draw.u)
    if hurry or near <= 0.0 or sign * (limit - near) < 0.0:
        asked = 0.0
    asked = min(asked, 1.0)
    wish = limit - (limit - near) * asked

    tick = market.tick
    low = (market.low + tick - 1) // tick * tick
    high = market.high // tick * tick
    price = int(wish) // tick * tick
    if sign < 0:
        price = (int(wish) + tick) // tick * tick
        if price - tick >= wish:
            price = price - tick
    price = min(max(price, low), high)
    if sign * (bound - price) < 0.0 or price <= 0:
        return 0, 0, 0, 0, 0

    size = need * sign
    lots = int(size / looks) + 1
    lots = min(lots, size)
    crosses = other > 0 and sign * (price - other) >= 0
    if crosses and not hurry:
        price = other
        lots = min(lots, depth // 2 + 1)
    if me["lots_max"] > 0:
        lots = min(lots, me["lots_max"])
    if sign > 0:
        # a fiftieth of the cash stays back for fees
        lots = min(lots, (market.free_cash - market.free_cash // 50) // price)
    else:
        lots = min(lots, market.free_units)
    if lots <= 0:
        return 0, 0, 0, 0, 0
    return (1 if sign > 0 else 2), price, lots, 0, (1 if crosses else 0)


def maker_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:
    """Quote one side of a market maker.

    Intent fields: `a` signed half spread as a share (< 0 bids, > 0 asks); `b` shift of the centre a lot held, a share;
    `c` fair value at plan time in cash a lot (0: the market's own reference); `d` 1 quotes, 0 stays away;
    `target` the most lots a bid may lead to, the least an ask may leave; `reservation` hard price limit;
    `lots_max` lots quoted. Half of a move since the plan is believed.
    """
    if me["d"] < 0.5:
        return 0, 0, 0, 0, 0
    seen = market.last_price if market.last_price > 0 else market.reference_price
    fair = float(seen)
    if me["c"] > 0.0:
        fair = 0.5 * (fair + me["c"]) if seen > 0 else me["c"]
    wish = fair * (1.0 + me["a"] * (0.75 + 0.5 * draw.u) - me["b"] * market.position)
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
        lots = min(lots, (market.free_cash - market.free_cash // 50) // price)
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
    return (1 if me["a"] < 0.0 else 2), price, lots, 0, 0


def noise_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:
    """Buy or sell at random near the last price: `lots_max` the size drawn today, `a` width of prices as a share.

    `target` is the most it will hold; it sells what it has, never more; `b` is the chance to buy when it could do both.
    """
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
    if price <= 0:
        return 0, 0, 0, 0, 0
    lots = me["lots_max"]
    if buys:
        lots = min(lots, me["target"] - market.position, (market.free_cash - market.free_cash // 50) // price)
    else:
        lots = min(lots, market.free_units)
    if lots <= 0:
        return 0, 0, 0, 0, 0
    return (1 if buys else 2), price, lots, 0, 0


def ladder_quote(me: Any, market: MarketView, draw: Draw) -> tuple[int, int, int, int, int]:
    """Offer one level of an outside market: `reservation` its price, `lots_max` its lots, `a` 1 buys, 2 sells, 0 rests.

    Where the day's band does not reach the outside price, the level stands at the band's edge on its own safe side.
    """
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
        lots = min(lots, (market.free_cash - market.free_cash // 50) // price)
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
