"""The market of thousand.yaml once more in plain Python: the same traders, decisions, book and two rules.

Thirty buyers and thirty makers of two goods. In each month each has thirty lots to trade of each good, all of one value
or cost. Each looks four times a trading day at each market, all in an order drawn anew: it withdraws its order if it
rests and names a price drawn from the ticks between its limit and the end of the range, for one lot. Best price first,
at one price the older order; a trade is at the price of the order that rested. Orders end with the day. With a band no
price lies further from the last closing price than that share of it: the day's mean by volume, floored to the tick.

    sixty.py RUNS PROCESSES     a plain loop of concurrent.futures: prints seconds and means as JSON
"""

from __future__ import annotations

import heapq
import json
import math
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate
from typing import Any

GOODS = ("first", "second")
BANDS = (0.0, 0.1)
"""The two rules: no band, a band of a tenth."""
MONTHS = (23, 20, 21, 22, 22, 21, 23, 21, 22, 23, 20, 23)
"""Weekdays of the months of 2025."""
DAYS = sum(MONTHS)
MONTH_ENDS = frozenset(accumulate(MONTHS))
LOOKS, LOTS = 4, 30
LOWEST, HIGHEST, REFERENCE = 1, 200, 100
CASH = 10_000_000


class Trader:
    """A buyer or a maker: its limit, and what it has traded of each good this month."""

    def __init__(self, sign: int, limit: int) -> None:
        self.sign = sign
        self.limit = limit
        self.cash = float(CASH)
        self.done: dict[str, int] = dict.fromkeys(GOODS, 0)
        self.live: dict[str, list[Any] | None] = dict.fromkeys(GOODS)

    def price(self, market: Market, rng: random.Random) -> int | None:
        """Return the price of the next lot, None if there is none to trade or the range is empty."""
        if self.done[market.good] == LOTS:
            return None
        low, high = max(LOWEST, market.low), min(HIGHEST, market.high)
        low, high = (low, min(high, self.limit)) if self.sign > 0 else (max(low, self.limit), high)
        if low > high or (self.sign > 0 and self.cash < high):
            return None
        return rng.randint(low, high)

    def trades(self, good: str, price: int) -> None:
        """Take part in a trade of one lot."""
        self.done[good] += 1
        self.cash -= self.sign * price

    def settles(self, good: str) -> None:
        """Use up what was bought, or pay for what was sold; begin anew."""
        self.cash += self.sign * self.limit * self.done[good]
        self.done[good] = 0


class Market:
    """A book of orders of one lot, each [place, number, trader, whether it rests]; what was traded."""

    def __init__(self, good: str, band: float) -> None:
        self.good, self.band, self.close = good, band, REFERENCE
        self.lots = self.turnover = self.orders = 0
        self.low, self.high = LOWEST, HIGHEST
        self.open()

    def open(self) -> None:
        """Begin a day with an empty book and a band round the last closing price."""
        self.sides: dict[int, list[list[Any]]] = {1: [], -1: []}
        self.day_lots = self.day_turnover = 0
        if self.band:
            self.low, self.high = math.ceil(self.close * (1 - self.band)), math.floor(self.close * (1 + self.band))

    def look(self, trader: Trader, rng: random.Random) -> None:
        """Let a trader withdraw its order and send another."""
        live = trader.live[self.good]
        if live is not None:
            live[3] = False
            trader.live[self.good] = None
        price = trader.price(self, rng)
        if price is None:
            return
        against = self.sides[-trader.sign]
        while against and not against[0][3]:
            heapq.heappop(against)
        if against and trader.sign * (price - abs(against[0][0])) >= 0:
            self.meet(trader, heapq.heappop(against))
            return
        self.orders += 1
        order = [-trader.sign * price, self.orders, trader, True]
        heapq.heappush(self.sides[trader.sign], order)
        trader.live[self.good] = order

    def meet(self, trader: Trader, order: list[Any]) -> None:
        """Trade one lot with an order at rest, at its price."""
        price, other = abs(order[0]), order[2]
        other.live[self.good] = None
        for one in (trader, other):
            one.trades(self.good, price)
        self.day_lots += 1
        self.day_turnover += price

    def shut(self) -> None:
        """End the day: the closing price, and the day's sums."""
        if self.day_lots:
            self.close = self.day_turnover // self.day_lots
        self.lots += self.day_lots
        self.turnover += self.day_turnover


def population() -> list[tuple[int, int]]:
    """Return sign and limit of each trader, as in thousand.yaml."""
    return [*((1, 50 + 5 * i) for i in range(30)), *((-1, 5 + 5 * i) for i in range(30))]


def day(number: int, markets: list[Market], traders: list[Any], rng: random.Random) -> None:
    """Play one day (from 1): markets one after the other, at the end of a month settlement."""
    for market in markets:
        market.open()
        looks = traders * LOOKS
        rng.shuffle(looks)
        for trader in looks:
            market.look(trader, rng)
        market.shut()
        for trader in traders:
            trader.live[market.good] = None
            if number in MONTH_ENDS:
                trader.settles(market.good)


def outcome(markets: list[Market]) -> dict[str, float]:
    """Return mean price and lots of each good."""
    prices = {f"price.{m.good}": m.turnover / m.lots for m in markets}
    return prices | {f"volume.{m.good}": m.lots for m in markets}


def year(asked: tuple[int, float]) -> dict[str, float]:
    """Run a year with a seed and a band; return its outcome and the band."""
    seed, band = asked
    rng = random.Random(seed)
    markets, traders = [Market(good, band) for good in GOODS], [Trader(*one) for one in population()]
    for number in range(1, DAYS + 1):
        day(number, markets, traders, rng)
    return {"band": band, **outcome(markets)}


def means(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the mean of each number by band."""
    keys = [f"{kind}.{good}" for kind in ("price", "volume") for good in GOODS]
    by = {band: [row for row in rows if row["band"] == band] for band in BANDS}
    return {str(band): {key: sum(r[key] for r in own) / len(own) for key in keys} for band, own in by.items() if own}


def main() -> None:
    runs, processes = int(sys.argv[1]), int(sys.argv[2])
    asked = [(seed, band) for seed in range(1, runs // len(BANDS) + 1) for band in BANDS]
    began = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        rows = list(pool.map(year, asked))
    print(json.dumps({"seconds": time.perf_counter() - began, "runs": len(rows), "means": means(rows)}))


if __name__ == "__main__":
    main()
