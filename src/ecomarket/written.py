"""Numbers, intervals and paths as tables show them, on every surface."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTHING: Final = "–"


def number(value: float | None) -> str:
    """Write a number with five digits, thousands parted; a dash for none.

    >>> number(1234567.8), number(0.000123456), number(96.5), number(None), number(float("nan"))
    ('1,234,568', '0.00012346', '96.5', '–', '–')
    """
    if value is None or isnan(value):
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.5g}" if abs(value) >= 1000 else f"{value:.5g}"


class Count(int):
    """How many of something, thousands parted; `{n:run|runs}` in a sentence writes the word for one, or for many.

    >>> [f"{Count(n):run|runs}" for n in (0, 1, 1234)] + [f"{Count(1234)}"]
    ['0 runs', '1 run', '1,234 runs', '1,234']
    """

    def __format__(self, spec: str) -> str:
        """Return the number, with its word where the sentence has one for one and one for many."""
        one, parted, many = spec.partition("|")
        if not parted:
            return int(self).__format__(spec or ",")
        return f"{int(self):,} {one if self == 1 else many}"


def interval(low: float | None, high: float | None) -> str:
    """Write an interval; a dash for none.

    >>> interval(-1.5, 2), interval(None, None)
    ('-1.5 … 2', '–')
    """
    return NOTHING if low is None else f"{number(low)} … {number(high)}"


def short_names(paths: Sequence[str]) -> list[str]:
    """Return the last parts of paths, as many as tell them apart.

    >>> short_names(["rights.permit.cap", "venues.a.tick", "venues.b.tick"])
    ['cap', 'a. tick', 'b. tick']
    """
    found = []
    for path in paths:
        parts = path.split(".")
        keep = next(
            n for n in range(1, len(parts) + 1)
            if n == len(parts) or sum(other.split(".")[-n:] == parts[-n:] for other in paths) == 1
        )  # fmt: skip
        found.append(". ".join(parts[-keep:]))
    return found
