"""From a good point to the exact one: Newton steps on the conditions that the point says are binding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.equilibrium.kkt import gap, sizes
from ecomarket.equilibrium.newton import SOFT, newton

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.form import Form
    from ecomarket.equilibrium.scaling import Scale

ROUNDS_MAX = 30
PATIENCE = 6
"""Rounds without a smaller violation before we stop."""
ENOUGH = 1e-15
GOOD = 1e-10
"""Violations at which rounds end, and at which no other sight is tried."""
SIGHTS = (1.0, 1e-2, 1e-4)
"""By what part of what it is tied to a thing is measured when it is asked whether it is 0: wide first, then sharp."""
ROUNDING = 1e-6
"""What part of its unit in the interior point a variable or a dual may owe to rounding: it may as well be 0."""
EDGE = 0.1
"""A step takes a variable of a power or the bottom of a quotient at most to this part of its value."""


def polish(
    form: Form, x: NDArray[np.float64], dual: NDArray[np.float64], scale: Scale
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return a point and duals no worse than those given, and their largest violation, free of units.

    A semismooth Newton method: each round guesses from the point which bounds and rows bind, and solves the equations
    that remain, linearised; once the guess is right it converges as Newton's method does. `scale` are the units in
    which the point was found: what is a millionth of them may be rounding.
    """
    x = np.clip(x, form.low, form.high)
    gone = form.top[x[form.bottom] <= 0.0]
    x[gone] = np.clip(0.0, form.low[gone], form.high[gone])
    best = start = (x, dual, gap(form, x, dual).largest(form.equal))
    for sight in SIGHTS:
        found = _rounds(form, start, scale, sight)
        best = found if found[2] < best[2] else best
        if best[2] <= GOOD:
            break
    return best


def _rounds(
    form: Form, best: tuple[NDArray[np.float64], NDArray[np.float64], float], scale: Scale, sight: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return the best point of some rounds, of which the one given is the first."""
    x, dual, _ = best
    waited = 0
    for _ in range(ROUNDS_MAX):
        x, dual = _step(form, x, dual, scale, sight)
        if not (np.all(np.isfinite(x)) and np.all(np.isfinite(dual))):
            break
        violation = gap(form, x, dual).largest(form.equal)
        waited = 0 if violation < best[2] else waited + 1
        if violation < best[2]:
            best = (x, dual, violation)
        if violation <= ENOUGH or waited > PATIENCE:
            break
    return best


def _step(
    form: Form, x: NDArray[np.float64], dual: NDArray[np.float64], scale: Scale, sight: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Put on its bound what is bound, take the price from rows that do not bind, and move the rest by Newton's step."""
    unit = sizes(form, x, dual, sight)
    least, dearest = ROUNDING * scale.x, ROUNDING * scale.cost / scale.row
    now = gap(form, x, dual, unit._replace(x=np.maximum(unit.x, least), dual=np.maximum(unit.dual, dearest)))
    at_low, at_high = now.at_low, now.at_high
    sure = (form.low[form.top] > 0.0) | (form.high[form.top] < 0.0)  # that the top is not 0: nor can the bottom be
    at_low[form.bottom[sure & (form.low[form.bottom] == 0.0)]] = False
    binds = now.binding(form.equal)
    x = np.where(at_low, form.low, np.where(at_high, form.high, x))
    free = ~(at_low | at_high)
    gone = form.top[x[form.bottom] <= 0.0]
    x[gone], free[gone] = 0.0, False
    dual = np.where(binds, dual, 0.0)
    curved = np.concatenate([form.power_at, form.bottom])
    curved = curved[free[curved]]
    inside = x.copy()
    inside[curved] = np.maximum(inside[curved], SOFT * sizes(form, x, dual).x[curved])
    x = np.where(free, inside, x)
    moved, priced = newton(form, x, dual, np.flatnonzero(free), np.flatnonzero(binds))
    moved[curved] = np.maximum(moved[curved], EDGE * x[curved])
    return moved, priced
