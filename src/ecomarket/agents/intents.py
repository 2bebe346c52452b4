"""Write a plan into rows of the intent table, in the terms that `quoting.limit_quote` reads."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

RESERVATION_MAX = 2.0**52
"""Largest reservation price in cash a lot; keeps price x lots inside an integer."""


def write_intents(
    rows: NDArray[np.void],
    position: NDArray[np.int64],
    target: ArrayLike,
    reservation: ArrayLike,
    *,
    slope: ArrayLike = 0.0,
    looks: ArrayLike = 1.0,
    expected: ArrayLike = 0.0,
    haggle: float = 0.5,
    urgency: ArrayLike = 0.0,
    shown_share: float = 1.0,
) -> None:
    """Set targets in lots and reservation prices in cash a lot; every argument broadcasts against the rows.

    slope      change of the reservation for each lot bought since now     looks     expected looks left at this market
    expected   public price in cash a lot, 0 none                          haggle    first share of the surplus asked
    shown_share  part of an order that others see at a time, 1 all of it
    A margin that trading has taught is kept.
    """
    rows["target"] = np.floor(np.asarray(target, dtype=np.float64)).astype(np.int64)
    rows["reservation"] = np.clip(np.asarray(reservation, dtype=np.float64), 0.0, RESERVATION_MAX).astype(np.int64)
    rows["slope"] = slope
    rows["a"] = looks
    rows["b"] = position
    rows["c"] = expected
    rows["d"] = position
    rows["margin"] = np.where(rows["margin"] == 0.0, haggle, rows["margin"])
    rows["urgency"] = np.clip(urgency, 0.0, 1.0)
    rows["shown"] = shown_lots(np.abs(rows["target"] - position) // np.maximum(rows["a"], 1.0) + 1.0, shown_share)


def shown_lots(lots: ArrayLike, share: float) -> NDArray[np.int64]:
    """Return what orders of `lots` show at a time for the intent table: a `share` rounded up, 0 for all.

    >>> shown_lots([1, 10, 25], 0.3).tolist(), shown_lots([10], 1.0).tolist()
    ([0, 3, 8], [0])
    """
    part = np.maximum(np.ceil(np.asarray(lots, dtype=np.float64) * share), 1.0).astype(np.int64)
    return np.where(part < np.asarray(lots), part, 0) if share < 1.0 else np.zeros_like(part)


def premium_urgency(reservation: ArrayLike, expected: ArrayLike, premium: ArrayLike) -> NDArray[np.float64]:
    """Return the urgency at which a quote goes `premium` (a share) from the expected price towards the reservation.

    >>> premium_urgency(100.0, 10.0, 0.9).tolist()
    0.1
    """
    price = np.asarray(expected, dtype=np.float64)
    gap = np.maximum(np.abs(np.asarray(reservation, dtype=np.float64) - price), 1e-9)
    return np.asarray(np.clip(price * np.asarray(premium, dtype=np.float64) / gap, 0.0, 1.0), dtype=np.float64)


def held(posted: NDArray[np.int64], pairs: list[tuple[int, int]]) -> NDArray[np.int64]:
    """Return what each (member row, instrument) pair holds, in lots, from posted of shape (n, instruments)."""
    if not pairs:
        return np.zeros(0, dtype=np.int64)
    rows, instruments = np.fromiter(chain.from_iterable(pairs), np.int64, 2 * len(pairs)).reshape(-1, 2).T
    found: NDArray[np.int64] = posted[rows, instruments]
    return found
