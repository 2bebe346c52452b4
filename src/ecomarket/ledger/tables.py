"""The projections of the journal: which tables there are, and how a record becomes a row. No SQL here.

A projection can be dropped and rebuilt from the blocks at any time; `verify` compares each cell with a rebuilt one.
Column types are INTEGER, TEXT or BLOB. An account or instrument of -1 means none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ecomarket.errors import IntegrityError
from ecomarket.ledger.canon import canonical, parse
from ecomarket.model.codes import RecordKind
from ecomarket.model.stated import NoteCode
from ecomarket.units import AMOUNT_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]


class Column(NamedTuple):
    """One column: its name, its type, and the field of the record (or key of the payload) it copies."""

    name: str
    type: str
    source: str


class Table(NamedTuple):
    """One projection. The first `keys` columns are its primary key; `finding` is the code of a difference.

    `since` is the first schema version (store/schema.py) whose ledgers hold it.
    """

    name: str
    finding: str
    columns: tuple[Column, ...]
    keys: int = 1
    since: int = 2

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(c.name for c in self.columns)


def _table(name: str, finding: str, sources: str, keys: int = 1, since: int = 2) -> Table:
    """Read `column=source column ...`; a column named like its source needs no `=`, `$` marks text."""
    columns = []
    for word in sources.split():
        column, _, source = word.removeprefix("$").partition("=")
        columns.append(Column(column, "TEXT" if word.startswith("$") else "INTEGER", source or column))
    return Table(name, finding, tuple(columns), keys, since)


RECORD_TABLES: Final[Mapping[RecordKind, Table]] = {
    RecordKind.TRADE: _table(
        "trade",
        "TRADE-DIFF",
        "seq t venue instrument mechanism=code buyer=account seller=counter buy_order=order sell_order=other price"
        " lots=amount fee_buy fee_sell flags",
    ),
    RecordKind.TRANSFER: _table(
        "transfer", "TRANSFER-DIFF", "seq t code debit=account credit=counter instrument amount reference=order"
    ),
    RecordKind.CLOSE: _table("close", "CLOSE-DIFF", "seq t venue instrument price lots=amount turnover=other"),
    RecordKind.HALT: _table("halt", "HALT-DIFF", "seq t venue instrument reason=code until_t=other price"),
    RecordKind.OBLIGATION: _table(
        "obligation",
        "OBL-DIFF",
        "seq t scheme=code account instrument period=order required=amount met=hold shortfall=other charge=price",
    ),
    RecordKind.FACT: _table("fact", "FACT-DIFF", "seq t code account instrument period=order amount extra=price"),
}
"""Tables with one row a record of their kind."""

PARTICIPANT: Final = _table("participant", "PART-DIFF", "account seq $code $kind $name_en=en $name_zh=zh $zone")
INSTRUMENT: Final = _table(
    "instrument",
    "INST-DIFF",
    "instrument seq $code $right $kind $name_en=en $name_zh=zh $unit $lot $zone $klass vintage",
)
RETIREMENT: Final = _table("retirement", "RET-DIFF", "seq t account instrument $detail")
REGISTRY_ACT: Final = _table(
    "registry_act", "ACT-DIFF", "seq t note=code account instrument $act number $detail", since=4
)
"""Acts of the registry and leases: proposals and approvals, freezes, pledges, roles; `number` says of which."""
BALANCE: Final = _table("balance", "BAL-DIFF", "account instrument posted held", keys=2)
STANDING: Final = _table("standing", "STAND-DIFF", "id block seq", since=5)
"""One row with id 1: after which block, whose last event is `seq`, the rows of `balance` were written."""
TABLES: Final[Mapping[str, Table]] = {
    t.name: t for t in (*RECORD_TABLES.values(), PARTICIPANT, INSTRUMENT, RETIREMENT, REGISTRY_ACT, BALANCE, STANDING)
}
_NAMED: Final = {NoteCode.PARTICIPANT_REGISTERED: PARTICIPANT, NoteCode.INSTRUMENT_LISTED: INSTRUMENT}
_ACTS: Final = (NoteCode.REGISTRY_ACT, NoteCode.LEASE, NoteCode.MARKET_SUSPENDED, NoteCode.MARKET_RESUMED)
_NUMBERED: Final = ("proposal", "freeze", "pledge", "retirement", "lease")
"""Keys under which a payload says which proposal, freeze, pledge, retirement or lease it is about."""
_DEFAULTS: Final = {"zone": "", "klass": "", "vintage": 0}


def rows_of(records: NDArray[np.void], payloads: Sequence[bytes]) -> Rows:
    """Return the rows that these records add, by table (but for balances, which Replay knows)."""
    rows: Rows = {}
    for kind, table in RECORD_TABLES.items():
        chosen = records.take(np.flatnonzero(records["kind"] == kind))
        if len(chosen):
            rows[table.name] = chosen[[c.source for c in table.columns]].tolist()
    for name, row in _named_rows(records, payloads):
        rows.setdefault(name, []).append(row)
    return rows


def notes_of(
    records: NDArray[np.void], payloads: Sequence[bytes], *codes: NoteCode
) -> Iterator[tuple[np.void, dict[str, Any]]]:
    """Yield each NOTE record of these codes with its payload read."""
    for row in np.flatnonzero(records["kind"] == RecordKind.NOTE):
        if records["code"][row] not in codes:
            continue
        record = records[row]
        yield record, parse(payloads[record["other"]])


def checked_start(payload: dict[str, Any], seq: int) -> dict[str, Any]:
    """Return the payload of RUN_STARTED if its counts and caps can be used. Raises IntegrityError if not.

    A cap is {"instruments": [...], "cap_lots": n, "from": t, "to": t}.
    """
    caps = payload.get("caps", [])
    numbers = [payload.get("accounts", 0), payload.get("instruments", 0)]
    fits = isinstance(caps, list) and all(isinstance(c, dict) and isinstance(c.get("instruments"), list) for c in caps)
    if fits:
        numbers += [i for c in caps for i in c["instruments"]]
        fits = all(isinstance(c.get(k), int) for c in caps for k in ("cap_lots", "from", "to"))
    if not fits or not all(isinstance(n, int) and n >= 0 for n in numbers):
        raise IntegrityError(f"event {seq}: the start of the run has caps or counts that cannot be read")
    return payload


def _named_rows(records: NDArray[np.void], payloads: Sequence[bytes]) -> Iterator[tuple[str, Row]]:
    for record, payload in notes_of(records, payloads, *_NAMED, NoteCode.RETIREMENT, *_ACTS):
        seq = int(record["seq"])
        when, whose = (seq, int(record["t"])), (int(record["account"]), int(record["instrument"]))
        if record["code"] == NoteCode.RETIREMENT:
            yield RETIREMENT.name, (*when, *whose, canonical(payload).decode())
            continue
        if record["code"] in _ACTS:
            yield REGISTRY_ACT.name, (*when, int(record["code"]), *whose, *_act(payload), canonical(payload).decode())
            continue
        table = _NAMED[NoteCode(record["code"])]
        values = {**_DEFAULTS, **payload, "seq": seq}
        yield table.name, tuple(_typed(values, c, seq) for c in table.columns)


def _act(payload: Mapping[str, Any]) -> tuple[str, int]:
    """Return the act and the number it is about; "" and 0 where the payload does not say, which verification finds."""
    numbers = [payload[key] for key in _NUMBERED if isinstance(payload.get(key), int)]
    return str(payload.get("act", "")), next((n for n in numbers if 0 <= n < AMOUNT_MAX), 0)


def _typed(values: Mapping[str, Any], column: Column, seq: int) -> int | str:
    value = values.get(column.source)
    if not isinstance(value, int if column.type == "INTEGER" else str) or isinstance(value, bool):
        raise IntegrityError(f"event {seq}: payload has no {column.type.lower()} '{column.source}'")
    return value
