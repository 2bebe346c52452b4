"""Sink projects open to all (社会主体碳汇项目): methodology, registration, verification, issuance to the owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from math import floor
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, Eligible, TransferCode
from ecomarket.model.command import Allow, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.stated import NoteCode
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._methodology import ProjectRow, failed_tests
from ecomarket.rights.carbon_sink import KEY, growth_t_per_mu, stock_t_per_mu
from ecomarket.units import PPM, cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

HAZARD: Final = "forest-hazard"
"""Name under which a scenario runs the hazards."""
WINDOW: Final = "priority-window"
"""The policy under which a county may sell only once its window is over."""
MONTHS_A_YEAR: Final = 12


class SinkProjectsParams(PolicyParams):
    """The projects, what registration and verification cost, and how long they take."""

    projects: list[ProjectRow] = Field(default=[], description="Projects, a CSV table or a list | 项目表")
    register_cny: Cny = Field(
        default=Decimal(900_000),
        ge=0,
        description="Design, validation and registration, CNY | 项目设计审定登记费用，元",
    )
    verify_cny: Cny = Field(default=Decimal(350_000), ge=0, description="One verification, CNY | 单次核查费用，元")
    register_months: int = Field(
        default=12, ge=0, description="Months from application to registration, months | 申请至登记月数"
    )
    verify_months: int = Field(
        default=9, ge=1, le=12, description="Months from the end of the last year to issuance, months | 签发滞后月数"
    )
    verify_every_years: int = Field(
        default=5, ge=1, le=5, description="Years from one verification to the next, years | 核查间隔年数"
    )
    risk_deduction: Share = Field(
        default=Decimal("0.10"), description="Part of verified growth never issued, share | 非持久性风险扣减比例"
    )


@dataclass
class _Project:
    """A project on its way; months are counted year x 12 + month."""

    row: ProjectRow
    owner: int
    county: int
    applied: int = -1
    left: float = 1.0
    lost_t: float = 0.0
    owed_t: int = 0
    unverified: dict[int, int] = field(default_factory=dict)
    """Net tonnes grown by year, not yet verified."""
    refused: bool = False


class SinkProjects(Policy):
    """Test, register and verify projects of whoever brings them; issue net growth less the deduction.

    What a project stores follows the curve of its measure on the area that process forest-hazard has left of its
    county. A year's growth net of losses is counted in whole tonnes, rounded down; a net loss is made good first. Each
    verification is paid for, or waits for the month in which it can be. There is no priority for anybody.
    """

    kind: ClassVar[str] = "sink-projects"
    label_en: ClassVar[str] = "Sink projects open to all"
    label_zh: ClassVar[str] = "社会主体碳汇项目"
    reference: ClassVar[str] = (
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十五) (social entities); "
        "温室气体自愿减排交易管理办法(试行) 2023 (steps); 造林碳汇 CCER-14-001-V01 (tests); "
        "costs and lags: MARKETS.md 4.1, 4.2 (memory)"
    )
    rows: ClassVar[tuple[str, ...]] = ("D1", "D2", "D4")
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    prepares: ClassVar[frozenset[Moment]] = moments
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = SinkProjectsParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        by_code = setting.by_code
        self._projects = [_Project(r, by_code[r.owner].account, by_code[r.county].account) for r in params.projects]
        for project in self._projects:
            self._look_back(project)

    def _look_back(self, project: _Project) -> None:
        """Register what could have been registered before the run, and count what grew unverified in those years."""
        row, start = project.row, self.setting.start
        if row.began < start and not failed_tests(row):
            project.applied = row.began.year * MONTHS_A_YEAR + row.began.month
            past, period = [y for y in row.years if y < start.year], self.params.verify_every_years
            for year in past[max(len(past) - 1, 0) // period * period :]:
                project.unverified[year] = self._grown_t(project, year)

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Count losses, take applications, close the year in December, issue in the month of issuance."""
        del moment, draws
        till, today = Till(view, view.period), view.board.today
        now = today.year * MONTHS_A_YEAR + today.month
        self._window = self.setting.law_on(WINDOW, today) is not None
        for project in self._projects:
            if project.refused or project.row.began > today:
                continue
            self._lose(project, view)
            if project.applied < 0 and self.params.in_force(today):
                self._apply(project, till, now)
            if today.month == MONTHS_A_YEAR:
                self._close_year(project, today.year)
            past = [year for year in project.unverified if year < today.year]
            if self._is_due(project, today, now, len(past)):
                self._verify(project, till, past)
        return till.commands

    def _lose(self, project: _Project, view: PolicyView) -> None:
        share = view.nature.get(HAZARD, {}).get(project.row.county, 0.0)
        if share > 0.0:
            age = view.year - project.row.began.year
            stock = float(project.row.mu) * stock_t_per_mu(project.row.measure, age)
            project.lost_t += share * project.left * stock
            project.left *= 1.0 - share

    def _apply(self, project: _Project, till: Till, now: int) -> None:
        failed = failed_tests(project.row)
        fee = cash_floor(self.params.register_cny)
        if not failed and till.free(project.owner) < fee:
            return
        payload: dict[str, object] = {"project": project.row.name, "step": "refused" if failed else "applied"}
        if failed:
            project.refused, payload["failed"] = True, failed
        else:
            project.applied = now
            till.pay(project.owner, AccountKind.WORLD, fee, TransferCode.INVESTMENT)
        till.commands.append(Note(NoteCode.SINK_PROJECT, payload, project.owner))

    def _grown_t(self, project: _Project, year: int) -> int:
        row = project.row
        age = year - row.began.year
        return floor(project.left * float(row.mu) * growth_t_per_mu(row.measure, age) - project.lost_t)

    def _close_year(self, project: _Project, year: int) -> None:
        if year in project.row.years:
            project.unverified[year] = self._grown_t(project, year)
        else:
            project.owed_t += int(project.lost_t)
        project.lost_t = 0.0

    def _is_due(self, project: _Project, today: date, now: int, waiting: int) -> bool:
        registered = 0 <= project.applied <= now - self.params.register_months
        in_season = self.params.in_force(today) and today.month >= self.params.verify_months
        last = waiting > 0 and today.year >= project.row.years.stop
        return registered and in_season and (last or waiting >= self.params.verify_every_years)

    def _verify(self, project: _Project, till: Till, years: list[int]) -> None:
        cost = cash_floor(self.params.verify_cny)
        if till.free(project.owner) < cost:
            return
        till.pay(project.owner, AccountKind.WORLD, cost, TransferCode.OPERATING_COST)
        issued = 0
        for year in sorted(years):
            net_t = project.unverified.pop(year) - project.owed_t
            project.owed_t = max(-net_t, 0)
            for credit in self.setting.listed(KEY, klass=project.row.klass, vintage=year):
                lots = mul_div_floor(max(net_t, 0), PPM - int(self.params.risk_deduction * PPM), PPM)
                county = floor_times(lots, project.row.county_share) if project.owner != project.county else 0
                self._issue(till, project.owner, credit.index, lots - county, year)
                self._issue(till, project.county, credit.index, county, year)
                issued += lots
        payload = {"project": project.row.name, "step": "verified", "issued_t": issued, "owed_t": project.owed_t}
        till.commands.append(Note(NoteCode.SINK_PROJECT, payload, project.owner))

    def _issue(self, till: Till, account: int, credit: int, lots: int, year: int) -> None:
        if lots <= 0:
            return
        holder = self.setting.by_account[account]
        if holder.kind != "county":
            till.commands.append(Allow(account, credit, Eligible.ALL))
        elif not self._window:
            till.commands.append(Allow(account, credit, Eligible.SELL | Eligible.HOLD))
        till.commands.append(Transfer(AccountKind.ISSUANCE, account, credit, lots, TransferCode.ISSUE, year))
