"""lightmatchingengine 2019.1.4: one engine, a withdrawal of a filled order raises AssertionError (its issue 18)."""

from contextlib import suppress

from common import Message, clock, tell
from lightmatchingengine.lightmatchingengine import LightMatchingEngine


def drive(rows: list[Message]) -> tuple[float, int, int]:
    """Send the stream; a market order is one at a price that reaches everything, since price 0 would rest."""
    engine = LightMatchingEngine()
    ids: list[int] = []
    found = []
    start = clock()
    for action, market, side, price, lots, named in rows:
        if action == 2:
            with suppress(AssertionError):
                engine.cancel_order(ids[named], market)
            ids.append(-1)
            continue
        limit = price if action == 0 else 10**6 if side == 1 else 1
        order, trades = engine.add_order(market, limit, lots, side)
        ids.append(order.order_id)
        found += trades
    seconds = clock() - start
    return seconds, len(found) // 2, sum(trade.trade_qty for trade in found) // 2


if __name__ == "__main__":
    tell(drive)
