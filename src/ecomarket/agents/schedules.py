"""From what a participant would do at every price to the price of each lot: integers, and stretches of equal steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.model.charges import NONE
from ecomarket.public.lot_prices import ROUNDING, lot_prices, use_prices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.model.charges import Charges
    from ecomarket.model.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Ladder:
    """What each lot that is held is worth, in whole cash a lot; place h is the lot after h others.

    bid   most that is paid for it: worth rounded down, int64[n], never rising
    ask   least that is taken for it: worth rounded up, int64[n]
    free  least that is taken for a lot that is worth nothing: what selling it costs
    """

    bid: NDArray[np.int64]
    ask: NDArray[np.int64]
    free: int = 0

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


def ladder(schedule: Schedule, lot: float, year: int = 0, charges: Charges = NONE, right: str = "") -> Ladder:
    """Return the worth of each lot of a schedule, less what trading it costs; `lot` is its size in the `right`'s unit.

    A demand values lots as they come, by the use that they cover. A supply begins with all it can make, and a lot it
    keeps saves the cost of the dearest it would have made; so does an emission in its `year`: a lot that is held saves
    the dearest abatement, up to the unabated emission, and where nothing can be abated it is worth as much as the
    dearest that can. A lot is priced as a whole: by the mean over its width. Raises ValueError if the schedule has none
    of the three, or supply and demand.
    """
    if schedule.abatement is not None and schedule.unabated:
        gross = schedule.unabated.get(year, 0.0)
        worth = lot_prices(schedule.abatement.upto(gross * schedule.abatement.share), lot)[::-1]
        forced = int(gross / lot * (1.0 + ROUNDING)) - len(worth)
        worth = np.concatenate([np.full(max(forced, 0), worth[0] if len(worth) else 0.0), worth])
    elif (schedule.demand is None) == (schedule.supply is None):
        raise ValueError("a schedule for trade has an emission, a demand or a supply, and not both of these")
    elif schedule.supply is not None:
        worth = lot_prices(schedule.supply, lot)[::-1]
    else:
        worth = use_prices(schedule, right, lot)
    return limits(worth, charges)


def limits(worth: NDArray[np.float64], charges: Charges = NONE) -> Ladder:
    """Return lots of some worth, cash a lot, as the limits of who pays a venue's charges on them."""
    nothing = np.zeros(1, dtype=np.float64)
    return Ladder(_down(charges.bids(worth)), _up(charges.asks(worth)), int(_up(charges.asks(nothing))[0]))


def purchases(found: Ladder, position: int) -> list[Stretch]:
    """Return what is still to be bought at a position in lots: the next lot first."""
    return _stretches(found.bid[position:].tolist(), position, 1)


def sales(found: Ladder, position: int) -> list[Stretch]:
    """Return what may be sold at a position in lots, the cheapest lot first; lots beyond the schedule are free."""
    return _stretches(asked(found, position).tolist(), position, -1)


def asked(found: Ladder, position: int) -> NDArray[np.int64]:
    """Return the least that is taken for each lot at a position, the cheapest first."""
    spare = np.full(max(position - found.lots, 0), found.free)
    return np.concatenate([spare, found.ask[: max(position, 0)][::-1]])


def blocks(
    prices: NDArray[np.int64], first: int, way: int, most: int, order: int = 0, halved: int = 0
) -> list[Stretch]:
    """Cut lots in order of trade into at most so many blocks of one price each: that of the block's last lot.

    `prices` are the limits from position `first` on, falling for a buyer (`way` 1), rising for a seller (-1), so that
    the last is good for all. Lots of the same price stay together where that makes no more blocks than `most`. `order`
    is a fee that each block pays once, in cash: it is spread over the block. Blocks that are `halved` so many times
    leave the later lots for another time.
    """
    if not len(prices):
        return []
    ends = np.append(np.flatnonzero(np.diff(prices)) + 1, len(prices))
    if len(ends) > most:
        size = -(-len(prices) // (most << halved))
        ends = np.append(np.arange(size, len(prices), size), len(prices))[:most]
    found, start = [], 0
    for end in ends.tolist():
        fee = -(-order // (end - start))
        found.append(Stretch(first + way * start, first + way * end, int(prices[end - 1]) - way * fee, 0))
        start = end
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
