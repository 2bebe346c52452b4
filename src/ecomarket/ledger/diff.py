"""The first event in which two ledgers part, however their histories are cut into blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.ledger.canon import parse
from ecomarket.ledger.query import Event
from ecomarket.model.codes import RecordKind
from ecomarket.model.record import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.query import Ledger


class Difference(NamedTuple):
    """How far two ledgers agree, and how they go on.

    events      how many events are the same      t      the time of the last of them in microseconds, 0 before any
    one, other  the next event of each, None if that ledger ends here; both None: the same events to the end
    manifest    the entries of the manifests that differ: name -> (one's, other's)     heads  the two last hashes
    """

    events: int
    t: int
    one: Event | None
    other: Event | None
    manifest: dict[str, tuple[Any, Any]]
    heads: tuple[str, str]

    @property
    def same(self) -> bool:
        """Whether the ledgers are of the same run, tell the same events, and cut them into the same blocks."""
        return self.one is None and self.other is None and not self.manifest and self.heads[0] == self.heads[1]


class _Part(NamedTuple):
    """Records that are not compared yet, with their payloads in order of `other`."""

    records: NDArray[np.void]
    payloads: list[bytes]


def diff(one: Ledger, other: Ledger) -> Difference:
    """Compare two open ledgers event by event. Raises IntegrityError where a block cannot be read."""
    names = sorted({*one.manifest, *other.manifest})
    manifest = {
        n: (one.manifest.get(n), other.manifest.get(n)) for n in names if one.manifest.get(n) != other.manifest.get(n)
    }
    return Difference(*parting(one.blocks(), other.blocks()), manifest, (one.head, other.head))


def parting(one: Iterable[Block], other: Iterable[Block]) -> tuple[int, int, Event | None, Event | None]:
    """Return how many events two chains have in common, the last one's time, and the next event of each (or None).

    Memory is that of a block of each.
    """
    sides = _parts(one), _parts(other)
    a, b = (next(side, None) for side in sides)
    events, t = 0, 0
    while a is not None and b is not None:
        n = min(len(a.records), len(b.records))
        unlike = _unlike(a, b, n)
        agreed = int(unlike[0]) if len(unlike) else n
        events, t = events + agreed, int(a.records["t"][agreed - 1]) if agreed else t
        if agreed < n:
            return events, t, _event(a, agreed), _event(b, agreed)
        a, b = (_after(part, n) or next(side, None) for part, side in zip((a, b), sides, strict=True))
    return events, t, a and _event(a, 0), b and _event(b, 0)


def _after(part: _Part, n: int) -> _Part | None:
    return _Part(part.records[n:], part.payloads) if len(part.records) > n else None


def _parts(blocks: Iterable[Block]) -> Iterator[_Part]:
    for block in blocks:
        if block.n:
            yield _Part(block.records, block.payloads)


def _unlike(one: _Part, other: _Part, n: int) -> NDArray[np.int64]:
    """Return which of the first n records differ: a note in its payload, wherever that stands in its block."""
    told = [_told(part.records[:n]) for part in (one, other)]
    unlike = (told[0] != told[1]).any(axis=1)
    for row in np.flatnonzero((one.records["kind"][:n] == RecordKind.NOTE) & ~unlike).tolist():
        unlike[row] = one.payloads[one.records["other"][row]] != other.payloads[other.records["other"][row]]
    return np.flatnonzero(unlike)


def _told(records: NDArray[np.void]) -> NDArray[np.uint8]:
    """Return the bytes [n, 96] of records, without a note's place in its block and the checksum that covers it."""
    told = records.copy()
    notes = told["kind"] == RecordKind.NOTE
    for field in ("other", "checksum"):
        told[field][notes] = 0
    return told.view(np.uint8).reshape(len(told), RECORD.itemsize)


def _event(part: _Part, row: int) -> Event:
    record = part.records[row]
    note = record["kind"] == RecordKind.NOTE
    return Event(record, parse(part.payloads[int(record["other"])]) if note else None)
