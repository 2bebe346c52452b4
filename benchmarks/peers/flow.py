"""One stream of orders for every engine: limit orders round wandering prices, market orders, withdrawals.

A message is six 64-bit integers: action (0 limit, 1 market, 2 withdraw), market (0 to MARKETS - 1), side (1 buys,
2 sells), price in ticks, lots, and for a withdrawal the number of the message whose order it names. Only what every
engine knows: no account short of anything, no remainder of a market order (no book ever runs dry).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MIDDLE = 10_000
"""Price in ticks round which the stream begins."""
MARKETS = 20
WARM_UP = 4_000
SHARES = {"base": (0.82, 0.06), "deep": (0.93, 0.01), "cancel": (0.54, 0.02)}
"""Shares of limit and of market orders by name of stream; the rest are withdrawals."""
SHAPES = {"base": (0.3, 10.0, 10), "deep": (0.0, 150.0, 0), "cancel": (0.3, 10.0, 6)}
"""By name: how the price wanders a message, how far orders stand from it, how far four in ten lean over it, in ticks."""
BACK = {"base": 2_000, "deep": 2_000, "cancel": 600}
"""By name: how far back a withdrawal looks for its order, in limit orders."""
ROOM_TICKS = 900
"""How far the price wanders from the middle at most."""


def flow(name: str, count: int, seed: int = 7) -> NDArray[np.int64]:
    """Return `count` messages, shape (count, 6): the first WARM_UP fill both sides of every book."""
    rng = np.random.default_rng(seed)
    limits, markets = SHARES[name]
    u = rng.random(count)
    rows = np.zeros((count, 6), np.int64)
    rows[:, 0] = np.where(u < limits, 0, np.where(u < limits + markets, 1, 2))
    rows[:, 1] = rng.integers(0, MARKETS, count)
    rows[:, 2] = rng.integers(1, 3, count)
    step, width, lean = SHAPES[name]
    walk = np.cumsum(rng.normal(0.0, step, count))
    middle = MIDDLE + np.rint(ROOM_TICKS * np.sin(walk / ROOM_TICKS)).astype(np.int64)
    away = 1 + np.rint(np.abs(rng.normal(0.0, width, count))).astype(np.int64)
    sign = np.where(rows[:, 2] == 1, -1, 1)
    rows[:, 3] = middle + sign * (away - lean * (rng.random(count) < 0.4))
    rows[:, 4] = rng.integers(1, 11, count)
    warm = np.arange(min(WARM_UP, count))
    rows[warm, 0] = 0
    rows[warm, 1] = warm % MARKETS
    rows[warm, 2] = 1 + warm // MARKETS % 2
    rows[warm, 3] = MIDDLE + np.where(rows[warm, 2] == 1, -1, 1) * (1 + warm % 50)
    rows[warm, 4] = 200
    rows[rows[:, 0] == 1, 3] = 0
    rows[:, 5] = -1
    orders = np.flatnonzero(rows[:, 0] == 0)
    gone = np.flatnonzero(rows[:, 0] == 2)
    before = np.searchsorted(orders, gone)
    back = 1 + rng.integers(0, BACK[name], len(gone))
    rows[gone, 5] = orders[np.maximum(before - back, 0)]
    rows[gone, 1] = rows[rows[gone, 5], 1]
    rows[gone, 2:5] = 0
    return rows


def write(path: Path, rows: NDArray[np.int64]) -> Path:
    """Write a stream as raw little-endian integers; return where it stands."""
    rows.astype("<i8").tofile(path)
    return path
