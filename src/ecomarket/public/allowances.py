"""What anybody can reckon of allowances once their balance is published: how likely they run short."""

from __future__ import annotations

from math import erf, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

NOTICES: Final = ("allowances.issued.", "allowances.kept.", "allowances.owed.")
"""Notices of a final allocation, each with `<right>.<year>` behind it: the sums of all firms, lots."""
YEARS_AHEAD: Final = 5
"""Surrenders beyond which nobody looks (assumption)."""


class Balance(NamedTuple):
    """What was issued for a year, kept from earlier ones, and is owed for it by all firms together, lots."""

    issued: float
    kept: float
    owed: float

    def notices(self, right: str, year: int) -> dict[str, float]:
        """Return what is published of it."""
        return {f"{name}{right}.{year}": float(sum_) for name, sum_ in zip(NOTICES, self, strict=True)}


def published(notices: Mapping[str, float], right: str, year: int) -> Balance | None:
    """Return the balance published for a year, None if none was."""
    told = [notices.get(f"{name}{right}.{year}") for name in NOTICES]
    return None if None in told else Balance(*(float(sum_ or 0.0) for sum_ in told))


def chance_of_shortage(balance: Balance, spread: float) -> list[float]:
    """Return the chance that allowances run short at the coming surrender and at those of the years after.

    The coming one is known. Later years are expected to issue and owe as much as this one, with an error of `spread` of
    what is owed that grows with the root of the years; what is over is kept.

    >>> [round(chance, 3) for chance in chance_of_shortage(Balance(105_000.0, 0.0, 100_000.0), 0.1)[:3]]
    [0.0, 0.159, 0.144]
    >>> chance_of_shortage(Balance(90_000.0, 5_000.0, 100_000.0), 0.1)[0]
    1.0
    """
    issued, kept, owed = balance
    over = issued + kept - owed
    found = [float(over < 0.0)]
    for years in range(1, YEARS_AHEAD + 1):
        over = max(over, 0.0) + issued - owed
        found.append(0.5 * (1.0 - erf(over / max(spread * sqrt(years) * owed, 1.0) / sqrt(2.0))))
    return found


def worth_share(chances: list[float], rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what an allowance is worth, as a share of what it costs to lack one, at each discount rate a year.

    It is worth the dearest surrender it may serve: the cost times the chance of a shortage (Hintermann 2010, Journal of
    Environmental Economics and Management 59; Chesney and Taschini 2012, Applied Mathematical Finance 19).

    >>> worth_share([0.0, 0.22, 0.11], np.array([0.1, 0.0])).tolist()
    [0.19999999999999998, 0.22]
    """
    years = np.arange(len(chances))
    return np.asarray((np.array(chances) / (1.0 + rate[:, None]) ** years).max(axis=1), dtype=np.float64)
