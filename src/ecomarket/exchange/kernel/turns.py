"""An open auction of the fast exchange: its bids, what is for sale, and in which turn bids win."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ecomarket.exchange.kernel.clock import Clock
from ecomarket.model.codes import Side
from ecomarket.units import PPM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.exchange.terms import AuctionTerms

NOWHERE: Final = -(2**62)
"""Reach of a bid that cannot win."""


class Bid(NamedTuple):
    """An open bid (for an auction that asks: an offer of lots); `held` cash or lots."""

    number: int
    account: int
    price: int
    lots: int
    held: int
    rank: int
    match_ppm: int
    whole: bool


@dataclass(slots=True)
class Auction:
    """An open one-way auction: its terms, what its host holds (lots or cash), the reserve's hold, its bids by id."""

    venue: int
    instrument: int
    host: int
    lots: int
    reserve_price: int
    uniform: bool
    terms: AuctionTerms
    held: int
    reserve: int = 0
    bids: dict[int, Bid] = field(default_factory=dict)

    @property
    def sign(self) -> int:
        """Return what turns a price into a value, and back."""
        return 1 if self.terms.side == Side.SELL else -1

    def tranches(self) -> NDArray[np.int64]:
        """Return what is for sale, in the columns of kernel/auction."""
        terms, start = self.terms, self.sign * self.reserve_price
        rows = [
            (start, self.lots - terms.withhold_lots, 0),
            (max(start, terms.withhold_price), terms.withhold_lots, 0),
            (max(start, terms.contain_price), terms.contain_lots, 1),
        ]
        rows = rows[:1] + sorted((row for row in rows[1:] if row[1]), key=lambda row: row[0])
        return np.array([(*row, row[1]) for row in rows], np.int64)


def rows_of(auction: Auction, turns: list[tuple[Bid, int]]) -> NDArray[np.int64]:
    """Return bids and their reach as rows in the columns of kernel/auction."""
    rows = [
        (b.number, b.account, auction.sign * b.price, reach, b.lots, b.held, b.whole, 0, 0, 0) for b, reach in turns
    ]
    return np.array(rows, np.int64).reshape(-1, 10)


def sealed_turns(auction: Auction) -> NDArray[np.int64]:
    """Return the bids by price and right to match, then rank, then time."""
    sign = auction.sign
    turns = sorted(
        auction.bids.values(), key=lambda b: (-sign * b.price * (PPM + sign * b.match_ppm), b.rank, b.number)
    )
    return rows_of(auction, [(b, sign * b.price) for b in turns])


def clock_turns(auction: Auction, tranches: NDArray[np.int64]) -> tuple[int, NDArray[np.int64]]:
    """Return the clock's price, and the bids: who stayed, who left last, the rest; each by rank, then time."""
    sign, bids = auction.sign, list(auction.bids.values())
    values = np.array([sign * b.price for b in bids], np.int64)
    lots = np.array([b.lots for b in bids], np.int64)
    stop = Clock(values, lots, tranches, sign * auction.reserve_price, auction.terms.increment).stop()
    turns = []
    for bid in bids:
        value = sign * bid.price
        group = 0 if value >= stop.stay else 1 if value >= stop.value else 2
        turns.append((group, bid.rank, bid.number, bid, stop.value if group < 2 else NOWHERE))
    return sign * stop.value, rows_of(auction, [(bid, reach) for *_, bid, reach in sorted(turns)])
