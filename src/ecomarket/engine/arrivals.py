"""Draw the day's arrivals: who looks at which market when.

An intent that looks x times on average looks floor(x) times and once more with probability x - floor(x), at times
uniform over its venue's sessions. Times are made strictly increasing, so the order of events is total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.model.order import ARRIVAL
from ecomarket.units import SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws

INDEX_BITS: Final = 20
"""A day's arrival and its intent are sorted as one integer: time, then row (at most 2^20 rows)."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting of a venue on a day, in microseconds since the scenario's start."""

    venue: int
    open_t: int
    close_t: int


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
    day = sessions[0].open_t // 1_000_000 if sessions else 0
    who = intents["account"].astype(np.int64)
    market = intents["instrument"].astype(np.int64) * 4 + _rank_among_equals(intents)
    extra = draws.uniform(who, "look", day, market) < looks - np.floor(looks)
    sitting = np.isin(venues, [s.venue for s in sessions])
    counts = np.where(sitting, np.floor(looks).astype(np.int64) + extra, 0)
    rows = np.repeat(np.arange(len(intents)), counts)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    index = number * 1_000_003 + market[rows]
    times = _times_in_sessions(draws.uniform(who[rows], "arrival", day, index), venues[rows], sessions)
    order = np.argsort((times << INDEX_BITS) + rows, kind="stable")
    arrivals = np.zeros(len(rows), dtype=ARRIVAL)
    rank = np.arange(len(rows))
    arrivals["t"] = np.maximum.accumulate(times[order] - rank) + rank if len(rows) else 0
    arrivals["intent"] = rows[order]
    arrivals["venue"] = venues[rows][order]
    for name in ("u", "v", "w"):
        arrivals[name] = draws.uniform(who[rows], f"quote-{name}", day, index)[order]
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


def _times_in_sessions(
    share: NDArray[np.float64], venues: NDArray[np.int64], sessions: Sequence[Session]
) -> NDArray[np.int64]:
    """Spread shares in [0, 1) over each venue's sittings of the day, one second off their bounds."""
    times = np.zeros(len(share), dtype=np.int64)
    for venue in sorted({s.venue for s in sessions}):
        mine = np.flatnonzero(venues == venue)
        sittings = [s for s in sessions if s.venue == venue]
        lengths = np.array([s.close_t - s.open_t - 2 * SECOND for s in sittings], dtype=np.int64)
        ends = np.cumsum(lengths)
        offset = np.floor(share[mine] * float(ends[-1])).astype(np.int64)
        which = np.searchsorted(ends, offset, side="right")
        opens = np.array([s.open_t + SECOND for s in sittings], dtype=np.int64)
        times[mine] = opens[which] + offset - (ends - lengths)[which]
    return times
