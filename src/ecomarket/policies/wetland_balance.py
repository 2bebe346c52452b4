"""No net loss of wetland (湿地占补平衡): who occupies wetland first buys as much restored elsewhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Auction, Bound, Command, Fact, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerMu, Ratio
from ecomarket.model.reference import ParticipantCode, RightName, VenueName, ZoneName
from ecomarket.model.stated import FactCode, NoteCode, Rule, Scheme
from ecomarket.policies._land import Land
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.responsibility_indicator import own_indicator
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

TAG = "wetland-balance"


class Occupation(BaseModel):
    """A project that needs wetland."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: ParticipantCode = Field(description="Who builds | 占用单位")
    county: ParticipantCode = Field(description="County in which it occupies wetland | 所在县")
    mu: int = Field(gt=0, description="Area occupied, mu | 占用面积，亩")
    day: date = Field(description="Day from which it wants to | 申请日")


class WetlandBalanceParams(PolicyParams):
    """What must be bought for a mu occupied, where nothing may be occupied, and what is paid for keeping it."""

    right: RightName = Field(default="wetland", description="Wetland indicator | 湿地指标品种")
    ratio: Ratio = Field(default=Decimal(1), ge=1, description="Mu restored for a mu occupied | 占补比例")
    closed: list[ZoneName] = Field(
        default=[], description="Zones of listed important wetland: nothing may be occupied | 重要湿地区域"
    )
    pilot_cny_mu: CnyPerMu = Field(
        default=Decimal(0), ge=0, description="Compensation of listed wetland, CNY a mu and year | 补偿标准，元/亩·年"
    )
    floor_cny_mu: CnyPerMu = Field(
        default=Decimal(5000), ge=0, description="Least price of restored wetland, CNY a mu | 修复指标底价，元/亩"
    )
    certify_month: int = Field(
        default=9, ge=1, le=12, description="Month in which restored wetland is certified | 核定月份"
    )
    venue: VenueName = Field(default="cover-window", description="Where indicators are offered | 交易场所")
    occupations: list[Occupation] = Field(default=[], description="Projects that need wetland | 占用项目")


