"""One ledger event as a line to read or a document to parse."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ecomarket.ledger.names import code_name
from ecomarket.model.codes import (
    CancelReason,
    HaltReason,
    HoldReason,
    Mechanism,
    RecordKind,
    Refusal,
    Side,
    TransferCode,
)
from ecomarket.model.record import CASH, FLAG_SIDE
from ecomarket.model.stated import FactCode, NoteCode, Scheme
from ecomarket.units import DAY, yuan_text

if TYPE_CHECKING:
    from enum import IntEnum

    from ecomarket.ledger.query import Event, Ledger

CODES: Final[dict[RecordKind, type[IntEnum]]] = {
    RecordKind.NOTE: NoteCode,
    RecordKind.TRANSFER: TransferCode,
    RecordKind.HOLD: HoldReason,
    RecordKind.RELEASE: HoldReason,
    RecordKind.ORDER_REFUSED: Refusal,
    RecordKind.ORDER_CANCELLED: CancelReason,
    RecordKind.ORDER_EXPIRED: CancelReason,
    RecordKind.TRADE: Mechanism,
    RecordKind.HALT: HaltReason,
    RecordKind.FACT: FactCode,
    RecordKind.OBLIGATION: Scheme,
}
ORDERS: Final = (
    RecordKind.ORDER_ACCEPTED,
    RecordKind.ORDER_REFUSED,
    RecordKind.ORDER_CANCELLED,
    RecordKind.ORDER_EXPIRED,
)
PAYLOAD_SHOWN: Final = 200
"""Signs of a payload in a line; the whole is in the document."""


def event_line(ledger: Ledger, event: Event, lang: str) -> str:
    """Return one event as one line: number, date and time, kind, what it says.

    Of two parties the one that gives stands first: of a trade the seller, and its order.
    """
    record = event.record
    kind = RecordKind(int(record["kind"]))
    when = timedelta(microseconds=int(record["t"]) % DAY)
    stamp = f"{int(record['seq']):>9} {ledger.day(int(record['t']))} {str(when).split('.')[0]:>8}"
    code = CODES.get(kind)
    words = [code_name(kind, lang)]
    if code is not None and int(record["code"]) in {int(c) for c in code}:
        words.append(code_name(code(int(record["code"])), lang))
    if kind in ORDERS:
        words.append(code_name(Side(int(record["flags"]) & FLAG_SIDE), lang))
    told = f"{stamp}  {' · '.join(words)}  {_parties(ledger, record, kind)}  {_amounts(ledger, record, kind)}".rstrip()
    payload = json.dumps(event.payload, ensure_ascii=False) if event.payload else ""
    shown = payload if len(payload) <= PAYLOAD_SHOWN else f"{payload[:PAYLOAD_SHOWN]} …"
    return f"{told}{_numbers(record, kind)}  {shown}".rstrip()


def _numbers(record: Any, kind: RecordKind) -> str:
    """Return the numbers of the orders that an event is about, for `ecomarket explain`."""
    fields = ("other", "order") if kind == RecordKind.TRADE else ("order",) if kind in ORDERS else ()
    named = [f"#{int(record[field])}" for field in fields if int(record[field])]
    return "  " + " / ".join(named) if named else ""


def event_document(ledger: Ledger, event: Event) -> dict[str, Any]:
    """Return one event as a document: every field of the record by name, codes as words, its payload."""
    record = event.record
    kind = RecordKind(int(record["kind"]))
    document: dict[str, Any] = {"schema": "ecomarket.event/1"}
    document |= {name: int(record[name]) for name in record.dtype.names or ()}
    document["kind"] = kind.name.lower().replace("_", "-")
    document["date"] = ledger.day(int(record["t"])).isoformat()
    for field in ("account", "counter"):
        row = ledger.accounts.get(int(record[field]))
        document[field] = row.code if row else None
    listed = ledger.instruments.get(int(record["instrument"]))
    document["instrument"] = listed.code if listed else None
    document["payload"] = event.payload
    return document


def _parties(ledger: Ledger, record: Any, kind: RecordKind) -> str:
    fields = ("counter", "account") if kind == RecordKind.TRADE else ("account", "counter")
    codes = [ledger.accounts[int(record[f])].code for f in fields if int(record[f]) in ledger.accounts]
    return " -> ".join(codes)


def _amounts(ledger: Ledger, record: Any, kind: RecordKind) -> str:
    instrument = ledger.instruments.get(int(record["instrument"]))
    if instrument is None:
        return "" if kind == RecordKind.NOTE else f"{int(record['amount']):,}"
    if instrument.instrument == CASH:
        return f"{yuan_text(int(record['amount']))} CNY"
    text = f"{instrument.code} {int(record['amount']):,}"
    return (
        f"{text} @ {yuan_text(int(record['price']), 4)}" if int(record["price"]) and kind != RecordKind.FACT else text
    )
