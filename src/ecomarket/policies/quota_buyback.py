"""Buy-back of unused irrigation water (灌溉结余水量回购): what is left is worth more than its price."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerCubicMetre, Ratio, Share
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._water import cash_a_lot, users_of
from ecomarket.rights.water_right import water_of
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView


class QuotaBuybackParams(PolicyParams):
    """When, at what price, how much."""

    month: int = Field(default=10, ge=1, le=12, description="Month at whose end it buys | 回购月份")
    price_cny_m3: CnyPerCubicMetre = Field(
        default=Decimal("0.10"), ge=0, description="Agricultural water price, CNY per m3 | 农业水价，元/立方米"
    )
    factor: Ratio = Field(
        default=Decimal("1.2"), ge=Decimal("1.1"), le=Decimal("1.5"), description="Times that price | 回购价倍数"
    )
    share_max: Share = Field(
        default=Decimal("0.2"), description="Most of a user's base-year need that is bought | 回购上限比例"
    )
    keep: bool = Field(
        default=False, description="The authority keeps the water for sale; else it stays in the river | 留作转让"
    )


class QuotaBuyback(Policy):
    """Once a year, after the season, each zone's authority buys what its irrigation users have left of the year.

    Pays `factor` x water price a lot, in order of account until its cash is out; the price is rounded down, lots are
    whole. What is bought stays in the river (cancelled), or goes to the authority, which may sell it on.
    """

    kind: ClassVar[str] = "quota-buyback"
    label_en: ClassVar[str] = "Buy-back of unused irrigation water"
    label_zh: ClassVar[str] = "灌溉结余水量回购"
    reference: ClassVar[str] = (
        "水权交易管理暂行办法 2016 art. 20 (irrigation users; buy-back by the district); "
        "国办发〔2016〕2号 (reward for saving, memory); MARKETS.md 5.2 rule 6 (1.1 to 1.5 x: model)"
    )
    rows: ClassVar[tuple[str, ...]] = ("E6",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = QuotaBuybackParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Buy at the end of the month named."""
        del moment, draws
        if view.board.today.month != self.params.month:
            return []
        return [c for region in self.setting.of_kind("region") for c in self._buy(view, region)]

    def price_cash(self) -> int:
        """Return the price of a lot in cash, rounded down."""
        return cash_a_lot(self.params.price_cny_m3 * self.params.factor)

    def _buy(self, view: PolicyView, region: Participant) -> Iterator[Command]:
        water, till, price = water_of(self.setting, region, view.year), Till(view, view.year), self.price_cash()
        if water is None or price == 0:
            return
        code, target = TransferCode.QUOTA_BUYBACK, region.account if self.params.keep else AccountKind.CANCELLED
        for user in users_of(self.setting, water.zone):
            if user.sector != "irrigation":
                continue
            most = floor_times(int(user.facts["water_1000m3"]), self.params.share_max)
            lots = min(view.free(user.account, water.index), most, till.free(region.account) // price)
            if lots > 0:
                till.pay(region.account, user.account, lots * price, code)
                yield till.commands[-1]
                yield Transfer(user.account, target, water.index, lots, code, view.year)
