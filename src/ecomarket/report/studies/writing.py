"""Numbers and intervals as text, as they stand in tables of experiments."""

from __future__ import annotations

from typing import Final

NOTHING: Final = "–"


def number(value: float | None) -> str:
    """Write a number with five digits, thousands parted; a dash for none.

    >>> number(1234567.8), number(0.000123456), number(96.5), number(None)
    ('1,234,568', '0.00012346', '96.5', '–')
    """
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.5g}" if abs(value) >= 1000 else f"{value:.5g}"


def interval(low: float | None, high: float | None) -> str:
    """Write an interval; a dash for none.

    >>> interval(-1.5, 2), interval(None, None)
    ('-1.5 … 2', '–')
    """
    return NOTHING if low is None else f"{number(low)} … {number(high)}"
