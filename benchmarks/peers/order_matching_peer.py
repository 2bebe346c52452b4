"""order-matching 0.12: orders are placed and matched one at a time; a withdrawal is an order with status CANCEL."""

from dataclasses import replace
from datetime import datetime, timedelta

from common import Message, clock, tell
from loguru import logger
from order_matching.enums import Side, Status
from order_matching.matching_engine import MatchingEngine
from order_matching.order import LimitOrder, MarketOrder
from order_matching.orders import Orders


def drive(rows: list[Message]) -> tuple[float, int, int]:
    """Send the stream to one engine a market."""
    logger.disable("order_matching")
    engines = [MatchingEngine(seed=1) for _ in range(20)]
    sent = {}
    trades, traded = 0, 0.0
    now = datetime(2024, 1, 1)
    step = timedelta(milliseconds=1)
    start = clock()
    for number, (action, market, side, price, lots, named) in enumerate(rows):
        now += step
        which = Side.BUY if side == 1 else Side.SELL
        name = str(number)
        if action == 0:
            order = LimitOrder(
                side=which, price=float(price), size=float(lots), timestamp=now, order_id=name, trader_id="t"
            )
            sent[number] = order
        elif action == 1:
            order = MarketOrder(side=which, size=float(lots), timestamp=now, order_id=name, trader_id="t")
        else:
            order = replace(sent[named], status=Status.CANCEL)
        engines[market].place(orders=Orders([order]))
        for trade in engines[market].match(timestamp=now).trades:
            trades += 1
            traded += trade.size
    return clock() - start, trades, round(traded)


if __name__ == "__main__":
    tell(drive)
