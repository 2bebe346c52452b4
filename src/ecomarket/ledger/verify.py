"""Verify a ledger file: read-only, never repairs, names what it finds.

file        the seal, if there is one; SQLite's own integrity check, and the schema letter for letter
chain       every block re-hashed, every record's checksum, the head
replay      the journal replayed, every cell of every projection compared
invariants  the rules of LEDGER.md section 3 after every event

The last level, resim, runs the scenario again: engine/resim.py.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.errors import IntegrityError, RunError
from ecomarket.ledger.block import Block, block_hash, checksums, genesis_of, split_payloads
from ecomarket.ledger.canon import parse
from ecomarket.ledger.compare import compare
from ecomarket.ledger.faults import fault
from ecomarket.ledger.findings import LEVELS, Notebook, Report
from ecomarket.ledger.invariants import audit, audit_end
from ecomarket.ledger.place import is_url
from ecomarket.ledger.registry.audit import RegistryAudit
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.seal import read_seal, seal_path
from ecomarket.ledger.seal_check import check_contents, check_file
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import finding_damage, reading
from ecomarket.ledger.store.schema import BLOCK_COLUMNS, RUN_COLUMNS
from ecomarket.ledger.tables import BALANCE, STANDING, TABLES
from ecomarket.model.codes import RecordKind
from ecomarket.model.record import RECORD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ecomarket.ledger.seal import Seal
    from ecomarket.ledger.store.reader import RunRow
    from ecomarket.ledger.store.shelf import Shelf
    from ecomarket.ledger.tables import Rows

_BLOCK_TYPES: Final = (int, int, int, int, bytes, bytes, bytes)
_RUN_TYPES: Final = (int, bytes, bytes, int, int, int, bytes)


def verify(
    path: str | Path, level: str = "invariants", expect_head: str | None = None, seal: str | Path | None = None
) -> Report:
    """Verify the ledger file at `path` up to `level` and return what was found.

    `expect_head` is the hash, or the first 16 or more hex digits of it, that somebody wrote down outside the file: a
    cut tail with an edited head is found only so, or by a seal. `seal` is a seal kept elsewhere; without it the one
    beside the file counts, if there is one. Raises RunError if the file cannot be opened as a ledger.
    """
    notes = Notebook()
    sealed, same = _check_seal(path, Path(seal) if seal else None, notes)
    walk = _Walk(notes, LEVELS.index(level))
    try:
        with reading(path) as shelf:
            if not shelf.schema()[0]:  # nothing was ever committed: a run that fell before its first day is not corrupt
                raise fault("E734", path=path, why="no such table: run")
            walk.verify(shelf, expect_head, None if same else sealed)
    except RunError as error:
        if not notes.findings:
            raise
        notes.add("FILE", message=str(error))
    head = walk.head_hash.hex()
    if (walk.done or head) and sealed is not None and sealed.head != head:
        notes.add("SEAL", "run", (1,), what="SEAL-HEAD", sealed=sealed.head[:16], found=head[:16])
    return Report(notes.findings, walk.events, head, LEVELS[walk.done], notes.more(), sealed is not None)


def _check_seal(place: str | Path, given: Path | None, notes: Notebook) -> tuple[Seal | None, bool]:
    """Compare a ledger's file with its seal; return the seal and whether the file is the same to the byte."""
    path = None if is_url(place) else Path(place)
    kept = given or (path and seal_path(path))
    if kept is None or (path and not path.is_file()) or (given is None and not kept.exists()):
        return None, False
    try:
        sealed = read_seal(kept)
    except IntegrityError as error:
        notes.add("SEAL", message=str(error))
        return None, False
    return sealed, path is not None and sealed.file is not None and check_file(path, sealed.file, notes)


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

    shelf: Shelf

    def __init__(self, notes: Notebook, depth: int) -> None:
        self.notes, self.depth = notes, depth
        self.done = 0
        self.above: set[int] = set()
        self.runs: list[RunRow] = []
        self.replay = Replay()
        self.registry = RegistryAudit()
        self.expected: Rows = {name: [] for name in TABLES}
        self.standing: int | None = None
        self.sound = True
        self.events = 0
        self.last: Block | None = None
        self.genesis = b""
        self.head_hash = b""

    def verify(self, shelf: Shelf, expect_head: str | None, sealed: Seal | None) -> None:
        """Do every level asked for; `sealed` is what the tables must be, None if that is known already."""
        self.shelf = shelf
        schema = shelf.schema()
        try:
            with finding_damage():
                strange = _check_file(shelf, schema, self.notes)
                if sealed is not None:
                    check_contents(shelf, sealed, self.notes, strange)
                if strange & {"run", "block"}:
                    return
                if self.depth > 0:
                    self.run(expect_head, strange)
                else:
                    self._take_as_told(expect_head)
        except IntegrityError as error:
            self.notes.add("FILE", message=str(error))

    def run(self, expect_head: str | None, strange: set[str]) -> None:
        """Do every level asked for; leave out tables that are not as they should be, and replay if records are not."""
        if self.depth > 1 and STANDING.name not in strange:
            with suppress(IntegrityError), finding_damage():  # what cannot be read is said when it is compared
                self.standing = reader.standing(self.shelf)
        if self.standing == 0:
            self._stand(0)
        self._blocks()
        self._head(expect_head)
        self.done = min(self.depth, 1)
        if self.depth > 1 and self.sound:
            self._compare(strange)
            self.done = min(self.depth, 3)

    def _take_as_told(self, expect_head: str | None) -> None:
        """Take events and head as the run row tells them: at the level of the file nobody reads the blocks."""
        for run in reader.run_rows(self.shelf):
            if self._typed("run", run, run.id):
                self.events, self.head_hash = run.head_seq, run.head_hash
        self._expect(expect_head)

    def _blocks(self) -> None:
        rows = reader.run_rows(self.shelf)
        self.runs = [run for run in rows if self._typed("run", run, run.id)]
        self.sound = self._begin(rows)
        for block in reader.blocks(self.shelf):
            if not self._typed("block", tuple(getattr(block, name) for name in BLOCK_COLUMNS), block.number):
                self.sound = False
                continue
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
        self._expect(expect_head)

    def _expect(self, expect_head: str | None) -> None:
        head = self.head_hash.hex()
        if expect_head is not None and not (len(expect_head) >= 16 and head.startswith(expect_head.lower())):
            self.notes.add("EV-EXPECT", "run", (1,), expected=expect_head, found=head)

    def _compare(self, strange: set[str]) -> None:
        if not self.expected[STANDING.name]:
            self._stand(self.last.number if self.last else 0)
        for table in reader.tables(self.shelf):
            if table.name not in strange:
                compare(table, reader.rows(self.shelf, table), self.expected[table.name], self.notes)
        if self.depth > 2:
            audit_end(self.replay, self.notes)
            self.registry.end(self.replay, self.notes)

    def _stand(self, number: int) -> None:
        """Expect balances as they are now, after block `number`."""
        self.expected[STANDING.name] = [(1, number, self.replay.seq)]
        self.expected[BALANCE.name] = self.replay.balance_rows()

    def _typed(self, table: str, row: Sequence[object], key: int) -> bool:
        """Find a value whose type its column cannot have: somebody wrote past the table's definition."""
        names, types = (BLOCK_COLUMNS, _BLOCK_TYPES) if table == "block" else (RUN_COLUMNS, _RUN_TYPES)
        wrong = [n for n, value, t in zip(names, row, types, strict=True) if type(value) is not t]
        for column in wrong:
            code = "EV-HASH" if table == "block" else "EV-GENESIS"
            self.notes.add(code, table, (key,), what="EV-TYPE", column=column)
        return not wrong

    def _begin(self, rows: Sequence[RunRow]) -> bool:
        if len(rows) != 1 or rows[0].id != 1:
            self.notes.add("EV-GENESIS", "run", tuple(r.id for r in rows), what="EV-RUN", n=len(rows))
        for run in self.runs:
            self.genesis = genesis_of(run.manifest)
            if self.genesis != run.genesis:
                self.notes.add("EV-GENESIS", "run", (run.id,))
        return len(self.runs) == len(rows) == 1

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
            self.expected[name] += rows
        if block.number == self.standing:
            self._stand(block.number)
        if self.depth > 2:
            audit(block, self.replay, since, self.above, self.notes)
            self.registry.audit(block, self.replay, self.notes)


def _kind_name(record: np.void) -> str:
    kind = int(record["kind"])
    return RecordKind(kind).name if kind in set(RecordKind) else str(kind)


def _shown(value: object) -> str:
    return value.hex()[:16] if isinstance(value, bytes) else str(value)
