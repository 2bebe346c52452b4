"""Draw the day's arrivals: who looks at which market when.

An intent that looks x times on average looks floor(x) times and once more with probability x - floor(x), at times
uniform over its venue's sessions. Times are made strictly increasing, so the order of events is total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.engine.luck import PURPOSES, draw_looks, write_arrivals
from ecomarket.model.order import ARRIVAL
from ecomarket.units import DAY, SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws

INDEX_BITS: Final = 20
"""Arrivals are sorted as one integer: time within the day, then number (at most 2^20 a day)."""


RANK_BITS: Final = 8
"""Intents of one account in one instrument are told apart by their rank among each other, at most 2^8."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting of a venue on a day, in microseconds since the scenario's start; `call`: a call auction."""

    venue: int
    open_t: int
    close_t: int
    call: bool = False


def draw_arrivals(
    intents: NDArray[np.void],
    venues: NDArray[np.int64],
    looks: NDArray[np.float64],
    sessions: Sequence[Session],
    draws: Draws,
) -> NDArray[np.void]:
    """Return the day's arrivals (dtype ARRIVAL, times strictly increasing).

    venues[i] is the venue of intent i, looks[i] how often it looks today; intents of venues without a session stay
    away.
    """
    if not sessions:
        return np.zeros(0, dtype=ARRIVAL)
    day_t = sessions[0].open_t // DAY * DAY
    day = day_t // DAY
    who = intents["account"].astype(np.int64)
    market = intents["instrument"].astype(np.int64) << RANK_BITS | _rank_among_equals(intents)
    extra = draws.uniform(who, "look", day, market) < looks - np.floor(looks)
    sitting = np.isin(venues, [s.venue for s in sessions])
    counts = np.where(sitting, np.floor(looks).astype(np.int64) + extra, 0)
    seed, today = np.uint64(draws.seed % 2**64), np.uint64(day)
    hours = [(s.venue, s.open_t - day_t + SECOND, s.close_t - s.open_t - 2 * SECOND) for s in sessions]
    keys, whose, luck = draw_looks(seed, today, counts, market, who, venues, np.array(hours), PURPOSES, INDEX_BITS)
    keys.sort()
    arrivals = np.zeros(len(keys), dtype=ARRIVAL)
    write_arrivals(day_t, keys, whose, luck, venues, INDEX_BITS, arrivals)
    return arrivals


def _rank_among_equals(intents: NDArray[np.void]) -> NDArray[np.int64]:
    """Number the intents of one account in one instrument 0, 1, 2, ... in order of row."""
    key = intents["account"].astype(np.int64) << 32 | intents["instrument"].astype(np.int64)
    order = np.argsort(key, kind="stable")
    is_first = np.r_[True, key[order][1:] != key[order][:-1]] if len(key) else np.zeros(0, dtype=bool)
    starts = np.maximum.accumulate(np.where(is_first, np.arange(len(key)), 0))
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = np.arange(len(key)) - starts
    return rank
