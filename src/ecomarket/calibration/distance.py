"""How far simulated moments are from observed ones, and what one more simulated year may bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.stats import t as student

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LOST: Final = 100.0
"""What a moment costs that some seed cannot tell: as much as ten deviations, so that dead markets are left."""
LEAST_SD: Final = 0.02
"""Least deviation of a moment, as a part of what was observed: one that hardly varies must not outweigh the rest."""
LEVEL: Final = 0.95


class Spread(NamedTuple):
    """A simulated moment over seeds: its mean, and the interval in which one more year lies with 95 % (Student)."""

    mean: float
    low: float
    high: float

    def holds(self, observed: float) -> bool:
        """Tell whether an observed year is one that the model might have made."""
        return self.low <= observed <= self.high


def weights(sample: Floats, observed: Floats) -> Floats:
    """Return the inverse variance of each moment (columns) over seeds (rows), no larger than LEAST_SD allows."""
    told = np.isfinite(sample)
    mean = np.where(told, sample, 0.0).sum(axis=0) / np.maximum(told.sum(axis=0), 1)
    away = np.where(told, sample - mean, 0.0)
    variance = (away**2).sum(axis=0) / np.maximum(told.sum(axis=0) - 1, 1)
    return np.asarray(1.0 / np.maximum(variance, (LEAST_SD * np.maximum(np.abs(observed), 1e-9)) ** 2))


def distance(sample: Floats, observed: Floats, weight: Floats) -> float:
    """Return the weighted sum of squares of what means over seeds miss; LOST for a moment that a seed cannot tell."""
    whole = np.isfinite(sample).all(axis=0)
    missed = np.where(whole, sample, 0.0).mean(axis=0) - observed
    return float(np.where(whole, weight * missed**2, LOST).sum())


def spread(values: Floats) -> Spread:
    """Return the mean of a moment over seeds and the interval for one more year; wide open with fewer than two seeds.

    mean +- t sd sqrt(1 + 1/n): one observed year is one draw, and is held against single years, not their mean.
    """
    told = values[np.isfinite(values)]
    if len(told) < 2:
        mean = float(told.mean()) if len(told) else float("nan")
        return Spread(mean, float("-inf"), float("inf"))
    n = len(told)
    half = float(student.ppf(0.5 + LEVEL / 2.0, n - 1) * told.std(ddof=1) * np.sqrt(1.0 + 1.0 / n))
    return Spread(float(told.mean()), float(told.mean()) - half, float(told.mean()) + half)
