"""A bounded search without derivatives: points spread evenly over the cube, then simplexes from the best of them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.stats import qmc

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SPREAD_SHARE: Final = 0.4
"""Part of the budget that is spread over the cube (Halton's points); the rest is simplexes (Nelder and Mead 1965)."""
STARTS: Final = 2
"""Best points from which a simplex starts, one after the other."""
EDGE: Final = 0.15
"""Edge of a first simplex."""


class Found(NamedTuple):
    """The best point, its value, the value at the start, and how often the function was asked."""

    point: Floats
    value: float
    at_start: float
    asked: int


class _SpentError(Exception):
    """The budget is used up."""


def search(function: Callable[[Floats], float], start: Floats, budget: int) -> Found:
    """Return the least value of a function on the unit cube found with `budget` evaluations, the start's own included.

    The points depend on the start, the dimension and the budget only; no chance enters.
    """
    known: list[tuple[float, Floats]] = []

    def ask(point: Floats) -> float:
        if len(known) >= budget:
            raise _SpentError
        inside = np.clip(point, 0.0, 1.0)
        known.append((function(inside), inside))
        return known[-1][0]

    with suppress(_SpentError):
        ask(start)
        for point in qmc.Halton(len(start), scramble=False).random(1 + int(budget * SPREAD_SHARE))[1:]:
            ask(point)
        best = [point for _, point in sorted(known, key=lambda one: one[0])[:STARTS]]
        for at, point in enumerate(best):
            left = (budget - len(known)) // (len(best) - at)
            options = {"initial_simplex": simplex(point), "maxfev": left, "xatol": 1e-3, "fatol": 1e-6}
            minimize(ask, point, method="Nelder-Mead", bounds=[(0.0, 1.0)] * len(start), options=options)
    value, point = min(known, key=lambda one: one[0])
    return Found(point, value, known[0][0], len(known))


def simplex(point: Floats) -> Floats:
    """Return a simplex inside the cube: the point, and one step along each axis towards the farther face."""
    steps = np.where(point > 0.5, -EDGE, EDGE)
    return np.vstack([point, point + np.diag(steps)])
