"""Pilots against the four frictions (度量难、抵押难、交易难、变现难): what assets cost their owners, less in pilots."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.reference import RightName
from ecomarket.policies._flows import Flows
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.frictions import friction
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class FrictionPilotParams(PolicyParams):
    """The four frictions, and how much of them is left in a pilot."""

    right: RightName = Field(description="Right whose owners meet the frictions | 适用的权利")
    flag: str = Field(default="friction-pilot", description="Flag of the pilots' zones | 试点区域标记")
    pilot_factor: Share = Field(
        default=Decimal("0.4"), description="Part of the frictions left in a pilot | 试点摩擦系数"
    )
    measure_cny: Cny = Field(
        default=Decimal(5), ge=0, description="Cost of measuring a lot issued, CNY | 每手度量成本，元"
    )
    pledge: Share = Field(default=Decimal("0.3"), description="Part of a pledge's loan that is not lent | 质押折扣")
    trade_cny: Cny = Field(default=Decimal(2), ge=0, description="Cost of trading a lot, CNY | 每手交易成本，元")
    realise: Share = Field(
        default=Decimal("0.05"), description="Part of a sale's value lost in realising | 变现损失比例"
    )


class FrictionPilot(Policy):
    """Charge counties at month end for the lots they were issued and those they sold; pilots pay `pilot_factor` of it.

    Measure: `measure_cny` a lot that came in. Trade: `trade_cny` a lot that left. Realise: `realise` x the value of
    what left, at its day's close. All are rounded down and paid outside (WORLD), as far as there is cash. Pledge:
    policy `pledge-loan` lends that much less. Lots are looked at before and after each sitting.
    """

    kind: ClassVar[str] = "friction-pilot"
    rows: ClassVar[tuple[str, ...]] = ("H6",)
    label_en: ClassVar[str] = "Pilots against the four frictions"
    label_zh: ClassVar[str] = "破解“四难”试点"
    reference: ClassVar[str] = "青海深入推进生态文明制度创新实施方案 2023 (22) (pilots); sizes: assumption"
    moments: ClassVar[frozenset[Moment]] = frozenset(
        {Moment.RUN_START, Moment.MONTH_START, Moment.BEFORE_SESSION, Moment.AFTER_SESSION, Moment.MONTH_END}
    )
    Params: ClassVar[type[PolicyParams]] = FrictionPilotParams

    def __init__(self, params: FrictionPilotParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._counties = setting.of_kind("county")
        owned = [i.index for i in setting.listed(params.right)]
        self._flows = Flows([c.account for c in self._counties], owned)

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Look; at month end charge."""
        del draws
        till, p = Till(view, view.period), self.params
        self._flows.look(view)
        for county in self._counties if moment is Moment.MONTH_END else ():
            gained, lost, value = self._flows.take(county.account)
            left = friction(self.setting, county, view.board.today)
            cost = gained * cash_floor(p.measure_cny) + lost * cash_floor(p.trade_cny) + floor_times(value, p.realise)
            till.pay(county.account, AccountKind.WORLD, floor_times(cost, left), TransferCode.FRICTION_COST)
        return till.commands
