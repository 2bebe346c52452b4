"""The program in the words of Clarabel: a quadratic cost, linear rows, and cones for powers and quotients.

A power x^p is the least t with (t, 1, x) in the power cone of 1/p; top^2/bottom the least t with
(t + bottom, t - bottom, 2 top) in the second-order cone. Everything is scaled first: the solver sees numbers about 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import clarabel
import numpy as np
from scipy import sparse

from ecomarket.equilibrium.kkt import sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.form import Form

TOLERANCE = 1e-11
STEPS_MAX = 200
SMALL = 1e-2
"""A variable that is small beside what it is tied to is scaled by no less than this part of it."""


class Scale(NamedTuple):
    """Units for the solver: of variables (n,), of rows (m,), of cost."""

    x: NDArray[np.float64]
    row: NDArray[np.float64]
    cost: float


class Point(NamedTuple):
    """What the solver says: its word, variables (n,), duals of rows (m,), cost, steps."""

    word: str
    x: NDArray[np.float64]
    dual: NDArray[np.float64]
    cost: float
    steps: int


def guessed_scale(form: Form) -> Scale:
    """Guess units from bounds and right sides, before anything is known."""
    reach = np.maximum(np.abs(form.low), np.abs(form.high))
    known = np.where(np.isfinite(reach), reach, np.where(np.isfinite(form.low), np.abs(form.low), 0.0))
    weight = np.abs(form.coefficient)
    for _ in range(3):
        row = np.maximum(np.abs(form.right), form.largest_by_row(weight * known[form.at]))[form.row]
        told = np.flatnonzero(row > 0.0)
        filled = np.full(len(known), np.inf)
        np.minimum.at(filled, form.at[told], row[told] / weight[told])
        known = np.where((known > 0.0) | np.isinf(filled), known, filled)
    known = np.where(known > 0.0, known, 1.0)
    steep = np.abs(form.gradient(known, np.zeros(len(form.top)))) * known
    steep = steep[steep > 0.0]
    return Scale(known, _row_scale(form, known), float(np.median(steep)) if steep.size else 1.0)


def found_scale(form: Form, x: NDArray[np.float64], dual: NDArray[np.float64]) -> Scale:
    """Return units from a point that is near the optimum."""
    unit = sizes(form, x, dual)
    size = np.maximum(unit.x, SMALL * form.largest_by_column(form.per_heaviest(unit.row)[form.row]))
    row = _row_scale(form, size)
    spent = max(float((np.abs(dual) * row).max(initial=0.0)), abs(form.cost(x)) / max(len(x), 1))
    return Scale(size, row, spent if spent > 0.0 else 1.0)


def plain_scale(form: Form) -> Scale:
    """Leave all units as they are."""
    return Scale(np.ones(len(form.low)), np.ones(len(form.right)), 1.0)


def interior_point(form: Form, scale: Scale) -> Point:
    """Solve the program by Clarabel's interior point in these units."""
    n, p, q = len(form.low), len(form.power_at), len(form.top)
    parts, cones = _constraints(form, scale)
    matrix = sparse.vstack([left for left, _ in parts], format="csc")
    right = np.concatenate([value for _, value in parts])
    curve = sparse.diags_array(np.concatenate([form.curve * scale.x**2 / scale.cost, np.zeros(p + q)]), format="csc")
    steep = np.concatenate(
        [
            form.linear * scale.x,
            form.power_scale * scale.x[form.power_at] ** form.power_exponent,
            form.quotient_scale * scale.x[form.top] ** 2 / scale.x[form.bottom],
        ]
    )
    found = clarabel.DefaultSolver(curve, steep / scale.cost, matrix, right, cones, _settings()).solve()
    used = np.flatnonzero(form.largest_by_row(np.abs(form.coefficient)) > 0.0)
    used = np.concatenate([used[form.equal[used]], used[~form.equal[used]]])
    dual = np.zeros(len(form.right))
    dual[used] = np.array(found.z)[: len(used)] * scale.cost / scale.row[used]
    return Point(
        str(found.status), np.array(found.x)[:n] * scale.x, dual, found.obj_val * scale.cost, int(found.iterations)
    )


def _constraints(form: Form, scale: Scale) -> tuple[list[tuple[Any, NDArray[np.float64]]], list[Any]]:
    """Return blocks `left @ x + s = right` and the cones of their s: equations, rows, bounds, powers, quotients."""
    n, p, q = len(form.low), len(form.power_at), len(form.top)
    width = n + p + q
    rows = sparse.csr_array(
        (form.coefficient * scale.x[form.at] / scale.row[form.row], (form.row, form.at)), shape=(len(form.right), width)
    )
    right = form.right / scale.row
    used = form.largest_by_row(np.abs(form.coefficient)) > 0.0
    eye = sparse.eye_array(width, format="csr")
    low, high, fixed = form.low / scale.x, form.high / scale.x, form.low == form.high
    below, above = np.flatnonzero(np.isfinite(low) & ~fixed), np.flatnonzero(np.isfinite(high) & ~fixed)
    equal, less, fixed = (np.flatnonzero(mask) for mask in (used & form.equal, used & ~form.equal, fixed))
    parts = [
        (rows[equal], right[equal]),
        (rows[less], right[less]),
        (eye[fixed], low[fixed]),
        (-eye[below], -low[below]),
        (eye[above], high[above]),
    ]
    cones = [clarabel.ZeroConeT(len(equal)), clarabel.NonnegativeConeT(len(less)), clarabel.ZeroConeT(len(fixed))]
    cones.append(clarabel.NonnegativeConeT(len(below) + len(above)))
    t = n + np.arange(p)
    parts.append(_cone(width, p, [(0, t, -1.0), (2, form.power_at, -1.0)], one=1))
    cones += [clarabel.PowerConeT(1.0 / exponent) for exponent in form.power_exponent.tolist()]
    t = n + p + np.arange(q)
    tied = [(0, t, -1.0), (0, form.bottom, -1.0), (1, t, -1.0), (1, form.bottom, 1.0), (2, form.top, -2.0)]
    parts.append(_cone(width, q, tied))
    cones += [clarabel.SecondOrderConeT(3)] * q
    return parts, cones


def _cone(
    width: int, count: int, entries: list[tuple[int, NDArray[np.int64], float]], one: int | None = None
) -> tuple[Any, NDArray[np.float64]]:
    """Return the block of `count` cones of three rows each, with entries (row of the three, variables, coefficient)."""
    first = 3 * np.arange(count)
    row = np.concatenate([first + place for place, _, _ in entries])
    at = np.concatenate([variables for _, variables, _ in entries])
    worth = np.repeat([coefficient for _, _, coefficient in entries], count)
    right = np.zeros(3 * count)
    if one is not None:
        right[first + one] = 1.0
    return sparse.csr_array((worth, (row, at)), shape=(3 * count, width)), right


def _row_scale(form: Form, size: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = form.largest_by_row(np.abs(form.coefficient) * size[form.at])
    return np.where(largest > 0.0, largest, 1.0)


def _settings() -> Any:
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_iter = STEPS_MAX
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = TOLERANCE
    return settings
