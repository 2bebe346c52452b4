"""Replay: apply records to balances, holds, open orders, obligations and closing prices. It decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecomarket.errors import IntegrityError
from ecomarket.ledger.effects import HoldEffects, effects, held_instrument, hold_effects, side_of
from ecomarket.ledger.tables import BALANCE, INSTRUMENT, PARTICIPANT, checked_start, notes_of, rows_of
from ecomarket.model.codes import RecordKind
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.tables import Row, Rows

HOLD = np.dtype(
    [
        ("account", "<i4"),
        ("instrument", "<i4"),
        ("traded", "<i4"),
        ("side", "<i4"),
        ("price", "<i8"),
        ("lots", "<i8"),
        ("held", "<i8"),
        ("fee", "<i8"),
    ]
)
"""One hold or order. `instrument` is what is held, `traded` what the order is for (-1 for a plain hold), `side` 0 for a
plain hold; `lots` open; `held` open amount; `fee` what a buy held above price * lots at its start."""

IDS_PER_EVENT = 8
"""An id this many times above the number of events is not a counter's: refuse it rather than fill the memory."""


class Change(NamedTuple):
    """What one block changed: rows by table but for balances; those touched, as account * instruments + instrument."""

    rows: Rows
    cells: NDArray[np.int64]


