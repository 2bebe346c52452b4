"""Energy-use rights for use and trade (用能权有偿使用和交易): new projects buy before they start, in auctions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Auction, Bound, Command, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTce, Share, Tce, TcePer10kCny, Yearly
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode, RightName, VenueName
from ecomarket.model.stated import NoteCode, Rule, Scheme
from ecomarket.policies._auction_form import statement
from ecomarket.policies._surrender import take_in_order, to_give
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.energy_use_right import henan_tce
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

TAG: Final = "energy-use-trading"
DECEMBER: Final = 12


class EnergyProject(BaseModel):
    """A new project that uses energy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: ParticipantCode = Field(description="Firm that builds it | 建设单位")
    added_tce: Tce = Field(gt=0, description="Energy it adds a year, tce | 新增能源消费量，吨标准煤")
    excluded_tce: Tce = Field(
        default=Decimal(0), ge=0, description="Of it coal (Henan), feedstock, new renewables, tce | 不计入量"
    )
    tce_10k: TcePer10kCny = Field(gt=0, description="Its energy per value added, tce per 10,000 CNY | 单位增加值能耗")
    starts: date = Field(description="Day on which it means to start | 计划投产日")

    @property
    def counted_tce(self) -> Decimal:
        """Return the energy added that counts."""
        return max(Decimal(0), self.added_tce - self.excluded_tce)


