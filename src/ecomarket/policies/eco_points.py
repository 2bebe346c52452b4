"""Eco-points (生态积分): gained for what was done for nature, good for a discount on what is paid to the state."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field, model_validator

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Keyed, Ratio, unsound
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

DEEDS: Final = {
    "abated-kg": FactCode.ABATEMENT_T_MILLI,
    "abated-co2": FactCode.ABATEMENT_CO2_T,
    "greened-mu": FactCode.GREENED_MU,
    "treated-kg": FactCode.POLLUTANT_TREATED_KG,
    "restored-mu": FactCode.RESTORED_MU,
}
"""What earns points, by its name in a scenario."""
POINTS: Final = {"abated-kg": Decimal("0.01"), "abated-co2": Decimal("0.1"), "greened-mu": Decimal(1)}


class EcoPointsParams(PolicyParams):
    """What earns points, what they are worth, and how many count."""

    points: Keyed[Ratio] = Field(default=POINTS, description="Points a unit of each deed | 各类行为单位积分")
    point_cny: Cny = Field(default=Decimal(1), ge=0, description="Discount for a point, CNY | 每分优惠额，元")
    points_max: int = Field(default=10_000, ge=0, description="Most points used a year | 年度可用积分上限")
    budget_cny: Cny = Field(default=Decimal(1_000_000), ge=0, description="Most paid a year, all, CNY | 年度预算，元")

    @model_validator(mode="after")
    def _known(self) -> EcoPointsParams:
        if unknown := set(self.points) - set(DEEDS):
            deed, options = min(unknown), ", ".join(DEEDS)
            raise unsound(
                f"points: unknown deed {deed}; options are {options}", f"points：未知行为 {deed}；可选：{options}"
            )
        return self


class EcoPoints(Policy):
    """Count points at year end for what each participant stated, and give the discount they are good for.

    Points = sum over deeds of stated amount x points a unit, rounded down; negative amounts give none. They are
    added to the account of points (notice `eco_points.<code>`); up to `points_max` are used at once and taken off.
    The treasury pays them as a discount, in order of account until the budget ends (BUDGET_SHORT binds by the cash
    missing; points whose discount was not paid in full are kept).
    """

    kind: ClassVar[str] = "eco-points"
    rows: ClassVar[tuple[str, ...]] = ("H7",)
    label_en: ClassVar[str] = "Eco-points"
    label_zh: ClassVar[str] = "生态积分"
    reference: ClassVar[str] = "新疆建立健全生态产品价值实现机制实施方案 2022 (十七); points and worth: assumption"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = EcoPointsParams

    def __init__(self, params: EcoPointsParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._account: dict[str, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Credit the year's points and use them."""
        del moment, draws
        till, worth, missing = Till(view, view.year), cash_floor(self.params.point_cny), 0
        left = cash_floor(self.params.budget_cny)
        done = {deed: view.book.year(DEEDS[deed], view.year) for deed in self.params.points}
        for who in self.setting.participants:
            gained = sum(
                floor_times(max(int(done[deed][who.account]), 0), rate) for deed, rate in self.params.points.items()
            )
            points = self._account.get(who.code, 0) + gained
            used = min(points, self.params.points_max)
            paid = used if not worth else min(used, left // worth)
            missing += (used - paid) * worth
            left -= till.pay(AccountKind.TREASURY, who.account, paid * worth, TransferCode.POINTS_DISCOUNT)
            if points:
                self._account[who.code] = points - paid
            if gained:
                till.commands.append(Fact(FactCode.ECO_POINTS, who.account, -1, view.year, gained))
        if missing:
            till.commands.append(Bound(Rule.BUDGET_SHORT, -1, -1, missing))
        return till.commands

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the accounts of points."""
        del view
        return {f"eco_points.{code}": float(points) for code, points in self._account.items()}
