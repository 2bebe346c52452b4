"""Counties with duties: green and treat while that is cheaper than the market, sell above duty, buy below it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents import increments
from ecomarket.agents.intents import held, write_intents
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bid, Command, Fact, Transfer
from ecomarket.model.quantity import Ratio, Share, Years
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.rights.responsibility_indicator import ResponsibilityIndicator, is_downstream, own_indicator
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

GREENING, CLEAN_WATER, COVER = "greening-increment", "clean-water-increment", "cover-indicator"
MONTHS = 12
LAST_DAYS = 10.0
"""Trading days before the year's end in which what is still unsold goes at any price."""
KG = 1000


class CountyIndicatorsParams(StrategyParams):
    """How a county plants, treats and trades; assumptions."""

    planting_month: int = Field(default=4, ge=1, le=12, description="Month in which land is greened | 造林月份")
    rate: Share = Field(default=Decimal("0.05"), description="Discount rate a year, share | 年贴现率")
    horizon_years: Years = Field(
        default=Decimal(15), gt=0, description="Years over which a lack of cover is reckoned, years | 核算年限，年"
    )
    least_share: Share = Field(
        default=Decimal("0.9"), description="Least price of surplus, of the price expected | 富余指标最低价比例"
    )
    learning: Share = Field(
        default=Decimal("0.3"),
        description="Step of the expected price towards what the year showed | 价格预期调整幅度",
    )
    budget_share: Share = Field(
        default=Decimal("0.5"),
        description="Part of the cash spent at once on planting or on cover | 造林或购买指标支出占资金比例",
    )
    window_days: Ratio = Field(
        default=Decimal(60), gt=0, description="Trading days over which a deficit is bought | 购买期交易日数"
    )
    looks_a_day: Ratio = Field(default=Decimal("0.5"), ge=0, description="Looks at each market a day | 每日关注次数")
    haggle: Share = Field(default=Decimal("0.4"), description="Share of the surplus asked for at first | 初始议价比例")


