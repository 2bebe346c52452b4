"""Linear sums of variables, and rows that are gathered from many hands before they are entered into a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.equilibrium.program import Program


Key = tuple[str, str, int, str]
"""What a row is, whose or of which market, at which node, and a further name."""


@dataclass(slots=True)
class Sum:
    """A constant and variables with coefficients: an amount that the program decides."""

    at: list[int] = field(default_factory=list)
    coefficient: list[float] = field(default_factory=list)
    constant: float = 0.0

    def plus(self, other: Sum, factor: float = 1.0) -> Sum:
        """Add another sum, times a factor; return this one."""
        self.at += other.at
        self.coefficient += [factor * c for c in other.coefficient]
        self.constant += factor * other.constant
        return self

    def value(self, x: NDArray[np.float64]) -> float:
        """Return the amount at a point."""
        return self.constant + float(sum(c * x[i] for i, c in zip(self.at, self.coefficient, strict=True)))


def one(at: Any, coefficient: float = 1.0) -> Sum:
    """Return a sum of one variable."""
    return Sum([int(at)], [coefficient])


class Rows:
    """Rows `sum <= 0` by key; what several parties put into one is added up."""

    def __init__(self) -> None:
        self.sums: dict[Key, Sum] = {}
        self.at: dict[Key, int] = {}

    def add(self, key: Key, part: Sum, factor: float = 1.0) -> None:
        """Add a sum, times a factor, to the left side of a row."""
        self.sums.setdefault(key, Sum()).plus(part, factor)

    def enter(self, program: Program, name: str) -> None:
        """Enter all rows gathered so far."""
        keys = list(self.sums)
        right = np.array([-self.sums[key].constant for key in keys], dtype=np.float64)
        places = program.rows("<=", right, name)
        for key, place in zip(keys, places.tolist(), strict=True):
            self.at[key] = place
        lengths = [len(self.sums[key].at) for key in keys]
        at = [i for key in keys for i in self.sums[key].at]
        coefficients = [c for key in keys for c in self.sums[key].coefficient]
        if at:
            program.enter(np.repeat(places, lengths), np.array(at, dtype=np.int64), np.array(coefficients))
