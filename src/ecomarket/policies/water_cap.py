"""Caps on regional water use, and the trade between governments that moves them (区域用水总量控制与区域水权交易)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Auction, Bound, Command, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerCubicMetre, CubicMetresPerYear, Share
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode, VenueName
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._water import users_of
from ecomarket.rights.water_right import delivered_share, water_of
from ecomarket.units import CASH_PER_YUAN, PPM, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

TAG = "water-cap"
REGIONAL = TransferCode.REGIONAL_WATER
CUBIC_METRES_A_LOT = 1000


class RegionalAgreement(BaseModel):
    """Water that one government has sold to another for one to ten years."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    seller: ParticipantCode = Field(description="Government that sells | 出让方")
    buyer: ParticipantCode = Field(description="Government that buys | 受让方")
    m3_year: CubicMetresPerYear = Field(gt=0, description="Taken from the seller, m3 a year | 年转让水量")
    price_cny_m3: CnyPerCubicMetre = Field(ge=0, description="For each m3 at the seller, CNY | 水量单价")
    first_year: int = Field(ge=1900, le=2200, description="First year of the term | 起始年")
    years: int = Field(default=1, ge=1, le=10, description="Term, years | 期限，年")


class WaterCapParams(PolicyParams):
    """When governments trade, how much of a surplus is offered, at what floor; what they agreed beforehand."""

    window_months: tuple[int, ...] = Field(
        default=(3, 6, 8), description="Months at whose end governments trade | 区域水权交易月份"
    )
    offer_share: Share = Field(
        default=Decimal("0.5"), description="Part of a zone's unallocated water offered, share | 可出让比例"
    )
    reserve_price_cny_m3: CnyPerCubicMetre = Field(
        default=Decimal("0.20"), ge=0, description="Floor price, CNY per m3 at the seller | 出让底价，元/立方米"
    )
    venue: VenueName = Field(default="", description="Venue of the trade; empty: the right's own | 交易场所")
    agreements: list[RegionalAgreement] = Field(
        default=[], description="Agreements of one to ten years, a CSV table or a list | 区域水权转让协议"
    )


