"""Units in which a program's numbers are about 1: guessed from bounds and right sides, or told by a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.equilibrium.kkt import sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.form import Form

SMALL = 1e-2
"""A variable that is small beside what it is tied to is scaled by no less than this part of it."""


class Scale(NamedTuple):
    """Units for the solver: of variables (n,), of rows (m,), of cost."""

    x: NDArray[np.float64]
    row: NDArray[np.float64]
    cost: float


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


def _row_scale(form: Form, size: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = form.largest_by_row(np.abs(form.coefficient) * size[form.at])
    return np.where(largest > 0.0, largest, 1.0)
