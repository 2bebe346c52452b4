"""From a good point to the exact one: Newton steps on the conditions that the point says are binding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from ecomarket.equilibrium.kkt import gap, reduced_cost, sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.form import Form

ROUNDS_MAX = 30
PATIENCE = 6
"""Rounds without a smaller violation before we stop."""
ENOUGH = 1e-15
SOFT = 1e-9
"""What keeps the scaled equations solvable where prices or quantities are not unique."""
REFINED = 12
EDGE = 0.1
"""A step takes a variable of a power or the bottom of a quotient at most to this part of its value."""


def polish(
    form: Form, x: NDArray[np.float64], dual: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return a point and duals no worse than those given, and their largest violation, free of units.

    A semismooth Newton method: each round guesses from the point which bounds and rows bind, and solves the equations
    that remain, linearised; once the guess is right it converges as Newton's method does.
    """
    x = np.clip(x, form.low, form.high)
    gone = form.top[x[form.bottom] <= 0.0]
    x[gone] = np.clip(0.0, form.low[gone], form.high[gone])
    best = (x, dual, gap(form, x, dual).largest(form.equal))
    waited = 0
    for _ in range(ROUNDS_MAX):
        x, dual = _step(form, x, dual)
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
    form: Form, x: NDArray[np.float64], dual: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Put on its bound what is bound, take the price from rows that do not bind, and move the rest by Newton's step."""
    now = gap(form, x, dual)
    at_low, at_high = now.at_low, now.at_high
    sure = (form.low[form.top] > 0.0) | (form.high[form.top] < 0.0)
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
    moved, priced = _newton(form, x, dual, np.flatnonzero(free), np.flatnonzero(binds))
    moved[curved] = np.maximum(moved[curved], EDGE * x[curved])
    return moved, priced


def _newton(
    form: Form,
    x: NDArray[np.float64],
    dual: NDArray[np.float64],
    free: NDArray[np.int64],
    binds: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Solve the linearised conditions for the free variables and the duals of the binding rows."""
    if not free.size + binds.size:
        return x.copy(), dual.copy()
    matrix, unit = _conditions(form, x, free, binds), sizes(form, x, dual)
    short = np.concatenate([-reduced_cost(form, x, dual)[free], (form.right - form.left(x))[binds]])
    step = _solved(matrix, short, np.concatenate([unit.x[free], unit.dual[binds]]), len(free))
    moved, priced = x.copy(), dual.copy()
    moved[free] += step[: len(free)]
    priced[binds] += step[len(free) :]
    return moved, priced


def _conditions(
    form: Form, x: NDArray[np.float64], free: NDArray[np.int64], binds: NDArray[np.int64]
) -> sparse.csc_array:
    """Return the symmetric matrix of the conditions: curvature, and the entries of binding rows on both sides."""
    n, m = len(form.low), len(form.right)
    place = np.full(n + m, -1)
    place[free] = np.arange(len(free))
    place[n + binds] = len(free) + np.arange(len(binds))
    own, mixed = form.curvature(x)
    row = np.concatenate([np.arange(n), form.top, form.bottom, form.at, n + form.row])
    column = np.concatenate([np.arange(n), form.bottom, form.top, n + form.row, form.at])
    worth = np.concatenate([own, mixed, mixed, form.coefficient, form.coefficient])
    row, column = place[row], place[column]
    kept = (row >= 0) & (column >= 0) & (worth != 0.0)
    size = len(free) + len(binds)
    return sparse.csc_array((worth[kept], (row[kept], column[kept])), shape=(size, size))


def _solved(
    matrix: sparse.csc_array, right: NDArray[np.float64], unit: NDArray[np.float64], free: int
) -> NDArray[np.float64]:
    """Solve by a softened factorisation, refined against the matrix itself; `unit` are the sizes of the unknowns."""
    scale = _balance(matrix, unit)
    even = sparse.csc_array(sparse.diags_array(scale) @ matrix @ sparse.diags_array(scale))
    soft = np.where(np.arange(len(right)) < free, SOFT, -SOFT)
    factor = splu(
        sparse.csc_array(even + sparse.diags_array(soft)), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01,
        options={"SymmetricMode": True},
    )  # fmt: skip
    wanted = scale * right
    found = np.zeros_like(wanted)
    left = wanted
    for _ in range(REFINED):
        trial = found + factor.solve(left)
        rest = wanted - even @ trial
        if not np.abs(rest).max() < np.abs(left).max():
            break
        found, left = trial, rest
    return np.asarray(scale * found)


def _balance(matrix: sparse.csc_array, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return factors by which the largest number of each row and column of the scaled matrix is about 1 (Ruiz 2001)."""
    entries = sparse.coo_array(matrix)
    row, column = entries.coords
    size, scale = np.abs(entries.data), unit.copy()
    for _ in range(6):
        largest = np.zeros(len(scale))
        np.maximum.at(largest, row, scale[row] * size * scale[column])
        scale /= np.sqrt(np.where(largest > 0.0, largest, 1.0))
    return scale
