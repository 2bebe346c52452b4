"""A small town for stories about rules: two pilot prefectures and one other, run on the real reference exchange."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ecomarket.chance import Draws
from ecomarket.engine.carry_out import Executor
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, Mechanism, TransferCode
from ecomarket.model.entities import Instrument, Participant, Zone
from ecomarket.model.facts import FactBook
from ecomarket.model.observation import Board, Moment, PolicyView
from ecomarket.model.setting import Setting
from ecomarket.model.stated import FactCode
from ecomarket.rights.carbon_allowance import CarbonAllowance
from ecomarket.rights.emission_permit import EmissionPermit
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecomarket.model.command import Auction, Bid, Command
    from ecomarket.policies.policy import Policy

MONEY = Instrument(0, "CNY", "cash", "cash", "Chinese yuan", "人民币", "CNY", "0.0001")
CCER = Instrument(-1, "CCER.national", "ccer", "carbon-sink", "CCER", "核证自愿减排量", "t", "1", klass="national")
GRASS = Instrument(
    -1, "SINK.grass.2024", "sink", "carbon-sink", "Grass", "草原碳汇", "t", "1", klass="grass", vintage=2024
)
PILOT = frozenset({"permit-pilot"})
ZONES = {
    z.code: z
    for z in (
        Zone("63", "Qinghai", "青海", "province"),
        Zone("6301", "Xining", "西宁", "prefecture", "63", attained=False, flags=PILOT),
        Zone("6302", "Haidong", "海东", "prefecture", "63", flags=PILOT),
        Zone("6327", "Yushu", "玉树", "prefecture", "63"),
        Zone("HS", "Huangshui", "湟水", "basin"),
        Zone("YZ", "Yangtze", "长江", "basin"),
        Zone("630121", "Datong", "大通", "county", "6301", "HS"),
        Zone("630202", "Ledu", "乐都", "county", "6302", "HS;YM"),
        Zone("632701", "Yushu city", "玉树市", "county", "6327", "YZ"),
    )
}
PERMIT_KEYS = ("so2", "cod")


def firm(code: str, zone: str = "630121", **facts: Any) -> Participant:
    """An enterprise whose account the town gives; class industry unless said."""
    table = {"class_air": "industry", "class_water": "industry", "permit_free_share": 1, "cash_cny": 0} | facts
    return Participant(-1, code, str(table.pop("kind", "enterprise")), code, code, zone, "other", facts=table)


class Town:
    """Carries out what policies order, through the executor and the reference exchange; remembers every command."""

    def __init__(self, people: Sequence[Participant], start: date, end: date, law: dict[str, Any]) -> None:
        first = len(SYSTEM_ACCOUNTS)
        people = tuple(replace(p, account=first + n) for n, p in enumerate(people))
        kinds = dict.fromkeys(PERMIT_KEYS, EmissionPermit) | {"cea": CarbonAllowance}
        rights = {k: kind(k, kind.Params(), ZONES, people) for k, kind in kinds.items()}
        listed = [i for right in rights.values() for i in right.instruments(start, end)] + [CCER, GRASS]
        self.setting = Setting(
            start=start,
            end=end,
            zones=ZONES,
            participants=people,
            instruments=(MONEY, *(replace(i, index=n + 1, venue=1) for n, i in enumerate(listed))),
            rights={k: r.params for k, r in rights.items()},
            law=law,
            venues=("permit-auction", "market"),
        )
        self.exchange = ReferenceExchange(
            self.setting.accounts,
            len(self.setting.instruments),
            [VenueRules("permit-auction", Mechanism.ONE_WAY_AUCTION, tick_cash=1), VenueRules("market", tick_cash=1)],
            [Listing(i.index, 1, 1) for i in self.setting.instruments[1:]],
            first,
        )
        self._allow(rights)
        zeros = np.zeros(len(self.setting.instruments), dtype=np.int64)
        self.board = Board(0, 0, start, zeros, zeros.copy(), zeros.copy())
        years = end.year - start.year + 1
        self.book = FactBook(self.setting.accounts, len(self.setting.instruments), start.year, years)
        self.nature: dict[str, dict[str, float]] = {}
        self.draws = Draws(1)
        self.executor = Executor(self.exchange, self.setting, self.board, self.book, self.draws)
        self.said: list[Command] = []
        for p in people:
            self.give(p.code, 0, int(float(p.facts["cash_cny"]) * CASH_PER_YUAN), AccountKind.WORLD)

    def _allow(self, rights: dict[str, Any]) -> None:
        for instrument in self.setting.instruments[1:]:
            self.exchange.allow(AccountKind.RESERVE, instrument.index, Eligible.ALL)
            for p in self.setting.participants:
                right = rights.get(instrument.right)
                what = right.eligible(p, instrument) if right else Eligible.ALL
                if what:
                    self.exchange.allow(p.account, instrument.index, what)

    # --- what a story gives
    def account(self, code: str) -> int:
        return self.setting.by_code[code].account

    def index(self, code: str) -> int:
        return next(i.index for i in self.setting.instruments if i.code == code)

    def give(self, who: str | int, what: str | int, lots: int, source: int = AccountKind.ISSUANCE) -> None:
        account = self.account(who) if isinstance(who, str) else who
        instrument = self.index(what) if isinstance(what, str) else what
        if lots > 0:
            assert not self.exchange.transfer(self.board.t, source, account, instrument, lots, TransferCode.OPENING)

    def emits(self, who: str, period: int, amount: int, instrument: str = "") -> None:
        code = FactCode.EMISSION_T_MILLI if instrument else FactCode.EMISSION_CO2_T
        self.book.add(code, self.account(who), self.index(instrument) if instrument else -1, period, amount)

    def price(self, instrument: str, cash: int) -> None:
        self.board.close[self.index(instrument)] = self.board.mean20[self.index(instrument)] = cash

    # --- what happens
    def view(self) -> PolicyView:
        borders = self.exchange.borders()
        return PolicyView(self.setting, self.board, self.exchange.balances(), self.book, self.nature, borders)

    def act(
        self, policy: Policy, moment: Moment, on: date, bids: Callable[[Auction], Sequence[Bid]] = lambda _: ()
    ) -> list[Command]:
        """Let a policy act on a date; return what it ordered at this moment."""
        self.board.today = on
        self.board.day = self.setting.day_of(on)
        self.board.t = max(self.board.t + 1, self.board.day * DAY)
        before = len(self.said)
        assert moment in policy.moments
        called = policy.params.in_force(on) or policy.acts(moment, on)
        self.executor.carry_out(
            self._kept(policy.on(moment, self.view(), self.draws) if called else ()),
            bids,
            lambda result: self._kept(policy.on_auction(result, self.view())),
        )
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


@pytest.fixture
def town() -> Callable[..., Town]:
    def build(
        *people: Participant,
        start: date = date(2024, 1, 1),
        end: date = date(2026, 12, 31),
        law: dict[str, Any] | None = None,
    ) -> Town:
        return Town(people, start, end, law or {})

    return build


def month_ends(year: int) -> list[date]:
    """The last days of a year's months."""
    return [date(year + m // 12, m % 12 + 1, 1) - timedelta(days=1) for m in range(1, 13)]
