"""Forest- and grass-cover indicators (森林覆盖率、草地植被覆盖度指标): the Chongqing rule."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ecomarket.model.codes import SINK_ACCOUNTS, AccountKind, TransferCode
from ecomarket.model.command import Assess, Auction, Bound, Command, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerMu, Keyed, Share
from ecomarket.model.record import CASH
from ecomarket.model.reference import RightName, VenueName
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies._cover_sales import AgreedSale, Sales
from ecomarket.policies._land import Land
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.responsibility_indicator import cover_mu, own_indicator
from ecomarket.units import cash_floor, cash_per_lot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

TAG = "cover-indicator"


class CoverIndicatorParams(PolicyParams):
    """Duty kept, prices, care and what follows when cover that was sold is lost; by right."""

    rights: tuple[RightName, ...] = Field(default=("forest",), description="Cover indicators traded | 覆盖率指标品种")
    keep_share: Keyed[Share] = Field(
        default={"forest": Decimal("0.60")},
        description="Cover a seller keeps after the sale, share of its land | 出让后保留覆盖率",
    )
    floor_cny_mu: Keyed[CnyPerMu] = Field(
        default={"forest": Decimal(1000)}, description="Least indicator price, CNY a mu | 指标最低价，元/亩"
    )
    management_cny_mu: Keyed[CnyPerMu] = Field(
        default={"forest": Decimal(100)},
        description="Management fee the buyer pays, CNY a mu and year | 管护费，元/亩·年",
    )
    management_years: int = Field(default=15, ge=0, description="Years of management fees | 管护年限")
    shortage_cny_mu: Keyed[CnyPerMu] = Field(
        default={"forest": Decimal(300)},
        description="Charge for a mu below duty, CNY a mu and year | 未达标费，元/亩·年",
    )
    on_loss: Literal["replace", "refund"] = Field(
        default="replace", description="Seller whose sold cover is lost plants anew, or refunds pro rata | 灭失处理方式"
    )
    replace_cny_mu: CnyPerMu = Field(
        default=Decimal(2000), ge=0, description="Cost of planting anew, CNY a mu | 补植成本，元/亩"
    )
    plantable: tuple[RightName, ...] = Field(
        default=("forest",), description="Cover that a county can plant itself | 可自行营造的品种"
    )
    certify_month: int = Field(
        default=9, ge=1, le=12, description="Month of the yearly satellite survey | 卫星核查月份"
    )
    window_months: tuple[int, ...] = Field(
        default=(3, 6, 11), description="Months in which surplus is offered | 交易月份"
    )
    venue: VenueName = Field(default="cover-window", description="Where it is offered | 交易场所")
    planted_right: str = Field(
        default="greening", description="Certified increments that become forest | 可计入森林的绿化增量品种"
    )
    grown_years: int = Field(default=3, ge=0, description="Years until planted land is forest | 成林年限")
    hazard: str = Field(default="forest-hazard", description="Process that takes forest | 灾害过程")
    agreed: list[AgreedSale] = Field(default=[], description="Sales agreed in the scenario | 情景中约定的交易")


class CoverIndicator(Policy):
    """Survey cover each year, list what exceeds both duty and the share to be kept, auction it, see to its care.

    Columns of a county: `land_mu`, `<right>_mu` (area at the start), `<right>_duty` (share of its land). What a county
    may sell is max(0, area - max(duty, keep)); a buyer counts the mu it holds in assessment only. The price is at least
    the floor; the buyer pays the management fee each year. If the area no longer holds both what is kept and what was
    sold, the seller plants what is missing or, without the money for it, gives back the price of the sold mu that are
    missing for the years left, holders pro rata.
    """

    kind: ClassVar[str] = "cover-indicator"
    label_en: ClassVar[str] = "Forest- and grass-cover indicators"
    label_zh: ClassVar[str] = "森林覆盖率与草地植被覆盖度指标交易"
    reference: ClassVar[str] = (
        "渝府办发〔2018〕 (R44b: purchase of forest-area indicator; floor, care and 60 % from memory); "
        "青海深入推进生态文明制度创新实施方案 2023 (23); MARKETS.md 7.2"
    )
    rows: ClassVar[tuple[str, ...]] = ("G3",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = CoverIndicatorParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._land = Land(setting, params.planted_right, params.grown_years)
        self._sales = Sales(setting, params.agreed, params.management_years)
        self._area: dict[tuple[str, str], int] = {}
        """Surveyed area in mu, by right and county."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """List surplus at the start and after each survey, offer it in the windows, assess and collect in December."""
        del draws
        if moment is Moment.YEAR_END:
            return [c for right in self._rights() for c in self._close(view, right)]
        commands: list[Command] = []
        if moment is Moment.MONTH_END:
            self._land.strike(view.nature.get(self.params.hazard, {}))
        month = view.board.today.month
        for right in self._rights():
            if moment is Moment.RUN_START or month == self.params.certify_month:
                commands += self._survey(view, right, first=moment is Moment.RUN_START)
            if moment is Moment.MONTH_END and month in self.params.window_months:
                commands += self._offer(view, right)
        if moment is Moment.MONTH_END:
            commands += self._sales.begin(view, self.params.management_cny_mu)
        return commands

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterable[Command]:
        """Remember who bought at what price; say where the floor left lots unsold."""
        call = result.auction
        if call.tag != TAG:
            return
        for account, lots, price in result.fills:
            self._sales.remember(call.instrument, account, lots, price, view.year)
        if result.unsold_lots:
            yield Bound(Rule.PRICE_FLOOR, call.seller, call.instrument, result.unsold_lots)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the mu each county has to hold of others' cover, `need.<right>.<county>`."""
        return {
            f"need.{right}.{county.code}": float(max(0, required - own))
            for right in self._rights()
            for county, _, required, own, _ in self._assessed(view, right)
        }

    def _rights(self) -> tuple[str, ...]:
        return tuple(right for right in self.params.rights if right in self.setting.rights)

    def _counties(self, right: str) -> Iterator[tuple[Participant, Instrument, int]]:
        """Yield counties with land and the right's instrument: county, instrument, mu of land."""
        for county in self.setting.of_kind("county"):
            indicator = own_indicator(self.setting, right, county, 0)
            land = int(county.facts.get("land_mu", 0) or 0)
            if indicator is not None and land > 0 and f"{right}_mu" in county.facts:
                yield county, indicator, land

    def _kept(self, county: Participant, right: str, land: int) -> int:
        return cover_mu(land, max(self._duty(county, right), self.params.keep_share.get(right, Decimal(0))))

    @staticmethod
    def _duty(county: Participant, right: str) -> Decimal:
        return Decimal(str(county.facts.get(f"{right}_duty", 0) or 0))

    def _sold(self, view: PolicyView, indicator: Instrument, county: Participant) -> int:
        """Return the mu of a county's cover that others hold."""
        issued = -int(view.balances[AccountKind.ISSUANCE, indicator.index, 0])
        gone = sum(int(view.balances[sink, indicator.index, 0]) for sink in SINK_ACCOUNTS)
        return issued - gone - int(view.balances[county.account, indicator.index, 0])

    def _survey(self, view: PolicyView, right: str, *, first: bool) -> Iterator[Command]:
        for county, indicator, land in self._counties(right):
            area = self._land.area(view, county, right, indicator)
            sold, kept = self._sold(view, indicator, county), self._kept(county, right, land)
            missing = max(0, kept + sold - area) if sold else 0
            if missing and self._replaces(view, county, missing):
                area += missing
                yield from self._replace(view, county, indicator, missing)
            elif missing:
                yield from self._sales.refund(view, county, indicator, min(missing, sold))
                sold -= min(missing, sold)
            self._area[right, county.code] = area
            if not first:
                yield Fact(FactCode.COVER_AREA_MU, county.account, indicator.index, view.period, area)
            yield from self._list(view, county, indicator, max(0, area - kept - sold))
            held_back = max(0, area - cover_mu(land, self._duty(county, right))) - max(0, area - kept)
            if held_back:
                yield Bound(Rule.COVER_KEPT, county.account, indicator.index, held_back)

    def _list(self, view: PolicyView, county: Participant, indicator: Instrument, unsold: int) -> Iterator[Command]:
        """Bring what a county has to offer to what it may sell."""
        own = view.free(county.account, indicator.index)
        if unsold > own:
            world, code = AccountKind.ISSUANCE, TransferCode.ISSUE
            yield Transfer(world, county.account, indicator.index, unsold - own, code, view.year)
        elif unsold < own:
            sink, code = AccountKind.CANCELLED, TransferCode.CANCEL
            yield Transfer(county.account, sink, indicator.index, own - unsold, code, view.year)

    def _replaces(self, view: PolicyView, county: Participant, mu: int) -> bool:
        """Tell whether a seller plants anew what it has sold and lost: if that is the rule and the money is there."""
        return self.params.on_loss == "replace" and view.free(county.account, CASH) >= self._cost(mu)

    def _cost(self, mu: int) -> int:
        return mu * cash_per_lot(self.params.replace_cny_mu, "1")

    def _replace(self, view: PolicyView, county: Participant, indicator: Instrument, mu: int) -> Iterator[Command]:
        if self._cost(mu):
            code = TransferCode.INVESTMENT
            yield Transfer(county.account, AccountKind.WORLD, CASH, self._cost(mu), code, view.year)
        yield Fact(FactCode.LAND_GAINED_MU, county.account, indicator.index, view.period, mu)
        yield self._sales.told(county, indicator, mu, "replaced")

    def _offer(self, view: PolicyView, right: str) -> Iterator[Command]:
        floor = cash_floor(self.params.floor_cny_mu.get(right, Decimal(0)))
        short = {c.account for c, _, required, own, bought in self._assessed(view, right) if required > own + bought}
        for county, indicator, _ in self._counties(right):
            lots = view.free(county.account, indicator.index)
            invited = frozenset(short - {county.account})
            if lots > 0 and invited:
                yield Auction(self.params.venue, indicator.index, county.account, lots, floor, invited=invited, tag=TAG)

    def _assessed(self, view: PolicyView, right: str) -> Iterator[tuple[Participant, Instrument, int, int, int]]:
        """Yield county, instrument, mu required by its duty, mu of its own not sold, and mu it bought."""
        indicators = self.setting.listed(right)
        for county, own, land in self._counties(right):
            bought = sum(int(view.balances[county.account, i.index, 0]) for i in indicators if i.index != own.index)
            area = self._area.get((right, county.code), 0)
            yield county, own, cover_mu(land, self._duty(county, right)), area - self._sold(view, own, county), bought

    def _close(self, view: PolicyView, right: str) -> Iterator[Command]:
        fee = cash_floor(self.params.shortage_cny_mu.get(right, Decimal(0)))
        for county, indicator, required, own, bought in self._assessed(view, right):
            if required:
                met = min(required, max(0, own + bought))
                charge = (required - met) * fee
                yield Assess(Scheme.COVER, county.account, indicator.index, view.year, required, met, charge)
                if charge:
                    code = TransferCode.SHORTFALL_CHARGE
                    yield Transfer(county.account, AccountKind.PENALTY, CASH, charge, code, view.year, up_to=True)
        rate = cash_floor(self.params.management_cny_mu.get(right, Decimal(0)))
        yield from self._sales.collect(view, {i.index for i in self.setting.listed(right)}, rate)
