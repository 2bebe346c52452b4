"""Counties with sinks: certify alone or together if it pays, sell what is issued after the window, pay the guards."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents import county
from ecomarket.agents.intents import held, write_intents
from ecomarket.agents.pooling import Pool, Pools, Sink
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Fact, Note, Transfer
from ecomarket.model.quantity import Cny, Ratio, Share, Years
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.rights.carbon_sink import CURVES, FOREST, GRASS, KEY, growth_t
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.agents.pooling import Worth
    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

MONTHS_A_YEAR = 12
TRADING_DAYS_A_MONTH = 21
LAW, WINDOW = "sink-issuance", "priority-window"
OUTSIDE_PRICE = "outside.ccer"


class CountySinksParams(StrategyParams):
    """How a county reckons and sells; assumptions unless a source is named."""

    rate: Share = Field(default=Decimal("0.05"), description="Discount rate a year, share | 年贴现率")
    wait_years: Years = Field(
        default=Decimal("0.5"),
        ge=0,
        description="How long a county could wait for a better price, years | 可等待时间，年",
    )
    crediting_years: int = Field(default=20, ge=1, description="Crediting period, years (R16: 20 to 40) | 计入期，年")
    grass_factor: Ratio = Field(
        default=Decimal("0.6"), ge=0, description="Price expected of grass over forest | 草原碳汇预期价格系数"
    )
    pool: bool = Field(
        default=True,
        description="Counties of a prefecture too small alone may register one project | 同州市小项目可合并开发",
    )
    opinion_sd: Ratio = Field(
        default=Decimal("0.10"), ge=0, description="Spread of opinions about the price, log | 价格判断差异"
    )
    guard_wage_cny: Cny = Field(
        default=Decimal(21_600), ge=0, description="Wage of a guard a year, CNY | 管护员年工资，元"
    )
    sell_months: Ratio = Field(
        default=Decimal(4), gt=0, description="Months over which a lot is sold, months | 售出月数"
    )
    looks_a_day: Ratio = Field(default=Decimal("0.4"), ge=0, description="Looks at each market a day | 每日关注次数")
    haggle: Share = Field(default=Decimal("0.5"), description="Share of the surplus asked for at first | 初始议价比例")


class CountySinks(Strategy):
    """Certifies when expected credits are worth more than entry and verification; sells above cost and waiting.

    Counties too small alone share one project with others of their prefecture if each then gains.
    """

    kind: ClassVar[str] = "county-sinks"
    label_en: ClassVar[str] = "County with sinks"
    label_zh: ClassVar[str] = "碳汇县"
    reference: ClassVar[str] = (
        "温室气体自愿减排交易管理办法(试行) 2023; 青海2020年度工作要点 60 (eco-guards); MARKETS.md 4.2-4.4"
    )
    rows: ClassVar[tuple[str, ...]] = ("D1",)
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = CountySinksParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        credits_listed = setting.listed(KEY)
        self.pairs = [(row, c.index) for row in range(len(self.members)) for c in credits_listed]
        self.row = np.array([row for row, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.is_forest = np.array([setting.instruments[i].klass == FOREST for _, i in self.pairs], dtype=bool)
        self.who = np.array([key(m.code) for m in self.members], dtype=np.int64)
        self.certified = np.zeros(len(self.members), dtype=bool)
        self.register = np.array([_cash(m, "mrv_cny") for m in self.members], dtype=np.int64)
        self.verify = np.array([_cash(m, "verify_cny") for m in self.members], dtype=np.int64)
        self.pools, self.pool = Pools(self.members, setting), dict[int, Pool]()
        self.decided_year = 0

    def markets(self) -> list[tuple[int, int]]:
        """Name every class and year of credits."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Decide on certification once a year; offer what is held where the window is over."""
        position = held(view.posted, self.pairs)
        expected = self._expected(view, draws)
        told, unsaid = view.board.notices, float(self.setting.law_on(WINDOW, view.board.today) is not None)
        shut = [
            told.get(f"window.{self.setting.instruments[i].code}.{self.members[r].code}", unsaid) > 0.0
            for r, i in self.pairs
        ]
        verify, issued = self.verify.astype(np.float64), self._issued(view)
        rate, wait = float(self.params.rate), float(self.params.wait_years)
        floor = county.reservation(verify[self.row], issued[self.row], expected, rate, wait)
        write_intents(
            self.intents,
            position,
            np.where(shut, position, 0),
            floor,
            looks=float(self.params.looks_a_day * self.params.sell_months) * TRADING_DAYS_A_MONTH,
            expected=expected,
            haggle=float(self.params.haggle),
            urgency=0.2,
        )
        if self.decided_year == view.board.today.year:
            return ()
        self.decided_year = view.board.today.year
        return self._certify(view)

    def looks(self, view: CohortView) -> Floats:
        """Look where there is something to sell."""
        wants = self.intents["target"] != held(view.posted, self.pairs)
        return np.where(wants, float(self.params.looks_a_day), 0.0)

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Pay the guards' wages of the month."""
        del draws
        wages = np.floor(self.column("guards") * float(self.params.guard_wage_cny) / MONTHS_A_YEAR * CASH_PER_YUAN)
        code = TransferCode.EXPENSE
        return [
            Transfer(account, AccountKind.WORLD, CASH, wage, code, view.period, up_to=True)
            for account, wage in zip(self.accounts.tolist(), wages.astype(np.int64).tolist(), strict=True)
            if wage > 0
        ]

    def _issued(self, view: CohortView) -> Floats:
        """Return the tonnes each county's measures earn in credits for last year's growth."""
        law, year = self.setting.law_on(LAW, view.board.today), view.board.today.year - 1
        kept = 0.9 if law is None else 1.0 - float(law.risk_deduction)
        return np.array([kept * sum(growth_t(m, k, year) for k in (FOREST, GRASS)) for m in self.members])

    def _expected(self, view: CohortView, draws: Draws) -> Floats:
        """Return the price each county expects of each credit: the public reference, by its own opinion."""
        outside = view.board.notices.get(OUTSIDE_PRICE, 0.0)
        told = [view.board.notices.get(f"reference.{self.setting.instruments[i].code}", 0.0) for i in self.instrument]
        public = np.where(np.array(told) > 0.0, np.array(told) * CASH_PER_YUAN, view.board.close[self.instrument])
        # Forest competes with national credits, so a county hopes for no less than they fetch.
        hoped = np.maximum(public, np.where(self.is_forest, outside * CASH_PER_YUAN, 0.0))
        sd = float(self.params.opinion_sd)
        opinion = np.exp(sd * draws.normal(self.who, "sink-opinion") - sd * sd / 2.0)[self.row]
        return np.asarray(hoped * opinion, dtype=np.float64)

    def _certify(self, view: CohortView) -> list[Command]:
        """Register the county's measures, alone or in a pool, where that pays and the cash is there."""
        year, worth = view.board.today.year, self._worth(view)
        sink_of = partial(self._sink, year=year)
        for pool in self.pools.form(year, sink_of, worth) if self.params.pool else ():
            self._join(pool)
        commands: list[Command] = []
        for row, sink in enumerate(map(sink_of, self.members)):
            cost = int(self.register[row])
            pays = worth(sink.valued_t, cost, int(self.verify[row])) > 0.0
            if self.certified[row] or not pays or cost > view.free[row, CASH]:
                continue
            self.certified[row] = True
            commands += self._register(view, row, cost)
        return commands

    def _worth(self, view: CohortView) -> Worth:
        """Return how much a project is worth now, in cash, for its valued tonnes and costs."""
        law = self.setting.law_on(LAW, view.board.today)
        deduction = 0.10 if law is None else float(law.risk_deduction)
        lag = 0.5 if law is None else law.lag_months / MONTHS_A_YEAR
        price = view.board.notices.get(OUTSIDE_PRICE, 75.0) * CASH_PER_YUAN
        rate, years = float(self.params.rate), self.params.crediting_years

        def worth(valued_t: float, register: float, verify: float) -> float:
            return float(county.certify_npv(valued_t, price, deduction, register, verify, rate, years, lag))

        return worth

    def _sink(self, member: Participant, year: int) -> Sink:
        """Return what the tables say of a county's sinks in a year, and of the costs of a project of its own."""
        forest, grass = growth_t(member, FOREST, year), growth_t(member, GRASS, year)
        valued_t = forest + float(self.params.grass_factor) * grass
        register, verify = (_cash(member, name) for name in ("mrv_cny", "verify_cny"))
        return Sink(member.code, int(forest + grass), valued_t, register, verify)

    def _join(self, pool: Pool) -> None:
        """Put the shares of a pool in the place of the costs that its members in this cohort would have alone."""
        for row, member in enumerate(self.members):
            if member.code in pool.members:
                at = pool.members.index(member.code)
                self.register[row], self.verify[row] = pool.register[at], pool.verify[at]
                self.pool[row] = pool

    def _register(self, view: CohortView, row: int, cost: int) -> list[Command]:
        account, member = int(self.accounts[row]), self.members[row]
        area = sum(int(member.facts.get(f"{measure}_mu", 0)) for measure in CURVES)
        payload: dict[str, object] = {
            "what": "sink-project",
            "county": member.code,
            "mu": area,
            "register_cash": cost,
        }
        code, year = TransferCode.INVESTMENT, view.board.today.year
        commands: list[Command] = [
            Transfer(account, AccountKind.WORLD, CASH, cost, code, year),
            Fact(FactCode.PROJECT_STARTED, account, -1, view.period, area),
        ]
        if row in self.pool:
            pool, share = self.pool[row], int(self.verify[row])
            payload |= {"pool": pool.name, "members": list(pool.members), "verify_cash": share}
            commands.append(Fact(FactCode.VERIFY_SHARE_CASH, account, -1, view.period, share))
        return [*commands, Note(NoteCode.PROJECT, payload, account)]


def _cash(member: Participant, name: str) -> int:
    """Return a column of yuan in cash, rounded down."""
    return int(Decimal(str(member.facts.get(name, 0))) * CASH_PER_YUAN)
