"""How far a point and its duals are from the conditions of an optimum (Karush, Kuhn, Tucker), free of units.

Each variable is measured by its own size, each marginal cost by the largest of the costs and prices that it
balances, each row by its largest part, each dual by itself. A thing that is 0 is measured by a ten-thousandth of what
it is tied to, so that a firm that does nothing beside firms that do much is not measured by its rounding error.

The violation of a bound, or of a row with a dual, is the lesser of the distance from it and of the price: one of the
two must vanish.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.form import Form

NEIGHBOUR = 1e-4
"""The part of its neighbours' size by which a thing of size 0 is measured."""
STRANGER = 1e-10
"""The part of the largest size of its kind by which a thing is measured at least."""

CHAIN_MAX = 200
"""Turns in which the ratios of empty quotients are looked for."""

BEYOND = 1e100
"""A ratio at which the search stops: none suits."""


class Sizes(NamedTuple):
    """Units of variables (n,), marginal costs (n,), rows (m,) and duals (m,)."""

    x: NDArray[np.float64]
    price: NDArray[np.float64]
    row: NDArray[np.float64]
    dual: NDArray[np.float64]


class Gap(NamedTuple):
    """What is left of each condition at a point, free of units.

    x, reduced (n,): variables and their reduced costs; low, high (n,): bounds; slack, dual (m,): rows.
    """

    x: NDArray[np.float64]
    reduced: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    slack: NDArray[np.float64]
    dual: NDArray[np.float64]

    @property
    def at_low(self) -> NDArray[np.bool_]:
        """Which variables belong at their low bound."""
        return np.asarray(self.x - self.reduced <= self.low)

    @property
    def at_high(self) -> NDArray[np.bool_]:
        """Which variables belong at their high bound."""
        return np.asarray(self.x - self.reduced >= self.high)

    def binding(self, equal: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which rows bind."""
        return equal | (self.slack < self.dual)

    def largest(self, equal: NDArray[np.bool_]) -> float:
        """Return the largest violation: of bounds, rows, signs, stationarity or complementarity."""
        columns = np.abs(self.x - np.clip(self.x - self.reduced, self.low, self.high))
        rows = np.abs(np.where(equal, self.slack, np.minimum(self.slack, self.dual)))
        return float(max(columns.max(initial=0.0), rows.max(initial=0.0)))


def reduced_cost(form: Form, x: NDArray[np.float64], dual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return marginal cost plus what the rows ask, by variable (n,).

    Where bottom and top of a quotient are 0, their ratio is the one that suits the top, if any does. The top may be
    another's bottom, so the ratios are found in turns.
    """
    ratio, worth = form.ratio(x), form.worth(dual)
    empty = np.flatnonzero(x[form.bottom] <= 0.0)
    top, scale = form.top[empty], form.quotient_scale[empty]
    for _ in range(CHAIN_MAX if empty.size else 0):
        asked = (form.gradient(x, ratio) + worth)[top] - 2.0 * scale * ratio[empty]
        asked = np.where(x[top] <= form.low[top], np.minimum(asked, 0.0), asked)
        asked = np.where(x[top] >= form.high[top], np.maximum(asked, 0.0), asked)
        suits = -asked / (2.0 * scale)
        if np.allclose(ratio[empty], suits, rtol=1e-16, atol=0.0) or np.any(np.abs(suits) > BEYOND):
            break
        ratio[empty] = suits
    return np.asarray(form.gradient(x, ratio) + worth)


def sizes(form: Form, x: NDArray[np.float64], dual: NDArray[np.float64], neighbour: float = NEIGHBOUR) -> Sizes:
    """Return the units in which the conditions at this point are measured, all above 0.

    `neighbour` is the part of what it is tied to by which a thing is measured at least.
    """
    weight = np.abs(form.coefficient)
    quantity, spent = _tied(form, np.abs(x), np.abs(form.right), neighbour, by_row=True)
    own = np.abs(form.slopes(x, form.ratio(x))).max(axis=0)
    asked = np.maximum(own, form.largest_by_column(weight * np.abs(dual)[form.row]))
    worth, price = _tied(form, np.abs(dual), asked, neighbour, by_row=False)
    price = np.maximum(price, STRANGER * price.max(initial=0.0))
    return Sizes(*(np.where(size > 0.0, size, 1.0) for size in (quantity, price, spent, worth)))


def gap(form: Form, x: NDArray[np.float64], dual: NDArray[np.float64], unit: Sizes | None = None) -> Gap:
    """Measure each condition at a point, in its own sizes or in the units given."""
    unit = unit or sizes(form, x, dual)
    return Gap(
        x=x / unit.x,
        reduced=reduced_cost(form, x, dual) / unit.price,
        low=form.low / unit.x,
        high=form.high / unit.x,
        slack=(form.right - form.left(x)) / unit.row,
        dual=dual / unit.dual,
    )


def _tied(
    form: Form, own: NDArray[np.float64], across: NDArray[np.float64], neighbour: float, *, by_row: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sizes of things and of what ties them: of variables in rows, or of duals in variables."""
    weight = np.abs(form.coefficient)
    thing, tie = (form.at, form.row) if by_row else (form.row, form.at)
    to_tie, to_thing = form.largest_by_row, form.largest_by_column
    if not by_row:
        to_tie, to_thing = to_thing, to_tie
    tied = np.maximum(across, to_tie(weight * own[thing]))
    heaviest = to_tie(weight)
    shared = np.divide(tied, heaviest, out=np.zeros_like(tied), where=heaviest > 0.0)
    own = np.maximum(np.maximum(own, neighbour * to_thing(shared[tie])), STRANGER * own.max(initial=0.0))
    return own, np.maximum(tied, neighbour * to_tie(weight * own[thing]))
