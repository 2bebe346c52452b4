"""Move ranges of serials from queue to queue, compiled: first in, first out for each account and instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ecomarket.compiled import bare_entry, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOVE: Final = np.dtype(
    [
        ("seq", "<i8"),
        ("amount", "<i8"),
        ("back", "<i8"),
        ("debit", "<i4"),
        ("credit", "<i4"),
        ("instrument", "<i4"),
        ("mints", "<i4"),
    ]
)
"""One move of lots. `mints` 1: new serials; `back` > 0: exactly the serials that event `back` brought in."""

USED: Final = 0
"""Counter: ranges ever made."""
SPARE: Final = 1
"""Counter: the first of the ranges that may be used again, -1 none."""
SHORT: Final = 2
"""Counter: lots that a move asked for and its account did not have."""
SHORT_SEQ: Final = 3
"""Counter: the first event that found too few."""


class Queues(NamedTuple):
    """Ranges [lo, hi) in queues, one a cell = account * instruments + instrument; -1 ends a queue."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    lo: NDArray[np.int64]
    hi: NDArray[np.int64]
    since: NDArray[np.int64]
    after: NDArray[np.int64]
    minted: NDArray[np.int64]
    counters: NDArray[np.int64]


def new_queues(cells: int, instruments: int, ranges: int) -> Queues:
    """Make empty queues with room for `ranges`; each move makes at most one."""
    first, last = np.full(cells, -1, np.int64), np.full(cells, -1, np.int64)
    lo, hi, since, after = (np.zeros(ranges, np.int64) for _ in range(4))
    return Queues(first, last, lo, hi, since, after, np.zeros(instruments, np.int64), np.array([0, -1, 0, 0], np.int64))


@kernel
def put(queues: Queues, cell: int, lo: int, hi: int, seq: int) -> None:
    """Append a new range to a queue."""
    counters = queues.counters
    at = counters[SPARE]
    if at >= 0:
        counters[SPARE] = queues.after[at]
    else:
        at = counters[USED]
        counters[USED] += 1
    queues.lo[at], queues.hi[at], queues.since[at], queues.after[at] = lo, hi, seq, -1
    tail = queues.last[cell]
    if tail < 0:
        queues.first[cell] = at
    else:
        queues.after[tail] = at
    queues.last[cell] = at


@kernel
def push(queues: Queues, cell: int, lo: int, hi: int, seq: int, apart: int) -> None:
    """Append [lo, hi): lengthen the last range if they touch; `apart` keeps events from one another."""
    tail = queues.last[cell]
    if tail >= 0 and queues.hi[tail] == lo and (apart == 0 or queues.since[tail] == seq):
        queues.hi[tail] = hi
    else:
        put(queues, cell, lo, hi, seq)


@kernel
def drop(queues: Queues, cell: int, before: int, at: int) -> int:
    """Take range `at`, which follows `before` (-1: the first), out of its queue; return the one after it."""
    following = queues.after[at]
    if before < 0:
        queues.first[cell] = following
    else:
        queues.after[before] = following
    if following < 0:
        queues.last[cell] = before
    queues.after[at] = queues.counters[SPARE]
    queues.counters[SPARE] = at
    return int(following)


@kernel
def oldest(queues: Queues, source: int, target: int, amount: int, seq: int, apart: int) -> int:
    """Move the `amount` lots that came in first; return how many were missing."""
    left = amount
    while left > 0:
        at = queues.first[source]
        if at < 0:
            return int(left)
        lo, hi = queues.lo[at], queues.hi[at]
        if hi - lo <= left:
            drop(queues, source, -1, at)
            left -= hi - lo
        else:
            hi = lo + left
            queues.lo[at] = hi
            left = 0
        push(queues, target, lo, hi, seq, apart)
    return int(left)


@kernel
def brought(queues: Queues, source: int, target: int, amount: int, seq: int, back: int) -> int:
    """Move the lots that event `back` brought in; return how many of `amount` were missing."""
    left = amount
    before, at = -1, queues.first[source]
    while at >= 0:
        if queues.since[at] == back:
            lo, hi = queues.lo[at], queues.hi[at]
            at = drop(queues, source, before, at)
            push(queues, target, lo, hi, seq, 0)
            left -= hi - lo
        else:
            before, at = at, queues.after[at]
    return int(left)


@bare_entry
def run_moves(queues: Queues, moves: NDArray[np.void], sinks: NDArray[np.int64], instruments: int) -> None:
    """Carry out moves (dtype MOVE) in order; `sinks` is 1 for each account that keeps events apart."""
    for row in range(len(moves)):
        move = moves[row]
        instrument, seq, amount = move["instrument"], move["seq"], move["amount"]
        source = move["debit"] * instruments + instrument
        target = move["credit"] * instruments + instrument
        apart = sinks[move["credit"]]
        missing = 0
        if move["mints"] != 0:
            lo = queues.minted[instrument]
            queues.minted[instrument] = lo + amount
            push(queues, target, lo, lo + amount, seq, apart)
        elif move["back"] > 0:
            missing = brought(queues, source, target, amount, seq, move["back"])
        else:
            missing = oldest(queues, source, target, amount, seq, apart)
        if missing != 0:
            if queues.counters[SHORT] == 0:
                queues.counters[SHORT_SEQ] = seq
            queues.counters[SHORT] += abs(missing)


@bare_entry
def list_ranges(queues: Queues, instruments: int, rows: NDArray[np.int64]) -> None:
    """Write every range as (instrument, lo, hi, account, since) into `rows`, queue by queue."""
    row = 0
    for cell in range(len(queues.first)):
        at = queues.first[cell]
        while at >= 0:
            rows[row, 0], rows[row, 3] = cell % instruments, cell // instruments
            rows[row, 1], rows[row, 2], rows[row, 4] = queues.lo[at], queues.hi[at], queues.since[at]
            row += 1
            at = queues.after[at]
