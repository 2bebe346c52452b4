"""A small valley for stories about water, sinks and certificates, run on the real reference exchange."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ecomarket.chance import Draws
from ecomarket.engine.carry_out import Executor
from ecomarket.engine.cohorts import Seer
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, Ratio, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Mechanism, TransferCode
from ecomarket.model.entities import Instrument, Participant, Zone
from ecomarket.model.facts import FactBook
from ecomarket.model.observation import Board, Moment, PolicyView
from ecomarket.model.order import INTENT
from ecomarket.model.setting import Setting
from ecomarket.rights.carbon_sink import CarbonSink
from ecomarket.rights.green_certificate import GreenCertificate
from ecomarket.rights.water_right import WaterRight
from ecomarket.units import CASH_PER_YUAN, DAY, PPM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecomarket.agents.strategy import Strategy
    from ecomarket.model.command import Auction, Bid, Command
    from ecomarket.policies.policy import Policy

MONEY = Instrument(0, "CNY", "cash", "cash", "Chinese yuan", "人民币", "CNY", "0.0001")
ZONES = {
    z.code: z
    for z in (
        Zone("6301", "Xining", "西宁", "prefecture"),
        Zone("630121", "Datong", "大通", "county", "6301"),
        Zone("UP", "Upper reach", "上游", "water-zone", "6301", "HS"),
        Zone("DOWN", "Lower reach", "下游", "water-zone", "6301", "HS", "UP"),
        Zone("FAR", "Other basin", "外流域", "water-zone", "6301", "QD"),
    )
}
KINDS = {"water": WaterRight, "sink": CarbonSink, "gec": GreenCertificate}


def person(
    code: str, kind: str = "enterprise", sector: str = "other", zone: str = "630121", **facts: Any
) -> Participant:
    """A participant whose account the valley gives."""
    return Participant(-1, code, kind, code, code, zone, sector, facts=facts)


def region(code: str, **facts: Any) -> Participant:
    """The water authority of a zone with a wet mean, no ecological flow, no limits, unless said."""
    table = {"mean_inflow_1000m3": 1000, "eco_share": 0, "engineering_share": 1, "cap_1000m3": 10**9, "use_1000m3": 0}
    return person(code, "region", "water-authority", code, **(table | facts))


def user(code: str, water: int, zone: str = "UP", sector: str = "irrigation", **facts: Any) -> Participant:
    """A water user; value 0.5 CNY/m3, elasticity 0.5 unless said."""
    table = {"water_zone": zone, "water_1000m3": water, "water_value_cny_m3": 0.5, "value_elasticity": 0.5}
    return person(code, "enterprise", sector, **(table | facts))


class Valley:
    """Carries out what policies and strategies order; remembers every command."""

    def __init__(
        self,
        *people: Participant,
        law: dict[str, Any] | None = None,
        params: dict[str, dict[str, Any]] | None = None,
        passages: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`passages` names the rights, by code, that may be sold into another zone as they are."""
        first, start, end = len(SYSTEM_ACCOUNTS), date(2024, 1, 1), date(2026, 12, 31)
        people = tuple(replace(p, account=first + n) for n, p in enumerate(people))
        asked = params or {}
        rights = {k: kind(k, kind.Params(**asked.get(k, {})), ZONES, people) for k, kind in KINDS.items()}
        listed = [i for right in rights.values() for i in right.instruments(start, end)]
        self.setting = Setting(
            start=start,
            end=end,
            zones=ZONES,
            participants=people,
            instruments=(MONEY, *(replace(i, index=n + 1, venue=0) for n, i in enumerate(listed))),
            rights={k: r.params for k, r in rights.items()},
            law=law or {},
            venues=("market", "sink-window"),
        )
        ways = {(r.sold, r.delivered): r.ppm / PPM for r in self._ratios(passages)}
        self.setting = replace(self.setting, passages=ways)
        self.exchange = ReferenceExchange(
            self.setting.accounts,
            len(self.setting.instruments),
            [
                VenueRules("market", tick_cash=1, ratios=self._ratios(passages)),
                VenueRules("sink-window", Mechanism.ONE_WAY_AUCTION, tick_cash=1),
            ],
            [Listing(i.index, 0, 1) for i in self.setting.instruments[1:]],
            first,
        )
        for instrument in self.setting.instruments[1:]:
            for p in people:
                self.exchange.allow(p.account, instrument.index, rights[instrument.right].eligible(p, instrument))
        zeros = np.zeros(len(self.setting.instruments), dtype=np.int64)
        self.board = Board(0, 0, start, zeros, zeros.copy(), zeros.copy())
        self.book = FactBook(self.setting.accounts, len(self.setting.instruments), start.year, 3)
        self.nature: dict[str, dict[str, float]] = {}
        self.draws = Draws(1)
        self.executor = Executor(self.exchange, self.setting, self.board, self.book, self.draws)
        self.said: list[Command] = []
        for p in people:
            self.give(p.code, 0, int(float(p.facts.get("cash_cny", 0)) * CASH_PER_YUAN), AccountKind.WORLD)

    def _ratios(self, passages: Sequence[tuple[str, str]]) -> tuple[Ratio, ...]:
        return tuple(Ratio(self.index(sold), self.index(delivered), PPM) for sold, delivered in passages)

    # --- what a story gives
    def account(self, code: str) -> int:
        return self.setting.by_code[code].account

    def index(self, code: str) -> int:
        return next(i.index for i in self.setting.instruments if i.code == code)

    def give(self, who: str, what: str | int, lots: int, source: int = AccountKind.ISSUANCE) -> None:
        instrument = self.index(what) if isinstance(what, str) else what
        if lots > 0:
            code = TransferCode.OPENING
            assert not self.exchange.transfer(self.board.t, source, self.account(who), instrument, lots, code)

    def price(self, what: str, cash: int) -> None:
        self.board.close[self.index(what)] = self.board.mean20[self.index(what)] = cash

    # --- what happens
    def day(self, on: date) -> None:
        self.board.today, self.board.day = on, self.setting.day_of(on)
        self.board.t = max(self.board.t + 1, self.board.day * DAY)

    def view(self) -> PolicyView:
        borders = self.exchange.borders()
        return PolicyView(self.setting, self.board, self.exchange.balances(), self.book, self.nature, borders)

    def act(
        self, policy: Policy, moment: Moment, on: date, bids: Callable[[Auction], Sequence[Bid]] = lambda _: ()
    ) -> list[Command]:
        """Let a policy act on a date and publish its notices; return what it ordered."""
        self.day(on)
        assert moment in policy.moments
        before = len(self.said)
        called = policy.params.in_force(on) or policy.acts(moment, on)
        self.executor.carry_out(
            self._kept(policy.on(moment, self.view(), self.draws) if called else ()),
            bids,
            lambda result: self._kept(policy.on_auction(result, self.view())),
        )
        if called:
            self.board.notices.update(policy.notices(self.view()))
        return self.said[before:]

    def see(self, strategy: Strategy) -> Any:
        seer = Seer(self.setting, self.book, self.nature, [strategy])
        return seer.view(strategy, self.board, self.exchange.balances())

    def cohort(self, kind: type[Strategy], *codes: str, **params: Any) -> Strategy:
        """A cohort of the named members with its rows of an intent table."""
        strategy = kind(kind.Params(**params), [self.setting.by_code[c] for c in codes], self.setting)
        rows = np.zeros(len(strategy.markets()), dtype=INTENT)
        for row, (member, instrument) in zip(rows, strategy.markets(), strict=True):
            row["account"], row["instrument"] = strategy.accounts[member], instrument
        strategy.bind(rows)
        return strategy

    def plan(self, strategy: Strategy, on: date) -> list[Command]:
        self.day(on)
        return self._carry(strategy.plan(self.see(strategy), self.draws))

    def operate(self, strategy: Strategy, on: date) -> list[Command]:
        self.day(on)
        return self._carry(strategy.operate(self.see(strategy), self.draws))

    def bids(self, *strategies: Strategy) -> Callable[[Auction], list[Bid]]:
        return lambda call: [b for s in strategies for b in s.bids(call, self.see(s), self.draws)]

    def intent(self, strategy: Strategy, who: str, what: str) -> Any:
        """The row of one member in one market."""
        rows = strategy.intents
        found = rows[(rows["account"] == self.account(who)) & (rows["instrument"] == self.index(what))]
        assert len(found) == 1
        return found[0]

    def _carry(self, commands: Sequence[Command]) -> list[Command]:
        before = len(self.said)
        self.executor.carry_out(self._kept(commands), lambda _: ())
        return self.said[before:]

    def _kept(self, commands: Any) -> Any:
        for command in commands:
            self.said.append(command)
            yield command

    # --- what a story looks at
    def has(self, who: str | int, what: str | int) -> int:
        account = self.account(who) if isinstance(who, str) else who
        return self.exchange.posted(account, self.index(what) if isinstance(what, str) else what)

    def ordered(self, kind: type) -> list[Any]:
        return [c for c in self.said if isinstance(c, kind)]

    def refused(self) -> dict[Any, int]:
        return dict(self.executor.refused)

    def is_balanced(self) -> bool:
        """Every instrument sums to nothing over all accounts, its issuance included."""
        return not self.exchange.balances()[:, :, 0].sum(axis=0).any()
