"""The program in the words of Clarabel: a quadratic cost, linear rows, and cones for powers and quotients.

A power x^p is the least t with (t, 1, x) in the power cone of 1/p; top^2/bottom the least t with
(t + bottom, t - bottom, 2 top) in the second-order cone. Everything is scaled first: the solver sees numbers about 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import clarabel
import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.form import Form
    from ecomarket.equilibrium.scaling import Scale

STEPS_MAX = 200


class Point(NamedTuple):
    """What the solver says: its word, variables (n,), duals of rows (m,), cost, steps."""

    word: str
    x: NDArray[np.float64]
    dual: NDArray[np.float64]
    cost: float
    steps: int


def interior_point(form: Form, scale: Scale, tolerance: float) -> Point:
    """Solve the program by Clarabel's interior point in these units, to a relative gap of `tolerance`."""
    n, p, q = len(form.low), len(form.power_at), len(form.top)
    used = form.largest_by_row(np.abs(form.coefficient)) > 0.0
    rows = np.concatenate([np.flatnonzero(used & form.equal), np.flatnonzero(used & ~form.equal)])
    width = n + p + q
    matrix, right, cones = _stacked(_constraints(form, scale, rows), width)
    bend = np.concatenate([form.curve * scale.x**2 / scale.cost, np.zeros(p + q)])
    curve = sparse.csc_array((bend, np.arange(width), np.arange(width + 1)), shape=(width, width))
    steep = np.concatenate(
        [
            form.linear * scale.x,
            form.power_scale * scale.x[form.power_at] ** form.power_exponent,
            form.quotient_scale * scale.x[form.top] ** 2 / scale.x[form.bottom],
        ]
    )
    found = clarabel.DefaultSolver(curve, steep / scale.cost, matrix, right, cones, _settings(tolerance)).solve()
    dual = np.zeros(len(form.right))
    dual[rows] = np.array(found.z)[: len(rows)] * scale.cost / scale.row[rows]
    return Point(
        str(found.status), np.array(found.x)[:n] * scale.x, dual, found.obj_val * scale.cost, int(found.iterations)
    )


def _constraints(form: Form, scale: Scale, rows: NDArray[np.int64]) -> list[_Block]:
    """Return the blocks of the program: equations and rows (`rows`, in this order), bounds, powers, quotients."""
    n, p, q = len(form.low), len(form.power_at), len(form.top)
    place = np.full(len(form.right), -1)
    place[rows] = np.arange(len(rows))
    equations = int(form.equal[rows].sum())
    kinds = [clarabel.ZeroConeT(equations), clarabel.NonnegativeConeT(len(rows) - equations)]
    worth = form.coefficient * scale.x[form.at] / scale.row[form.row]
    low, high, fixed = form.low / scale.x, form.high / scale.x, form.low == form.high
    below, above = np.flatnonzero(np.isfinite(low) & ~fixed), np.flatnonzero(np.isfinite(high) & ~fixed)
    still = np.flatnonzero(fixed)
    powers = [clarabel.PowerConeT(1.0 / exponent) for exponent in form.power_exponent.tolist()]
    t, first = n + np.arange(p), 3 * np.arange(p)
    one = np.zeros(3 * p)
    one[first + 1] = 1.0
    u, start = n + p + np.arange(q), 3 * np.arange(q)
    return [
        _Block(place[form.row], form.at, worth, (form.right / scale.row)[rows], kinds),
        _single(still, 1.0, low[still], clarabel.ZeroConeT),
        _single(below, -1.0, -low[below], clarabel.NonnegativeConeT),
        _single(above, 1.0, high[above], clarabel.NonnegativeConeT),
        _Block(np.r_[first, first + 2], np.r_[t, form.power_at], np.full(2 * p, -1.0), one, powers),
        _Block(
            np.r_[start, start, start + 1, start + 1, start + 2],
            np.r_[u, form.bottom, u, form.bottom, form.top],
            np.repeat([-1.0, -1.0, -1.0, 1.0, -2.0], q),
            np.zeros(3 * q),
            [clarabel.SecondOrderConeT(3)] * q,
        ),
    ]


class _Block(NamedTuple):
    """Constraints `left @ x + s = right` with s in `cones`; entries of the left by row and variable."""

    row: NDArray[np.int64]
    at: NDArray[np.int64]
    worth: NDArray[np.float64]
    right: NDArray[np.float64]
    cones: list[Any]


def _single(at: NDArray[np.int64], worth: float, right: NDArray[np.float64], cone: Any) -> _Block:
    """Return constraints of one variable each."""
    return _Block(np.arange(len(at)), at, np.full(len(at), worth), right, [cone(len(at))])


def _stacked(blocks: list[_Block], width: int) -> tuple[Any, NDArray[np.float64], list[Any]]:
    """Return the blocks one below the other: left side, right side, cones."""
    first = np.cumsum([0, *(len(block.right) for block in blocks)])
    row = np.concatenate([block.row + start for block, start in zip(blocks, first, strict=False)])
    at = np.concatenate([block.at for block in blocks])
    worth = np.concatenate([block.worth for block in blocks])
    left = sparse.csc_array((worth, (row, at)), shape=(int(first[-1]), width))
    return left, np.concatenate([block.right for block in blocks]), [c for block in blocks for c in block.cones]


def _settings(tolerance: float) -> Any:
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_iter = STEPS_MAX
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
    return settings
