"""Water-taking licences (取水许可权有偿使用与交易): granted by rank, paid for, and only verified savings are sold."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Auction, Command, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerCubicMetre, Keyed, Ratio, Years
from ecomarket.model.reference import RightName, VenueName
from ecomarket.model.stated import FactCode
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._water import BARRED, allot_by_rank, cash_a_lot, drawing, floor_price, users_of
from ecomarket.rights.water_licence import LICENCE, SAVING
from ecomarket.rights.water_right import water_of
from ecomarket.units import DAY, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

TAG: Final = "licence-trade"
LAST_RANK: Final = 9


class LicenceTradeParams(PolicyParams):
    """Fees, the months of the hall, the floor, and what agriculture is paid for its risk."""

    right: RightName = Field(default="licence", description="Right that is granted and traded | 权利品种")
    paid_use_cny_m3: Keyed[CnyPerCubicMetre] = Field(
        default={}, description="Paid for a licence each year by class, CNY per m3; none given: 0 | 有偿使用费"
    )
    months: tuple[int, ...] = Field(
        default=(4, 11), description="Months at whose end savings are verified and offered | 核定与公开交易月份"
    )
    saving_capex_cny_m3: CnyPerCubicMetre = Field(
        default=Decimal("4.6"), ge=0, description="Cost for each m3 saved a year, CNY | 单位节水投资"
    )
    saving_life: Years = Field(default=Decimal(25), gt=0, description="Life of saving works, years | 节水工程寿命")
    extra_share: Ratio = Field(
        default=Decimal("0.3"), ge=0, description="More for renewal and compensation, share of cost | 更新与补偿加成"
    )
    risk_fee_cny_m3: CnyPerCubicMetre = Field(
        default=Decimal("0.02"), ge=0, description="Paid by others for water of irrigation, CNY per m3 | 农业风险补偿费"
    )
    venue: VenueName = Field(default="licence-hall", description="Where savings are offered | 交易场所")


class LicenceTrade(Policy):
    """Grant licences under the cap by rank, charge for them, turn verified savings into volumes that may be sold.

    In a month of trade each user's part of its verified savings (WATER_SAVED_1000M3) leaves its licence and is
    offered to users of the zone, at no less than (capex x (1 + `extra_share`) / life) for each m3 of each whole year
    left of the term. Who takes water from irrigation for other use pays the risk fee on it too. From the next January
    on the year's water follows the volume, in proportion to what the seller is given. Licences end with their term.
    """

    kind: ClassVar[str] = "licence-trade"
    label_en: ClassVar[str] = "Paid use and trade of water licences"
    label_zh: ClassVar[str] = "取水许可权有偿使用与交易"
    reference: ClassVar[str] = (
        "新疆实施方案 2022 (十五) (十八); 取水许可和水资源费征收管理条例 2006 art. 27; "
        "水权交易管理暂行办法 2016 art. 13-15 (saved volume, within the term); MARKETS.md 5.2 rules 2, 5, 7, 8"
    )
    rows: ClassVar[tuple[str, ...]] = ("E3", "E5")
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.YEAR_START, Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START})
    Params: ClassVar[type[PolicyParams]] = LicenceTradeParams

    def __init__(self, params: LicenceTradeParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._freed: dict[int, int] = {}
        """Lots set free by verified savings, by account."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Grant at the start, charge and hand over in January, verify and offer in the months of trade."""
        del draws
        if moment is Moment.RUN_START:
            return list(self._grant())
        if moment is Moment.YEAR_START:
            return [*self._charge(view), *self._follow(view), *self._end(view)]
        if view.board.today.month in self.params.months:
            return list(self._offer(view))
        return []

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterable[Command]:
        """Charge the risk fee where irrigation sold to another use."""
        call = result.auction
        if call.tag != TAG or self.setting.by_account[call.seller].sector != "irrigation":
            return []
        years = self.years_left(view, self.setting.instruments[call.instrument])
        till = Till(view, view.year)
        for account, lots, _ in result.fills:
            if self.setting.by_account[account].sector != "irrigation":
                fee = lots * years * cash_a_lot(self.params.risk_fee_cny_m3)
                till.pay(account, AccountKind.TREASURY, fee, TransferCode.RISK_FEE)
        return till.commands

    def years_left(self, view: PolicyView, instrument: Instrument) -> int:
        """Return how many whole years after this one a licence still holds."""
        ends = self.setting.start + timedelta(days=instrument.expires_t // DAY)
        return max(0, ends.year - view.year - 1)

    def _pair(self, zone: str) -> tuple[Instrument, Instrument] | None:
        found = {i.klass: i for i in self.setting.listed(self.params.right, zone=zone)}
        return (found[LICENCE], found[SAVING]) if found else None

    def _zones(self) -> list[str]:
        return sorted({i.zone for i in self.setting.listed(self.params.right)})

    def _grant(self) -> Iterator[Command]:
        for zone in self._zones():
            pair, region = self._pair(zone), self.setting.by_code.get(zone)
            users = users_of(self.setting, zone)
            needs = [int(u.facts["water_1000m3"]) for u in users]
            ranks = [int(u.facts.get("rank", LAST_RANK)) for u in users]
            cap = int(region.facts.get("cap_1000m3", 0)) if region else sum(needs)
            for user, lots in zip(users, allot_by_rank(cap, ranks, needs), strict=True):
                if pair and lots:
                    code = TransferCode.ALLOCATION
                    yield Transfer(AccountKind.ISSUANCE, user.account, pair[0].index, lots, code)

    def _charge(self, view: PolicyView) -> list[Command]:
        till = Till(view, view.year)
        for user in drawing(self.setting):
            pair = self._pair(str(user.facts["water_zone"]))
            price = cash_a_lot(self.params.paid_use_cny_m3.get(user.sector, Decimal(0)))
            if pair and price and self.params.in_force(view.board.today):
                lots = sum(_has(view, user, instrument) for instrument in pair)
                till.pay(user.account, AccountKind.TREASURY, lots * price, TransferCode.PAID_USE)
        return till.commands

    def _offer(self, view: PolicyView) -> Iterator[Command]:
        verified = view.book.year(FactCode.WATER_SAVED_1000M3, view.year)
        for user in drawing(self.setting):
            pair = self._pair(str(user.facts["water_zone"]))
            if pair is None or user.sector in BARRED or self.years_left(view, pair[1]) < 1:
                continue
            freed = self._freed.get(user.account, 0)
            more = min(int(verified[user.account]) - freed, view.free(user.account, pair[0].index))
            if more > 0:
                self._freed[user.account] = freed + more
                out, into = TransferCode.CONVERT_OUT, TransferCode.CONVERT_IN
                yield Transfer(user.account, AccountKind.CANCELLED, pair[0].index, more, out, view.year)
                yield Transfer(AccountKind.ISSUANCE, user.account, pair[1].index, more, into, view.year)
            offered = min(view.free(user.account, pair[1].index) + max(more, 0), self._freed.get(user.account, 0))
            if offered > 0:
                yield self._call(view, user, pair[1], offered)

    def _call(self, view: PolicyView, seller: Participant, saving: Instrument, lots: int) -> Auction:
        cost = floor_price(self.params.saving_capex_cny_m3, self.params.saving_life, self.params.extra_share)
        others = (u for u in users_of(self.setting, saving.zone) if u.sector not in BARRED and u != seller)
        return Auction(
            venue=self.params.venue,
            instrument=saving.index,
            seller=seller.account,
            lots=lots,
            reserve_price=cash_a_lot(cost * self.years_left(view, saving)),
            invited=frozenset(u.account for u in others),
            tag=TAG,
        )

    def _follow(self, view: PolicyView) -> Iterator[Command]:
        """Hand the year's water over from those who sold of their savings to those who bought."""
        for zone in self._zones():
            pair, users = self._pair(zone), users_of(self.setting, zone)
            water = water_of(self.setting, users[0], view.year) if users else None
            if pair is None or water is None:
                continue
            over = {u.account: _has(view, u, pair[1]) - self._freed.get(u.account, 0) for u in users}
            bought = {account: lots for account, lots in over.items() if lots > 0}
            for seller in (u for u in users if over[u.account] < 0):
                need, free = int(seller.facts["water_1000m3"]), view.free(seller.account, water.index)
                gone = mul_div_floor(-over[seller.account], min(free, need), need)
                for buyer, lots in bought.items():
                    part = mul_div_floor(gone, lots, sum(bought.values()))
                    if part:
                        code = TransferCode.SAVED_WATER
                        yield Transfer(seller.account, buyer, water.index, part, code, view.year, up_to=True)

    def _end(self, view: PolicyView) -> Iterator[Command]:
        for ended in (i for i in self.setting.listed(self.params.right) if i.expires_t <= view.board.t):
            for user in users_of(self.setting, ended.zone):
                if _has(view, user, ended):
                    sink, code = AccountKind.EXPIRED, TransferCode.EXPIRE
                    yield Transfer(user.account, sink, ended.index, _has(view, user, ended), code, up_to=True)


def _has(view: PolicyView, user: Participant, instrument: Instrument) -> int:
    return int(view.balances[user.account, instrument.index, 0])