class WetlandBalance(Policy):
    """Keep every mu: restored wetland earns indicators, occupation uses up at least as many, in any county.

    Columns of a county: `<right>_mu` at the start, `<right>_restored_mu` a year. Indicators are offered each month to
    projects that lack them; a project begins at the end of the first month in which it holds ratio x its area. So the
    province's area never falls below that of the start.
    """

    kind: ClassVar[str] = "wetland-balance"
    label_en: ClassVar[str] = "No net loss of wetland"
    label_zh: ClassVar[str] = "湿地占补平衡"
    reference: ClassVar[str] = (
        "湿地保护法 2021 art. 14, 19 (total control, restoration of what is occupied; memory); "
        "青海深入推进生态文明制度创新实施方案 2023 (13); MARKETS.md 1G"
    )
    rows: ClassVar[tuple[str, ...]] = ("G16",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = WetlandBalanceParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._land = Land(setting)
        self._waiting = sorted(params.occupations, key=lambda project: project.day)
        self._told: set[int] = set()
        self._replaced: dict[str, int] = {}
        """Mu restored elsewhere for what was occupied here, by county."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Let projects begin that hold enough, certify and offer what is restored; assess the area in December."""
        del draws
        if moment is Moment.YEAR_END:
            return self._assess(view)
        commands = [*self._begin(view)]
        if view.board.today.month == self.params.certify_month:
            commands += self._certify(view)
        return [*commands, *self._offer(view)]

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the mu of indicators that waiting projects have to show, `need.<right>.<who>`."""
        told: dict[str, float] = {}
        for project in self.params.occupations:
            told.setdefault(f"need.{self.params.right}.{project.who}", 0.0)
        for project in self._wanting(view):
            told[f"need.{self.params.right}.{project.who}"] += self._need(project)
        return told

    def _need(self, project: Occupation) -> int:
        return -floor_times(-project.mu, self.params.ratio)

    def _wanting(self, view: PolicyView) -> list[Occupation]:
        """Return the projects that want to begin and may, in order of their day."""
        closed = set(self.params.closed)
        return [
            p for p in self._waiting if p.day <= view.board.today and self.setting.by_code[p.county].zone not in closed
        ]

    def _counties(self) -> Iterator[tuple[Participant, Instrument]]:
        for county in self.setting.of_kind("county"):
            indicator = own_indicator(self.setting, self.params.right, county, 0)
            if indicator is not None and f"{self.params.right}_mu" in county.facts:
                yield county, indicator

    def _begin(self, view: PolicyView) -> Iterator[Command]:
        spent: dict[tuple[int, int], int] = {}
        for project in [p for p in self._waiting if p.day <= view.board.today]:
            who, county = self.setting.by_code[project.who], self.setting.by_code[project.county]
            lost = own_indicator(self.setting, self.params.right, county, 0)
            used = self._used(view, who.account, self._need(project), spent) if lost else []
            shut = county.zone in self.params.closed
            if lost is None or shut or not used:
                if id(project) not in self._told:
                    self._told.add(id(project))
                    yield Bound(Rule.NO_NET_LOSS, who.account, lost.index if lost else -1, project.mu)
                continue
            self._waiting.remove(project)
            self._replaced[county.code] = self._replaced.get(county.code, 0) + self._need(project)
            for index, lots in used:
                yield Transfer(who.account, AccountKind.CONSUMED, index, lots, TransferCode.CONSUME, view.year)
            yield Fact(FactCode.LAND_LOST_MU, county.account, lost.index, view.period, project.mu)
            payload = {"who": who.code, "county": county.code, "mu": project.mu, "replaced_mu": self._need(project)}
            yield Note(NoteCode.WETLAND_OCCUPATION, payload, who.account, lost.index)

    def _used(
        self, view: PolicyView, account: int, need: int, spent: dict[tuple[int, int], int]
    ) -> list[tuple[int, int]]:
        """Return which indicators cover a need, as (instrument, lots), and count them as spent; none if too few."""
        used: list[tuple[int, int]] = []
        for indicator in self.setting.listed(self.params.right):
            free = view.free(account, indicator.index) - spent.get((account, indicator.index), 0)
            lots = min(free, need - sum(n for _, n in used))
            if lots > 0:
                used.append((indicator.index, lots))
        if sum(lots for _, lots in used) < need:
            return []
        for index, lots in used:
            spent[account, index] = spent.get((account, index), 0) + lots
        return used

    def _certify(self, view: PolicyView) -> Iterator[Command]:
        for county, indicator in self._counties():
            restored = int(county.facts.get(f"{self.params.right}_restored_mu", 0) or 0)
            if restored > 0:
                world, code = AccountKind.ISSUANCE, TransferCode.ISSUE
                yield Fact(FactCode.LAND_GAINED_MU, county.account, indicator.index, view.period, restored)
                yield Transfer(world, county.account, indicator.index, restored, code, view.year)

    def _offer(self, view: PolicyView) -> Iterator[Command]:
        invited = frozenset(self.setting.by_code[p.who].account for p in self._wanting(view))
        floor = cash_floor(self.params.floor_cny_mu)
        for county, indicator in self._counties():
            lots = view.free(county.account, indicator.index)
            if lots > 0 and invited:
                yield Auction(self.params.venue, indicator.index, county.account, lots, floor, invited=invited, tag=TAG)

    def _assess(self, view: PolicyView) -> Iterator[Command]:
        for county, indicator in self._counties():
            area = self._land.area(view, county, self.params.right, indicator)
            opening = int(county.facts.get(f"{self.params.right}_mu", 0) or 0)
            if not opening:
                continue
            yield Fact(FactCode.COVER_AREA_MU, county.account, indicator.index, view.period, area)
            met = min(opening, area + self._replaced.get(county.code, 0))
            yield Assess(Scheme.WETLAND, county.account, indicator.index, view.year, opening, met)
            if county.zone in self.params.closed and self.params.pilot_cny_mu:
                paid = area * cash_floor(self.params.pilot_cny_mu)
                source, code = AccountKind.TRANSFER_PAYMENT, TransferCode.COMPENSATION
                if paid:
                    yield Transfer(source, county.account, 0, paid, code, view.year)
