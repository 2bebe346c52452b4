"""From what a participant would do at every price to the price of each lot: integers, and stretches of equal steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.public.lot_prices import ROUNDING, lot_prices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.model.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Ladder:
    """What each lot that is held is worth, in whole cash a lot; place h is the lot after h others.

    bid   most that is paid for it: worth rounded down, int64[n], never rising
    ask   least that is taken for it: worth rounded up, int64[n]
    start lots held before any trade
    """

    bid: NDArray[np.int64]
    ask: NDArray[np.int64]
    start: int

    @property
    def lots(self) -> int:
        """Return how many lots are worth holding."""
        return len(self.bid)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lots in order of trade whose prices go in equal steps: the lot at position p is at price + step x (p - first).

    A buyer's positions run from `first` up to `end`, a seller's from `first` down to `end`; at `end` it is done.
    """

    first: int
    end: int
    price: int
    step: int


def ladder(schedule: Schedule, lot: float) -> Ladder:
    """Return the worth of each lot of a schedule with a demand or a supply; `lot` is the size of one, in the unit.

    A demand starts with nothing and values the lots as they come; a supply starts with all it can make, and a lot it
    keeps saves the cost of the dearest it would have made. A lot is priced as a whole: by the mean over its width.
    Raises ValueError if the schedule has neither, or both.
    """
    if (schedule.demand is None) == (schedule.supply is None):
        raise ValueError("a schedule for trade has a demand or a supply, and not both")
    if schedule.demand is not None:
        worth = lot_prices(schedule.demand, lot)
        return Ladder(_down(worth), _up(worth), 0)
    assert schedule.supply is not None
    worth = lot_prices(schedule.supply, lot)[::-1]
    return Ladder(_down(worth), _up(worth), len(worth))


def purchases(found: Ladder, position: int) -> list[Stretch]:
    """Return what is still to be bought at a position in lots: the next lot first."""
    return _stretches(found.bid[position:].tolist(), position, 1)


def sales(found: Ladder, position: int) -> list[Stretch]:
    """Return what may be sold at a position in lots, the cheapest lot first; lots beyond the schedule are free."""
    asks = [0] * max(position - found.lots, 0) + found.ask[:position][::-1].tolist()
    return _stretches(asks, position, -1)


def levels(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Cut stretches into lots of one price: what may stand in a call at the same time."""
    found: list[Stretch] = []
    for s in stretches:
        way = 1 if s.end > s.first else -1
        ends = range(s.first, s.end, way) if s.step else [s.first]
        found += [Stretch(p, p + way if s.step else s.end, s.price + s.step * (p - s.first), 0) for p in ends]
    return found


def _down(worth: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(worth + np.abs(worth) * ROUNDING).astype(np.int64)


def _up(worth: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.ceil(worth - np.abs(worth) * ROUNDING).astype(np.int64)


def _stretches(prices: Sequence[int], start: int, way: int) -> list[Stretch]:
    """Cut prices in order of trade into the longest stretches of equal steps; `way` is how the position goes."""
    found: list[Stretch] = []
    at = 0
    while at < len(prices):
        step = prices[at + 1] - prices[at] if at + 1 < len(prices) else 0
        end = at + 1
        while end < len(prices) and prices[end] - prices[end - 1] == step:
            end += 1
        found.append(Stretch(start + way * at, start + way * end, prices[at], step * way))
        at = end
    return found
