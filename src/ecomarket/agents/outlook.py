"""What a right is worth to who emits: abatement saved this year, or in later ones for which it may be kept.

All amounts are lots, all prices cash a lot. An emitter knows its own schedule, the caps, the law and interest; of
states of the world, which are still possible. It expects to hold of each later cap the part that it holds of this
year's: if all do, what they expect to hold is the cap. Money of later years counts less by interest, so the price that
makes use and supply of several years meet rises with it (Hotelling; Rubin 1996). What nobody knows yet is weighed: a
lot kept is worth next year's price in the mean over what may come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.public.lot_prices import LOTS_MAX, ROUNDING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HALVINGS: Final = 26
"""Steps of each search for a price: to a hundred-millionth of the dearest."""
GRID: Final = 65
"""Holdings at which the worth of a right over several years is worked out; between them it is a line."""


@dataclass(frozen=True)
class Law:
    """What an emitter may do but abate and hold rights, prices in cash a lot.

    keeps      may rights be kept for later years         borrowing   most borrowed, share of next year's allocation
    ceiling    price at which missing rights can be had   most        lots had at it in a year
    interest   by which later money counts less, a year
    """

    keeps: bool = False
    borrowing: float = 0.0
    ceiling: float = np.inf
    most: float = 0.0
    interest: float = 0.0


@dataclass(frozen=True)
class Prospect:
    """One thing that may come: its weight, and the emission without any measure by year."""

    weight: float
    gross: Mapping[int, float]


@dataclass(frozen=True)
class Outlook:
    """An emitter's view of one right.

    costs       of each lot abated, the cheapest first      share      part of an emission that can be cut at all
    allocation  what it gets free by year                   caps       the whole cap by year, empty if there is none
    utmost      most that it can pay for a lot it can neither cut nor do without, where the law sells none
    """

    costs: Floats
    share: float
    law: Law
    allocation: Mapping[int, float]
    caps: Mapping[int, float]
    utmost: float = 0.0

    def worth(self, year: int, prospects: Sequence[Prospect], carried: float) -> Floats:
        """Return the worth of each lot held in a year, the first lot first; never rising.

        `carried` is what it holds from earlier years, below 0 what it still owes for them. Holdings count from there:
        what is owed is as if it had been emitted this year.
        """
        gross, owed = prospects[0].gross.get(year, 0.0), max(-carried, 0.0)
        if not (self.law.keeps or self.law.borrowing) or not [y for y in prospects[0].gross if y > year]:
            return self._saved(gross, owed)
        most = min(
            owed + sum(max(p.gross.get(y, 0.0) for p in prospects) for y in prospects[0].gross if y >= year), LOTS_MAX
        )
        held = np.linspace(0.0, most, GRID)
        found = self._later(held - owed, year, prospects, carried)
        lots = np.arange(int(most * (1.0 + ROUNDING)), dtype=np.float64) + 0.5
        return np.minimum.accumulate(np.interp(lots, held, found))

    def cut(self, year: int, prospects: Sequence[Prospect], carried: float, held: float) -> float:
        """Return what it abates at the end of a year in which it holds so much (less what it owes of earlier years)."""
        gross = prospects[0].gross.get(year, 0.0)
        missing = max(gross - held, 0.0)
        cheaper = float(np.searchsorted(self.costs, self.law.ceiling))
        least = max(missing - self.law.most, min(missing, cheaper))
        if self.law.keeps or self.law.borrowing:
            later = [y for y in prospects[0].gross if y > year]
            price = float(self._later(np.array([held]), year, prospects, carried)[0]) if later else 0.0
            room = missing - self.law.most - (self._borrowed(year) if later else 0.0)
            wanted = float(self._abated(np.array([price]), gross)[0]) if later else least
            least = max(wanted, room) if later else least
        return min(max(least, 0.0), self._cuttable(gross))

    def left(self, over: float) -> float:
        """Return what goes over into the next year of rights left over; below 0: what is borrowed, had at no price."""
        if over >= 0.0:
            return over if self.law.keeps else 0.0
        return over if self.law.borrowing else 0.0

    def _saved(self, gross: float, owed: float) -> Floats:
        """Return what lots save within a year: the dearest abatement first, nothing dearer than the ceiling."""
        most = int(self._cuttable(gross) * (1.0 + ROUNDING))
        lots = int((gross + owed) * (1.0 + ROUNDING))
        had = np.full(int(min(self.law.most, lots)), self.law.ceiling)
        worth = np.sort(np.concatenate([self.costs[:most], had]))[:lots][::-1]
        forced = np.full(max(lots - len(worth), 0), max(worth[0] if len(worth) else 0.0, self.utmost))
        return np.concatenate([forced, worth])

    def _later(self, held: Floats, year: int, prospects: Sequence[Prospect], carried: float) -> Floats:
        """Return the worth of one lot more for each holding, where it may be kept or borrowed."""
        gross = prospects[0].gross[year]
        part = np.maximum(held - carried, 0.0)
        if len(prospects) == 1:
            found = self._lasting(held, part, year, [y for y in prospects[0].gross if y >= year], prospects[0])
        else:
            now = self._meets(lambda p: self._used(p, gross) - held - self._borrowed(year), held)
            found = np.maximum(now, self._keeping(held, part, year, prospects))
        if self.law.keeps:
            return found
        return np.minimum(found, self._meets(lambda p: self._used(p, gross) - held, held))

    def _keeping(self, held: Floats, part: Floats, year: int, prospects: Sequence[Prospect]) -> Floats:
        """Return the price at which a lot kept is worth as much: above the dearest measure what it is then worth."""

        def gain(price: Floats) -> Floats:
            return self._kept(price, held, part, year, prospects) - price

        found = _price(gain, self.dearest, held)
        return found + np.maximum(gain(found), 0.0) * (found >= self.dearest) if self.utmost else found

    def _meets(self, excess: Callable[[Floats], Floats], like: Floats) -> Floats:
        """Return the lowest price without excess; where even the dearest measure leaves some, the utmost."""
        found = _price(excess, self.dearest, like)
        if self.utmost <= self.dearest:
            return found
        return np.where(excess(np.full_like(like, self.dearest)) > 0.0, self.utmost, found)

    def _kept(self, price: Floats, held: Floats, part: Floats, year: int, prospects: Sequence[Prospect]) -> Floats:
        """Return what a lot is worth that is kept, if as much is kept as is left over at a price."""
        bank = held - self._used(price, prospects[0].gross[year])
        whole = sum(p.weight for p in prospects)
        mean = np.zeros_like(held)
        for p in prospects:
            later = [y for y in p.gross if y > year]
            mean += self._lasting(bank + self._expected(part, year, later[0]), part, year, later, p) * p.weight / whole
        return mean / (1.0 + self.law.interest)

    def _lasting(self, supply: Floats, part: Floats, year: int, years: list[int], prospect: Prospect) -> Floats:
        """Return the price in the first of some years, if it is known what comes: the dearest that a stretch asks for.

        `supply` is what there is in the first of them; no stretch of years may use more than it has and may borrow.
        """
        found = np.zeros_like(supply)
        grown = [(1.0 + self.law.interest) ** k for k in range(len(years))]
        for at, last in enumerate(years):
            if at:
                supply = supply + self._expected(part, year, last)
            reach = supply + (self._borrowed(last) if at + 1 < len(years) else 0.0)

            def excess(price: Floats, upto: int = at + 1, reach: Floats = reach) -> Floats:
                used = [self._used(price * grown[k], prospect.gross[years[k]]) for k in range(upto)]
                return np.asarray(np.sum(used, axis=0) - reach)

            found = np.maximum(found, self._meets(excess, supply))
        return found

    def _expected(self, part: Floats, year: int, later: int) -> Floats:
        """Return what it expects to hold of a later year's rights: the part it holds of this year's cap."""
        now = self.caps.get(year, 0.0)
        if now <= 0.0:
            return np.full_like(part, self.allocation.get(later, 0.0))
        return part * (self.caps.get(later, 0.0) / now)

    def _borrowed(self, year: int) -> float:
        return self.law.borrowing * self.allocation.get(year + 1, 0.0)

    def _used(self, price: Floats, gross: float) -> Floats:
        """Return what it wants to cover with rights at a price: what it emits, less what it has at the ceiling."""
        had = np.where(price >= self.law.ceiling, self.law.most, 0.0)
        return np.asarray(gross - self._abated(price, gross) - had)

    def _abated(self, price: Floats, gross: float) -> Floats:
        lots = np.searchsorted(self.costs, price, side="right").astype(np.float64)
        return np.minimum(lots, self._cuttable(gross))

    def _cuttable(self, gross: float) -> float:
        return min(gross * self.share, float(len(self.costs)))

    @property
    def dearest(self) -> float:
        """Return the most that a lot is worth to who can do without it, cash a lot."""
        top = float(self.costs[-1]) if len(self.costs) else 0.0
        return min(top, self.law.ceiling) if self.law.most == np.inf else max(top, self.law.most and self.law.ceiling)


def _price(excess: Callable[[Floats], Floats], dearest: float, like: Floats) -> Floats:
    """Return the lowest price from nothing to the dearest at which there is no excess; one for each of `like`."""
    low, high = np.zeros_like(like), np.full_like(like, dearest)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        short = excess(middle) > 0.0
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    free = excess(np.zeros_like(like)) <= 0.0
    return np.where(free, 0.0, high)
