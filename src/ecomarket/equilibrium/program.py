"""A separable convex program, built piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from ecomarket.equilibrium.form import Form

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Sense = Literal["=", "<="]
SQUARE = 2.0
"""The exponent of a power that is a quadratic term."""


class Program:
    """Minimise a sum of convex terms of the variables, subject to linear rows and to bounds.

    Variables and rows are known by their places, int64 numbers in the order of their making; places and numbers
    broadcast against each other. What is not convex or not finite is refused at the door with a ValueError.

    Example: two firms that must cut forty tonnes between them, at marginal costs of 4a and 6a.

    >>> from ecomarket.equilibrium.solve import solve
    >>> program = Program()
    >>> cut = program.variables(0, [40, 50], "cut")
    >>> program.quadratic(cut, [4, 6])
    >>> cap = program.rows("<=", -40, "cap")
    >>> program.enter(cap, cut, -1)
    >>> solution = solve(program)
    >>> solution.x[cut].round(6).tolist(), round(float(solution.dual[cap]), 6)
    ([24.0, 16.0], 96.0)
    """

    def __init__(self) -> None:
        self._variables: list[NDArray[np.float64]] = []
        self._rows: list[NDArray[np.float64]] = []
        self._terms: dict[str, list[NDArray[np.float64]]] = {}
        self._names: dict[str, list[tuple[int, str]]] = {"variables": [], "rows": []}
        self._count = {"variables": 0, "rows": 0}
        self._form: Form | None = None

    def variables(self, low: ArrayLike, high: ArrayLike, name: str = "") -> NDArray[np.int64]:
        """Add variables between `low` (or -inf) and `high` (or inf); return their places, shaped like the bounds."""
        low, high = np.broadcast_arrays(_numbers(low, "low", finite=False), _numbers(high, "high", finite=False))
        if np.any(low > high) or np.any(low == np.inf) or np.any(high == -np.inf):
            raise ValueError("a variable's low bound is above its high bound")
        self._variables.append(np.stack([low.ravel(), high.ravel()]))
        return self._places("variables", low.shape, name)

    def rows(self, sense: Sense, right: ArrayLike, name: str = "") -> NDArray[np.int64]:
        """Add rows `a.x = right` or `a.x <= right`, still without entries; return their places, shaped like `right`."""
        if sense not in ("=", "<="):
            raise ValueError(f"a row's sense is '=' or '<=', not {sense!r}")
        right = _numbers(right, "right")
        self._rows.append(np.stack([right.ravel(), np.full(right.size, sense == "=", dtype=np.float64)]))
        return self._places("rows", right.shape, name)

    def enter(self, rows: ArrayLike, at: ArrayLike, coefficient: ArrayLike) -> None:
        """Enter coefficients of the variables `at` into `rows`; what is entered twice adds up."""
        self._add("entry", self._known(rows, "rows"), self._known(at), _numbers(coefficient, "coefficient"))

    def linear(self, at: ArrayLike, cost: ArrayLike) -> None:
        """Add `cost * x`."""
        self._add("linear", self._known(at), _numbers(cost, "cost"))

    def quadratic(self, at: ArrayLike, slope: ArrayLike) -> None:
        """Add `slope / 2 * x^2`: a marginal cost that rises by `slope`, at least nothing, a unit."""
        self._add("quadratic", self._known(at), _numbers(slope, "slope", least=0.0))

    def power(self, at: ArrayLike, scale: ArrayLike, exponent: ArrayLike) -> None:
        """Add `scale * x^exponent`, for variables that cannot be negative; scale at least 0, exponent above 1."""
        places, scale, exponent = np.broadcast_arrays(
            self._known(at), _numbers(scale, "scale", least=0.0), _numbers(exponent, "exponent", least=1.0)
        )
        if np.any(exponent == 1.0):
            raise ValueError("exponent is 1: it must be above; a cost in proportion is linear")
        if np.any(self._bounds()[0, places] < 0.0):
            raise ValueError("a power is of a variable that cannot be negative: its low bound is below 0")
        square = exponent == SQUARE
        self._add("quadratic", places[square], SQUARE * scale[square])
        self._add("power", places[~square], scale[~square], exponent[~square])

    def quotient(self, top: ArrayLike, bottom: ArrayLike, scale: ArrayLike) -> None:
        """Add `scale * top^2 / bottom`, nothing where both are 0; bottom and scale cannot be negative."""
        above, below = self._known(top), self._known(bottom)
        if np.any(self._bounds()[0, below] < 0.0):
            raise ValueError("the bottom of a quotient cannot be negative: its low bound is below 0")
        if np.any(np.equal(above, below)):
            raise ValueError("a quotient has two variables, not one above itself")
        self._add("quotient", above, below, _numbers(scale, "scale", least=0.0))

    def names(self, rows: ArrayLike) -> list[str]:
        """Return the names under which these rows were made."""
        known = self._names["rows"]
        first = np.array([place for place, _ in known])
        return [known[i][1] for i in np.searchsorted(first, np.ravel(rows), side="right") - 1]

    def form(self) -> Form:
        """Return the program as arrays, with terms of nothing left out; made anew when something was added."""
        if self._form is None:
            self._form = self._made()
        return self._form

    def _made(self) -> Form:
        low, high = self._bounds()
        right, equal = np.concatenate([np.zeros((2, 0)), *self._rows], axis=1)
        linear, curve = (self._sums(kind, len(low)) for kind in ("linear", "quadratic"))
        at, scale, exponent = self._terms_of("power", 3)
        top, bottom, weight = self._terms_of("quotient", 3)
        row, column, coefficient = _summed(self._terms_of("entry", 3), len(low))
        used, divided = scale > 0.0, weight > 0.0
        return Form(
            low=low, high=high, linear=linear, curve=curve,
            power_at=at[used].astype(np.int64), power_scale=scale[used], power_exponent=exponent[used],
            top=top[divided].astype(np.int64), bottom=bottom[divided].astype(np.int64), quotient_scale=weight[divided],
            row=row, at=column, coefficient=coefficient, right=right, equal=equal > 0.0,
        )  # fmt: skip

    def _places(self, kind: str, shape: tuple[int, ...], name: str) -> NDArray[np.int64]:
        self._form = None
        first = self._count[kind]
        self._count[kind] += int(np.prod(shape))
        self._names[kind].append((first, name))
        return np.arange(first, self._count[kind]).reshape(shape)

    def _known(self, places: ArrayLike, kind: str = "variables") -> NDArray[np.int64]:
        found = np.asarray(places)
        if not np.issubdtype(found.dtype, np.integer) and found.size:
            raise ValueError(f"places of {kind} are integers")
        if np.any(found < 0) or np.any(found >= self._count[kind]):
            raise ValueError(f"there are {self._count[kind]} {kind}, places 0 to {self._count[kind] - 1}")
        return found.astype(np.int64)

    def _bounds(self) -> NDArray[np.float64]:
        self._variables = [np.concatenate([np.zeros((2, 0)), *self._variables], axis=1)]
        return self._variables[0]

    def _add(self, kind: str, *parts: ArrayLike) -> None:
        self._form = None
        same = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in parts))
        self._terms.setdefault(kind, []).append(np.stack([part.ravel() for part in same]))

    def _terms_of(self, kind: str, width: int) -> NDArray[np.float64]:
        return np.concatenate([np.zeros((width, 0)), *self._terms.get(kind, [])], axis=1)

    def _sums(self, kind: str, size: int) -> NDArray[np.float64]:
        at, worth = self._terms_of(kind, 2)
        return np.asarray(np.bincount(at.astype(np.int64), weights=worth, minlength=size), dtype=np.float64)


def _numbers(values: ArrayLike, name: str, *, least: float = -np.inf, finite: bool = True) -> NDArray[np.float64]:
    """Return the values as float64; raise ValueError for what is not a number, not finite, or below `least`."""
    numbers = np.asarray(values, dtype=np.float64)
    if np.any(np.isnan(numbers)) or (finite and not np.all(np.isfinite(numbers))):
        raise ValueError(f"{name} is not finite")
    if np.any(numbers < least):
        raise ValueError(f"{name} is {numbers.min():g}, and must be at least {least:g} for the program to be convex")
    return numbers


def _summed(
    entries: NDArray[np.float64], columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return entries by row and variable, those of the same place added up, those of nothing left out."""
    key, inverse = np.unique(
        entries[0].astype(np.int64) * max(columns, 1) + entries[1].astype(np.int64), return_inverse=True
    )
    worth = np.bincount(inverse, weights=entries[2], minlength=len(key))
    kept = worth != 0.0
    row, at = np.divmod(key[kept], max(columns, 1))
    return row, at, worth[kept]
