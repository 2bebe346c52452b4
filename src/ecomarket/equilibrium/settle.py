"""Of plans that cost the same, the one that keeps least in banks: a party short of rights does not keep any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.equilibrium.program import Program
    from ecomarket.equilibrium.solve import Solution

SLACK: Final = 1e-9
"""How much, relative to its size, a row or the cost may give way, so that rounding leaves the plan found feasible."""


def settled(program: Program, solution: Solution, banks: Sequence[int]) -> NDArray[np.float64]:
    """Return the amounts of the plan, with the least in `banks` at the same cost.

    Where the cost is curved the plan is unique; what is left free is a linear program, solved by HiGHS.
    """
    if not banks:
        return solution.x
    form = program.form()
    curved = form.curve > 0
    for places in (form.power_at, form.top, form.bottom):
        curved[places] = True
    free = ~curved
    if not free.any():
        return solution.x
    x = solution.x
    size = 1.0 + np.abs(x)
    low, high = np.where(free, form.low, x), np.where(free, form.high, x)
    matrix = csr_array((form.coefficient, (form.row, form.at)), shape=(len(form.right), len(x)))
    slack = SLACK * (1.0 + np.abs(form.right) + abs(matrix) @ size)
    least = np.zeros(len(x))
    least[list(banks)] = 1.0
    cost = csr_array(np.where(free, form.linear, 0.0)[None, :])
    bound = cost @ x + SLACK * (1.0 + abs(cost) @ size)
    upper = [matrix[~form.equal], cost]
    found = linprog(
        least,
        A_ub=vstack(upper),
        b_ub=np.concatenate([(form.right + slack)[~form.equal], bound]),
        A_eq=matrix[form.equal] if form.equal.any() else None,
        b_eq=(matrix @ x)[form.equal] if form.equal.any() else None,
        bounds=np.column_stack([low, high]),
        method="highs",
    )
    if not found.success or least @ found.x >= least @ x - SLACK * (1.0 + least @ size):
        return x
    moved: NDArray[np.float64] = np.where(free, found.x, x)
    return moved
