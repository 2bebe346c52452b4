"""What the journal's notes name: participants, instruments and zones as tables."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from ecomarket.model.codes import SYSTEM_ACCOUNTS
from ecomarket.model.record import CASH
from ecomarket.model.stated import NoteCode
from ecomarket.results.exact import exact_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PARTICIPANT_COLUMNS = ["account", "code", "kind", "sector", "group", "name_en", "name_zh", "zone"]
INSTRUMENT_COLUMNS = [
    "instrument", "code", "right", "kind", "name_en", "name_zh", "unit", "lot", "zone", "klass", "vintage",
]  # fmt: skip
ZONE_COLUMNS = ["code", "name_en", "name_zh", "level", "parent", "basin"]


def _renamed(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload with its names under name_en and name_zh."""
    return {("name_" + k if k in {"en", "zh"} else k): v for k, v in payload.items()}


def _table(rows: Iterable[Mapping[str, Any]], columns: list[str], index: str) -> pd.DataFrame:
    full = [{c: row.get(c, "") for c in columns} for row in rows]
    table = pd.DataFrame(full, columns=pd.Index(columns)).drop_duplicates(index, keep="last")
    return table.set_index(index).sort_index()


def participants(notes: pd.DataFrame) -> pd.DataFrame:
    """Return every account by its index: the system's accounts first, then the registered participants."""
    system = [
        {
            "account": int(a),
            "code": a.name,
            "kind": "system",
            "name_en": a.name.replace("_", " ").lower(),
            "name_zh": a.name,
        }
        for a in SYSTEM_ACCOUNTS
    ]
    said = notes.loc[notes["code"] == NoteCode.PARTICIPANT_REGISTERED, "payload"]
    return _table([*system, *map(_renamed, said)], PARTICIPANT_COLUMNS, "account")


def instruments(notes: pd.DataFrame) -> pd.DataFrame:
    """Return every instrument by its index; cash is 0; `lot` is a Decimal."""
    cash = {
        "instrument": CASH, "code": "CNY", "right": "cash", "kind": "cash", "name_en": "cash", "name_zh": "资金",
        "unit": "CNY", "lot": "0.0001", "vintage": 0,
    }  # fmt: skip
    said = notes.loc[notes["code"] == NoteCode.INSTRUMENT_LISTED, "payload"]
    table = _table([cash, *map(_renamed, said)], INSTRUMENT_COLUMNS, "instrument")
    table["lot"] = exact_column(Decimal(str(lot)) for lot in table["lot"])
    table["vintage"] = [int(v or 0) for v in table["vintage"]]
    return table


def zones(opening: Mapping[str, Any]) -> pd.DataFrame:
    """Return every zone by its code, from the payload of RUN_STARTED."""
    return _table([_renamed(z) for z in opening.get("zones", [])], ZONE_COLUMNS, "code")
