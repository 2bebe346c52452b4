"""Why a program has no solution: rows that contradict each other, or a cost that falls for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from ecomarket.equilibrium.cones import interior_point
from ecomarket.equilibrium.scaling import guessed_scale, plain_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.form import Form

MISSED = 1e-9
"""By what part of its right side a row must at least be missed to be called unfeasible."""
FALLS = 1e-7
"""By what part of the largest cost a unit a direction must at least fall, where an interior point says how far."""
SHARE = 1e-6
"""Rows with a smaller part of the largest weight are no part of a contradiction."""
OPTIONS = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def conflict(form: Form) -> NDArray[np.int64]:
    """Return the rows that cannot be kept together within the bounds, weightiest first; none if all can.

    The least sum of what rows are missed by, each by its own size; the duals of that program prove the contradiction
    (Farkas 1902). Terms do not matter: every one of them is finite wherever the bounds hold.
    """
    n, m = len(form.low), len(form.right)
    unit = _units(form)
    size = np.maximum(np.abs(form.right), form.largest_by_row(np.abs(form.coefficient) * unit[form.at]))
    size = np.where(size > 0.0, size, 1.0)
    worth = form.coefficient * unit[form.at] / size[form.row]
    rows = sparse.csr_array((worth, (form.row, form.at)), shape=(m, n))
    missed = sparse.eye_array(m, format="csr")
    left = sparse.hstack([rows, -missed, missed], format="csr")
    cost = np.concatenate([np.zeros(n), np.ones(2 * m)])
    bounds = np.concatenate([_pairs(form.low / unit, form.high / unit), np.tile([0.0, np.inf], (2 * m, 1))])
    found = _least(cost, left, form.right / size, form.equal, bounds)
    if found is None or found.fun <= MISSED:
        return np.zeros(0, dtype=np.int64)
    weight = np.zeros(m)
    weight[~form.equal], weight[form.equal] = np.abs(found.ineqlin.marginals), np.abs(found.eqlin.marginals)
    order = np.argsort(-weight, kind="stable")
    return np.asarray(order[weight[order] > SHARE * weight.max()])


def falls_for_ever(form: Form) -> bool:
    """Tell whether some direction keeps all rows and bounds and lowers the cost for ever.

    In a direction powers and squares grow faster than anything falls; a quotient grows in proportion, as it is.
    """
    still = form.curve > 0.0
    still[form.power_at] = True
    low = np.where(np.isfinite(form.low) | still, 0.0, -1.0)
    high = np.where(np.isfinite(form.high) | still, 0.0, 1.0)
    size = guessed_scale(form)
    linear = form.linear * size.x
    unit = np.abs(linear).max(initial=0.0)
    if unit == 0.0:
        return False
    none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    away = replace(
        form, low=low, high=high, linear=linear / unit, curve=np.zeros(len(low)), right=np.zeros(len(form.right)),
        coefficient=form.coefficient * size.x[form.at] / size.row[form.row],
        power_at=none, power_scale=nothing, power_exponent=nothing,
        quotient_scale=form.quotient_scale * size.x[form.top] ** 2 / size.x[form.bottom] / unit,
    )  # fmt: skip
    if away.top.size:
        point = interior_point(away, plain_scale(away), MISSED)
        return point.word == "Solved" and point.cost < -FALLS
    rows = sparse.csr_array((away.coefficient, (form.row, form.at)), shape=(len(form.right), len(low)))
    found = _least(away.linear, rows, away.right, form.equal, _pairs(low, high))
    return found is not None and found.fun < -MISSED


def _units(form: Form) -> NDArray[np.float64]:
    """Return for each variable the amount that fills the largest of its right sides, no more than its bounds allow."""
    told = form.right[form.row] != 0.0
    filled = form.largest_by_column(np.where(told, np.abs(form.right[form.row] / form.coefficient), 0.0))
    reach = np.maximum(np.abs(form.low), np.abs(form.high))
    unit = np.minimum(np.where(reach > 0.0, reach, np.inf), np.where(filled > 0.0, filled, np.inf))
    return np.where(np.isfinite(unit), unit, 1.0)


def _least(
    cost: NDArray[np.float64],
    rows: sparse.csr_array,
    right: NDArray[np.float64],
    equal: NDArray[np.bool_],
    bounds: NDArray[np.float64],
) -> Any:
    """Return the solution of a linear program with rows `=` where `equal`, else `<=`; None if HiGHS finds none."""
    found = linprog(
        cost, A_ub=rows[~equal], b_ub=right[~equal], A_eq=rows[equal], b_eq=right[equal], bounds=bounds,
        method="highs", options=OPTIONS,
    )  # fmt: skip
    return found if found.status == 0 else None


def _pairs(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([low, high], axis=1)
