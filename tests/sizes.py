"""How much is tried: the short form, the long form (ECOMARKET_SOAK=1), or one share of the long form (ECOMARKET_SHARE=3/40).

A case has a number, and the number is its seed. The shares of a long form are runs of neighbouring numbers: all shares
together are the long form, and each can be run alone, later, or again. `tests/reliability.py` runs them one by one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

SOAK = bool(os.environ.get("ECOMARKET_SOAK"))
SHARE, SHARES = map(int, os.environ.get("ECOMARKET_SHARE", "1/1").split("/"))


class Cases(NamedTuple):
    """The numbers of the cases to try now, and how many the whole form has."""

    numbers: range
    whole: int

    @property
    def told(self) -> str:
        """What a test records, so that the page of reliability can say how many of how many: "25 of 1000"."""
        return f"{len(self.numbers)} of {self.whole}"


def cases(short: int, long: int) -> Cases:
    """Return which of the `long` cases this share has, or all of the `short` form."""
    whole = long if SOAK else short
    return Cases(range(whole * (SHARE - 1) // SHARES, whole * SHARE // SHARES), whole)


def of_share(items: Sequence[T]) -> list[T]:
    """Return which of the items this share has: of a list that cannot be drawn from a seed."""
    return [items[number] for number in cases(len(items), len(items)).numbers]
