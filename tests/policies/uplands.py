"""Upland counties for stories about indicators and land: three on one river, one on another, on the real exchange."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.policies.valley import MONEY, Valley

from ecomarket.chance import Draws
from ecomarket.engine.carry_out import Executor
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, Mechanism
from ecomarket.model.entities import Participant, Zone
from ecomarket.model.facts import FactBook
from ecomarket.model.observation import Board
from ecomarket.model.setting import Setting
from ecomarket.rights.resource_right import ResourceRight
from ecomarket.rights.responsibility_indicator import ResponsibilityIndicator

if TYPE_CHECKING:
    from ecomarket.policies.policy import Policy

ZONES = {
    z.code: z
    for z in (
        Zone("63", "Qinghai", "青海", "province"),
        Zone("P1", "Upper prefecture", "上州", "prefecture", "63"),
        Zone("P2", "Lower prefecture", "下州", "prefecture", "63"),
        Zone("TOP", "Top", "源县", "county", "P1", "HS"),
        Zone("MID", "Middle", "中县", "county", "P1", "HS", "TOP"),
        Zone("LOW", "Low", "下县", "county", "P2", "HS", "MID"),
        Zone("FAR", "Far", "远县", "county", "P2", "QD"),
    )
}
INDICATORS = {
    "greening": "greening",
    "clean-cod": "clean-water",
    "forest": "forest-cover",
    "grass": "grass-cover",
    "wetland": "wetland",
}
RESOURCES = {"eco-land": "land", "concession": "concession", "mining": "mining"}


def county(code: str, cash: int = 0, **facts: Any) -> Participant:
    """A county in the zone of its name, with cash in CNY."""
    return Participant(-1, code, "county", code, code, code, "county", facts={"cash_cny": cash, **facts})


def firm(code: str, zone: str, cash: int = 0, **facts: Any) -> Participant:
    """An enterprise in a county."""
    return Participant(-1, code, "enterprise", code, code, zone, "other", facts={"cash_cny": cash, **facts})


class Uplands(Valley):
    """Carries out what policies and strategies order about indicators and land."""

    def __init__(
        self,
        *people: Participant,
        law: dict[str, Any] | None = None,
        start: date = date(2024, 1, 1),
        years: int = 3,
        term: int = 30,
    ) -> None:
        first, end = len(SYSTEM_ACCOUNTS), date(start.year + years - 1, 12, 31)
        people = tuple(replace(p, account=first + n) for n, p in enumerate(people))
        rights: dict[str, Any] = {}
        for key, subject in INDICATORS.items():
            params: Any = {"indicator": subject, "buyers": ("enterprise",) if key == "wetland" else ("county",)}
            rights[key] = ResponsibilityIndicator(key, ResponsibilityIndicator.Params(**params), ZONES, people)
        for key, resource in RESOURCES.items():
            params = {"resource": resource, "within": "county", "term_years": term}
            rights[key] = ResourceRight(key, ResourceRight.Params(**params), ZONES, people)
        listed = [i for right in rights.values() for i in right.instruments(start, end)]
        self.setting = Setting(
            start=start,
            end=end,
            zones=ZONES,
            participants=people,
            instruments=(MONEY, *(replace(i, index=n + 1, venue=0) for n, i in enumerate(listed))),
            rights={k: r.params for k, r in rights.items()},
            law=law or {},
            venues=("market", "cover-window", "concession-hall"),
        )
        auction = Mechanism.ONE_WAY_AUCTION
        self.exchange = ReferenceExchange(
            self.setting.accounts,
            len(self.setting.instruments),
            [
                VenueRules("market", tick_cash=1),
                *(VenueRules(hall, auction, tick_cash=1) for hall in self.setting.venues[1:]),
            ],
            [Listing(i.index, 0, 1) for i in self.setting.instruments[1:]],
            first,
        )
        self.rights = rights
        zeros = np.zeros(len(self.setting.instruments), dtype=np.int64)
        self.board = Board(0, 0, start, zeros, zeros.copy(), zeros.copy())
        self.book = FactBook(self.setting.accounts, len(self.setting.instruments), start.year, years)
        self.nature: dict[str, dict[str, float]] = {}
        self.draws = Draws(1)
        self.executor = Executor(self.exchange, self.setting, self.board, self.book, self.draws)
        self.said: list[Any] = []
        for instrument in self.setting.instruments[1:]:
            for account in (k for k in SYSTEM_ACCOUNTS if k == AccountKind.ISSUANCE):
                self.executor.allow(account, instrument.index, Eligible.ALL)
            for p in people:
                self.executor.allow(p.account, instrument.index, rights[instrument.right].eligible(p, instrument))
        for p in people:
            self.give(p.code, 0, int(p.facts["cash_cny"]) * 10_000, AccountKind.WORLD)

    def cash(self, who: str | int) -> int:
        """Cash in whole CNY."""
        return self.has(who, 0) // 10_000

    def states(self, code: int, who: str, period: int, amount: int, what: str = "") -> None:
        """A fact that somebody has stated."""
        self.book.add(code, self.account(who), self.index(what) if what else -1, period, amount)

    def make(self, kind: type[Policy], **params: Any) -> Policy:
        """A policy with the given parameters."""
        return kind(kind.Params(**params), self.setting)
