"""The story of one lot: issued, sold, given, put into a sink; by counting places in queues, not by moving ranges.

An account gives first what came first: the lot that came in as the n-th leaves as the n-th. So its way follows from
sums of what came and went, and the neighbours that share its whole way are known as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.ledger.faults import fault, words
from ecomarket.ledger.serials import book_of
from ecomarket.model.codes import CONTRA_ACCOUNTS, SINK_ACCOUNTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.ledger.query import Ledger


class Step(NamedTuple):
    """The lot passed from `giver` to `taker` (accounts) in event `seq`, which moved `lots` of its instrument."""

    seq: int
    giver: int
    taker: int
    lots: int


class Trace(NamedTuple):
    """The way of one lot; the lots [lo, hi) of the instrument shared every step of it."""

    instrument: int
    lot: int
    lo: int
    hi: int
    steps: tuple[Step, ...]

    @property
    def holder(self) -> int:
        """The account where the lot is now."""
        return self.steps[-1].taker


def read_lot(text: str) -> tuple[str, int]:
    """Split `CEA.2025:1204` into the instrument's code and the number of the lot. Raises RunError if it cannot.

    >>> read_lot("CEA.2025:1204")
    ('CEA.2025', 1204)
    """
    code, colon, number = text.rpartition(":")
    if not colon or not code or not number.isdecimal():
        raise fault("E747", text=text)
    return code, int(number)


def trace(ledger: Ledger, text: str) -> Trace:
    """Return the way of the lot `text` (INSTRUMENT:NUMBER). Raises RunError if there is no such lot."""
    code, lot = read_lot(text)
    instrument = ledger.instrument(code)
    moves = book_of(ledger).moves
    return follow(moves[moves["instrument"] == instrument], instrument, lot, ledger.instruments[instrument].code)


def follow(moves: NDArray[np.void], instrument: int, lot: int, name: str) -> Trace:
    """Follow one lot through the moves (dtype MOVE) of its instrument. Raises RunError if it was never issued."""
    issues = np.flatnonzero(moves["mints"] != 0)
    ends = np.cumsum(moves["amount"][issues])
    issued = int(ends[-1]) if len(ends) else 0
    if not 0 <= lot < issued:
        there = words("issued", last=issued - 1) if issued else words("issued.none")
        raise fault("E748", lot=lot, name=name, issued=there)
    place = int(np.searchsorted(ends, lot, side="right"))
    at, offset = int(issues[place]), lot - int(ends[place] - moves["amount"][issues[place]])
    left, right, steps = offset, int(moves["amount"][at]) - offset, []
    while at >= 0:
        move = moves[at]
        left, right = min(left, offset), min(right, int(move["amount"]) - offset)
        steps.append(Step(int(move["seq"]), int(move["debit"]), int(move["credit"]), int(move["amount"])))
        at, offset = _next(moves, at, offset)
    left = min(left, offset)
    return Trace(instrument, lot, lot - left, lot + right, tuple(steps))


def _next(moves: NDArray[np.void], at: int, offset: int) -> tuple[int, int]:
    """Return the move in which the lot leaves again and its place in it; (-1, lots before it) if it stays."""
    holder = int(moves["credit"][at])
    if holder in CONTRA_ACCOUNTS:
        return -1, offset
    if holder in SINK_ACCOUNTS:
        taken = np.flatnonzero((moves["back"] == moves["seq"][at]) & (moves["debit"] == holder))
        return (int(taken[0]), offset) if len(taken) else (-1, offset)
    came = moves["amount"][:at][moves["credit"][:at] == holder]
    position = int(came.sum()) + offset
    went = np.flatnonzero((moves["debit"] == holder) & (moves["mints"] == 0))
    ends = np.cumsum(moves["amount"][went])
    place = int(np.searchsorted(ends, position, side="right"))
    if place == len(went):
        return -1, position - int(ends[-1] if len(ends) else 0)
    found = int(went[place])
    return found, position - int(ends[place] - moves["amount"][found])
