"""pams 0.3: its Market driven without its simulator; a sweep trades at one price, so only lots are compared."""

import random
from types import SimpleNamespace

from common import Message, clock, tell
from pams.market import Market
from pams.order import LIMIT_ORDER, MARKET_ORDER, Cancel, Order


def drive(rows: list[Message]) -> tuple[float, int, int]:
    """Send the stream to one Market a market, matching after each order."""
    simulator = SimpleNamespace(fundamentals=None)
    markets = []
    for number in range(20):
        market = Market(number, random.Random(1), simulator, str(number))
        market.setup({"tickSize": 1.0, "marketPrice": 10_000.0})
        market._update_time(10_000.0)
        market._is_running = True
        markets.append(market)
    sent = {}
    trades = lots_traded = 0
    start = clock()
    for number, (action, place, side, price, lots, named) in enumerate(rows):
        market = markets[place]
        if action == 2:
            market._cancel_order(Cancel(sent[named], placed_at=market.time))
            continue
        kind = LIMIT_ORDER if action == 0 else MARKET_ORDER
        order = Order(0, place, side == 1, kind, lots, price=float(price) if action == 0 else None)
        market._add_order(order)
        sent[number] = order
        for log in market._execution():
            trades += 1
            lots_traded += log.volume
    return clock() - start, trades, lots_traded


if __name__ == "__main__":
    tell(drive)
