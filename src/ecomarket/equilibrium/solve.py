"""A program solved: the least cost, what is done, and what each row and bound is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ecomarket.equilibrium.cones import interior_point
from ecomarket.equilibrium.feasible import conflict, falls_for_ever
from ecomarket.equilibrium.kkt import gap, reduced_cost
from ecomarket.equilibrium.polish import GOOD, polish
from ecomarket.equilibrium.scaling import found_scale, guessed_scale, plain_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.form import Form
    from ecomarket.equilibrium.program import Program
    from ecomarket.equilibrium.scaling import Scale

Status = Literal["solved", "inaccurate", "infeasible", "unbounded"]
TURNS = 4
FIRST, AGAIN = 1e-10, 1e-11
"""The gap to which the interior point goes in the first turn, and in the others. Where powers are many, the last steps
are hard, and Newton's method needs them seldom."""
ACCEPTED = 1e-8
"""The largest violation of a point that is called solved."""


@dataclass(frozen=True)
class Solution:
    """What solving a program gave. Only `status` and `conflict` have a meaning where there is no solution.

    status     solved (residual at most 1e-8), inaccurate, infeasible, unbounded
    x          float64 by variable
    dual       float64 by row: the fall of the least cost for one unit more on the right side; at least 0 for `<=`
    at_low     float64 by variable: the rise of the least cost for one unit more of its low bound
    at_high    float64 by variable: the fall of the least cost for one unit more of its high bound
    objective  the least cost
    residual   the largest violation of a condition of the optimum, free of units (equilibrium.kkt)
    steps      steps of the interior point
    conflict   int64: rows that contradict each other, weightiest first, where it is infeasible
    """

    status: Status
    x: NDArray[np.float64]
    dual: NDArray[np.float64]
    at_low: NDArray[np.float64]
    at_high: NDArray[np.float64]
    objective: float
    residual: float
    steps: int
    conflict: NDArray[np.int64]


def solve(program: Program) -> Solution:
    """Find the least cost of a program, to a violation of 1e-10 where numbers allow it.

    That there is no solution is an answer, not an error. Clarabel's interior point (Goulart and Chen 2024) finds the
    point, Newton's method makes it exact. Where that is not good enough, all is tried again to a smaller gap, then in
    other units: those of the point found, those given.
    """
    form = program.form()
    best: tuple[NDArray[np.float64], NDArray[np.float64], float] | None = None
    steps = 0
    for turn in range(TURNS):
        scale = _scale(form, best, turn)
        point = interior_point(form, scale, FIRST if turn == 0 else AGAIN)
        steps += point.steps
        if "Infeasible" in point.word and (refused := _refused(form, steps)):
            return refused
        if np.all(np.isfinite(point.x)) and np.all(np.isfinite(point.dual)):
            found = polish(form, point.x, point.dual, scale)
            best = found if best is None or found[2] < best[2] else best
        if best is not None and best[2] <= GOOD:
            break
    if (best is None or best[2] > ACCEPTED) and (refused := _refused(form, steps)):
        return refused
    return _told(form, best or (np.clip(0.0, form.low, form.high), np.zeros(len(form.right)), np.inf), steps)


def _scale(form: Form, best: tuple[NDArray[np.float64], NDArray[np.float64], float] | None, turn: int) -> Scale:
    """Return the units of a turn: guessed, and again, of the point found, as given."""
    if turn in (0, 1):
        return guessed_scale(form)
    if turn == 2 and best is not None:
        return found_scale(form, best[0], best[1])
    return plain_scale(form)


def _refused(form: Form, steps: int) -> Solution | None:
    """Return why there is no solution, if there is none, by another method than the one that found no point."""
    rows = conflict(form)
    status: Status | None = None
    if rows.size:
        status = "infeasible"
    elif falls_for_ever(form):
        status = "unbounded"
    if status is None:
        return None
    x, dual = np.full(len(form.low), np.nan), np.full(len(form.right), np.nan)
    worth = np.inf if status == "infeasible" else -np.inf
    return Solution(status, x, dual, x, x, worth, np.inf, steps, rows)


def _told(form: Form, best: tuple[NDArray[np.float64], NDArray[np.float64], float], steps: int) -> Solution:
    x, dual, violation = best
    reduced, now = reduced_cost(form, x, dual), gap(form, x, dual)
    return Solution(
        status="solved" if violation <= ACCEPTED else "inaccurate",
        x=x,
        dual=dual,
        at_low=np.where(now.at_low, np.maximum(reduced, 0.0), 0.0),
        at_high=np.where(now.at_high, np.maximum(-reduced, 0.0), 0.0),
        objective=form.cost(x),
        residual=violation,
        steps=steps,
        conflict=np.zeros(0, dtype=np.int64),
    )
