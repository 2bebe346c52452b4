"""What is exported: four tables, each read from the blocks as chunks of columns. Amounts are integers.

Accounts and instruments stand by their codes; quantities are lots, cash and prices 0.0001 CNY, `t` microseconds since
midnight of the first day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ecomarket.ledger.effects import effects
from ecomarket.model.codes import Mechanism, RecordKind
from ecomarket.model.record import RECORD
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from enum import IntEnum

    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.query import Ledger

CHUNK_ROWS: Final = 65_536
"""Records read before a chunk is written; a block is never split."""


class Words(NamedTuple):
    """A column of text: `at` [n] are places in `words`, of which not all need be used."""

    at: NDArray[np.int64]
    words: Sequence[str]


Chunk = list["NDArray[np.int64] | Words"]


class Table(NamedTuple):
    """One exported table: its columns (name -> is it text) and how to read it, chunk by chunk."""

    columns: Mapping[str, bool]
    chunks: Callable[[Ledger], Iterator[Chunk]]


def batches(ledger: Ledger) -> Iterator[tuple[NDArray[np.void], list[bytes]]]:
    """Yield the records of many blocks at a time, and their payloads, at which a note's `other` then points."""
    for blocks in _several(ledger):
        records: list[NDArray[np.void]] = []
        payloads: list[bytes] = []
        for block in blocks:
            own = block.records
            notes = own["kind"] == RecordKind.NOTE
            if notes.any():
                own = own.copy()
                own["other"][notes] += len(payloads)
                payloads += block.payloads
            records.append(own)
        yield np.concatenate(records), payloads


def _several(ledger: Ledger) -> Iterator[list[Block]]:
    """Yield the blocks, as many at a time as make a chunk."""
    blocks: list[Block] = []
    rows = 0
    for block in ledger.blocks():
        blocks.append(block)
        rows += block.n
        if rows >= CHUNK_ROWS:
            yield blocks
            blocks, rows = [], 0
    if blocks:
        yield blocks


def _whole(values: Any) -> NDArray[np.int64]:
    return np.ascontiguousarray(values, dtype=np.int64)


def _records(ledger: Ledger) -> Iterator[Chunk]:
    kinds = _names(RecordKind)
    for blocks in _several(ledger):
        columns = {name: np.empty(sum(block.n for block in blocks), dtype=np.int64) for name in _FIELDS}
        place = np.zeros_like(columns["seq"])
        told = [""]
        first = 0
        for block in blocks:  # one at a time: its records lie in the processor's cache while they are parted
            own = block.records
            for name, column in columns.items():
                column[first : first + block.n] = own[name]
            notes = first + np.flatnonzero(own["kind"] == RecordKind.NOTE)
            if len(notes):
                place[notes] = columns["other"][notes] + len(told)
                columns["other"][notes] = 0
                told += [p.decode() for p in block.payloads]
            first += block.n
        yield [*(Words(c, kinds) if name == "kind" else c for name, c in columns.items()), Words(place, told)]


def _trades(ledger: Ledger) -> Iterator[Chunk]:
    for records, _ in batches(ledger):
        r = records.take(np.flatnonzero(records["kind"] == RecordKind.TRADE))
        found: dict[str, NDArray[np.int64] | Words] = {
            "buy_order": _whole(r["order"]),
            "sell_order": _whole(r["other"]),
            "lots": _whole(r["amount"]),
            "date": _dates(ledger, r["t"]),
            "instrument": _instruments(ledger, r["instrument"]),
            "mechanism": Words(_whole(r["code"]), _names(Mechanism)),
            "buyer": _accounts(ledger, r["account"]),
            "seller": _accounts(ledger, r["counter"]),
        }
        yield [found[name] if name in found else _whole(r[name]) for name in _TRADE]


def _postings(ledger: Ledger) -> Iterator[Chunk]:
    kinds = _names(RecordKind)
    for records, _ in batches(ledger):
        moved = effects(records)
        chosen = np.flatnonzero(moved.posted)
        chosen = chosen[np.argsort(moved.row[chosen], kind="stable")]
        r = records.take(moved.row[chosen])
        yield [
            _whole(r["seq"]),
            _whole(r["t"]),
            _dates(ledger, r["t"]),
            Words(_whole(r["kind"]), kinds),
            _whole(r["code"]),
            _accounts(ledger, moved.account[chosen]),
            _instruments(ledger, moved.instrument[chosen]),
            moved.posted[chosen],
        ]


def _balances(ledger: Ledger) -> Iterator[Chunk]:
    rows = np.array(ledger.table("balance")[1], dtype=np.int64).reshape(-1, 4)
    for at in range(0, len(rows), CHUNK_ROWS):
        part = rows[at : at + CHUNK_ROWS]
        yield [_accounts(ledger, part[:, 0]), _instruments(ledger, part[:, 1]), _whole(part[:, 2]), _whole(part[:, 3])]


def _names(codes: type[IntEnum]) -> list[str]:
    """Return the words of a closed list of codes, by number."""
    return [codes(k).name.lower().replace("_", "-") if k in set(codes) else str(k) for k in range(max(codes) + 1)]


def _dates(ledger: Ledger, t: NDArray[np.int64]) -> Words:
    days, index = np.unique(_whole(t) // DAY, return_inverse=True)
    return Words(index, [ledger.day(day * DAY).isoformat() for day in days.tolist()])


def _accounts(ledger: Ledger, numbers: NDArray[np.int64]) -> Words:
    return _coded({k: a.code for k, a in ledger.accounts.items()}, numbers)


def _instruments(ledger: Ledger, numbers: NDArray[np.int64]) -> Words:
    return _coded({k: i.code for k, i in ledger.instruments.items()}, numbers)


def _coded(codes: Mapping[int, str], numbers: NDArray[np.int64]) -> Words:
    """Return the codes of accounts or instruments; a number that was never registered stands for itself."""
    known, index = np.unique(_whole(numbers), return_inverse=True)
    return Words(index, [codes.get(k, str(k)) for k in known.tolist()])


_FIELDS: Final = [name for name in RECORD.names or () if name != "checksum"]
_TRADE: Final = (
    "seq", "t", "date", "venue", "instrument", "mechanism", "buyer", "seller", "buy_order", "sell_order", "price",
    "lots", "fee_buy", "fee_sell", "flags",
)  # fmt: skip
_TEXT: Final = {"date", "instrument", "mechanism", "buyer", "seller", "account", "kind", "payload"}


def _table(names: Sequence[str], text: set[str], chunks: Callable[[Ledger], Iterator[Chunk]]) -> Table:
    return Table({name: name in text for name in names}, chunks)


TABLES: Final[Mapping[str, Table]] = {
    "records": _table([*_FIELDS, "payload"], {"kind", "payload"}, _records),
    "trades": _table(_TRADE, _TEXT, _trades),
    "balances": _table(("account", "instrument", "posted", "held"), _TEXT, _balances),
    "postings": _table(("seq", "t", "date", "kind", "code", "account", "instrument", "amount"), _TEXT, _postings),
}
"""The exported tables. `records` keeps every field as it is stored, but for the place of a payload and the checksum."""
