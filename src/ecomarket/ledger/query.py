"""Read a ledger: records, participants, instruments, balances, tables. One read transaction, so one moment.

In: a ledger file. Out: numpy records with their payloads, and named rows, all "as of event N" (`Ledger.events`).
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecomarket.i18n import tr
from ecomarket.ledger.canon import parse
from ecomarket.ledger.faults import fault, unfound
from ecomarket.ledger.names import code_name
from ecomarket.ledger.replay import carried
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import reading
from ecomarket.ledger.tables import BALANCE, INSTRUMENT, PARTICIPANT, TABLES, notes_of
from ecomarket.model.codes import SYSTEM_ACCOUNTS, RecordKind
from ecomarket.model.record import CASH, RECORD
from ecomarket.model.stated import NoteCode
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.store.shelf import Shelf
    from ecomarket.ledger.tables import Row

_NOBODY = -1


class AccountRow(NamedTuple):
    """Whose an account is: a participant, or one of the system's own (kind "system", no zone)."""

    account: int
    code: str
    kind: str
    name_en: str
    name_zh: str
    zone: str


class InstrumentRow(NamedTuple):
    """One instrument as listed; cash is instrument 0. `lot` is decimal text in `unit`."""

    instrument: int
    code: str
    right: str
    kind: str
    name_en: str
    name_zh: str
    unit: str
    lot: str
    zone: str
    klass: str
    vintage: int


class Events(NamedTuple):
    """Records (dtype RECORD) and the payloads of the notes among them, by seq."""

    records: NDArray[np.void]
    payloads: Mapping[int, bytes]


class Event(NamedTuple):
    """One record and, for a note, what its payload says."""

    record: np.void
    payload: dict[str, Any] | None


