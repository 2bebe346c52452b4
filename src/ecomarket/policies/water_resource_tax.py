"""Water-resource tax (水资源税): by volume, dearer from under the ground, threefold above plan."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Command, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerCubicMetre, Keyed, Ratio
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._water import M3_A_LOT, column, drawing
from ecomarket.units import CASH_PER_YUAN, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView

USED: Final = FactCode.WATER_USED_1000M3
OTHER: Final = "other"


class WaterResourceTaxParams(PolicyParams):
    """Rates by source and class, and what is taken above plan."""

    surface_cny_m3: Keyed[CnyPerCubicMetre] = Field(
        default={OTHER: Decimal("0.1")}, description="Rate on surface water by class, CNY per m3 | 地表水税额"
    )
    ground_cny_m3: Keyed[CnyPerCubicMetre] = Field(
        default={OTHER: Decimal("0.2")}, description="Rate on ground water by class, CNY per m3 | 地下水税额"
    )
    over_plan_factor: Ratio = Field(default=Decimal(3), ge=1, description="Times the rate above plan | 超计划取水倍数")
    free_within_plan: tuple[str, ...] = Field(
        default=("irrigation", "ecology"), description="Classes taxed above plan only | 计划内免征的用户类别"
    )


class WaterResourceTax(Policy):
    """Tax each month's water: plan first, `over_plan_factor` times the rate on what the year takes beyond it.

    A plan is the column `plan_1000m3`, else `water_1000m3`; the column `ground_share` says which part comes from
    wells. A class without a rate pays that of `other`; the tax is rounded down, at most the cash there is.
    """

    kind: ClassVar[str] = "water-resource-tax"
    label_en: ClassVar[str] = "Water-resource tax"
    label_zh: ClassVar[str] = "水资源税"
    reference: ClassVar[str] = (
        "新疆实施方案 2022 (十七); 青海2020年度工作要点 58; 财税〔2024〕28号 (water-resource tax for all, memory); "
        "rates: MARKETS.md 5.2 rule 10 (memory)"
    )
    rows: ClassVar[tuple[str, ...]] = ("E2", "I2")
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = WaterResourceTaxParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Tax the month that ends."""
        del moment, draws
        till = Till(view, view.period)
        total, month = view.book.year(USED, view.year), view.book.month(USED, view.period)
        for user in drawing(self.setting):
            used, after = int(month[user.account]), int(total[user.account])
            if used:
                self._tax(view, till, user, used, after)
        return till.commands

    def due_cash(self, user: Participant, within: int, over: int) -> int:
        """Return the tax on lots within and above plan, in cash, rounded down once."""
        ground = column(user, "ground_share")
        rates = [rate.get(user.sector, rate.get(OTHER, Decimal(0))) for rate in self._rates()]
        blended = rates[0] * (1 - ground) + rates[1] * ground
        taxed = over * self.params.over_plan_factor
        if user.sector not in self.params.free_within_plan:
            taxed += within
        return floor_times(M3_A_LOT * CASH_PER_YUAN, blended * taxed)

    def _rates(self) -> tuple[Keyed[CnyPerCubicMetre], Keyed[CnyPerCubicMetre]]:
        return self.params.surface_cny_m3, self.params.ground_cny_m3

    def _tax(self, view: PolicyView, till: Till, user: Participant, used: int, after: int) -> None:
        plan = int(user.facts.get("plan_1000m3", 0) or user.facts["water_1000m3"])
        over = min(used, max(0, after - plan))
        till.pay(user.account, AccountKind.TREASURY, self.due_cash(user, used - over, over), TransferCode.TAX)
        if over:
            till.commands.append(Fact(FactCode.WATER_OVER_PLAN_1000M3, user.account, -1, view.period, over))
            till.commands.append(Bound(Rule.OVER_PLAN, user.account, -1, over))
