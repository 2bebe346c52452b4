"""A tiny teller of journals: write down what happened, get the records and payloads that a run would have left."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from ecomarket.model.codes import Mechanism, RecordKind, TransferCode
from ecomarket.model.record import CASH, RECORD
from ecomarket.model.stated import FactCode, NoteCode, Rule, Scheme
from ecomarket.results.frames import Frames
from ecomarket.units import DAY, HOUR, cash_from_yuan

START = date(2024, 1, 1)


@dataclass
class Story:
    """Records in the order in which they are told; dates never fall back."""

    end: date = date(2026, 12, 31)
    zones: list[dict[str, str]] = field(default_factory=list)
    rows: list[dict[str, int]] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    accounts: dict[str, int] = field(default_factory=dict)
    instruments: dict[str, int] = field(default_factory=dict)
    _t: int = 0

    def begin(self) -> Story:
        self.note(
            NoteCode.RUN_STARTED,
            {
                "scenario": "tale", "digest": "0" * 64, "seed": 1, "start": START.isoformat(), "end": self.end.isoformat(),
                "titles": {"en": "A tale of two rivers", "zh": "双河故事"}, "zones": self.zones,
                "rights": {"moss": {"en": "Moss right", "zh": "苔藓权"}, "so2": {"en": "Its own word", "zh": "自有名称"}},
            },
        )  # fmt: skip
        return self

    def on(self, when: date | str) -> Story:
        day = date.fromisoformat(str(when))
        self._t = max(self._t, (day - START) // timedelta(days=1) * DAY + 10 * HOUR)
        return self

    def record(self, kind: RecordKind, **fields: int) -> None:
        none = {"instrument": -1, "account": -1, "counter": -1, "venue": -1}
        self.rows.append({**none, "seq": len(self.rows) + 1, "t": self._t, "kind": kind, **fields})

    def note(self, code: NoteCode, payload: dict[str, Any], **fields: int) -> None:
        self.payloads.append(json.dumps(payload, ensure_ascii=False, sort_keys=True).encode())
        self.record(RecordKind.NOTE, code=code, **fields)

    def party(self, code: str, kind: str, sector: str = "", zone: str = "", en: str = "", zh: str = "") -> int:
        account = 15 + len(self.accounts)
        self.accounts[code] = account
        payload = {
            "account": account, "code": code, "kind": kind, "sector": sector, "group": kind, "en": en or code,
            "zh": zh or code, "zone": zone,
        }  # fmt: skip
        self.note(NoteCode.PARTICIPANT_REGISTERED, payload, account=account)
        return account

    def listed(self, code: str, right: str, kind: str, unit: str, lot: str, **more: Any) -> int:
        number = 1 + len(self.instruments)
        self.instruments[code] = number
        payload = {
            "instrument": number, "code": code, "right": right, "kind": kind, "en": code, "zh": code, "unit": unit,
            "lot": lot, "zone": "", "klass": "", "vintage": 0, **more,
        }  # fmt: skip
        self.note(NoteCode.INSTRUMENT_LISTED, payload, instrument=number)
        return number

    def trade(
        self, instrument: str, buyer: str | int, seller: str | int, yuan: str, lots: int,
        mechanism: Mechanism = Mechanism.CONTINUOUS, fee_buy: int = 0, fee_sell: int = 0,
    ) -> None:  # fmt: skip
        self.record(
            RecordKind.TRADE, code=mechanism, instrument=self.instruments[instrument], account=self._of(buyer),
            counter=self._of(seller), price=cash_from_yuan(yuan), amount=lots, fee_buy=fee_buy, fee_sell=fee_sell,
        )  # fmt: skip

    def moved(
        self, debit: str | int, credit: str | int, amount: int, code: TransferCode, instrument: str = "", ref: int = 0
    ) -> None:
        number = self.instruments[instrument] if instrument else CASH
        self.record(
            RecordKind.TRANSFER, code=code, account=self._of(debit), counter=self._of(credit), amount=amount,
            instrument=number, order=ref,
        )  # fmt: skip

    def fact(
        self, code: FactCode, account: str | int, amount: int, period: int, instrument: str = "", extra: int = 0
    ) -> None:
        number = self.instruments[instrument] if instrument else -1
        self.record(
            RecordKind.FACT, code=code, account=self._of(account), instrument=number, amount=amount, order=period,
            price=extra,
        )  # fmt: skip

    def bound(self, rule: Rule, account: str | int = -1, instrument: str = "") -> None:
        self.fact(FactCode.RULE_BOUND, account, 1, 202401, instrument, extra=rule)

    def duty(self, scheme: Scheme, account: str, period: int, required: int, met: int, charge: int = 0) -> None:
        self.record(
            RecordKind.OBLIGATION, code=scheme, account=self._of(account), order=period, amount=required, hold=met,
            other=max(required - met, 0), price=charge,
        )  # fmt: skip

    def refused(self, instrument: str, account: str, code: int) -> None:
        self.record(
            RecordKind.ORDER_REFUSED, code=code, account=self._of(account), instrument=self.instruments[instrument]
        )

    def records(self) -> np.ndarray:
        rows = np.zeros(len(self.rows), dtype=RECORD)
        for at, row in enumerate(self.rows):
            for name, value in row.items():
                rows[name][at] = value
        return rows

    def frames(self) -> Frames:
        return Frames(self.records(), self.payloads)

    def _of(self, party: str | int) -> int:
        return self.accounts[party] if isinstance(party, str) else int(party)
