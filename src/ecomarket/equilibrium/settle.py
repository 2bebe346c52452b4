"""Of plans that cost the same, the one that keeps, borrows and moves least: nobody does so for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_array, eye_array, hstack, vstack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.equilibrium.program import Program
    from ecomarket.equilibrium.solve import Solution

SLACK: Final = 1e-9
"""How much, relative to its size, a row or the cost may give way, so that rounding leaves the plan found feasible."""


def settled(program: Program, solution: Solution, idle: Sequence[int]) -> NDArray[np.float64]:
    """Return the amounts of the plan, with the least in `idle` (banks, flows) at the same cost, whatever their sign.

    Where the cost is curved the plan is unique; what is left free is a linear program, solved by HiGHS. It has
    a further variable for the size of each idle amount.
    """
    form = program.form()
    curved = form.curve > 0
    for places in (form.power_at, form.top, form.bottom):
        curved[places] = True
    free, x = ~curved, solution.x
    counted = np.array([i for i in idle if free[i]], dtype=np.int64)
    if not counted.size:
        return x
    size = 1.0 + np.abs(x)
    low, high = np.where(free, form.low, x), np.where(free, form.high, x)
    matrix = csr_array((form.coefficient, (form.row, form.at)), shape=(len(form.right), len(x)))
    slack = SLACK * (1.0 + np.abs(form.right) + abs(matrix) @ size)
    cost = csr_array(np.where(free, form.linear, 0.0)[None, :])
    bound = cost @ x + SLACK * (1.0 + abs(cost) @ size)
    pick = csr_array((np.ones(len(counted)), (np.arange(len(counted)), counted)), shape=(len(counted), len(x)))
    within, sizes = vstack([matrix[~form.equal], cost]), -eye_array(len(counted))
    nothing = np.zeros(len(counted))
    found = linprog(
        np.concatenate([np.zeros(len(x)), nothing + 1.0]),
        A_ub=block_array([[within, None], [pick, sizes], [-pick, sizes]]),
        b_ub=np.concatenate([(form.right + slack)[~form.equal], bound, nothing, nothing]),
        A_eq=_wider(matrix[form.equal], len(counted)) if form.equal.any() else None,
        b_eq=(matrix @ x)[form.equal] if form.equal.any() else None,
        bounds=np.column_stack([np.concatenate([low, nothing]), np.concatenate([high, nothing + np.inf])]),
        method="highs",
    )
    now = np.abs(x[counted]).sum()
    if not found.success or found.fun >= now - SLACK * (1.0 + now + len(counted)):
        return x
    moved: NDArray[np.float64] = np.where(free, found.x[: len(x)], x)
    return moved


def _wider(matrix: csr_array, columns: int) -> csr_array:
    """Return a matrix with further columns of zeros."""
    return hstack([matrix, csr_array((matrix.shape[0], columns))])
