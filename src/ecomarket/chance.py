"""Chance as a pure function of (seed, who, purpose, when, index).

A draw is a counter-based hash (splitmix64 finalisers, Steele, Lea and Flood 2014), so nothing has a
state: adding an agent, a policy or a worker leaves every other draw unchanged. All functions are
vectorised: any of `who`, `when`, `index` may be an array and they broadcast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def key(name: str) -> int:
    """Turn a name (a participant's code, a purpose) into a stable 32-bit key."""
    return crc32(name.encode())


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


def bits(seed: int, who: ArrayLike, purpose: str, when: ArrayLike = 0, index: ArrayLike = 0) -> NDArray[np.uint64]:
    """Return 64 random bits for each broadcast element."""
    state = _mix(np.array([seed & (2**64 - 1)], dtype=np.uint64) + _GOLDEN)
    for part in (who, key(purpose), when, index):
        state = _mix((state ^ np.asarray(part).astype(np.uint64)) * _MIX_2 + _GOLDEN)
    shape = np.broadcast_shapes(*(np.shape(p) for p in (who, when, index)))
    return state.reshape(shape)


class Draws:
    """Draws of one run: the seed bound to the functions below.

    Each method takes `who` (int keys, see `key`), `purpose` (a fixed name), `when` (a day or a month
    number) and `index`, and returns a float64 array of their broadcast shape.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def bits(self, who: ArrayLike, purpose: str, when: ArrayLike = 0, index: ArrayLike = 0) -> NDArray[np.uint64]:
        """Return 64 random bits for each element."""
        return bits(self.seed, who, purpose, when, index)

    def uniform(self, who: ArrayLike, purpose: str, when: ArrayLike = 0, index: ArrayLike = 0) -> NDArray[np.float64]:
        """Return uniforms in [0, 1) with 53 random bits.

        >>> float(Draws(7).uniform(key("a"), "x")) == float(Draws(7).uniform(key("a"), "x"))
        True
        """
        return (self.bits(who, purpose, when, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def normal(self, who: ArrayLike, purpose: str, when: ArrayLike = 0, index: ArrayLike = 0) -> NDArray[np.float64]:
        """Return standard normals (Box and Muller 1958, cosine branch)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(who, purpose, when, np.asarray(index) * 2)))
        return radius * np.cos(2.0 * np.pi * self.uniform(who, purpose, when, np.asarray(index) * 2 + 1))
