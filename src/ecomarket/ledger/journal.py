"""The journal: the one place where records become history. Each commit is one block, chained to the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from ecomarket.errors import IntegrityError
from ecomarket.ledger.block import Block, genesis_of, seal
from ecomarket.ledger.canon import parse
from ecomarket.ledger.invariants import unsound_cells
from ecomarket.ledger.replay import Replay
from ecomarket.model.codes import RecordKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ecomarket.ledger.tables import Row, Rows

BALANCES_EVERY: Final = 200_000
"""Events after which balances are written. A day changes one balance in five, a fortnight nearly all: written each day
they would cost as much as all the trades, because a row in the place of another costs what a new one does. A reader of
a run that goes on applies what came since, at a million events a second."""


class Sink(Protocol):
    """Where blocks go; store.writer.BlockWriter is the one for SQLite."""

    def begin(self, manifest: bytes, genesis: bytes) -> None:
        """Write down which run this is, before its first block."""

    def write(self, block: Block, rows: Rows) -> None:
        """Store the block and the rows of projections it adds, all or nothing."""

    def stand(self, block: Block, moved: Callable[[], Sequence[Row]]) -> None:
        """Store the balances as they are after this block, the last one written, all or nothing.

        `moved` gives the rows that changed since it was asked for the last time; who needs none does not ask.
        """

    def close(self) -> None:
        """Let go of the file."""


class Journal:
    """The chain of one run, with the state it implies. `sink=None` keeps no database; head and invariants are the same.

    `run_manifest` is canonical JSON of what makes the run: scenario digest, seed, schema version; no wall clock and no
    path, so that the same run has the same head hash wherever and whenever it runs.
    """

    def __init__(self, run_manifest: bytes, sink: Sink | None = None) -> None:
        parse(run_manifest)
        self.manifest = run_manifest
        self.genesis = genesis_of(run_manifest)
        self.replay = Replay()
        self.sink = sink
        self._last: Block | None = None
        self._whole = True
        if sink is not None:
            sink.begin(run_manifest, self.genesis)

    @property
    def head(self) -> bytes:
        """The hash of the last block, which stands for the whole run; the genesis hash before the first."""
        return self._last.hash if self._last else self.genesis

    @property
    def events(self) -> int:
        """The number of events committed."""
        return self.replay.seq

    def commit(self, t: int, records: NDArray[np.void], payloads: Sequence[bytes]) -> Block | None:
        """Make records history at time `t` (microseconds, at or after the last record) and return their block.

        `records` is dtype RECORD with checksums 0; note k points at payload k by `other`. No records, no block.
        Raises IntegrityError if sequence, time, payloads or an invariant do not hold; then nothing is stored.
        """
        if not len(records):
            return None
        self._check_form(t, records, payloads)
        block = seal(self.genesis, self._last, t, records, payloads)
        self._whole = False
        change = self.replay.apply(block.records, payloads)
        broken = unsound_cells(self.replay, change.cells)
        if broken:
            raise IntegrityError(f"block {block.number}, events to {records['seq'][-1]}: {'; '.join(broken[:5])}")
        if self.sink is not None:
            self.sink.write(block, change.rows)
        self._last, self._whole = block, True
        if (block.first_seq - 1) // BALANCES_EVERY < self.replay.seq // BALANCES_EVERY:
            self._stand()
        return block

    def close(self) -> None:
        """Write down the balances and close the database, if there is one.

        After a commit that failed the balances are left as they were written last: the state here is ahead of them.
        """
        if self.sink is not None:
            try:
                if self._whole:
                    self._stand()
            finally:
                self.sink.close()

    def _stand(self) -> None:
        if self.sink is not None and self._last is not None:
            self.sink.stand(self._last, self.replay.moved_rows)

    def _check_form(self, t: int, records: NDArray[np.void], payloads: Sequence[bytes]) -> None:
        first = self.replay.seq + 1
        if not np.array_equal(records["seq"], np.arange(first, first + len(records))):
            raise IntegrityError(f"records must be numbered from {first} without a gap")
        if records["t"][0] < self.replay.t or (np.diff(records["t"]) < 0).any() or records["t"][-1] > t:
            raise IntegrityError(f"time falls within events {first}..{first + len(records) - 1}, or they lie after {t}")
        notes = records["other"][records["kind"] == RecordKind.NOTE]
        if not np.array_equal(notes, np.arange(len(payloads))):
            raise IntegrityError(f"{len(payloads)} payloads do not belong one to one to the notes from event {first}")
        for payload in payloads:
            parse(payload)
