"""Off-site development parks (异地开发园区): who may not build invests elsewhere, and shares profit and risk."""

from __future__ import annotations

from decimal import Decimal
from math import exp
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.chance import key
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Ratio, Share
from ecomarket.model.reference import ParticipantCode
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class ParkRow(BaseModel):
    """A park: who invests, who hosts, what it takes in and costs a year, and how both are shared."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    name: str = Field(min_length=1, description="Name of the park | 园区名称")
    upstream: ParticipantCode = Field(description="County that invests from upstream | 上游投资县")
    host: ParticipantCode = Field(description="County where the park stands | 园区所在地")
    opens: int = Field(default=0, description="First year at work | 投运年份")
    capital_cny: Cny = Field(default=Decimal(0), ge=0, description="Paid to the host at the opening | 上游出资")
    revenue_cny: Cny = Field(ge=0, description="Mean revenue a year | 年均收入")
    cost_cny: Cny = Field(ge=0, description="Cost a year | 年成本")
    revenue_share: Share = Field(description="Upstream's part of a profit | 收益分成比例")
    risk_share: Share = Field(description="Upstream's part of a loss | 风险分担比例")


class DevelopmentParkParams(PolicyParams):
    """The parks, and how uncertain their revenue is."""

    parks: list[ParkRow] = Field(default=[], description="Parks, a CSV table or a list | 园区表")
    sd: Ratio = Field(default=Decimal("0.2"), ge=0, description="Spread of a year's revenue, log | 收入年度波动，对数")


class DevelopmentPark(Policy):
    """Settle each park at year end: the host takes in and pays out, the county upstream gets or bears its share.

    Revenue is its mean x a lognormal factor of mean 1, drawn by park and year. Of a profit the county upstream gets
    `revenue_share`, of a loss it bears `risk_share`, rounded down; what one pays the other receives.
    """

    kind: ClassVar[str] = "development-park"
    rows: ClassVar[tuple[str, ...]] = ("G5",)
    label_en: ClassVar[str] = "Off-site development parks"
    label_zh: ClassVar[str] = "异地开发园区"
    reference: ClassVar[str] = "新疆建立健全生态产品价值实现机制实施方案 2022 (十二); MARKETS.md G5 (shares: model)"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = DevelopmentParkParams

    def __init__(self, params: DevelopmentParkParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._open: set[str] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Open parks in January, share their results on 31 December."""
        till = Till(view, view.year)
        for row in self.params.parks:
            if moment is Moment.YEAR_START and row.opens <= view.year and row.name not in self._open:
                self._open.add(row.name)
                self._pay(till, row.upstream, row.host, cash_floor(row.capital_cny))
            if moment is Moment.YEAR_END and row.name in self._open:
                self._share(till, row, self.revenue_cash(row, view.year, draws))
        return till.commands

    def revenue_cash(self, row: ParkRow, year: int, draws: Draws) -> int:
        """Return a park's revenue of a year in cash units, rounded to a millionth of its mean and down."""
        sd = float(self.params.sd)
        factor = exp(sd * float(draws.normal(key(row.name), "park-revenue", year)) - sd * sd / 2.0)
        return floor_times(cash_floor(row.revenue_cny), Decimal(f"{factor:.6f}"))

    def _share(self, till: Till, row: ParkRow, revenue: int) -> None:
        host = self.setting.by_code[row.host].account
        till.pay(AccountKind.WORLD, host, revenue, TransferCode.INCOME)
        spent = till.pay(host, AccountKind.WORLD, cash_floor(row.cost_cny), TransferCode.OPERATING_COST)
        if revenue >= spent:
            self._pay(till, row.host, row.upstream, floor_times(revenue - spent, row.revenue_share))
        else:
            self._pay(till, row.upstream, row.host, floor_times(spent - revenue, row.risk_share))

    def _pay(self, till: Till, debit: str, credit: str, amount: int) -> None:
        giver, taker = (self.setting.by_code[code].account for code in (debit, credit))
        till.pay(giver, taker, amount, TransferCode.PARK_SHARE)