class CountyIndicators(Strategy):
    """Does itself what costs less at the margin than the market pays, and never sells below its duty.

    Columns: `budget_cny` a year; `planting_cny_mu`, `planting_max_mu` a year; `cod_treat_cny_t`, `cod_treat_max_t` a
    year, and so on by pollutant. Deficits are bought at up to the non-delivery fee; cover at up to what charges or
    planting would cost.
    """

    kind: ClassVar[str] = "county-indicators"
    label_en: ClassVar[str] = "County with indicator duties"
    label_zh: ClassVar[str] = "承担指标责任的县"
    reference: ClassVar[str] = "AGENTS.md 4 (county, indicators); MARKETS.md 7.2"
    rows: ClassVar[tuple[str, ...]] = ("G1", "G2", "G3")
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = CountyIndicatorsParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.greening: Any = setting.law_begun(GREENING, setting.end)
        self.clean: Any = setting.law_begun(CLEAN_WATER, setting.end)
        """The laws of the run's duties, now or later."""
        rights = [self.greening.right] if self.greening else []
        rights += [r for r in (self.clean.pollutants if self.clean else ()) if r in setting.rights]
        traded = [i for right in rights for i in setting.listed(right) if i.kind == ResponsibilityIndicator.kind]
        self.pairs = [
            (row, i.index) for row, m in enumerate(self.members) for i in traded if i.zone in ("", m.zone)
        ] + [
            (row, i.index)
            for row, m in enumerate(self.members)
            for i in traded
            if is_downstream(setting.zones, i.zone, m.zone)
        ]
        self.row = np.array([row for row, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.belief: dict[tuple[int, str], float] = {}
        """What a lot is expected to cost next year, in cash, by member row and right: learnt at each year's end."""

    def markets(self) -> list[tuple[int, int]]:
        """Name the yearly indicators a member earns, and those that may serve it."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Seek what is lacking since certification in the markets there are; offer what a surplus has earned."""
        del draws
        if not self.pairs:
            return ()
        position = held(view.posted, self.pairs)
        lacking, fee = self._lacking(view, position), self._fees()
        going = np.array([self._expected(view, row, self.setting.instruments[i]) for row, i in self.pairs])
        days = view.board.trading_days_left_in_year
        near = 1.0 - min(1.0, days / float(self.params.window_days))
        last = 1.0 - min(1.0, days / LAST_DAYS)
        left = max(view.board.trading_days_left_in_year, 1) * float(self.params.looks_a_day)
        write_intents(
            self.intents,
            position,
            np.where(self._sells(view), 0, position + lacking),
            np.where(lacking > 0, self.charges.bids(fee), going * float(self.params.least_share) * (1.0 - last)),
            looks=left,
            expected=going,
            haggle=float(self.params.haggle),
            urgency=np.where(lacking > 0, near, last),
        )
        return ()

    def looks(self, view: CohortView) -> Floats:
        """Look while there is something to buy or to sell."""
        wants = self.intents["target"] != held(view.posted, self.pairs)
        return np.where(wants, float(self.params.looks_a_day), 0.0)

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Green land in its month, treat water every month, each to the point where the next unit costs its price."""
        del draws
        commands: list[Command] = []
        if view.board.today.month == MONTHS:
            self._learn(view)
        greens = self.setting.law_on(GREENING, view.board.today) is not None
        clean = self.setting.law_on(CLEAN_WATER, view.board.today)
        for row, member in enumerate(self.members):
            commands += self._fund(view, row, member)
            if greens and view.board.today.month == self.params.planting_month:
                commands += self._plant(view, row, member)
            for right in clean.pollutants if clean is not None else ():
                commands += self._treat(view, row, member, right)
        return commands

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid for another county's cover what charges or own planting would cost, the reserve price if alone."""
        del draws
        offered = self.setting.instruments[call.instrument]
        cover = self.setting.law_on(COVER, view.board.today)
        if cover is None or offered.right not in cover.rights:
            return ()
        bids: list[Bid] = []
        for row, member in enumerate(self.members):
            account = int(self.accounts[row])
            if call.invited is None or account not in call.invited:
                continue
            worth = self._cover_worth(cover, member, offered.right, view.board.today)
            most = int(self.hall(call).bids(worth)) // CASH_PER_YUAN * CASH_PER_YUAN
            price = call.reserve_price if len(call.invited) == 1 else most
            cash = int(float(self.params.budget_share) * float(view.free[row, CASH]))
            bought = sum(int(view.posted[row, i.index]) for i in self.setting.listed(offered.right))
            own = own_indicator(self.setting, offered.right, member, 0)
            short = int(view.board.notices.get(f"need.{offered.right}.{member.code}", 0.0)) - bought
            short += int(view.posted[row, own.index]) if own else 0
            lots = min(call.lots, short, cash // max(price, 1))
            if lots > 0 and call.reserve_price <= price <= most:
                bids.append(Bid(account, price, lots))
        return bids

    def _lacking(self, view: CohortView, position: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the lots still to be bought in each market: an even part of what a member lacks of a right."""
        found = np.zeros(len(self.pairs), dtype=np.int64)
        places: dict[tuple[int, str], list[int]] = {}
        for at, (row, index) in enumerate(self.pairs):
            indicator = self.setting.instruments[index]
            if indicator.vintage == view.board.today.year and indicator.zone != self.members[row].zone:
                places.setdefault((row, indicator.right), []).append(at)
        for (row, right), at_all in places.items():
            told = int(view.board.notices.get(f"lacking.{right}.{self.members[row].code}", 0.0))
            missing = max(0, told - int(position[at_all].sum()))
            # Markets that have never traded this year count less: nobody may offer there.
            offered = [at for at in at_all if view.board.day_lots[self.instrument[at]] > 0] or at_all
            found[offered] = -(-missing // len(offered))
        return found

    def _sells(self, view: CohortView) -> NDArray[np.bool_]:
        """Tell in which markets a member has surplus for sale: it earned it, and lacks nothing of that right."""
        told, found = view.board.notices, np.zeros(len(self.pairs), dtype=bool)
        for at, (row, index) in enumerate(self.pairs):
            indicator, member = self.setting.instruments[index], self.members[row]
            earned = indicator.zone in ("", member.zone)
            found[at] = earned and not told.get(f"lacking.{indicator.right}.{member.code}")
        return found

    def _fees(self) -> Floats:
        return np.array([self._fee(self.setting.instruments[i]) for i in self.instrument.tolist()], dtype=np.float64)

    def _fee(self, indicator: Instrument) -> float:
        """Return what a missing lot costs, in cash."""
        if self.greening and indicator.right == self.greening.right:
            return float(self.greening.fee_cny_mu) * CASH_PER_YUAN
        return float(self.clean.fee_cny_t.get(indicator.right, 0)) * CASH_PER_YUAN / KG

    def _going(self, view: CohortView, indicator: Instrument) -> float:
        """Return the going price of a lot: the last close, before this year's first trade that of the year before."""
        before = [
            i
            for i in self.setting.listed(indicator.right, zone=indicator.zone)
            if i.vintage == indicator.vintage - 1 and view.board.day_lots[indicator.index] == 0
        ]
        return float(view.board.close[before[0].index if before else indicator.index])

    def _fund(self, view: CohortView, row: int, member: Participant) -> list[Command]:
        """Take in a month of the yearly budget for ecological works (column `budget_cny`)."""
        cash = int(float(member.facts.get("budget_cny", 0) or 0)) * CASH_PER_YUAN // MONTHS
        account, code = int(self.accounts[row]), TransferCode.INCOME
        return [Transfer(AccountKind.WORLD, account, CASH, cash, code, view.period)] if cash else []

    def _learn(self, view: CohortView) -> None:
        """Move expectations towards the fee after a deficit, else towards the price, less for a part left unsold."""
        position, step = held(view.posted, self.pairs), float(self.params.learning)
        missing, sells = self._lacking(view, position), self._sells(view)
        issued = view.year_to_date(FactCode.INCREMENT_CERTIFIED)
        for at, (row, index) in enumerate(self.pairs):
            indicator = self.setting.instruments[index]
            if indicator.vintage == view.board.today.year and not (missing[at] == 0 and issued[row] == 0):
                unsold = float(position[at]) / max(float(issued[row]), 1.0) if sells[at] else 0.0
                seen = float(view.board.mean20[index]) * (1.0 - min(unsold, 1.0))
                before = self._expected(view, row, indicator)
                aim = self._fee(indicator) if missing[at] > 0 else seen
                self.belief[row, indicator.right] = before + step * (aim - before)

    def _expected(self, view: CohortView, row: int, indicator: Instrument) -> float:
        """Return what a member expects a lot to be worth to it, in cash: never more than the fee."""
        going = self.belief.get((row, indicator.right), self._going(view, indicator))
        return min(going, self._fee(indicator))

    def _plant(self, view: CohortView, row: int, member: Participant) -> list[Command]:
        law, account = self.greening, int(self.accounts[row])
        earned = own_indicator(self.setting, law.right, member, view.board.today.year)
        if earned is None:
            return []
        first = float(member.facts.get("planting_cny_mu", 0) or 0) * CASH_PER_YUAN
        most = float(member.facts.get("planting_max_mu", 0) or 0)
        price = self._expected(view, row, earned) * float(law.survival)
        effort = increments.own_effort(price, first, most)
        if law.limit is not None and law.survival:
            useful = float(member.facts.get("greening_duty_mu", 0)) * (1.0 + float(law.limit)) / float(law.survival)
            effort = min(effort, useful)
        cash = float(self.params.budget_share) * float(view.free[row, CASH])
        greened = int(round(min(effort, increments.affordable(cash, first, most)), 6))
        if greened <= 0:
            return []
        cost = int(increments.effort_cost(float(greened), first, most))
        return [
            Transfer(account, AccountKind.WORLD, CASH, cost, TransferCode.INVESTMENT, view.period, up_to=True),
            Fact(FactCode.GREENED_MU, account, -1, view.period, greened),
        ]

    def _treat(self, view: CohortView, row: int, member: Participant, right: str) -> list[Command]:
        name, account = self.clean.pollutants[right], int(self.accounts[row])
        earned = own_indicator(self.setting, right, member, view.board.today.year)
        most = float(member.facts.get(f"{name}_treat_max_t", 0) or 0) * KG / MONTHS
        if earned is None or most <= 0.0:
            return []
        first = float(member.facts.get(f"{name}_treat_cny_t", 0) or 0) * CASH_PER_YUAN / KG
        price = self._expected(view, row, earned)
        above = float(member.facts.get(f"{name}_mg_l", 0)) - float(member.facts.get(f"{name}_target_mg_l", 0))
        useless = max(0.0, above) * float(member.facts.get("flow_1000m3", 0)) / MONTHS
        effort = increments.own_effort(price, first, most)
        kilograms = int(round(min(effort, increments.affordable(float(view.free[row, CASH]), first, most)), 6))
        if kilograms <= 0 or not increments.worthwhile(float(kilograms), useless, price, first, most):
            return []
        cost = int(increments.effort_cost(float(kilograms), first, most))
        return [
            Transfer(account, AccountKind.WORLD, CASH, cost, TransferCode.OPERATING_COST, view.period, up_to=True),
            Fact(FactCode.POLLUTANT_TREATED_KG, account, earned.index, view.period, kilograms),
        ]

    def _cover_worth(self, law: Any, member: Participant, right: str, today: date) -> float:
        """Return the most a member pays for a mu of another's cover, in cash.

        A mu of its own costs what is planted for one that survives (where a rule in force says how many do), and the
        charges until it is counted as forest.
        """
        planting = float(member.facts.get("planting_cny_mu", 0) or 0) if right in law.plantable else 0.0
        charge, rate = float(law.shortage_cny_mu.get(right, 0)), float(self.params.rate)
        greening = self.setting.law_on(GREENING, today)
        if planting > 0.0 and greening is not None:
            planting /= float(greening.survival) or 1.0
        worth = increments.cover_worth(
            charge,
            planting and planting + charge * increments.annuity(rate, float(law.grown_years)),
            float(law.management_cny_mu.get(right, 0)),
            rate,
            float(self.params.horizon_years),
            float(law.management_years),
        )
        return worth * CASH_PER_YUAN
