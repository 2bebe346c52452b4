"""Write a plan into rows of the intent table, in the terms that `quoting.limit_quote` reads."""

from __future__ import annotations

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
) -> None:
    """Set targets in lots and reservation prices in cash a lot; every argument broadcasts against the rows.

    slope      change of the reservation for each lot bought since now     looks     expected looks left at this market
    expected   public price in cash a lot, 0 none                          haggle    first share of the surplus asked
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
    rows, instruments = np.array(pairs, dtype=np.int64).T
    found: NDArray[np.int64] = posted[rows, instruments]
    return found
