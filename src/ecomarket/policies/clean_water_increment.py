"""Clean-water-increment responsibility (清水增量责任): water cleaner than its target, sold downstream in the basin."""

from __future__ import annotations

from decimal import Decimal
from math import exp
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTonne, Keyed, Ratio
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.policies._increment import IncrementDuty, IncrementParams, column
from ecomarket.rights.responsibility_indicator import increment_kg, own_indicator
from ecomarket.units import cash_per_lot, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting
    from ecomarket.policies.policy import PolicyParams

MONTHS: Final = 12
_LOT: Final = "0.001"
_DIGITS: Final = Decimal("0.000001")
"""Concentrations are read to a nanogram a litre, so that floats leave no trace."""


class CleanWaterIncrementParams(IncrementParams):
    """Pollutants by right, what a missing tonne costs, and how samples scatter."""

    certify_month: int = Field(
        default=10, ge=1, le=11, description="Month at whose end increments are certified | 核定月份"
    )
    pollutants: Keyed[str] = Field(
        default={"clean-cod": "cod", "clean-nh3n": "nh3n"}, description="Pollutant of each right | 各品种对应污染物"
    )
    fee_cny_t: Keyed[CnyPerTonne] = Field(
        default={"clean-cod": Decimal(10_000), "clean-nh3n": Decimal(40_000)},
        description="Non-delivery fee, CNY a tonne | 未完成责任费，元/吨",
    )
    flow: str = Field(default="inflow", description="Process that gives the monthly flow over its mean | 来水过程")
    sample_sd: Ratio = Field(
        default=Decimal("0.10"), ge=0, description="Spread of monthly samples, log | 月度监测值对数标准差"
    )


class CleanWaterIncrement(IncrementDuty):
    """Sample each county's section every month and count I = sum max(0, C_target - C) x Q, less its duty, once a year.

    Columns, pollutant cod for one: `cod_mg_l` (usual concentration), `cod_target_mg_l`, `cod_duty_t` a year and
    `flow_1000m3` a year at the section; what the county has treated (fact POLLUTANT_TREATED_KG) lowers the load. The
    year runs to the month of certification; in a first year that is shorter the duty counts by months. Indicators of a
    county serve those downstream of it in its basin (the right sees to that), in their year.
    """

    kind: ClassVar[str] = "clean-water-increment"
    label_en: ClassVar[str] = "Clean-water-increment responsibility"
    label_zh: ClassVar[str] = "清水增量责任"
    reference: ClassVar[str] = "青海深入推进生态文明制度创新实施方案 2023 (23); formula: model (MARKETS.md 7.2)"
    rows: ClassVar[tuple[str, ...]] = ("G2",)
    Params: ClassVar[type[PolicyParams]] = CleanWaterIncrementParams
    scheme: ClassVar[Scheme] = Scheme.CLEAN_WATER_INCREMENT

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._kg: dict[tuple[str, str], int] = {}
        self._months = 0

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Sample at each month's end before anything else; certified months are not counted again."""
        if moment is Moment.MONTH_END:
            self._months += 1
            for right in self.rights_counted():
                for county in self.setting.of_kind("county"):
                    if column(county, f"{self.params.pollutants[right]}_target_mg_l"):
                        place = right, county.code
                        self._kg[place] = self._kg.get(place, 0) + self._sample(county, right, view, draws)
        done = [*super().on(moment, view, draws)]
        if moment is Moment.MONTH_END and view.board.today.month == self.params.certify_month:
            self._kg, self._months = {}, 0
        return done

    def rights_counted(self) -> tuple[str, ...]:
        """Return the rights that the scenario has, one a pollutant."""
        return tuple(right for right in self.params.pollutants if right in self.setting.rights)

    def duty_lots(self, county: Participant, right: str) -> int:
        """Return the kilograms a county owes for the months sampled since the last certification."""
        tonnes = column(county, f"{self.params.pollutants[right]}_duty_t")
        return int(tonnes * 1000) * min(self._months, MONTHS) // MONTHS

    def certified_lots(self, county: Participant, right: str, view: PolicyView) -> int:
        """Return the kilograms of increment since the last certification."""
        del view
        return self._kg.get((right, county.code), 0)

    def fee_cash(self, right: str) -> int:
        """Return the fee of a missing kilogram in cash."""
        return cash_per_lot(self.params.fee_cny_t.get(right, Decimal(0)), _LOT)

    def _sample(self, county: Participant, right: str, view: PolicyView, draws: Draws) -> int:
        """Return the month's increment at a county's section in kg."""
        pollutant, sd = self.params.pollutants[right], float(self.params.sample_sd)
        luck = float(draws.normal(key(county.code), f"section-sample-{pollutant}", view.period)) if sd else 0.0
        scatter = Decimal(exp(sd * luck - sd * sd / 2.0)).quantize(_DIGITS)
        usual = column(county, f"{pollutant}_mg_l") * scatter
        water = view.nature.get(self.params.flow, {})
        part = Decimal(water.get(county.code, water.get(county.zone, 1.0))).quantize(_DIGITS)
        flow = floor_times(int(column(county, "flow_1000m3")), part) // MONTHS
        earned = own_indicator(self.setting, right, county, view.year)
        treated = view.book.month(FactCode.POLLUTANT_TREATED_KG, view.period, earned.index if earned else -1)
        target = column(county, f"{pollutant}_target_mg_l")
        return increment_kg(target, usual, flow, int(treated[county.account]))
