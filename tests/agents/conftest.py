"""A small world for strategies: two prefectures, real rights, a board that tests may change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ecomarket.chance import Draws
from ecomarket.model.entities import Instrument, Participant, Zone
from ecomarket.model.facts import FactBook
from ecomarket.model.observation import Board, CohortView
from ecomarket.model.order import INTENT
from ecomarket.model.setting import Setting
from ecomarket.model.stated import FactCode
from ecomarket.policies import carbon_compliance, initial_allocation, new_project_gate, permit_compliance
from ecomarket.rights.carbon_allowance import CarbonAllowance
from ecomarket.rights.carbon_sink import CarbonSink
from ecomarket.rights.emission_permit import EmissionPermit
from ecomarket.rights.green_certificate import GreenCertificate
from ecomarket.units import CASH_PER_YUAN, DAY

FIRST_ACCOUNT = 15

ZONES = {
    z.code: z
    for z in (
        Zone("63", "Qinghai", "青海省", "province"),
        Zone("6301", "Xining", "西宁市", "prefecture", "63", attained=False, flags=frozenset({"permit-pilot"})),
        Zone("6326", "Golog", "果洛州", "prefecture", "63"),
        Zone("630121", "Datong", "大通", "county", "6301", basin="HS"),
        Zone("632621", "Maqin", "玛沁", "county", "6326", basin="YM"),
        Zone("HS", "Huangshui", "湟水", "basin", "63"),
        Zone("YM", "Yellow River", "黄河", "basin", "63"),
    )
}


def law_of(module, name, **values):
    return getattr(module, name)(**values)


class World:
    """Members with facts, a setting, a book and a board; `view()` is what their cohort sees now."""

    def __init__(self, members, kind="enterprise", law=None, start=date(2024, 1, 1), end=date(2026, 12, 31)):
        rows = [
            Participant(
                FIRST_ACCOUNT + n,
                f"M{n:03d}",
                kind,
                f"M{n}",
                f"M{n}",
                facts.pop("zone", "630121"),
                facts.pop("sector", "other"),
                facts={**facts},
            )
            for n, facts in enumerate([dict(m) for m in members])
        ]
        outside = Participant(FIRST_ACCOUNT + len(rows), "OUT.CEA", "outside", "out", "out", facts={"right": "cea"})
        self.members = tuple(rows)
        participants = (*rows, outside)
        kinds = {
            "so2": EmissionPermit,
            "nox": EmissionPermit,
            "cod": EmissionPermit,
            "nh3n": EmissionPermit,
            "cea": CarbonAllowance,
            "ccer": CarbonSink,
            "sink": CarbonSink,
            "gec": GreenCertificate,
        }
        found = [Instrument(0, "CNY", "cash", "cash", "Cash", "现金", "CNY", "0.0001")]
        self.params = {}
        for key, kind_ in kinds.items():
            self.params[key] = kind_.Params(**({"medium": "water"} if key in ("cod", "nh3n") else {}))
            for instrument in kind_(key, self.params[key], ZONES, participants).instruments(start, end):
                found.append(replace(instrument, index=len(found), venue=0))
        law = {
            "initial-allocation": initial_allocation.InitialAllocationParams(),
            "permit-compliance": permit_compliance.PermitComplianceParams(),
            "carbon-compliance": carbon_compliance.CarbonComplianceParams(),
            "new-project-gate": new_project_gate.NewProjectGateParams(),
        } | (law or {})
        self.setting = Setting(start, end, ZONES, participants, tuple(found), self.params, law, ("market",))
        count = len(found)
        self.book = FactBook(self.setting.accounts, count, start.year, 3)
        self.posted = np.zeros((len(rows), count), dtype=np.int64)
        self.posted[:, 0] = 10**13
        self.close = np.zeros(count, dtype=np.int64)
        self.notices = {
            "outside.cea": 80.0,
            "permit.base.so2": 4000.0,
            "permit.base.nox": 5000.0,
            "permit.base.cod": 6000.0,
            "permit.base.nh3n": 12000.0,
        }
        self.activity = np.ones(len(rows))
        self.today = start

    def index(self, code):
        return next(i.index for i in self.setting.instruments if i.code == code)

    def give(self, row, code, lots):
        self.posted[row, self.index(code)] = lots

    def price(self, code, cny_a_unit):
        index = self.index(code)
        self.close[index] = round(cny_a_unit * CASH_PER_YUAN * float(self.setting.instruments[index].lot))

    def report(self, row, code, month, amount, fact=FactCode.EMISSION_T_MILLI):
        self.book.add(fact, int(self.members[row].account), self.index(code), month, amount)

    def view(self, today=None):
        self.today = today or self.today
        day = self.setting.day_of(self.today)
        board = Board(
            day * DAY, day, self.today, self.close, self.close, np.zeros_like(self.close), 0, dict(self.notices)
        )
        accounts = np.array([m.account for m in self.members])
        return CohortView(
            self.setting,
            board,
            accounts,
            self.posted.copy(),
            self.posted.copy(),
            {"activity": self.activity},
            self.book,
        )

    def strategy(self, kind, **params):
        made = kind(kind.Params(**params), self.members, self.setting)
        pairs = made.markets()
        intents = np.zeros(len(pairs), dtype=INTENT)
        for at, (row, instrument) in enumerate(pairs):
            intents[at]["account"], intents[at]["instrument"], intents[at]["cohort"] = (
                made.accounts[row],
                instrument,
                row,
            )
        made.bind(intents)
        return made

    def intent(self, made, row, code):
        index = self.index(code)
        return made.intents[next(at for at, pair in enumerate(made.markets()) if pair == (row, index))]


@pytest.fixture
def world():
    return World


@pytest.fixture
def draws():
    return Draws(1)
