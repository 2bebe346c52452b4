"""One plain order book: dicts of price -> orders, oldest first, sorted lists of prices, and the figures of the day."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecomarket.exchange.rules import TICKS_MAX
from ecomarket.model.codes import Side
from ecomarket.model.record import order_flags

if TYPE_CHECKING:
    from ecomarket.exchange.rules import VenueRules


@dataclass(eq=False)
class Order:
    """One accepted order; `lots` is what is still open, `limit` the worst price it may trade at."""

    number: int
    account: int
    instrument: int
    side: int
    price: int
    limit: int
    lots: int
    kind: int
    tif: int

    @property
    def flags(self) -> int:
        """Return the flags of its records."""
        return order_flags(self.side, self.kind, self.tif)

    def may_trade_at(self, price: int) -> bool:
        """Tell whether the limit allows a price."""
        return price <= self.limit if self.side == Side.BUY else price >= self.limit


@dataclass
class Book:
    """The market of one instrument."""

    venue: int
    rules: VenueRules
    reference: int
    low: int = 0
    high: int = 0
    is_open: bool = False
    day_begun: bool = False
    close_t: int = 0
    last: int = 0
    day_lots: int = 0
    day_turnover: int = 0
    queues: dict[int, dict[int, list[Order]]] = field(default_factory=lambda: {1: {}, 2: {}})
    prices: dict[int, list[int]] = field(default_factory=lambda: {1: [], 2: []})

    def best_first(self, side: int) -> list[int]:
        """Return the prices of a side, best first."""
        return self.prices[side][::-1] if side == Side.BUY else self.prices[side][:]

    def touch(self, side: int) -> tuple[int, int]:
        """Return the best price of a side and the lots there; 0, 0 if it is empty."""
        prices = self.prices[side]
        if not prices:
            return 0, 0
        price = prices[-1] if side == Side.BUY else prices[0]
        return price, sum(o.lots for o in self.queues[side][price])

    def add(self, order: Order) -> None:
        """Put an order behind the others at its price."""
        if order.price not in self.queues[order.side]:
            self.queues[order.side][order.price] = []
            insort(self.prices[order.side], order.price)
        self.queues[order.side][order.price].append(order)

    def remove(self, order: Order) -> None:
        """Take an order out."""
        queue = self.queues[order.side][order.price]
        queue.remove(order)
        if not queue:
            del self.queues[order.side][order.price]
            del self.prices[order.side][bisect_left(self.prices[order.side], order.price)]

    def open_day(self) -> None:
        """Fix the band round the reference price and start the day's figures."""
        self.low, self.high = self.band()
        self.day_lots = self.day_turnover = 0
        self.day_begun = True

    def band(self) -> tuple[int, int]:
        """Return the lowest and highest price of the day.

        A band is at least one tick wide to each side and at most TICKS_MAX ticks in all.
        """
        tick, share, middle = self.rules.tick_cash, self.rules.band_ppm, self.reference
        widest = TICKS_MAX * tick
        if share:
            below, rest = divmod(middle * (1_000_000 - share), 1_000_000)
            low = min(below + (rest > 0), middle - tick)
            high = max(middle * (1_000_000 + share) // 1_000_000, middle + tick)
        else:
            low, high = 0, middle + 2 * widest
        low = max(low + -low % tick, tick)
        high -= high % tick
        if high - low >= widest:
            low = max(low, middle - middle % tick - widest // 2)
            high = min(high, low + widest - tick)
        return low, high

    def closing_price(self) -> int:
        """Return the day's closing price by the venue's rule; without a trade the reference price."""
        if not self.day_begun or not self.day_lots:
            return self.reference
        if self.rules.closing == "last":
            return self.last
        mean = self.day_turnover // self.day_lots
        return mean - mean % self.rules.tick_cash
