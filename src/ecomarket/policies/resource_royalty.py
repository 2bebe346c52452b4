"""Royalties on other resources (出让收益): rights are granted at the start, their sales pay rate x sales."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import In, Keyed, Share
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.resource_right import ResourceRight
from ecomarket.units import PPM, cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS = 12
CnyPerYear = Annotated[Decimal, In("CNY/year")]


class ResourceRoyaltyParams(PolicyParams):
    """Rates, sales and profit by right."""

    rate: Keyed[Share] = Field(default={}, description="Royalty over sales, by right | 出让收益率")
    sales_cny_year: Keyed[CnyPerYear] = Field(
        default={}, description="Sales a unit of the right and year, CNY | 每单位权利年销售收入，元"
    )
    profit_share: Keyed[Share] = Field(
        default={}, description="Part of sales left after other costs; none given: 0.3 | 销售利润率"
    )
    activity: str = Field(default="activity", description="Process that gives the monthly output | 产量过程")


class ResourceRoyalty(Policy):
    """Grant the rights of the column `<right>_units`, let holders sell each month, take the royalty in December.

    Sales of a month = units held x yearly sales / 12 x the month's activity, whoever holds the units then; royalty =
    rate x sales of the year, rounded down. Rights whose term is over expire. Off unless the scenario names it.
    """

    kind: ClassVar[str] = "resource-royalty"
    label_en: ClassVar[str] = "Royalty on other resources"
    label_zh: ClassVar[str] = "其他自然资源出让收益"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (40) (salt-lake by-products by revenue rate); "
        "财综〔2023〕10号 (royalty over sales, memory); 新疆实施方案 2022 (十五)"
    )
    rows: ClassVar[tuple[str, ...]] = ("A7",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = ResourceRoyaltyParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._traded = [i for i in setting.instruments if i.kind == ResourceRight.kind]

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Grant at the start, sell at month's end, collect at year's end."""
        del draws
        if moment is Moment.RUN_START:
            return self._grant()
        return self._collect(view) if moment is Moment.YEAR_END else self._sell(view)

    def _grant(self) -> Iterator[Command]:
        for right in dict.fromkeys(i.right for i in self._traded):
            for party in self.setting.participants:
                units = int(party.facts.get(f"{right}_units", 0) or 0)
                place = self._place(party, right)
                if units > 0 and place is not None:
                    world, code = AccountKind.ISSUANCE, TransferCode.ALLOCATION
                    yield Transfer(world, party.account, place.index, units, code)

    def _place(self, party: Participant, right: str) -> Instrument | None:
        zone = self.setting.zones.get(party.zone)
        around = ("", party.zone, *((zone.parent, *zone.basins) if zone else ()))
        return next((i for i in self.setting.listed(right) if i.zone in around), None)

    def _sell(self, view: PolicyView) -> Iterator[Command]:
        active = view.nature.get(self.params.activity, {})
        for place in self._traded:
            yearly = cash_floor(self.params.sales_cny_year.get(place.right, Decimal(0)))
            over = 0 <= place.expires_t <= view.board.t
            for party in self.setting.participants:
                units = int(view.balances[party.account, place.index, 0])
                if units <= 0:
                    continue
                if over:
                    sink, code = AccountKind.EXPIRED, TransferCode.EXPIRE
                    yield Transfer(party.account, sink, place.index, units, code, view.year, up_to=True)
                elif yearly:
                    output = int(active.get(party.code, 1.0) * PPM)
                    sales = mul_div_floor(units * yearly, output, PPM * MONTHS)
                    yield Fact(FactCode.SALES_CASH, party.account, place.index, view.period, sales)
                    kept = floor_times(sales, self.params.profit_share.get(place.right, Decimal("0.3")))
                    if kept:
                        code = TransferCode.INCOME
                        yield Transfer(AccountKind.WORLD, party.account, CASH, kept, code, view.period)

    def _collect(self, view: PolicyView) -> Iterator[Command]:
        for place in self._traded:
            rate = self.params.rate.get(place.right, Decimal(0))
            sold = view.book.year(FactCode.SALES_CASH, view.year, place.index)
            for party in self.setting.participants:
                royalty = floor_times(int(sold[party.account]), rate)
                if royalty:
                    code = TransferCode.ROYALTY
                    yield Transfer(party.account, AccountKind.TREASURY, CASH, royalty, code, view.year, up_to=True)
