"""One plain order book: dicts of price -> orders, oldest first, sorted lists of prices, and the figures of the day."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ecomarket.exchange.reference.terms import price_then, time_left
from ecomarket.exchange.rules import TICKS_MAX
from ecomarket.model.codes import OrderKind, Side
from ecomarket.model.record import order_flags

if TYPE_CHECKING:
    from ecomarket.exchange.rules import VenueRules

MINUTE: Final = 60_000_000
"""Microseconds in a minute."""


@dataclass(eq=False)
class Order:
    """One accepted order.

    limit   the worst price it may trade at         lots    what is still open
    shown   lots of an iceberg seen at a time (0: all)      hidden   lots of an iceberg not seen now
    rated   fees of its fills by rate (floored) and lot     traded   whether it has had a fill
    """

    number: int
    account: int
    instrument: int
    side: int
    price: int
    limit: int
    lots: int
    kind: int
    tif: int
    shown: int = 0
    expire_t: int = 0
    hidden: int = 0
    rated: int = 0
    traded: bool = False

    @property
    def flags(self) -> int:
        """Return the flags of its records."""
        return order_flags(self.side, self.kind, self.tif, self.shown)

    @property
    def visible(self) -> int:
        """Return the open lots that others see."""
        return self.lots - self.hidden

    def may_trade_at(self, price: int) -> bool:
        """Tell whether the limit allows a price."""
        return price <= self.limit if self.side == Side.BUY else price >= self.limit

    def show(self) -> None:
        """Show the next part of an iceberg, and hide the rest."""
        self.hidden = max(0, self.lots - self.shown) if self.shown else 0

    def reduce(self, lots: int) -> None:
        """Take away open lots, hidden ones first."""
        self.lots -= lots
        self.hidden = max(0, self.hidden - lots)


@dataclass
class Book:
    """The market of one instrument.

    in_call         the last opening was that of a call, and it has not been uncrossed
    call_price      price of the day's last call that traded, else 0
    last_side       side that rested in the last trade, 0 after a call
    halt_t          trading goes on at this time            halt_reference   price that a halt is measured from
    window_lots, window_turnover    trades of this session in the venue's closing minutes
    waiting         market orders in a call, by side, oldest first
    term            from when to when the right holds (0, 0: for ever); made   the last price made by trades, and when
    """

    venue: int
    rules: VenueRules
    reference: int
    term: tuple[int, int] = (0, 0)
    renewed: bool = False
    made: tuple[int, int] | None = None
    low: int = 0
    high: int = 0
    is_open: bool = False
    in_call: bool = False
    day_begun: bool = False
    close_t: int = 0
    last: int = 0
    last_side: int = 0
    day_lots: int = 0
    day_turnover: int = 0
    call_price: int = 0
    window_lots: int = 0
    window_turnover: int = 0
    halt_t: int = 0
    halt_reference: int = 0
    queues: dict[int, dict[int, list[Order]]] = field(default_factory=lambda: {1: {}, 2: {}})
    prices: dict[int, list[int]] = field(default_factory=lambda: {1: [], 2: []})
    waiting: dict[int, list[Order]] = field(default_factory=lambda: {1: [], 2: []})

    # --- orders
    def best_first(self, side: int) -> list[int]:
        """Return the prices of a side, best first."""
        return self.prices[side][::-1] if side == Side.BUY else self.prices[side][:]

    def in_turn(self, side: int) -> list[Order]:
        """Return the orders of a side: market orders, then by price, then by time."""
        return [*self.waiting[side], *(o for price in self.best_first(side) for o in self.queues[side][price])]

    def level(self, side: int, price: int) -> int:
        """Return the lots that are seen at a price."""
        return sum(o.visible for o in self.queues[side][price])

    def touch(self, side: int) -> tuple[int, int]:
        """Return the best price of a side and the lots seen there; 0, 0 if it is empty."""
        prices = self.best_first(side)
        return (prices[0], self.level(side, prices[0])) if prices else (0, 0)

    def add(self, order: Order) -> None:
        """Put an order behind the others at its price; a market order behind the others of its kind."""
        if order.kind == OrderKind.MARKET:
            self.waiting[order.side].append(order)
            return
        if order.price not in self.queues[order.side]:
            self.queues[order.side][order.price] = []
            insort(self.prices[order.side], order.price)
        self.queues[order.side][order.price].append(order)

    def remove(self, order: Order) -> None:
        """Take an order out."""
        if order.kind == OrderKind.MARKET:
            self.waiting[order.side].remove(order)
            return
        queue = self.queues[order.side][order.price]
        queue.remove(order)
        if not queue:
            del self.queues[order.side][order.price]
            del self.prices[order.side][bisect_left(self.prices[order.side], order.price)]

    def put_last(self, order: Order) -> None:
        """Put an order that rests behind the others at its price."""
        queue = self.queues[order.side][order.price]
        queue.remove(order)
        queue.append(order)

    # --- the day
    def open_day(self, t: int) -> None:
        """Let the reference price follow the term, fix the band round it and start the day's figures."""
        start, end = self.term
        if end and self.rules.term_rate_ppm != -1:
            self.made = self.made or (self.reference, start)
            price, then = self.made
            before, now = (time_left(start, end, at, renewed=self.renewed) for at in (then, t))
            self.reference = price_then(price, before, now, self.rules.term_rate_ppm, self.rules.tick_cash)
        self.low, self.high = self.band()
        self.day_lots = self.day_turnover = self.call_price = self.halt_t = 0
        self.halt_reference = self.reference
        self.day_begun = True

    def open_session(self, close_t: int, *, call: bool) -> None:
        """Open for continuous trading or for a call."""
        self.is_open, self.in_call, self.close_t = True, call, close_t
        self.window_lots = self.window_turnover = 0

    def count(self, t: int, price: int, lots: int, rested: int) -> None:
        """Count a trade; `rested` is the side that stood, 0 both."""
        self.last = price
        self.last_side = rested
        self.day_lots += lots
        self.day_turnover += lots * price
        if t >= self.close_t - self.rules.closing_minutes * MINUTE:
            self.window_lots += lots
            self.window_turnover += lots * price

    def band(self) -> tuple[int, int]:
        """Return the lowest and highest price of the day: at most TICKS_MAX ticks in all."""
        tick, middle = self.rules.tick_cash, self.reference
        widest = TICKS_MAX * tick
        if self.rules.band_ppm:
            low, high = band_round(middle, self.rules.band_ppm, tick)
        else:
            low, high = tick, middle + 2 * widest
            high -= high % tick
        if high - low >= widest:
            low = max(low, middle - middle % tick - widest // 2)
            high = min(high, low + widest - tick)
        return low, high

    def price_range(self) -> tuple[int, int]:
        """Return the lowest and highest price that an order may have now: the dynamic band narrows the day's one."""
        if self.in_call or not self.rules.dynamic_band_ppm:
            return self.low, self.high
        anchor = self.last if self.day_lots else self.reference
        low, high = band_round(anchor, self.rules.dynamic_band_ppm, self.rules.tick_cash)
        return max(low, self.low), min(high, self.high)

    def closing_price(self) -> int:
        """Return the day's closing price by the venue's rule; without a trade the reference price."""
        if not self.day_begun or not self.day_lots:
            return self.reference
        if self.rules.closing == "last":
            return self.last
        if self.rules.closing == "call" and self.call_price:
            return self.call_price
        if self.rules.closing_minutes and self.window_lots:
            mean = self.window_turnover // self.window_lots
        else:
            mean = self.day_turnover // self.day_lots
        return mean - mean % self.rules.tick_cash


def band_round(middle: int, share: int, tick: int) -> tuple[int, int]:
    """Return the lowest and highest price within a share (ppm) of a price, at least one tick to each side.

    >>> band_round(420_000, 100_000, 100)
    (378000, 462000)
    """
    below, rest = divmod(middle * (1_000_000 - share), 1_000_000)
    low = min(below + (rest > 0), middle - tick)
    high = max(middle * (1_000_000 + share) // 1_000_000, middle + tick)
    return max(low + -low % tick, tick), high - high % tick