class Ledger:
    """One ledger file at one moment: after event `events`, with hash `head` (64 hex digits). See `open_ledger`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        run = reader.run_row(shelf)
        self.manifest = parse(run.manifest)
        self.events = run.head_seq
        self.head = run.head_hash.hex()
        self.t = run.head_t
        self.started = self._started()
        self.accounts = self._accounts()
        self.instruments = self._instruments()

    @property
    def start(self) -> date:
        """The first day of the run; time 0 is its midnight. Raises RunError if the run has not said so."""
        if "start" not in self.started:
            raise fault("E751")
        return date.fromisoformat(self.started["start"])

    def day(self, t: int) -> date:
        """Return the date of time `t` in microseconds."""
        return self.start + timedelta(days=t // DAY)

    def time(self, day: date) -> int:
        """Return the time in microseconds at which `day` begins."""
        return (day - self.start).days * DAY

    def account(self, code: str) -> int:
        """Return the account with this code, whatever its case. Raises RunError with the nearest codes."""
        return _find({a.code: k for k, a in self.accounts.items()}, code, "account")

    def instrument(self, code: str) -> int:
        """Return the instrument with this code, whatever its case. Raises RunError with the nearest codes."""
        return _find({i.code: k for k, i in self.instruments.items()}, code, "instrument")

    def named(self, text: str) -> int:
        """Return the account with this code or, no code being so, of the one participant of this name (en or zh)."""
        by_code = {a.code.casefold() for a in self.accounts.values()}
        named = [k for k, a in self.accounts.items() if text.casefold() in (a.name_en.casefold(), a.name_zh.casefold())]
        return named[0] if len(named) == 1 and text.casefold() not in by_code else self.account(text)

    def listed(self, code: str) -> list[int]:
        """Return the instrument with this code or, no code being so, all whose code begins with it."""
        codes = {k: i.code.casefold() for k, i in self.instruments.items()}
        begin = [k for k, one in codes.items() if one.startswith(code.casefold())]
        return begin if code and begin and code.casefold() not in codes.values() else [self.instrument(code)]

    def load(self) -> Events:
        """Return every record of the run as one array, and every payload."""
        return gathered(self.blocks(), self.events)

    def select(
        self,
        account: str | None = None,
        instrument: str | None = None,
        kind: RecordKind | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Iterator[Event]:
        """Yield the events of an account (either party), instruments, a kind, a period [since, until) of time.

        account   code or name, as `named`        instrument   code or its beginning, as `listed`
        """
        who = None if account is None else self.named(account)
        what = None if instrument is None else self.listed(instrument)
        for block in self.blocks():
            if since is not None and block.t < since:
                continue
            r = block.records
            chosen = np.ones(block.n, dtype=np.bool_)
            if who is not None:
                chosen &= (r["account"] == who) | (r["counter"] == who)
            if what is not None:
                chosen &= np.isin(r["instrument"], what)
            if kind is not None:
                chosen &= r["kind"] == kind
            if since is not None:
                chosen &= r["t"] >= since
            if until is not None:
                chosen &= r["t"] < until
            yield from _events(block, np.flatnonzero(chosen))
            if until is not None and block.t >= until:
                return

    def events_of(self, numbers: Sequence[int]) -> list[Event]:
        """Return the events of these numbers, which ascend."""
        wanted = np.array(numbers, dtype=np.int64)
        found: list[Event] = []
        for block in self.blocks():
            own = wanted[(wanted >= block.first_seq) & (wanted < block.first_seq + block.n)]
            if len(own):
                found += _events(block, own - block.first_seq)
        return found

    def notes(self, *codes: NoteCode) -> Iterator[tuple[np.void, dict[str, Any]]]:
        """Yield each note of these codes: its record and its payload."""
        for block in self.blocks():
            yield from notes_of(block.records, block.payloads, *codes)

    def table(self, name: str) -> tuple[tuple[str, ...], list[Row]]:
        """Return the columns and the rows of a projection, all after the last event, whichever are written yet.

        Raises RunError if there is none of that name.
        """
        if name not in TABLES:
            raise fault("E750", name=name, tables=", ".join(TABLES))
        rows = reader.rows(self._shelf, TABLES[name])
        if name == BALANCE.name:
            rows = carried(rows, reader.unstood(self._shelf))
        return TABLES[name].names, rows

    def balances(self) -> NDArray[np.int64]:
        """Return all balances, int64 [accounts, instruments, 2]: posted, held."""
        shape = (max(self.accounts) + 1, max(self.instruments) + 1)
        rows = np.array(self.table("balance")[1], dtype=np.int64).reshape(-1, 4)
        size = np.maximum(shape, rows[:, :2].max(axis=0, initial=-1) + 1)
        balances = np.zeros((*size.tolist(), 2), dtype=np.int64)
        balances[rows[:, 0], rows[:, 1]] = rows[:, 2:]
        return balances

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks of the chain in order, as they are stored."""
        return reader.blocks(self._shelf)

    def _started(self) -> dict[str, Any]:
        for _, payload in self.notes(NoteCode.RUN_STARTED):
            return payload
        return {}

    def _accounts(self) -> dict[int, AccountRow]:
        system = [
            AccountRow(int(k), k.name, "system", code_name(k, "en"), code_name(k, "zh"), "") for k in SYSTEM_ACCOUNTS
        ]
        rows = reader.rows(self._shelf, PARTICIPANT)
        own = [AccountRow(account, *rest) for account, _seq, *rest in rows]
        return {a.account: a for a in (*system, *own)}

    def _instruments(self) -> dict[int, InstrumentRow]:
        cash = InstrumentRow(
            CASH, "CNY", "cash", "cash", tr("records.Cash", "en"), tr("records.Cash", "zh"), "CNY", "0.0001", "", "", 0
        )
        rows = reader.rows(self._shelf, INSTRUMENT)
        own = [InstrumentRow(instrument, *rest) for instrument, _seq, *rest in rows]
        return {i.instrument: i for i in (cash, *own)}


def gathered(blocks: Iterable[Block], events: int) -> Events:
    """Return the records of all blocks as one array, and every payload; `events` is how many records there will be."""
    records = np.empty(events, dtype=RECORD)
    payloads: dict[int, bytes] = {}
    at = 0
    for block in blocks:
        own = block.records
        records[at : at + block.n] = own
        notes = own["seq"][own["kind"] == RecordKind.NOTE]
        payloads.update(zip(notes.tolist(), block.payloads, strict=True))
        at += block.n
    return Events(records[:at], payloads)


@contextmanager
def open_ledger(path: str | Path) -> Iterator[Ledger]:
    """Open the ledger at `path` (a file, or `URL#run`) to read, at one moment. Raises RunError if it is no ledger."""
    with reading(path) as shelf:
        yield Ledger(shelf)


def _events(block: Block, rows: NDArray[np.int64]) -> Iterator[Event]:
    records = block.records
    payloads = block.payloads if (records["kind"][rows] == RecordKind.NOTE).any() else []
    for row in rows:
        record = records[row]
        note = record["kind"] == RecordKind.NOTE
        yield Event(record, parse(payloads[record["other"]]) if note else None)


def _find(codes: Mapping[str, int], code: str, what: str) -> int:
    folded = {c.casefold(): k for c, k in codes.items()}
    found = codes.get(code, folded.get(code.casefold(), _NOBODY))
    if found == _NOBODY:
        raise unfound(what, code, get_close_matches(code, codes, n=3))
    return found