class Replay:
    """The state after the records applied so far.

    balances      int64 [accounts, instruments, 2]: posted, held; grows if RUN_STARTED or a record asks for more
    listed        bool [accounts, instruments]: the balance was not zero at the end of some block, so it has a row
    moved         bool [accounts, instruments]: the balance changed since `moved_rows` was asked for the last time
    holds         array of HOLD by id (0 is none);   closes  closing price by instrument, 0 none
    obligations   (scheme, account, instrument, period) -> (required, met, shortfall, charge), the last one told
    started       the payload of RUN_STARTED, {} before it;   commands  the ids of the commands done
    replaced      ids of the orders that the last block accepted, ascending; former  what stood under them before it
    participants, instruments   rows of those tables by account and by instrument
    """

    def __init__(self, accounts: int = 0, instruments: int = 0) -> None:
        self.balances = np.zeros((accounts, instruments, 2), dtype=np.int64)
        self.listed = np.zeros((accounts, instruments), dtype=np.bool_)
        self.moved = np.zeros((accounts, instruments), dtype=np.bool_)
        self.holds = np.zeros(1, dtype=HOLD)
        self.replaced = np.zeros(0, dtype=np.int64)
        self.former = np.zeros(0, dtype=HOLD)
        self.closes = np.zeros(instruments, dtype=np.int64)
        self.obligations: dict[Row, Row] = {}
        self.started: dict[str, Any] = {}
        self.commands: set[str] = set()
        self.participants: dict[int, Row] = {}
        self.instruments: dict[int, Row] = {}
        self.seq = 0
        self.t = 0

    def apply(self, records: NDArray[np.void], payloads: Sequence[bytes]) -> Change:
        """Apply the records of one block. Raises IntegrityError at a record that cannot be applied."""
        if not len(records):
            return Change({}, np.zeros(0, dtype=np.int64))
        for record, payload in notes_of(records, payloads, NoteCode.RUN_STARTED):
            self.started = checked_start(payload, int(record["seq"]))
            self._fit(payload.get("accounts", 0), payload.get("instruments", 0))
        rows = rows_of(records, payloads)
        self._register(rows)
        self._know(records, payloads)
        cells = self.move(records)
        self._hold(records)
        self._tell(records)
        self.seq, self.t = int(records["seq"][-1]), int(records["t"][-1])
        return Change(rows, cells)

    def balance_rows(self) -> list[Row]:
        """Return every row that the balance table must hold, in order of its key."""
        return self._rows(self.listed)

    def moved_rows(self) -> list[Row]:
        """Return the row of each balance that changed since this was asked for the last time, in order of its key."""
        rows = self._rows(self.moved)
        self.moved[:] = False
        return rows

    def stand(self, rows: Sequence[Row]) -> None:
        """Begin with the balances that these rows of the balance table tell, instead of none."""
        account, instrument, *values = np.array(rows, dtype=np.int64).reshape(-1, len(BALANCE.columns)).T
        self._fit(int(account.max(initial=-1)) + 1, int(instrument.max(initial=-1)) + 1)
        self.balances[account, instrument] = np.column_stack(values)
        self.listed[account, instrument] = True

    def open_holds(self) -> NDArray[np.int64]:
        """Return the ids of holds and orders that still hold something or have lots open."""
        return np.flatnonzero((self.holds["held"] != 0) | ((self.holds["side"] != 0) & (self.holds["lots"] != 0)))

    def reserve_ids(self, records: NDArray[np.void], changes: HoldEffects) -> None:
        """Make room for the ids in `changes`. Raises IntegrityError at an id that no counter could have given."""
        if not len(changes.id):
            return
        top = int(changes.id.max())
        if changes.id.min() < 0 or top > 64 + IDS_PER_EVENT * int(records["seq"][-1]):
            raise IntegrityError(f"events {records['seq'][0]}..{records['seq'][-1]}: an order or hold id out of range")
        if top >= len(self.holds):
            more = np.zeros(max(top + 1, 2 * len(self.holds)) - len(self.holds), dtype=HOLD)
            self.holds = np.concatenate([self.holds, more])

    def _fit(self, accounts: int, instruments: int) -> None:
        a, i = self.balances.shape[:2]
        if accounts <= a and instruments <= i:
            return
        if accounts * instruments > 2**28:
            raise IntegrityError(f"{accounts} accounts x {instruments} instruments do not fit the memory")
        grow = ((0, max(accounts, a) - a), (0, max(instruments, i) - i))
        self.balances = np.pad(self.balances, (*grow, (0, 0)))
        self.listed, self.moved = np.pad(self.listed, grow), np.pad(self.moved, grow)
        self.closes = np.pad(self.closes, grow[1])

    def _register(self, rows: Rows) -> None:
        for table, known in ((PARTICIPANT, self.participants), (INSTRUMENT, self.instruments)):
            for row in rows.get(table.name, ()):
                if row[0] in known:
                    raise IntegrityError(f"event {row[1]}: {table.name} {row[0]} is registered twice")
                known[row[0]] = row

    def _know(self, records: NDArray[np.void], payloads: Sequence[bytes]) -> None:
        for record, payload in notes_of(records, payloads, NoteCode.COMMAND):
            if payload.get("id") in self.commands:
                raise IntegrityError(f"event {record['seq']}: command '{payload['id']}' is done twice")
            self.commands.add(str(payload.get("id")))

    def move(self, records: NDArray[np.void]) -> NDArray[np.int64]:
        """Apply to balances alone what records do to them; return the touched ones, as in Change.

        Raises IntegrityError at a record that cannot be applied.
        """
        moved = effects(records)
        if not len(moved.row):
            return np.zeros(0, dtype=np.int64)
        self._fit(int(moved.account.max()) + 1, int(moved.instrument.max()) + 1)
        width = self.balances.shape[1]
        flat = self.balances.reshape(-1, 2)
        cell = moved.account * width + moved.instrument
        touched = np.zeros(len(flat), dtype=np.bool_)
        touched[cell] = True
        cells = np.flatnonzero(touched)
        before = flat[cells]
        np.add.at(flat[:, 0], cell, moved.posted)
        np.add.at(flat[:, 1], cell, moved.held)
        after = flat[cells]
        listed = self.listed.reshape(-1)
        listed[cells] |= after.any(axis=1)
        self.moved.reshape(-1)[cells[(before != after).any(axis=1)]] = True
        return cells

    def _rows(self, chosen: NDArray[np.bool_]) -> list[Row]:
        account, instrument = np.nonzero(chosen)
        values = self.balances[account, instrument]
        return [tuple(row) for row in np.column_stack([account, instrument, values]).tolist()]

    def _hold(self, records: NDArray[np.void]) -> None:
        changes = hold_effects(records)
        self.reserve_ids(records, changes)
        self._open(records)
        if len(changes.id):
            np.add.at(self.holds["held"], changes.id, changes.held)
            np.add.at(self.holds["lots"], changes.id, changes.lots)

    def _open(self, records: NDArray[np.void]) -> None:
        placed = records.take(np.flatnonzero(records["kind"] == RecordKind.ORDER_ACCEPTED))
        order = placed["order"]
        self.replaced = np.unique(order)
        self.former = self.holds.take(self.replaced)
        if len(placed):
            self._place(placed, order)
        plain = records.take(np.flatnonzero(records["kind"] == RecordKind.HOLD))
        if len(plain):
            self.holds["account"][plain["order"]] = plain["account"]
            self.holds["instrument"][plain["order"]] = plain["instrument"]
            self.holds["traded"][plain["order"]] = -1

    def _place(self, placed: NDArray[np.void], order: NDArray[np.int64]) -> None:
        self.holds["account"][order] = placed["account"]
        self.holds["instrument"][order] = held_instrument(placed)
        self.holds["traded"][order] = placed["instrument"]
        self.holds["side"][order] = side_of(placed)
        self.holds["price"][order] = placed["price"]
        self.holds["fee"][order] = placed["hold"] - placed["price"] * placed["amount"]

    def _tell(self, records: NDArray[np.void]) -> None:
        closed = records.take(np.flatnonzero(records["kind"] == RecordKind.CLOSE))
        if len(closed):
            if closed["instrument"].min() < 0:
                raise IntegrityError(f"events {records['seq'][0]}..{records['seq'][-1]}: a closing price of nothing")
            self._fit(0, int(closed["instrument"].max()) + 1)
            self.closes[closed["instrument"]] = closed["price"]
        for r in records.take(np.flatnonzero(records["kind"] == RecordKind.OBLIGATION)):
            key = tuple(int(r[f]) for f in ("code", "account", "instrument", "order"))
            self.obligations[key] = tuple(int(r[f]) for f in ("amount", "hold", "other", "price"))


def carried(rows: list[Row], blocks: Iterable[Block]) -> list[Row]:
    """Return what rows of the balance table become by the blocks after them: all rows, in order of the key."""
    replay: Replay | None = None
    for block in blocks:
        if replay is None:
            replay = Replay()
            replay.stand(rows)
        replay.move(block.records)
    return replay.balance_rows() if replay else rows