class StockOffer(BaseModel):
    """Use that a firm has given up: capacity closed, or energy saved and audited before and after."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seller: ParticipantCode = Field(description="Firm | 出让方")
    tce: Tce = Field(gt=0, description="Energy given up a year, tce | 出让量，吨标准煤")
    because: Literal["closed", "saved"] = Field(description="Capacity closed, or energy saved | 关停或节能")
    audited: bool = Field(default=True, description="Audited before and after; saved energy must be | 是否经审核")
    day: date = Field(description="Day from which it is for sale | 可出让日")


class EnergyUseTradingParams(PolicyParams):
    """Who must buy how much, and what is for sale."""

    right: RightName = Field(default="energy-use", description="The right | 用能权品种")
    venue: VenueName = Field(default="energy-auction", description="Where it is auctioned | 竞价场所")
    rule: Literal["henan", "zhejiang"] = Field(
        default="henan",
        description="Q = A x B x C / C_avg, or all of it above the control target | 购买量规则（河南、浙江）",
    )
    b: Yearly[Share] = Field(default=Yearly.of(Decimal("0.3")), description="Factor B, 0.3 at first | 调节系数B")
    mean_tce_10k: Yearly[TcePer10kCny] = Field(
        default=Yearly.of(Decimal("0.9")),
        description="C_avg: industry's mean, tce per 10,000 CNY (assumption) | 全省工业平均单位增加值能耗",
    )
    control_tce_10k: Yearly[TcePer10kCny] = Field(
        default=Yearly.of(Decimal("0.6")), description="Control target, Zhejiang: tce per 10,000 CNY | 控制目标"
    )
    new_quota_tce: Yearly[Tce] = Field(
        default=Yearly.of(Decimal(0)), description="The region's new quota a year, tce | 年度新增用能指标"
    )
    sold_share: Share = Field(
        default=Decimal("0.5"), le=Decimal("0.5"), description="Part of it that may be sold, at most 50 % | 可出让比例"
    )
    months: tuple[int, ...] = Field(default=(3, 6, 9, 12), min_length=1, description="Months of auctions | 竞价月份")
    floor_cny_tce: Yearly[CnyPerTce] = Field(
        default=Yearly.of(Decimal(100)), description="Least price, CNY per tce (100-500, memory) | 底价"
    )
    shortfall_cny_tce: Yearly[CnyPerTce] = Field(
        default=Yearly.of(Decimal(500)),
        description="Charge for use without right each year, CNY per tce (assumption) | 无权用能收费",
    )
    projects: list[EnergyProject] = Field(default=[], description="New projects, a table or a list | 新建项目")
    stock: list[StockOffer] = Field(default=[], description="Use given up, a table or a list | 存量出让")

    def needed_tce(self, project: EnergyProject) -> int:
        """Return what a project must hold, by the figures of the year in which it starts; whole tce, rounded up."""
        year = project.starts.year
        if self.rule == "henan":
            return henan_tce(project.counted_tce, self.b.at(year), project.tce_10k, self.mean_tce_10k.at(year))
        above = project.tce_10k > self.control_tce_10k.at(year)
        return -int(-project.counted_tce // 1) if above else 0


class EnergyUseTrading(Policy):
    """Sell new quota and use given up in quarterly auctions; at its start a project uses up what it must hold.

    Each project's need is published (`need.<right>.<who>`, tce). On the first trading day of an auction month an
    equal part of the year's quota that may be sold is issued and offered, what is not sold is cancelled; a firm's own
    use given up is issued to it and offered on its behalf, what is not sold it keeps. At the end of the month in which
    a project starts its need is assessed and used up; what it lacks is charged, and again each December until it holds
    it.
    """

    kind: ClassVar[str] = "energy-use-trading"
    label_en: ClassVar[str] = "Paid use and trading of energy-use rights"
    label_zh: ClassVar[str] = "用能权有偿使用和交易"
    reference: ClassVar[str] = (
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十五); 河南省用能权有偿使用和交易 2022 (formula, "
        "MARKETS.md 7.1 R43a); 浙江省用能权有偿使用和交易 2019-2020 (MARKETS.md 7.1 R43b)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F7",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.AFTER_SESSION, Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = EnergyUseTradingParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._waiting = sorted(params.projects, key=lambda project: project.starts)
        self._stock = sorted(params.stock, key=lambda offer: offer.day)
        self._short: dict[int, int] = {}
        """What projects that have started still lack, tce by account."""
        self._held = 0

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Auction after a session, count at a month's end."""
        del draws
        yield from self._auctions(view) if moment is Moment.AFTER_SESSION else self._starts(view)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Return what each firm must still come to hold, tce."""
        del view
        needs = {account: float(short) for account, short in self._short.items()}
        for project in self._waiting:
            account = self.setting.by_code[project.who].account
            needs[account] = needs.get(account, 0.0) + self.params.needed_tce(project)
        return {f"need.{self.params.right}.{self.setting.by_account[a].code}": tce for a, tce in needs.items()}

    def _auctions(self, view: PolicyView) -> Iterator[Command]:
        today = view.board.today
        if today.month not in self.params.months or view.period == self._held:
            return
        self._held = view.period
        sellable = floor_times(int(self.params.new_quota_tce.at(today.year)), self.params.sold_share)
        lots = sellable // len(self.params.months)
        code = TransferCode.ISSUE
        for listed in self.setting.listed(self.params.right, klass="increment") if lots else ():
            yield Transfer(AccountKind.ISSUANCE, AccountKind.ALLOCATION, listed.index, lots, code, view.period)
            yield self._call(view, listed.index, AccountKind.ALLOCATION, lots)
        while self._stock and self._stock[0].day <= today:
            offer = self._stock.pop(0)
            seller, lots = self.setting.by_code[offer.seller].account, int(offer.tce)
            for listed in self.setting.listed(self.params.right, klass="stock"):
                if offer.audited or offer.because == "closed":
                    yield Transfer(AccountKind.ISSUANCE, seller, listed.index, lots, code, view.period)
                    yield self._call(view, listed.index, seller, lots)

    def _call(self, view: PolicyView, instrument: int, seller: int, lots: int) -> Auction:
        floor = cash_floor(self.params.floor_cny_tce.at(view.year))
        return Auction(self.params.venue, instrument, seller, lots, floor, tag=f"{TAG}:{view.period}")

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterator[Command]:
        """Publish the result; of new quota, cancel what was not sold and pass the proceeds on."""
        call = result.auction
        yield Note(
            NoteCode.AUCTION_CLEARED,
            statement(result, self.setting.instruments[call.instrument].code),
            instrument=call.instrument,
        )
        if call.seller != AccountKind.ALLOCATION:
            return
        if proceeds := sum(lots * price for _, lots, price in result.fills):
            yield Transfer(call.seller, AccountKind.TREASURY, CASH, proceeds, TransferCode.PAID_USE, up_to=True)
        if left := call.lots - sum(lots for _, lots, _ in result.fills):
            yield Transfer(call.seller, AccountKind.CANCELLED, call.instrument, left, TransferCode.CANCEL, view.period)

    def _starts(self, view: PolicyView) -> Iterator[Command]:
        due: dict[int, int] = {}
        if view.board.today.month == DECEMBER:
            due, self._short = self._short, {}
        while self._waiting and self._waiting[0].starts <= view.board.today:
            project = self._waiting.pop(0)
            account = self.setting.by_code[project.who].account
            due[account] = due.get(account, 0) + self.params.needed_tce(project)
        for account, required in due.items():
            yield from self._count(view, account, required)

    def _count(self, view: PolicyView, account: int, required: int) -> Iterator[Command]:
        met = 0
        for index, used in take_in_order(to_give(view, account, self.setting.listed(self.params.right)), required):
            met += used
            yield Transfer(account, AccountKind.CONSUMED, index, used, TransferCode.CONSUME, view.year)
        short = required - met
        charge = short * cash_floor(self.params.shortfall_cny_tce.at(view.year))
        yield Assess(Scheme.ENERGY_RIGHT, account, -1, view.year, required, met, charge)
        if short:
            self._short[account] = self._short.get(account, 0) + short
            yield Bound(Rule.ENERGY_GATE, account, -1, short)
            code = TransferCode.SHORTFALL_CHARGE
            yield Transfer(account, AccountKind.PENALTY, CASH, charge, code, view.year, up_to=True)