class WaterCap(Policy):
    """Keep each zone at its cap: new demand only by purchase from a zone with room, and the cap moves with the water.

    In a window the government of a zone with unallocated water offers part of it; governments of short zones that the
    water can reach bid. What is bought is used up in the seller's zone and issued anew in the buyer's, less the loss on
    the way; the seller's cap falls by the volume sold, the buyer's rises by what arrives. A trade holds for its year,
    an agreement for each year of its term: the seller's users are issued that much less, it is paid and carried out
    in January, and void for a year that is not paid or brings the seller too little under its cap. After the last day
    in force nothing is traded or assessed, but an agreement that has been carried out once runs to the end of its term.
    """

    kind: ClassVar[str] = "water-cap"
    label_en: ClassVar[str] = "Regional water cap and trade"
    label_zh: ClassVar[str] = "区域用水总量控制与区域水权交易"
    reference: ClassVar[str] = (
        "实行最严格水资源管理制度考核办法 国办发〔2013〕2号; "
        "水权交易管理暂行办法 2016 art. 3, 8-12; 青海2020年度工作要点 26, 58"
    )
    rows: ClassVar[tuple[str, ...]] = ("A4", "E2", "E3")
    moments: ClassVar[frozenset[Moment]] = frozenset(
        {Moment.RUN_START, Moment.YEAR_START, Moment.MONTH_END, Moment.YEAR_END}
    )
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.YEAR_END})
    lasting: ClassVar[bool] = True
    Params: ClassVar[type[PolicyParams]] = WaterCapParams

    def __init__(self, params: WaterCapParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._moved: dict[str, int] = {}
        self._running: set[int] = set()
        """Places in the list of the agreements that have been carried out."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Name the zones over their cap in January, hold the windows, assess the year in December."""
        del draws
        today = view.board.today
        if moment is Moment.RUN_START:
            if today in (self.setting.start, date(today.year, 1, 1)):
                self._announce(view.year)
            return ()
        in_force = self.params.in_force(today)
        if moment is Moment.YEAR_START:
            self._moved = {}
            return [*(self._over_cap(view) if in_force else ()), *self._keep_agreements(view)]
        if moment is Moment.YEAR_END:
            assessed = self._assess(view) if in_force else []
            self._announce(view.year + 1)
            return assessed
        return self._window(view) if view.board.today.month in self.params.window_months else ()

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterable[Command]:
        """Carry the water sold to its buyers, less the loss; take back what was not sold."""
        call = result.auction
        if call.tag != TAG:
            return []
        seller, sold = self.setting.by_account[call.seller], self.setting.instruments[call.instrument]
        commands: list[Command] = []
        for account, lots, _ in result.fills:
            commands += self._carry(view, seller, self.setting.by_account[account], sold, lots)
        if result.unsold_lots:
            code = TransferCode.CANCEL
            commands.append(
                Transfer(call.seller, AccountKind.CANCELLED, sold.index, result.unsold_lots, code, view.year)
            )
        return commands

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish each zone's cap (`water.cap.<zone>`) and the net volume bought this year (`water.moved.<zone>`)."""
        del view
        told: dict[str, float] = {}
        for region in self.setting.of_kind("region"):
            told[f"water.cap.{region.code}"] = float(self.cap(region))
            told[f"water.moved.{region.code}"] = float(self._moved.get(region.code, 0))
        return told

    def cap(self, region: Participant) -> int:
        """Return a zone's cap now, in lots of 1000 m3."""
        return int(region.facts.get("cap_1000m3", 0)) + self._moved.get(region.code, 0)

    def _announce(self, year: int) -> None:
        """Publish what agreements will take from sellers, so that January does not issue it to users."""
        self._moved = {}
        for place, made in enumerate(self.params.agreements):
            if self._binds(place, made, year):
                self._moved[made.seller] = self._moved.get(made.seller, 0) - int(made.m3_year // CUBIC_METRES_A_LOT)

    def _keep_agreements(self, view: PolicyView) -> list[Command]:
        commands: list[Command] = []
        spent: dict[int, int] = {}
        for place, made in enumerate(self.params.agreements):
            seller, buyer = self.setting.by_code[made.seller], self.setting.by_code[made.buyer]
            sold = water_of(self.setting, seller, view.year)
            lots = int(made.m3_year // CUBIC_METRES_A_LOT)
            cost = lots * int(made.price_cny_m3 * CUBIC_METRES_A_LOT * CASH_PER_YUAN)
            spent[buyer.account] = spent.get(buyer.account, 0) + cost
            if sold is None or not self._binds(place, made, view.year):
                continue
            if view.free(buyer.account, CASH) < spent[buyer.account] or lots > self._surplus(view, seller, sold):
                spent[buyer.account] -= cost
                commands.append(Bound(Rule.CAP, seller.account, sold.index, lots))
                continue
            self._running.add(place)
            commands.append(Transfer(buyer.account, seller.account, CASH, cost, REGIONAL, view.year))
            commands.append(
                Transfer(AccountKind.ISSUANCE, buyer.account, sold.index, lots, TransferCode.ISSUE, view.year)
            )
            commands += self._carry(view, seller, buyer, sold, lots)
        return commands

    def _binds(self, place: int, made: RegionalAgreement, year: int) -> bool:
        """Tell whether an agreement is to be carried out in a year."""
        january = max(date(year, 1, 1), self.setting.start)
        in_term = made.first_year <= year < made.first_year + made.years
        return in_term and (place in self._running or bool(self.params.in_force(january)))

    def _over_cap(self, view: PolicyView) -> list[Command]:
        commands: list[Command] = []
        for region, water in self._zones(view):
            over = self._needs(water) - self.cap(region)
            if over > 0:
                commands.append(Bound(Rule.CAP, region.account, water.index, over))
        return commands

    def _window(self, view: PolicyView) -> list[Command]:
        zones = self._zones(view)
        short = [(r, w) for r, w in zones if self._needs(w) > _issued(view, w) + min(self._moved.get(r.code, 0), 0)]
        commands: list[Command] = []
        for seller, water in zones:
            offered = mul_div_floor(self._surplus(view, seller, water), int(self.params.offer_share * PPM), PPM)
            buyers = frozenset(
                buyer.account
                for buyer, _ in short
                if buyer.code != seller.code and delivered_share(self.setting, seller.code, buyer.code) > 0
            )
            if offered > 0 and buyers:
                code = TransferCode.ISSUE
                commands.append(Transfer(AccountKind.ISSUANCE, seller.account, water.index, offered, code, view.year))
                commands.append(self._call(seller, water, offered, buyers))
        return commands

    def _call(self, seller: Participant, water: Instrument, lots: int, buyers: frozenset[int]) -> Auction:
        floor = int(self.params.reserve_price_cny_m3 * CUBIC_METRES_A_LOT * CASH_PER_YUAN)
        own = self.setting.venues[water.venue] if 0 <= water.venue < len(self.setting.venues) else ""
        return Auction(
            venue=self.params.venue or own,
            instrument=water.index,
            seller=seller.account,
            lots=lots,
            reserve_price=floor,
            invited=buyers,
            tag=TAG,
        )

    def _carry(
        self, view: PolicyView, seller: Participant, buyer: Participant, sold: Instrument, lots: int
    ) -> list[Command]:
        bought = water_of(self.setting, buyer, view.year)
        if bought is None:
            return []
        arrives = mul_div_floor(lots, delivered_share(self.setting, seller.code, buyer.code), PPM)
        self._moved[seller.code] = self._moved.get(seller.code, 0) - lots
        self._moved[buyer.code] = self._moved.get(buyer.code, 0) + arrives
        out, into, year = TransferCode.CONVERT_OUT, TransferCode.CONVERT_IN, view.year
        commands: list[Command] = [Transfer(buyer.account, AccountKind.CONSUMED, sold.index, lots, out, year)]
        if arrives:
            commands.append(Transfer(AccountKind.ISSUANCE, buyer.account, bought.index, arrives, into, year))
            commands.append(Bound(Rule.CAP, buyer.account, bought.index, arrives))
        if lots > arrives:
            loss = FactCode.WATER_LOSS_1000M3
            commands.append(Fact(loss, buyer.account, sold.index, view.period, lots - arrives))
        return commands

    def _assess(self, view: PolicyView) -> list[Command]:
        commands: list[Command] = []
        for region, water in self._zones(view):
            used = int(view.book.year(FactCode.WATER_USED_1000M3, view.year, water.index).sum())
            met = min(used, self.cap(region))
            commands.append(Assess(Scheme.WATER_CAP, region.account, water.index, view.year, used, met))
        return commands

    def _zones(self, view: PolicyView) -> list[tuple[Participant, Instrument]]:
        pairs = [(r, water_of(self.setting, r, view.year)) for r in self.setting.of_kind("region")]
        return [(region, water) for region, water in pairs if water is not None]

    def _needs(self, water: Instrument) -> int:
        return sum(int(u.facts["water_1000m3"]) for u in users_of(self.setting, water.zone))

    def _surplus(self, view: PolicyView, region: Participant, water: Instrument) -> int:
        """Return the lots of a zone's own water that nobody has: available, under its own cap, not issued."""
        moved = self._moved.get(region.code, 0)
        stated = int(view.book.year(FactCode.WATER_AVAILABLE_1000M3, view.year, water.index)[region.account])
        return max(0, min(stated, self.cap(region) - moved) - (_issued(view, water) - max(moved, 0)))


def _issued(view: PolicyView, water: Instrument) -> int:
    """Return the lots of a right that were issued and not cancelled."""
    issued = -int(view.balances[AccountKind.ISSUANCE, water.index, 0])
    return issued - int(view.balances[AccountKind.CANCELLED, water.index, 0])
