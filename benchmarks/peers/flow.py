"""One stream of orders for every engine: limit orders round wandering prices, market orders, withdrawals.

A message is six 64-bit integers: action (0 limit, 1 market, 2 withdraw), market (0 to MARKETS - 1), side (1 buys,
2 sells), price in ticks, lots, and for a withdrawal the number of the message whose order it names. Only what every
engine knows: no account short of anything, no remainder of a market order (no book ever runs dry).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.chance import Draws

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MIDDLE = 10_000
"""Price in ticks round which the stream begins."""
LOWEST = 7_952
"""Lowest level of the C++ matcher's ladder: 2,048 ticks below the middle."""
MARKETS = 20
WARM_UP = 4_000
SHARES = {"base": (0.82, 0.06), "deep": (0.93, 0.01), "cancel": (0.54, 0.02)}
"""Shares of limit and of market orders by name of stream; the rest are withdrawals."""
SHAPES = {"base": (0.3, 10.0, 10), "deep": (0.0, 150.0, 0), "cancel": (0.3, 10.0, 6)}
"""By name, in ticks: how the price wanders a message, how far orders stand off, how far four in ten lean over it."""
BACK = {"base": 2_000, "deep": 2_000, "cancel": 600}
"""By name: how far back a withdrawal looks for its order, in limit orders."""
ROOM_TICKS = 900
"""How far the price wanders from the middle at most."""


LEANING = 0.4
"""Part of the orders that lean over the middle."""


def _below(draws: Draws, who: NDArray[np.int64], purpose: str, most: int) -> NDArray[np.int64]:
    return (draws.bits(who, purpose) % np.uint64(most)).astype(np.int64)


def flow(name: str, count: int, seed: int = 7) -> NDArray[np.int64]:
    """Return `count` messages, shape (count, 6): the first WARM_UP fill both sides of every book."""
    draws, numbers = Draws(seed), np.arange(count)
    limits, markets = SHARES[name]
    u = draws.uniform(numbers, "action")
    rows = np.zeros((count, 6), np.int64)
    rows[:, 0] = np.where(u < limits, 0, np.where(u < limits + markets, 1, 2))
    rows[:, 1] = _below(draws, numbers, "market", MARKETS)
    rows[:, 2] = 1 + _below(draws, numbers, "side", 2)
    step, width, lean = SHAPES[name]
    walk = np.cumsum(step * draws.normal(numbers, "walk"))
    middle = MIDDLE + np.rint(ROOM_TICKS * np.sin(walk / ROOM_TICKS)).astype(np.int64)
    away = 1 + np.rint(np.abs(width * draws.normal(numbers, "away"))).astype(np.int64)
    sign = np.where(rows[:, 2] == 1, -1, 1)
    rows[:, 3] = middle + sign * (away - lean * (draws.uniform(numbers, "lean") < LEANING))
    rows[:, 4] = 1 + _below(draws, numbers, "lots", 10)
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
    back = 1 + _below(draws, gone, "back", BACK[name])
    rows[gone, 5] = orders[np.maximum(before - back, 0)]
    rows[gone, 1] = rows[rows[gone, 5], 1]
    rows[gone, 2:5] = 0
    return rows


def write(path: Path, rows: NDArray[np.int64]) -> Path:
    """Write a stream as raw little-endian integers; return where it stands."""
    rows.astype("<i8").tofile(path)
    return path
