"""A program as arrays: its cost, gradient and curvature, and its rows at a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Form:
    """Terms, bounds and rows of a program; `n` variables, `m` rows.

    low, high, linear, curve       float64 (n,): bounds, cost a unit, slope of the marginal cost
    power_at, _scale, _exponent    (p,): terms scale * x^exponent
    top, bottom, quotient_scale    (q,): terms scale * top^2 / bottom
    row, at, coefficient           (k,): entries of the rows, each place once, none 0, sorted by row
    right, equal                   (m,): right sides, and whether the row is an equation
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    linear: NDArray[np.float64]
    curve: NDArray[np.float64]
    power_at: NDArray[np.int64]
    power_scale: NDArray[np.float64]
    power_exponent: NDArray[np.float64]
    top: NDArray[np.int64]
    bottom: NDArray[np.int64]
    quotient_scale: NDArray[np.float64]
    row: NDArray[np.int64]
    at: NDArray[np.int64]
    coefficient: NDArray[np.float64]
    right: NDArray[np.float64]
    equal: NDArray[np.bool_]

    def cost(self, x: NDArray[np.float64]) -> float:
        """Return the sum of all terms at a point within the bounds."""
        total = float(self.linear @ x + 0.5 * (self.curve * x) @ x)
        total += float(self.power_scale @ x[self.power_at] ** self.power_exponent)
        return total + float(self.quotient_scale @ (x[self.top] * self.ratio(x)))

    def ratio(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return top over bottom of each quotient; 0 where the bottom is 0."""
        below = x[self.bottom]
        return np.divide(x[self.top], below, out=np.zeros_like(below), where=below > 0.0)

    def gradient(self, x: NDArray[np.float64], ratio: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the marginal cost of each variable; `ratio` stands for top over bottom, which at 0 over 0 is open."""
        return np.asarray(sum(self.slopes(x, ratio)))

    def slopes(self, x: NDArray[np.float64], ratio: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Return the marginal cost of each variable kind by kind of term."""
        steep = self.power_scale * self.power_exponent * x[self.power_at] ** (self.power_exponent - 1.0)
        return [
            self.linear,
            self.curve * x,
            self.by_column(self.power_at, steep),
            self.by_column(self.top, 2.0 * self.quotient_scale * ratio),
            -self.by_column(self.bottom, self.quotient_scale * ratio**2),
        ]

    def curvature(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the second derivatives: of each variable, and of each quotient by top and bottom.

        Where a variable is 0, its powers are left out: their curvature is nothing or without end.
        """
        over = np.divide(1.0, x[self.bottom], out=np.zeros(len(self.bottom)), where=x[self.bottom] > 0.0)
        ratio = x[self.top] * over
        base = x[self.power_at]
        bend = np.where(base > 0.0, self.power_exponent * (self.power_exponent - 1.0) * self.power_scale, 0.0)
        own = (
            self.curve
            + self.by_column(self.power_at, bend * np.where(base > 0.0, base, 1.0) ** (self.power_exponent - 2.0))
            + self.by_column(self.top, 2.0 * self.quotient_scale * over)
            + self.by_column(self.bottom, 2.0 * self.quotient_scale * over * ratio**2)
        )
        return own, -2.0 * self.quotient_scale * over * ratio

    def worth(self, dual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the rows' duals say of each variable: the sum of coefficient times dual."""
        return self.by_column(self.at, self.coefficient * dual[self.row])

    def left(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the left side of each row."""
        return _sums(self.row, self.coefficient * x[self.at], len(self.right))

    def by_column(self, at: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up values by variable."""
        return _sums(at, values, len(self.low))

    def largest_by_column(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the largest value of a variable's entries, 0 without one; values are at least 0."""
        found = np.zeros(len(self.low))
        np.maximum.at(found, self.at, values)
        return found

    def largest_by_row(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the largest value of a row's entries, 0 without one; values are at least 0."""
        found = np.zeros(len(self.right))
        np.maximum.at(found, self.row, values)
        return found

    def per_heaviest(self, size: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return sizes of rows divided by the largest coefficient of each; 0 for a row without entries."""
        heaviest = self.largest_by_row(np.abs(self.coefficient))
        return np.divide(size, heaviest, out=np.zeros_like(size), where=heaviest > 0.0)


def _sums(at: NDArray[np.int64], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Add up values by place; also of no values, which numpy counts in whole numbers."""
    return np.asarray(np.bincount(at, weights=values, minlength=size), dtype=np.float64)
