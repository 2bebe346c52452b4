"""The day's arrivals in compiled code: the same luck as ecomarket.chance, without its arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.chance import key
from ecomarket.compiled import entry, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

PURPOSES: Final = np.array([key(p) for p in ("arrival", "quote-u", "quote-v", "quote-w")], dtype=np.uint64)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


@kernel
def mixed(x: np.uint64) -> np.uint64:
    """Return the splitmix64 finaliser of 64 bits."""
    x = (x ^ (x >> _S30)) * _MIX_1
    x = (x ^ (x >> _S27)) * _MIX_2
    return x ^ (x >> _S31)


@kernel
def step(state: np.uint64, part: np.uint64) -> np.uint64:
    """Take one more part of a draw's name into the state."""
    return mixed((state ^ part) * _MIX_2 + _GOLDEN)


@kernel
def named(start: np.uint64, who: int, purpose: np.uint64, day: np.uint64) -> np.uint64:
    """Return the state of a draw that only lacks its index, from the state that the seed starts with."""
    return step(step(step(start, np.uint64(who)), purpose), day)


@kernel
def uniform(state: np.uint64, index: int) -> float:
    """Return Draws.uniform of one index."""
    return float(step(state, np.uint64(index)) >> _S11) * 2.0**-53


@kernel
def time_of(share: float, sittings: NDArray[np.int64], venue: int) -> int:
    """Spread a share in [0, 1) over a venue's sittings; rows of `sittings`: venue, first instant, length."""
    total = 0
    for row in range(sittings.shape[0]):
        if sittings[row, 0] == venue:
            total += sittings[row, 2]
    left = int(share * total)
    at = 0
    for row in range(sittings.shape[0]):
        if sittings[row, 0] == venue:
            at = sittings[row, 1] + left
            if left < sittings[row, 2]:
                break
            left -= sittings[row, 2]
    return at


@entry
def draw_looks(
    seed: np.uint64,
    day: np.uint64,
    counts: NDArray[np.int64],
    market: NDArray[np.int64],
    who: NDArray[np.int64],
    venues: NDArray[np.int64],
    sittings: NDArray[np.int64],
    purposes: NDArray[np.uint64],
    index_bits: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Draw counts[i] looks of each intent i; look k of it has the index k * 1,000,003 + market[i].

    Return for each look its time (within the day) and number in one integer, to be sorted; its intent; three uniforms.
    """
    start = mixed(seed + _GOLDEN)
    total = counts.sum()
    keys = np.empty(total, dtype=np.int64)
    intents = np.empty(total, dtype=np.int64)
    luck = np.empty((total, 3), dtype=np.float64)
    number = 0
    for row in range(counts.shape[0]):
        if counts[row] == 0:
            continue
        at = named(start, who[row], purposes[0], day)
        u = named(start, who[row], purposes[1], day)
        v = named(start, who[row], purposes[2], day)
        w = named(start, who[row], purposes[3], day)
        for look in range(counts[row]):
            index = look * 1_000_003 + market[row]
            keys[number] = time_of(uniform(at, index), sittings, venues[row]) << index_bits | number
            intents[number] = row
            luck[number, 0] = uniform(u, index)
            luck[number, 1] = uniform(v, index)
            luck[number, 2] = uniform(w, index)
            number += 1
    return keys, intents, luck


@entry
def write_arrivals(
    day_t: int,
    keys: NDArray[np.int64],
    intents: NDArray[np.int64],
    luck: NDArray[np.float64],
    venues: NDArray[np.int64],
    index_bits: int,
    arrivals: NDArray[np.void],
) -> None:
    """Write sorted looks as arrivals: times strictly increasing, each with its three uniforms."""
    last = -1
    for place in range(keys.shape[0]):
        number = keys[place] & ((1 << index_bits) - 1)
        last = max(day_t + (keys[place] >> index_bits), last + 1)
        found = arrivals[place]
        found["t"] = last
        found["intent"] = intents[number]
        found["venue"] = venues[intents[number]]
        found["u"] = luck[number, 0]
        found["v"] = luck[number, 1]
        found["w"] = luck[number, 2]
