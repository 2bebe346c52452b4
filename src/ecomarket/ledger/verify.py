"""Verify a ledger file: read-only, never repairs, names what it finds.

file        SQLite's own integrity check, and the schema letter for letter
chain       every block re-hashed, every record's checksum, the head
replay      the journal replayed, every cell of every projection compared
invariants  the rules of LEDGER.md section 3 after every event
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.errors import IntegrityError
from ecomarket.ledger.block import Block, block_hash, checksums, genesis_of, split_payloads
from ecomarket.ledger.canon import parse
from ecomarket.ledger.findings import LEVELS, Notebook, Report
from ecomarket.ledger.invariants import audit, audit_end
from ecomarket.ledger.registry.audit import RegistryAudit
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import finding_damage, reading
from ecomarket.ledger.tables import BALANCE, TABLES
from ecomarket.model.codes import RecordKind
from ecomarket.model.record import RECORD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from ecomarket.ledger.store.reader import RunRow
    from ecomarket.ledger.store.shelf import Shelf
    from ecomarket.ledger.tables import Row, Rows, Table


def verify(path: str | Path, level: str = "invariants", expect_head: str | None = None) -> Report:
    """Verify the ledger file at `path` up to `level` and return what was found.

    `expect_head` is the hash, or the first 16 or more hex digits of it, that somebody wrote down outside the file: a
    cut tail with an edited head is found only so. Raises RunError if the file cannot be opened as a ledger.
    """
    depth = LEVELS.index(level)
    notes = Notebook()
    with reading(path) as shelf:
        schema = shelf.schema()
        walk = _Walk(shelf, notes, depth)
        try:
            with finding_damage():
                strange = _check_file(shelf, schema, notes)
                if depth > 0 and not strange & {"run", "block"}:
                    walk.run(expect_head, strange)
        except IntegrityError as error:
            notes.add("FILE", message=str(error))
    return Report(notes.findings, walk.events, walk.head_hash.hex(), LEVELS[walk.done], notes.more())


def _check_file(shelf: Shelf, schema: tuple[Mapping[str, str | None], Mapping[str, str]], notes: Notebook) -> set[str]:
    """Check the file and its schema (as it is, as expected); return what is not as it should be, by name."""
    there, expected = schema
    for message in shelf.damage():
        notes.add("FILE", message=message)
    strange = {name for name in {*expected, *there} if there.get(name) != expected.get(name)}
    if "alembic_version" not in strange:
        for setting, stored, value in shelf.headers():
            if stored != value:
                notes.add("SCHEMA", "sqlite_schema", (setting,), what="SCHEMA-HEADER", stored=stored, expected=value)
    for name in sorted(strange):
        notes.add("SCHEMA", "sqlite_schema", (name,))
    return strange


class _Walk:
    """One pass over the blocks of a file: chain first; replay and audit as long as the records are sound."""

    def __init__(self, shelf: Shelf, notes: Notebook, depth: int) -> None:
        self.shelf, self.notes, self.depth = shelf, notes, depth
        self.done = 0
        self.above: set[int] = set()
        self.runs: list[RunRow] = []
        self.replay = Replay()
        self.registry = RegistryAudit()
        self.expected: Rows = {name: [] for name in TABLES}
        self.sound = True
        self.events = 0
        self.last: Block | None = None
        self.genesis = b""
        self.head_hash = b""

    def run(self, expect_head: str | None, strange: set[str]) -> None:
        """Do every level asked for; leave out tables that are not as they should be, and replay if records are not."""
        self._blocks()
        self._head(expect_head)
        self.done = min(self.depth, 1)
        if self.depth > 1 and self.sound:
            self._compare(strange)
            self.done = self.depth

    def _blocks(self) -> None:
        self.runs = reader.run_rows(self.shelf)
        self.sound = self._begin()
        for block in reader.blocks(self.shelf):
            if self.last is None:
                self.genesis = self._genesis(block)
            whole = self._link(block) & self._content(block)
            self.sound &= whole
            if self.sound and self.depth > 1:
                self._apply(block)
            self.last = block
            self.events += block.n
        self.head_hash = self.last.hash if self.last else self.genesis

    def _head(self, expect_head: str | None) -> None:
        last = self.last
        found = (last.number, last.first_seq + last.n - 1, last.t, last.hash) if last else (0, 0, 0, self.genesis)
        for run in self.runs:
            for column, f in zip(("head_number", "head_seq", "head_t", "head_hash"), found, strict=True):
                s = getattr(run, column)
                if s != f:
                    self.notes.add("EV-HEAD", "run", (run.id,), column=column, stored=_shown(s), found=_shown(f))
        head = self.head_hash.hex()
        if expect_head is not None and not (len(expect_head) >= 16 and head.startswith(expect_head.lower())):
            self.notes.add("EV-EXPECT", "run", (1,), expected=expect_head, found=head)

    def _compare(self, strange: set[str]) -> None:
        self.expected[BALANCE.name] = self.replay.balance_rows()
        for table in reader.tables(self.shelf):
            if table.name not in strange:
                _compare(table, reader.rows(self.shelf, table), self.expected[table.name], self.notes)
        if self.depth > 2:
            audit_end(self.replay, self.notes)
            self.registry.end(self.replay, self.notes)

    def _begin(self) -> bool:
        if len(self.runs) != 1 or self.runs[0].id != 1:
            self.notes.add("EV-GENESIS", "run", tuple(r.id for r in self.runs), what="EV-RUN", n=len(self.runs))
        for run in self.runs:
            self.genesis = genesis_of(run.manifest)
            if self.genesis != run.genesis:
                self.notes.add("EV-GENESIS", "run", (run.id,))
        return len(self.runs) == 1

    def _genesis(self, first: Block) -> bytes:
        """Return the genesis hash the blocks were made with: of manifest and genesis the one block 1 follows."""
        stored = [run.genesis for run in self.runs if run.genesis == first.prev]
        return stored[0] if stored else self.genesis

    def _link(self, block: Block) -> bool:
        last = self.last
        number, seq, prev = (last.number + 1, last.first_seq + last.n, last.hash) if last else (1, 1, self.genesis)
        fits = True
        if block.number != number:
            self.notes.add(
                "EV-GAP", "block", (block.number,), what="EV-GAP-BLOCKS", first=number, last=block.number - 1
            )
            fits = False
        elif block.first_seq != seq:
            self.notes.add("EV-GAP", "block", (block.number,), first=block.first_seq, expected=seq)
            fits = False
        if block.prev != prev and fits:
            self.notes.add("EV-PREV", "block", (block.number,), before=number - 1)
        return fits

    def _content(self, block: Block) -> bool:
        intact = block_hash(self.genesis, block) == block.hash
        if not intact:
            self.notes.add("EV-HASH", "block", (block.number,))
        if not 0 < block.n <= len(block.body) // RECORD.itemsize:
            self.notes.add("EV-PAYLOAD", "block", (block.number,), what="EV-LENGTH", n=block.n)
            return False
        records = block.records
        payloads, whole = split_payloads(block.body[block.n * RECORD.itemsize :])
        bad = records["checksum"] != checksums(records, payloads)
        seqs = np.arange(block.first_seq, block.first_seq + block.n)
        bad |= records["seq"] != seqs
        note = records["kind"] == RecordKind.NOTE
        bad |= note & ((records["other"] < 0) | (records["other"] >= len(payloads)))
        for row in np.flatnonzero(bad):
            self.notes.add("EV-SUM", "block", (block.number,), seq=seqs[row], kind=_kind_name(records[row]))
        tidy = whole and int(note.sum()) == len(payloads)
        if not tidy:
            self.notes.add("EV-PAYLOAD", "block", (block.number,))
        return tidy and not bad.any() and self._canonical(block, records, payloads)

    def _canonical(self, block: Block, records: NDArray[np.void], payloads: list[bytes]) -> bool:
        sound = True
        for record in records[records["kind"] == RecordKind.NOTE]:
            try:
                parse(payloads[record["other"]])
            except IntegrityError:
                self.notes.add("EV-PAYLOAD", "block", (block.number,), seq=record["seq"], what="EV-CANON")
                sound = False
        return sound

    def _apply(self, block: Block) -> None:
        since = self.replay.t
        try:
            change = self.replay.apply(block.records, block.payloads)
        except IntegrityError as error:
            self.notes.add("EV-APPLY", "block", (block.number,), seq=block.first_seq, message=str(error))
            self.sound = False
            return
        for name, rows in change.rows.items():
            if name != BALANCE.name:
                self.expected[name] += rows
        if self.depth > 2:
            audit(block, self.replay, since, self.above, self.notes)
            self.registry.audit(block, self.replay, self.notes)


def _compare(table: Table, stored: list[Row], replayed: list[Row], notes: Notebook) -> None:
    k = table.keys
    if k == 1 and table.names[0] != "seq":
        replayed = sorted(replayed)
    if stored == replayed:
        return
    there, wanted = ({row[:k]: row for row in rows} for rows in (stored, replayed))
    for key in sorted({*there, *wanted}):
        old, new = there.get(key), wanted.get(key)
        if old is None or new is None:
            notes.add(
                table.finding, table.name, key, _seq(table, key), what="ROW-MISSING" if old is None else "ROW-EXTRA"
            )
            continue
        for column, s, r in zip(table.names, old, new, strict=True):
            if s != r:
                notes.add(
                    table.finding, table.name, key, _seq(table, key), what="CELL", column=column, stored=s, replayed=r
                )


def _seq(table: Table, key: Row) -> int:
    return int(key[0]) if table.names[0] == "seq" else 0


def _kind_name(record: np.void) -> str:
    kind = int(record["kind"])
    return RecordKind(kind).name if kind in set(RecordKind) else str(kind)


def _shown(value: object) -> str:
    return value.hex()[:16] if isinstance(value, bytes) else str(value)
