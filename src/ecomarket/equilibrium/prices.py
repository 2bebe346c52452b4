"""The range of a price: the least and the greatest dual of a row among all that an optimum allows.

The duals of a convex program are the same set whichever optimum is looked at. Linear conditions cut it out: a row with
room has dual 0, a binding inequality none below 0, the reduced cost of a variable is 0 between its bounds, not below 0
at the low one, not above 0 at the high one. Where vertical supply meets vertical demand, that leaves an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from ecomarket.equilibrium.kkt import gap, sizes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ecomarket.equilibrium.form import Form
    from ecomarket.equilibrium.program import Program
    from ecomarket.equilibrium.solve import Solution

ON_THE_BOUND = 1e-9
"""A distance from a bound or a row, by size, that counts as none."""
SAME = 1e-7
"""A range narrower than this part of the largest price in it is one price."""
EXACT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def price_range(program: Program, solution: Solution, row: int) -> tuple[float, float]:
    """Return the least and the greatest dual of a row; both the same where the price is unique, inf on an open side."""
    low, high = price_ranges(program, solution, [row])
    return float(low[0]), float(high[0])


def price_ranges(
    program: Program, solution: Solution, rows: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and the greatest dual of each of the rows, in cost a unit of the row, float64.

    Raise ValueError for a program that has no optimum.
    """
    if solution.status not in ("solved", "inaccurate"):
        raise ValueError(f"a program that is {solution.status} has no prices")
    duals = _optimal_duals(program.form(), solution)
    asked = np.ravel(np.asarray(rows, dtype=np.int64))
    low, high = solution.dual[asked].copy(), solution.dual[asked].copy()
    for i in np.flatnonzero(duals.open[asked]):
        low[i] += duals.furthest(int(asked[i]), -1.0)
        high[i] += duals.furthest(int(asked[i]), 1.0)
    low[~duals.binds[asked]] = high[~duals.binds[asked]] = 0.0
    finite = np.isfinite(low) & np.isfinite(high)
    width = np.subtract(high, low, out=np.full(len(asked), np.inf), where=finite)
    single = finite & (width <= SAME * np.maximum(np.abs(low), np.abs(high)))
    low[single] = high[single] = np.where(duals.binds[asked], solution.dual[asked], 0.0)[single]
    return low, high


@dataclass(frozen=True)
class _Duals:
    """What may be added to the duals found: moves of the binding rows, `within @ move` between bounds.

    binds, open (m,): rows that bind; rows whose dual is not settled by a variable between its bounds.
    """

    binds: NDArray[np.bool_]
    open: NDArray[np.bool_]
    unit: NDArray[np.float64]
    within: sparse.csr_array
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    bounds: NDArray[np.float64]

    def furthest(self, row: int, way: float) -> float:
        """Return by how much a row's dual can go down (way -1) or up (way 1)."""
        cost = np.where(np.flatnonzero(self.open) == row, -way, 0.0)
        equal = self.least == self.most
        below, above = ~equal & np.isfinite(self.most), ~equal & np.isfinite(self.least)
        found = linprog(
            cost, A_eq=self.within[equal], b_eq=self.most[equal], bounds=self.bounds, method="highs", options=EXACT,
            A_ub=sparse.vstack([self.within[below], -self.within[above]]),
            b_ub=np.concatenate([self.most[below], -self.least[above]]),
        )  # fmt: skip
        moved = np.inf if found.fun is None else max(-found.fun, 0.0)
        return float(way * moved * self.unit[row])


def _optimal_duals(form: Form, solution: Solution) -> _Duals:
    """Describe the set of optimal duals around those found, each in its own size."""
    x, dual = solution.x, solution.dual
    unit, now = sizes(form, x, dual), gap(form, x, dual)
    near = max(ON_THE_BOUND, 10.0 * solution.residual)
    binds = form.equal | (now.slack <= near)
    at_low, at_high = now.x - now.low <= near, now.high - now.x <= near
    is_open = _unsettled(form, binds, ~(at_low | at_high))
    place = np.cumsum(is_open) - 1
    kept = is_open[form.row]
    worth = form.coefficient * unit.dual[form.row] / unit.price[form.at]
    within = sparse.csr_array((worth[kept], (form.at[kept], place[form.row[kept]])), shape=(len(x), int(is_open.sum())))
    reduced = np.where(at_low & ~at_high, np.maximum(now.reduced, 0.0), now.reduced)
    reduced = np.where(at_high & ~at_low, np.minimum(reduced, 0.0), reduced)
    least = np.where(at_low, np.where(at_high, -np.inf, -reduced), np.where(at_high, -np.inf, 0.0))
    most = np.where(at_high, np.where(at_low, np.inf, -reduced), np.where(at_low, np.inf, 0.0))
    touched = np.unique(form.at[kept])
    floor = np.where(form.equal, -np.inf, -np.maximum(now.dual, 0.0))[is_open]
    bounds = np.stack([floor, np.full(len(floor), np.inf)], axis=1)
    return _Duals(binds, is_open, unit.dual, within[touched], least[touched], most[touched], bounds)


def _unsettled(form: Form, binds: NDArray[np.bool_], between: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the binding rows whose dual no variable settles.

    A variable between its bounds settles a row's dual when the duals of all its other rows are settled: they add up to
    its marginal cost.
    """
    unsettled = binds.copy()
    used = between[form.at]
    row, at = form.row[used], form.at[used]
    while True:
        counts = unsettled[row]
        number = np.bincount(at[counts], minlength=len(form.low))
        settled = row[counts & (number[at] == 1)]
        if not settled.size:
            return unsettled
        unsettled[settled] = False
