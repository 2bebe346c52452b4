"""Cash and lots as exact decimals; the only place where results leave the ledger's integers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

CASH_PLACES = 4
FLOAT_PLACES = 6


def yuan(cash: int) -> Decimal:
    """Return cash units as CNY, exact.

    >>> yuan(646_100)
    Decimal('64.6100')
    """
    return Decimal(int(cash)).scaleb(-CASH_PLACES)


def yuan_column(cash: Iterable[int]) -> NDArray[np.object_]:
    """Return a column of cash units as exact CNY."""
    return exact_column(yuan(c) for c in cash)


def exact_column(values: Iterable[Decimal]) -> NDArray[np.object_]:
    """Return decimals as a column that pandas leaves as they are."""
    listed = list(values)
    column = np.empty(len(listed), dtype=object)
    column[:] = listed
    return column


def quantity(lots: int, lot: Decimal) -> Decimal:
    """Return lots in the right's own unit, exact.

    >>> quantity(1_500, Decimal("0.001"))
    Decimal('1.500')
    """
    return Decimal(int(lots)) * lot


def price_yuan(cash_per_lot: float, lot: Decimal) -> float:
    """Return a price in CNY a unit from cash units a lot.

    >>> price_yuan(60_000, Decimal("0.001"))
    6000.0
    """
    return cash_per_lot / (CASH_PER_YUAN * float(lot))


def ratio(part: float, whole: float) -> float:
    """Return part / whole, or NaN where the whole is not positive: no share of nothing."""
    return part / whole if whole > 0 else float("nan")


def plain(value: Any) -> int | str | bool | None:
    """Return a cell as JSON holds it: whole numbers as int, every other number as decimal text, NaN as null.

    >>> plain(Decimal("64.6100")), plain(0.25), plain(float("nan")), plain(3)
    ('64.6100', '0.25', None, 3)
    """
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if float(value) != float(value):
        return None
    if isinstance(value, float) or not float(value).is_integer():
        text = f"{float(value):.{FLOAT_PLACES}f}".rstrip("0").rstrip(".")
        return "0" if text in {"-0", ""} else text
    return int(value)
