"""Tiered water prices with sewage and waste fees (阶梯水价、污水垃圾收费、农业水价改革): bills, and the answer."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Command
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, CnyPerCubicMetre, Keyed, Ratio, Share, unsound
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._water import cash_a_lot, column, drawing
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

USED: Final = FactCode.WATER_USED_1000M3


class TariffRow(BaseModel):
    """One price step of one class of users."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    sector: str = Field(min_length=1, description="Class of users | 用户类别")
    up_to: Ratio | None = Field(default=None, gt=0, description="Step ends at so many quotas; empty: never | 分档上限")
    price_cny_m3: CnyPerCubicMetre = Field(ge=0, description="Price of the step, CNY per m3 | 档内水价，元/立方米")


class WaterTariffParams(PolicyParams):
    """Price steps, fees on what flows back, and how users answer."""

    steps: list[TariffRow] = Field(default=[], description="Price steps, a CSV table or a list | 阶梯水价表")
    base_cny_m3: Keyed[CnyPerCubicMetre] = Field(
        default={}, description="Price at which the need was measured, by class; none: the first step's | 基准水价"
    )
    elasticity: Keyed[Ratio] = Field(
        default={}, description="Price elasticity of need by class; none given: 0 | 需水价格弹性"
    )
    sewage_cny_m3: Keyed[CnyPerCubicMetre] = Field(
        default={}, description="Sewage fee by class, CNY per m3 of sewage | 污水处理费，元/立方米"
    )
    return_share: Share = Field(default=Decimal("0.8"), description="Part of water used that is sewage | 污水排放系数")
    waste_cny_household_month: Cny = Field(
        default=Decimal(0), ge=0, description="Waste fee a household and month, CNY | 垃圾处理费，元/户·月"
    )

    @model_validator(mode="after")
    def _rising(self) -> WaterTariffParams:
        for sector in {row.sector for row in self.steps}:
            ends = [row.up_to for row in self.steps if row.sector == sector]
            closed = [end for end in ends if end is not None]
            if ends[-1] is not None or len(closed) < len(ends) - 1 or closed != sorted(set(closed)):
                raise unsound(
                    f"steps of {sector}: `up_to` must rise, and the last step has none",
                    f"{sector} 的阶梯：`up_to` 须逐级上升，最后一级不填",
                )
        return self


class WaterTariff(Policy):
    """Bill the month's water by the year's steps, charge sewage and waste, publish how need answers the price.

    A quota is the column `quota_1000m3`, else `water_1000m3`. Bills go to the zone's water authority, without one out
    of the run; fees go to the treasury; nobody pays more than it has. Classes without steps pay nothing.
    """

    kind: ClassVar[str] = "water-tariff"
    label_en: ClassVar[str] = "Tiered water prices and fees"
    label_zh: ClassVar[str] = "阶梯水价与污水垃圾收费"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (28) (55); 新疆实施方案 2022 (十三); "
        "发改价格〔2013〕2676号 (household steps, memory); 国办发〔2016〕2号 (agricultural prices, memory); "
        "发改价格〔2015〕119号 (sewage fee, memory)"
    )
    rows: ClassVar[tuple[str, ...]] = ("E6", "I1")
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.MONTH_START, Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = WaterTariffParams

    def __init__(self, params: WaterTariffParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._steps: dict[str, list[TariffRow]] = {}
        for row in params.steps:
            self._steps.setdefault(row.sector, []).append(row)

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Bill at month end; on other days only the answer is published."""
        del draws
        if moment is not Moment.MONTH_END:
            return []
        till = Till(view, view.period)
        total, month = view.book.year(USED, view.year), view.book.month(USED, view.period)
        for user in self._users():
            before = int(total[user.account] - month[user.account])
            self._bill(till, user, before, int(total[user.account]))
            self._charge(till, user, int(month[user.account]))
        return till.commands

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish `water.answer.<user>`, the part of its need that a user still wants at these prices."""
        del view
        told: dict[str, float] = {}
        for user in self._users():
            elasticity = float(self.params.elasticity.get(user.sector, 0))
            if elasticity > 0.0:
                told[f"water.answer.{user.code}"] = self._answer(user, elasticity)
        return told

    def price_cash(self, user: Participant, lots: int) -> int:
        """Return what a year's water costs a user in cash, rounded down; a step may end within a lot."""
        cost, below = Decimal(0), Decimal(0)
        for row, end in self._bounds(user):
            upper = Decimal(lots) if end is None else min(Decimal(lots), end)
            cost += max(Decimal(0), upper - below) * cash_a_lot(row.price_cny_m3)
            below = max(below, upper)
        return int(cost)

    def _users(self) -> list[Participant]:
        return [u for u in drawing(self.setting) if u.sector in self._steps or u.sector in self.params.sewage_cny_m3]

    def _bounds(self, user: Participant) -> list[tuple[TariffRow, Decimal | None]]:
        quota = Decimal(str(user.facts.get("quota_1000m3", 0) or user.facts["water_1000m3"]))
        steps = self._steps.get(user.sector, [])
        return [(row, None if row.up_to is None else quota * row.up_to) for row in steps]

    def _bill(self, till: Till, user: Participant, before: int, after: int) -> None:
        due = self.price_cash(user, after) - self.price_cash(user, before)
        region = self.setting.by_code.get(str(user.facts["water_zone"]))
        till.pay(user.account, region.account if region else AccountKind.WORLD, due, TransferCode.WATER_TARIFF)
        first = int(next((end for _, end in self._bounds(user) if end is not None), after))
        dearer = max(0, after - max(before, first))
        if dearer:
            till.commands.append(Bound(Rule.TARIFF_STEP, user.account, -1, dearer))

    def _charge(self, till: Till, user: Participant, used: int) -> None:
        fee = cash_a_lot(self.params.sewage_cny_m3.get(user.sector, Decimal(0)))
        due = floor_times(used * fee, self.params.return_share)
        waste = cash_floor(self.params.waste_cny_household_month * column(user, "households"))
        till.pay(user.account, AccountKind.TREASURY, due + waste, TransferCode.SEWAGE_FEE)

    def _answer(self, user: Participant, elasticity: float) -> float:
        need = float(user.facts["water_1000m3"])
        bounds = self._bounds(user)
        if not bounds:
            return 1.0
        base = float(self.params.base_cny_m3.get(user.sector, bounds[0][0].price_cny_m3))
        steps = [(float(row.price_cny_m3), None if end is None else float(end)) for row, end in bounds]
        return block_demand(need, base, elasticity, steps) / need


def block_demand(need: float, base: float, elasticity: float, steps: Sequence[tuple[float, float | None]]) -> float:
    """Return what is wanted a year under rising steps of (price, end): need x (price / base)^-elasticity in its step.

    Where one step wants more than it holds and the next less, the end of the step is wanted; at most the need.

    >>> block_demand(100.0, 1.0, 0.5, [(1.0, 60.0), (4.0, None)])
    60.0
    """
    wanted, below = need, 0.0
    for price, end in steps:
        ratio = price / base if base > 0.0 else 1.0
        wanted = max(below, min(need, need * ratio**-elasticity if ratio > 0.0 else need))
        if end is None or wanted <= end:
            return wanted
        below = end
    return wanted
