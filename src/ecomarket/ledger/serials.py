"""Serials: which lots of an instrument an account holds, from issuance to a sink; a projection of the journal.

Lots of an instrument are numbered from 0 in the order in which they are issued. What an account gives are the lots that
came to it first; what it holds back (orders, pledges) does not change their order. A sink keeps what each event brought
in apart, so that a reversal takes back exactly those lots. The kernel knows nothing of serials: they follow from the
records by this rule, as often as asked.

>>> from ecomarket.model.record import RECORD
>>> book = SerialBook()
>>> issue, sale = np.zeros(2, dtype=RECORD)
>>> issue["kind"] = sale["kind"] = RecordKind.TRANSFER
>>> for record, seq, (debit, credit, amount) in ((issue, 1, (0, 15, 100)), (sale, 2, (15, 16, 30))):
...     record["seq"], record["account"], record["counter"] = seq, debit, credit
...     record["amount"], record["instrument"] = amount, 1
>>> book.add(np.array([issue, sale]), [])
>>> book.table()[["lo", "hi", "account"]].tolist()
[(0, 30, 16), (30, 100, 15)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.ledger.serials_kernel import MOVE, SHORT, SHORT_SEQ, USED, list_ranges, new_queues, run_moves
from ecomarket.ledger.tables import notes_of
from ecomarket.model.codes import CONTRA_ACCOUNTS, SINK_ACCOUNTS, SYSTEM_ACCOUNTS, RecordKind, TransferCode
from ecomarket.model.record import CASH
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.ledger.findings import Notebook
    from ecomarket.ledger.query import Ledger
    from ecomarket.ledger.serials_kernel import Queues

SERIAL: Final = np.dtype([("instrument", "<i8"), ("lo", "<i8"), ("hi", "<i8"), ("account", "<i8"), ("since", "<i8")])
"""One range [lo, hi) of an instrument's lots, held by `account`; `since` is the event that brought its first lot in."""


class SerialBook:
    """Gathers the moves of lots, block by block; says at the end who holds which."""

    def __init__(self) -> None:
        self._moves: list[NDArray[np.void]] = []
        self._retired: dict[int, int] = {}

    def add(self, records: NDArray[np.void], payloads: Sequence[bytes]) -> None:
        """Take in the records (dtype RECORD) and payloads of the next block."""
        for record, payload in notes_of(records, payloads, NoteCode.RETIREMENT):
            if isinstance(payload.get("retirement"), int):
                self._retired[payload["retirement"]] = int(record["seq"]) - 1
        self._moves.append(moves_of(records, self._retired))

    @property
    def moves(self) -> NDArray[np.void]:
        """Every move so far, dtype MOVE."""
        return np.concatenate([np.zeros(0, dtype=MOVE), *self._moves])

    def table(self) -> NDArray[np.void]:
        """Return the ranges (dtype SERIAL) in order of instrument and lot."""
        return self._settle()[0]

    def audit(self, balances: NDArray[np.int64], notes: Notebook) -> None:
        """Check that ranges are disjoint and complete and sum to what is posted; balances [accounts, instruments, 2].

        SER-PART names the balance or the lots; ONE-USE a reversal of lots that their sink does not hold, and lots in
        two sinks.
        """
        table, queues = self._settle()
        if queues.counters[SHORT]:
            notes.add("ONE-USE", seq=int(queues.counters[SHORT_SEQ]), lots=int(queues.counters[SHORT]))
        _audit_ranges(table, queues.minted, notes)
        _audit_sums(table, queues.minted, self.moves, balances, notes)

    def _settle(self) -> tuple[NDArray[np.void], Queues]:
        moves = self.moves
        highest = max((int(moves[side].max()) for side in ("debit", "credit") if len(moves)), default=0)
        accounts = max(highest + 1, len(SYSTEM_ACCOUNTS))
        instruments = int(moves["instrument"].max()) + 1 if len(moves) else 1
        sinks = np.zeros(accounts, np.int64)
        sinks[list(SINK_ACCOUNTS)] = 1
        queues = new_queues(accounts * instruments, instruments, len(moves) + 1)
        run_moves(queues, moves, sinks, instruments)
        rows = np.full((int(queues.counters[USED]), 5), -1, np.int64)
        list_ranges(queues, instruments, rows)
        rows = rows[rows[:, 1] >= 0]
        table = np.zeros(len(rows), dtype=SERIAL)
        for column, name in enumerate(SERIAL.names or ()):
            table[name] = rows[:, column]
        return np.sort(table, order=("instrument", "lo")), queues


def book_of(ledger: Ledger) -> SerialBook:
    """Return the book of all blocks of a ledger."""
    book = SerialBook()
    for block in ledger.blocks():
        book.add(block.records, block.payloads)
    return book


def serials_of(ledger: Ledger) -> NDArray[np.void]:
    """Return the table `serial` of a ledger: its ranges (dtype SERIAL) in order of instrument and lot."""
    return book_of(ledger).table()


def moves_of(records: NDArray[np.void], retired: dict[int, int]) -> NDArray[np.void]:
    """Return the moves of lots in records; `retired` gives the event of each retirement by its number.

    A contra account issues whenever it is debited. A reversal's reference is the number of the retirement.
    """
    traded = records["kind"] == RecordKind.TRADE
    chosen = (traded | (records["kind"] == RecordKind.TRANSFER)) & (records["instrument"] > CASH)
    chosen &= (records["amount"] > 0) & (records["account"] >= 0) & (records["counter"] >= 0)
    r, traded = records[chosen], traded[chosen]
    moves = np.zeros(len(r), dtype=MOVE)
    for name in ("seq", "amount", "instrument"):
        moves[name] = r[name]
    moves["debit"] = np.where(traded, r["counter"], r["account"])
    moves["credit"] = np.where(traded, r["account"], r["counter"])
    moves["mints"] = np.isin(moves["debit"], CONTRA_ACCOUNTS)
    for row in np.flatnonzero(~traded & (r["code"] == TransferCode.REVERSAL)):
        moves["back"][row] = retired.get(int(r["order"][row]), int(r["seq"][row]))
    return moves


def _audit_ranges(table: NDArray[np.void], minted: NDArray[np.int64], notes: Notebook) -> None:
    """Sweep each instrument's ranges from lot 0 to the last one issued."""
    for instrument in np.flatnonzero(minted).tolist():
        own = table[table["instrument"] == instrument]
        bounds = np.concatenate([[0], own["hi"]])
        starts = np.append(own["lo"], minted[instrument])
        for row in np.flatnonzero(bounds != starts).tolist():
            end, begin = int(bounds[row]), int(starts[row])
            notes.add("SER-PART", "serial", (instrument, begin), what="SER-GAP", end=end, begin=begin)


def _audit_sums(
    table: NDArray[np.void],
    minted: NDArray[np.int64],
    moves: NDArray[np.void],
    balances: NDArray[np.int64],
    notes: Notebook,
) -> None:
    accounts, instruments = balances.shape[:2]
    sums = np.zeros((accounts, max(instruments, len(minted))), dtype=np.int64)
    np.add.at(sums, (table["account"], table["instrument"]), table["hi"] - table["lo"])
    made = moves[moves["mints"] != 0]
    np.subtract.at(sums, (made["debit"], made["instrument"]), made["amount"])
    for account, instrument in np.argwhere(sums[:, 1:instruments] != balances[:, 1:, 0]).tolist():
        held, posted = int(sums[account, instrument + 1]), int(balances[account, instrument + 1, 0])
        notes.add("SER-PART", "balance", (account, instrument + 1), held=held, posted=posted)
