"""An open auction of the reference exchange: its bids, its lots, its clock, and who gets what. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecomarket.errors import InternalError
from ecomarket.model.codes import Side

if TYPE_CHECKING:
    from ecomarket.exchange.terms import AuctionTerms


@dataclass
class Bid:
    """One bid, and what it won."""

    number: int
    account: int
    price: int
    lots: int
    rank: int
    match_ppm: int
    whole: bool
    held: int
    won: dict[int, int] = field(default_factory=dict)


@dataclass
class Stock:
    """Lots that may be traded from a price on, under one hold."""

    price: int
    lots: int
    account: int
    hold: int
    left: int


@dataclass
class Sale:
    """One open auction: `held` is what the host holds, lots or cash; `reserve` the hold of the reserve account."""

    number: int
    venue: int
    instrument: int
    host: int
    lots: int
    reserve_price: int
    uniform: bool
    terms: AuctionTerms
    held: int
    reserve: int = 0
    bids: list[Bid] = field(default_factory=list)

    def stays(self, bid: Bid, price: int) -> bool:
        """Tell whether a bidder accepts a price."""
        return bid.price >= price if self.terms.side == Side.SELL else bid.price <= price

    def wanted(self, price: int) -> int:
        """Return the lots of all who accept a price."""
        return sum(b.lots for b in self.bids if self.stays(b, price))

    def stock(self) -> list[Stock]:
        """Return what is traded, first what is traded in any case, then the reserves by their triggers."""
        terms, start = self.terms, self.reserve_price
        parts = [Stock(start, self.lots - terms.withhold_lots, self.host, self.number, 0)]
        if terms.withhold_lots:
            parts.append(Stock(max(start, terms.withhold_price), terms.withhold_lots, self.host, self.number, 0))
        if terms.contain_lots:
            trigger = max(start, terms.contain_price)
            parts.append(Stock(trigger, terms.contain_lots, terms.contain_account, self.reserve, 0))
        for part in parts:
            part.left = part.lots
        return sorted(parts, key=lambda s: s.price)

    def there(self, price: int) -> int:
        """Return the lots that may be traded at a price."""
        if self.terms.side == Side.BUY:
            return self.lots
        return sum(s.lots for s in self.stock() if s.price <= price)

    def steps(self) -> list[int]:
        """Return the steps of the clock before and after each bid or trigger: in between nothing changes."""
        up = 1 if self.terms.side == Side.SELL else -1
        start, increment = self.reserve_price, self.terms.increment
        triggers = [s.price for s in self.stock() if s.price != start]
        steps = {start, *triggers}
        for price in [b.price for b in self.bids] + triggers:
            risen = (price - start) * up
            if risen >= 0:
                below = risen // increment
                steps |= {start + up * increment * n for n in (below, below + 1)}
        return sorted(steps, key=lambda p: p * up)

    def clock(self) -> tuple[int, int]:
        """Let the clock run until no more is wanted than there is; return the price, and the last step.

        If those who stayed leave lots that were there a step before, the price is the step before.
        """
        before = None
        for price in self.steps():
            if self.wanted(price) <= self.there(price):
                if before is not None and self.wanted(price) < self.there(before):
                    return before, price
                return price, price
            before = price
        raise InternalError("a clock ran past all bids")

    def turns(self) -> tuple[int, list[tuple[Bid, int | None]]]:
        """Return the price of the clock (0: sealed) and all bids in turn, each with the price up to which it trades."""
        if not self.terms.clock:
            up = 1 if self.terms.side == Side.SELL else -1
            by_price = sorted(
                self.bids, key=lambda b: (-up * b.price * (1_000_000 + up * b.match_ppm), b.rank, b.number)
            )
            return 0, [(b, b.price) for b in by_price]
        price, last = self.clock()
        in_time = sorted(self.bids, key=lambda b: (b.rank, b.number))
        stayed = [b for b in in_time if self.stays(b, last)]
        left_last = [b for b in in_time if self.stays(b, price) and not self.stays(b, last)]
        gone = [b for b in in_time if not self.stays(b, price)]
        return price, [(b, price) for b in stayed + left_last] + [(b, None) for b in gone]


def allot(sale: Sale, stock: list[Stock], bid: Bid, limit: int | None) -> None:
    """Give a bid what it can get, from the cheapest lots first; note under which hold."""
    if limit is None:
        return
    if sale.terms.side == Side.SELL:
        stock = [s for s in stock if s.price <= limit]
    else:
        stock = [s for s in stock if s.price >= limit]
    open_lots = bid.lots
    if bid.whole and sum(s.left for s in stock) < open_lots:
        return
    for part in stock:
        lots = min(open_lots, part.left)
        if lots:
            part.left -= lots
            open_lots -= lots
            bid.won[part.hold] = bid.won.get(part.hold, 0) + lots


def one_price(sale: Sale, stock: list[Stock], winners: list[Bid]) -> int:
    """Return what all pay: the trigger of reserve lots that were sold in part, else the price of the last winner.

    Where less is bid for than is offered, it is the reserve price, if there is one.
    """
    served = all(sum(b.won.values()) == b.lots for b in sale.bids if b.price >= sale.reserve_price)
    if sale.terms.side == Side.SELL and sale.reserve_price and stock[0].left and served:
        return sale.reserve_price
    for part in stock:
        if 0 < part.left < part.lots and part.price > sale.reserve_price and sale.terms.side == Side.SELL:
            return part.price
    prices = [b.price for b in winners]
    if sale.terms.side == Side.BUY:
        return max(prices, default=0)
    return min(prices, default=0)
