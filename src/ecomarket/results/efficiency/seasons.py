"""What a year's water is worth to its users, month by month, and at most, where water may wait but not come early."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.agents import water

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TRIFLE: Final = 1e-300
_TILT: Final = 1e-9
"""Part of its value by which a flat curve is tilted up and down, so that one price says who uses how much."""
_STEPS: Final = 100
"""Halvings of the interval of prices: the last bit of a float is reached before."""


@dataclass(frozen=True)
class Season:
    """A year of users: `need` in 1000 m3, shape (n, months); `value` of the last unit needed, CNY/1000 m3, shape (n,).

    With `flat` each unit is worth that; else more the less of a month's need is met, by `elasticity` (agents.water).
    """

    need: Floats
    value: Floats
    elasticity: Floats
    flat: NDArray[np.bool_]

    def worth(self, used: Floats) -> float:
        """Return what use of shape (n, months) is worth to all together, CNY."""
        part = np.clip(used / np.maximum(self.need, 1e-9), 0.0, 1.0)
        value, elasticity, flat = (column[:, None] for column in (self.value, self.elasticity, self.flat))
        each = np.where(flat, value * part, water.worth(value, part, elasticity))
        return float((self.need * each).sum())

    def wanted(self, price: float) -> Floats:
        """Return what all would use in each month at a price in CNY/1000 m3; shape (months,)."""
        return np.asarray(self._shares(price) @ self.need)

    def _shares(self, price: float) -> Floats:
        """Return the share of its need that each would use at a price; shape (n,)."""
        scarce = water.SCARCITY_MAX * self.value  # an elastic curve is flat there
        level = np.where(self.flat, self.value, scarce)
        tilted = np.clip(0.5 + (level - price) / np.maximum(2.0 * _TILT * level, TRIFLE), 0.0, 1.0)
        elastic = np.where(
            price > scarce * (1.0 - _TILT),
            tilted * water.SCARCITY_MAX**-self.elasticity,
            water.wanted_share(self.value, price, self.elasticity),
        )
        return np.where(self.flat, tilted, elastic)

    def greatest_worth(self, available: Sequence[float]) -> float:
        """Return what water is worth at most, CNY, if so much of it is there by each month, in all since the first.

        It goes where it is worth most, in the month in which it is there or later; what nobody needs is worth nothing.
        From month to month the value of the last unit can only fall: water that is worth more later would wait.

        >>> one = Season(np.array([[10.0, 10.0]]), np.array([5.0]), np.ones(1), np.array([True]))
        >>> one.greatest_worth([4.0, 30.0]), one.greatest_worth([15.0, 15.0])
        (70.0, 75.0)
        """
        total, begin, before = 0.0, 0, 0.0
        there = np.minimum.accumulate(np.asarray(available, dtype=np.float64)[::-1])[::-1].tolist()
        while begin < len(there):
            ends = [k for k in range(begin, len(there)) if k + 1 == len(there) or there[k + 1] > there[k]]
            prices = {k: self._price(begin, k, there[k] - before) for k in ends}
            last = max(ends, key=prices.__getitem__)
            price = prices[last]
            used = min(there[last] - before, float(self.need[:, begin : last + 1].sum()))
            total += self._span(begin, last, price, used)
            begin, before = last + 1, before + used
        return total

    def _price(self, begin: int, last: int, amount: float) -> float:
        """Return the least price at which no more than an amount is wanted in some months."""
        low, high = 0.0, 2.0 * water.SCARCITY_MAX * float(self.value.max(initial=0.0))
        for _ in range(_STEPS):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.wanted(middle)[begin : last + 1].sum() > amount else (low, middle)
        return high

    def _span(self, begin: int, last: int, price: float, amount: float) -> float:
        """Return what an amount, no more than is needed, is worth in some months, used up to a price."""
        need = self.need[:, begin : last + 1]
        part = Season(need, self.value, self.elasticity, self.flat)
        used = self._shares(price)[:, None] * need
        return part.worth(used) + price * max(amount - float(used.sum()), 0.0)
