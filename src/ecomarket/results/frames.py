"""The journal as pandas tables, each built once, when it is first asked for."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecomarket.errors import IntegrityError
from ecomarket.model.codes import RecordKind
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.results import naming, postings
from ecomarket.results.efficiency.held import Held
from ecomarket.results.words import word
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

MONTHLY_PERIOD = 9999
"""Periods above this are yyyymm, others yyyy."""


class Frames:
    """Everything that a run's journal says, as tables.

    `records` has dtype model.record.RECORD in order of seq; `payloads` holds the JSON of the NOTE records in order of
    appearance; `held` is what the run is held against, the one thing that the journal does not say. Raises
    IntegrityError if their numbers differ or no note says when the run started.
    """

    def __init__(self, records: NDArray[np.void], payloads: Sequence[bytes], held: Held | None = None) -> None:
        self.records = records
        self.payloads = payloads
        self.held = held or Held()
        if int((records["kind"] == RecordKind.NOTE).sum()) != len(payloads):
            raise IntegrityError("the journal has not as many payloads as notes")

    @cached_property
    def opening(self) -> Mapping[str, Any]:
        """Return the payload of RUN_STARTED."""
        notes = self.records[self.records["kind"] == RecordKind.NOTE]
        at = np.flatnonzero(notes["code"] == NoteCode.RUN_STARTED)
        if not at.size:
            raise IntegrityError("the journal does not say when the run started")
        payload: dict[str, Any] = json.loads(self.payloads[int(at[0])])
        return payload

    @cached_property
    def start(self) -> np.datetime64:
        """Return the first day of the run."""
        return np.datetime64(self.opening["start"], "D")

    @cached_property
    def years(self) -> list[int]:
        """Return the calendar years of the run."""
        first, last = (date.fromisoformat(self.opening[edge]).year for edge in ("start", "end"))
        return list(range(first, last + 1))

    @cached_property
    def notes(self) -> pd.DataFrame:
        """Return seq, t, date, code, account, instrument and the payload as a dict."""
        table = self._table(RecordKind.NOTE, {})
        table["payload"] = [json.loads(p) for p in self.payloads]
        return table

    @cached_property
    def participants(self) -> pd.DataFrame:
        """Return code, kind, sector, group, names and zone by account."""
        return naming.participants(self.notes)

    @cached_property
    def instruments(self) -> pd.DataFrame:
        """Return code, right, kind, names, unit, lot, zone, class and vintage by instrument."""
        return naming.instruments(self.notes)

    @cached_property
    def zones(self) -> pd.DataFrame:
        """Return names, level, parent and basin by zone code."""
        return naming.zones(self.opening)

    @cached_property
    def trades(self) -> pd.DataFrame:
        """Return every trade: buyer, seller, price in cash a lot, lots, value and fees in cash, mechanism."""
        table = self._table(
            RecordKind.TRADE,
            {"account": "buyer", "counter": "seller", "code": "mechanism", "amount": "lots"},
            "price", "fee_buy", "fee_sell", "order", "other",
        )  # fmt: skip
        table["value"] = table["price"] * table["lots"]
        return table

    @cached_property
    def transfers(self) -> pd.DataFrame:
        """Return every transfer: debit, credit, amount (lots, or cash for instrument 0), code, ref."""
        return self._table(RecordKind.TRANSFER, {"account": "debit", "counter": "credit", "order": "ref"}, "amount")

    @cached_property
    def closes(self) -> pd.DataFrame:
        """Return every closing price: price in cash a lot, lots of the day, turnover in cash."""
        return self._table(RecordKind.CLOSE, {"amount": "lots", "other": "turnover"}, "price")

    @cached_property
    def facts(self) -> pd.DataFrame:
        """Return every fact but the bindings of rules; `year` is the year of its period."""
        table = self._with_period(self._table(RecordKind.FACT, {"order": "period"}, "amount", "price"))
        return table[table["code"] != FactCode.RULE_BOUND].reset_index(drop=True)

    @cached_property
    def bindings(self) -> pd.DataFrame:
        """Return every time a rule bound: rule, account, instrument, amount; `year` is the year it happened."""
        table = self._table(RecordKind.FACT, {"price": "rule"}, "amount")
        return table[table["code"] == FactCode.RULE_BOUND].reset_index(drop=True)

    @cached_property
    def obligations(self) -> pd.DataFrame:
        """Return every assessed duty: scheme, period, required, met, shortfall, charge in cash."""
        names = {
            "code": "scheme", "order": "period", "amount": "required", "hold": "met", "other": "shortfall",
            "price": "charge",
        }  # fmt: skip
        return self._with_period(self._table(RecordKind.OBLIGATION, names))

    @cached_property
    def refusals(self) -> pd.DataFrame:
        """Return every refused order: account, instrument, refusal code, price, lots."""
        return self._table(RecordKind.ORDER_REFUSED, {"code": "refusal", "amount": "lots"}, "price")

    @cached_property
    def postings(self) -> pd.DataFrame:
        """Return every change of a balance as signed rows (see results.postings)."""
        return postings.postings(self)

    def orders(self) -> dict[str, int]:
        """Return how many orders were accepted, refused, cancelled and expired."""
        kinds = (
            RecordKind.ORDER_ACCEPTED,
            RecordKind.ORDER_REFUSED,
            RecordKind.ORDER_CANCELLED,
            RecordKind.ORDER_EXPIRED,
        )
        return {k.name.split("_")[1].lower(): int((self.records["kind"] == k).sum()) for k in kinds}

    def said(self, code: NoteCode) -> pd.DataFrame:
        """Return the notes of one code."""
        return self.notes[self.notes["code"] == code]

    def facts_of(self, *codes: FactCode) -> pd.DataFrame:
        """Return the facts of some codes."""
        return self.facts[self.facts["code"].isin([int(c) for c in codes])]

    @cached_property
    def rights(self) -> list[str]:
        """Return the keys of the rights, in order of their first instrument."""
        return [r for r in dict.fromkeys(self.instruments["right"]) if r != "cash"]

    def right_name(self, right: str, lang: str) -> str:
        """Return the word for a right: the common one, or else the scenario's label."""
        label = self.opening.get("rights", {}).get(right, {}).get(lang, right)
        return label if (known := word("right", right, lang)) == right else known

    def rights_of_kind(self, kind: str) -> list[str]:
        """Return the keys of the rights of one kind (emission-permit, carbon-sink ...)."""
        table = self.instruments
        return list(dict.fromkeys(table.loc[table["kind"] == kind, "right"]))

    def right(self, instrument: int) -> str:
        """Return the key of an instrument's right."""
        return str(self.instruments.loc[instrument, "right"])

    def lot(self, right: str) -> Decimal:
        """Return the size of one lot of a right in its unit."""
        return self._sizes[right][0]

    def unit(self, right: str) -> str:
        """Return the unit of a right."""
        return self._sizes[right][1]

    @cached_property
    def _sizes(self) -> dict[str, tuple[Decimal, str]]:
        """Lot and unit of each right, those of its first instrument: asked for every row of some tables."""
        first = self.instruments.drop_duplicates("right")
        columns = (first[name] for name in ("right", "lot", "unit"))
        return {str(right): (Decimal(lot), str(unit)) for right, lot, unit in zip(*columns, strict=True)}

    def zone_of(self, table: pd.DataFrame) -> pd.Series[str]:
        """Return for each row the zone of its instrument, or else of its account."""
        of_instrument = table["instrument"].map(self.instruments["zone"]).fillna("")
        of_account = table["account"].map(self.participants["zone"]).fillna("")
        return of_instrument.where(of_instrument != "", of_account)

    def above(self, zone: str, level: str) -> str:
        """Return the zone of the given level that a zone is in, itself included; "" if there is none."""
        while zone in self.zones.index:
            if self.zones.loc[zone, "level"] == level:
                return zone
            zone = str(self.zones.loc[zone, "parent"])
        return ""

    def _table(self, kind: RecordKind, names: Mapping[str, str], *further: str) -> pd.DataFrame:
        """Return the records of one kind with their date, year, month and right; `names` renames record fields."""
        rows = self.records[self.records["kind"] == kind]
        days = self.start + (rows["t"] // DAY).astype("timedelta64[D]")
        columns: dict[str, Any] = {"seq": rows["seq"], "t": rows["t"], "date": days.astype("datetime64[s]")}
        columns["year"] = days.astype("datetime64[Y]").astype(np.int64) + 1970
        columns["month"] = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
        fields = dict.fromkeys(("code", "account", "instrument", *further, *names))
        columns |= {names.get(f, f): rows[f].astype(np.int64) for f in fields}
        if kind != RecordKind.NOTE:
            columns["right"] = self._right_of(rows["instrument"])
        return pd.DataFrame(columns)

    def _right_of(self, instrument: NDArray[np.int32]) -> NDArray[np.object_]:
        known = np.full(max(int(self.instruments.index.max()) + 2, 2), "", dtype=object)
        known[self.instruments.index] = self.instruments["right"]
        return known[instrument]  # -1 is the last, empty place

    @staticmethod
    def _with_period(table: pd.DataFrame) -> pd.DataFrame:
        """Let the year be that of the period, where a period is said."""
        period = table["period"]
        said = period.where(period <= MONTHLY_PERIOD, period // 100)
        table["year"] = said.where(said > 0, table["year"])
        return table
