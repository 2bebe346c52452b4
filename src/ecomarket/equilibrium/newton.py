"""One step of Newton's method on the conditions of an optimum, where it is said what binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from ecomarket.equilibrium.kkt import reduced_cost, sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.form import Form

SOFT = 1e-9
"""What keeps the scaled equations solvable where prices or quantities are not unique."""
REFINED = 12
BALANCED = 6
"""Rounds, at most, of refining a solution, and of balancing the equations."""


def newton(
    form: Form,
    x: NDArray[np.float64],
    dual: NDArray[np.float64],
    free: NDArray[np.int64],
    binds: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the point at which the linearised conditions hold: free variables and duals of binding rows have moved."""
    moved, priced = x.copy(), dual.copy()
    if not free.size + binds.size:
        return moved, priced
    row, column, worth = _conditions(form, x, free, binds)
    unit = sizes(form, x, dual)
    short = np.concatenate([-reduced_cost(form, x, dual)[free], (form.right - form.left(x))[binds]])
    scale = _balance(row, column, worth, np.concatenate([unit.x[free], unit.dual[binds]]))
    step = scale * _solved(row, column, scale[row] * worth * scale[column], scale * short, len(free))
    moved[free] += step[: len(free)]
    priced[binds] += step[len(free) :]
    return moved, priced


def _conditions(
    form: Form, x: NDArray[np.float64], free: NDArray[np.int64], binds: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the symmetric matrix of the conditions: curvature, and the entries of binding rows on both sides."""
    n, m = len(form.low), len(form.right)
    place = np.full(n + m, -1)
    place[free] = np.arange(len(free))
    place[n + binds] = len(free) + np.arange(len(binds))
    own, mixed = form.curvature(x)
    row = place[np.concatenate([np.arange(n), form.top, form.bottom, form.at, n + form.row])]
    column = place[np.concatenate([np.arange(n), form.bottom, form.top, n + form.row, form.at])]
    worth = np.concatenate([own, mixed, mixed, form.coefficient, form.coefficient])
    kept = (row >= 0) & (column >= 0) & (worth != 0.0)
    return row[kept], column[kept], worth[kept]


def _solved(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    worth: NDArray[np.float64],
    right: NDArray[np.float64],
    free: int,
) -> NDArray[np.float64]:
    """Solve balanced equations by a softened factorisation, refined against the equations themselves.

    Softened are the first `free` downwards and the others upwards, so that no pivot is ever 0 (quasi-definite,
    Vanderbei 1995). Nothing is moved where numbers are beyond all bounds.
    """
    found = np.zeros_like(right)
    size = len(right)
    diagonal = np.arange(size)
    soft = np.where(diagonal < free, SOFT, -SOFT)
    if not np.all(np.isfinite(worth)):
        return found
    softened = sparse.csc_array(
        (np.concatenate([worth, soft]), (np.concatenate([row, diagonal]), np.concatenate([column, diagonal]))),
        shape=(size, size),
    )
    factor = splu(softened, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01, options={"SymmetricMode": True})
    left = right
    for _ in range(REFINED):
        trial = found + factor.solve(left)
        rest = right - np.bincount(row, weights=worth * trial[column], minlength=size)
        if not np.abs(rest).max() < np.abs(left).max():
            break
        found, left = trial, rest
    return found


def _balance(
    row: NDArray[np.int64], column: NDArray[np.int64], worth: NDArray[np.float64], unit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return factors that bring the largest number of each row and column near 1 (Ruiz 2001), beginning with `unit`."""
    size, scale = np.abs(worth), unit.copy()
    for _ in range(BALANCED):
        largest = np.zeros(len(scale))
        np.maximum.at(largest, row, scale[row] * size * scale[column])
        scale /= np.sqrt(np.where(largest > 0.0, largest, 1.0))
    return scale
