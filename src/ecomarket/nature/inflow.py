"""Inflow (来水): wet and dry years by basin, the season, the weather of a month, and what forecasters make of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import exp, log, sqrt
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.quantity import Ratio, Share, Yearly
from ecomarket.nature.process import Process, ProcessParams
from ecomarket.rights._water import users_of
from ecomarket.rights.water_right import available_1000m3

if TYPE_CHECKING:
    from ecomarket.chance import Draws
    from ecomarket.model.entities import Zone
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR = 12
MEMORY_YEARS = 12
"""Shocks older than this no longer count: at a coefficient of 0.6 what is left of them is below 0.3 %."""
SEASON = tuple(Decimal(percent) / 100 for percent in (2, 2, 3, 6, 10, 13, 18, 17, 14, 8, 4, 3))


class InflowParams(ProcessParams):
    """Spread and memory of yearly inflow, its season, and the error of forecasters."""

    sd_year: Ratio = Field(
        default=Decimal("0.25"), ge=0, description="Standard deviation of the log of yearly inflow | 年来水对数标准差"
    )
    ar: Ratio = Field(default=Decimal("0.3"), gt=-1, lt=1, description="Correlation from year to year | 年际自相关系数")
    sd_month: Ratio = Field(
        default=Decimal("0.20"),
        ge=0,
        description="Standard deviation of the log of a month's weather | 月来水对数标准差",
    )
    sd_forecast: Ratio = Field(
        default=Decimal("0.05"),
        ge=0,
        description="Standard deviation of the forecasters' own error, log | 预报误差对数标准差",
    )
    season: tuple[Share, ...] = Field(
        default=SEASON,
        min_length=12,
        max_length=12,
        description="Share of each month in a year's inflow | 各月来水占比",
    )
    factor: Yearly[Ratio] = Field(
        default=Yearly.of(Decimal(1)),
        description="Times the inflow of a year, for a drought that nobody foresees | 年来水倍数（设定旱涝）",
    )


class Inflow(Process):
    """Monthly inflow of each water zone against its mean: the basin's year, the season, the month's weather.

    The log of the year's factor is an AR(1) of mean -sd^2/2, so a factor is 1 on average. Value of a month: inflow
    over a twelfth of the mean yearly inflow. Forecasters know these parameters but for `factor`, see the past months
    and err by `sd_forecast`.
    """

    kind: ClassVar[str] = "inflow"
    label_en: ClassVar[str] = "Inflow"
    label_zh: ClassVar[str] = "来水"
    reference: ClassVar[str] = (
        "青海省水资源公报 2021 (mean, season); MARKETS.md 5.1 (four flood months over half the flow)"
    )
    Params: ClassVar[type[ProcessParams]] = InflowParams

    def __init__(self, params: InflowParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._zones = [z for z in setting.zones.values() if z.level == "water-zone"]
        total = float(sum(params.season))
        self._season = tuple(float(s) / total for s in params.season)
        self._published: tuple[int, int, dict[str, float]] = (-1, -1, {})

    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return the month's inflow over a twelfth of the yearly mean, by water zone."""
        return {zone.code: self._ratio(zone, month, draws) for zone in self._zones}

    def notices(self, day: date, draws: Draws) -> dict[str, float]:
        """Return `inflow.expected.<zone>` (year over mean) and `water.share.<zone>` (of the full allocation)."""
        period = day.year * 100 + day.month
        if self._published[:2] != (draws.seed, period):
            self._published = (draws.seed, period, self._forecast(day, draws))
        return self._published[2]

    def _ratio(self, zone: Zone, month: date, draws: Draws) -> float:
        season = self._season[month.month - 1] * MONTHS_A_YEAR
        set_by_scenario = float(self.params.factor.at(month.year))
        year = exp(self._log_year(zone.main_basin, month.year, draws)) * set_by_scenario
        return season * year * self._weather(zone.code, month, draws)

    def _log_year(self, basin: str, year: int, draws: Draws) -> float:
        ar, sd = float(self.params.ar), float(self.params.sd_year)
        shocks = draws.normal(key(basin), "inflow-year", [year - back for back in range(MEMORY_YEARS)])
        memory = sum(ar**back * float(e) for back, e in enumerate(shocks))
        return sd * sqrt(1.0 - ar * ar) * memory - sd * sd / 2.0

    def _weather(self, zone: str, month: date, draws: Draws) -> float:
        sd = float(self.params.sd_month)
        z = float(draws.normal(key(zone), "inflow-month", month.year * MONTHS_A_YEAR + month.month))
        return exp(sd * z - sd * sd / 2.0)

    def _forecast(self, day: date, draws: Draws) -> dict[str, float]:
        told: dict[str, float] = {}
        for zone in self._zones:
            expected = self.expected_ratio(zone.code, day, draws)
            told[f"inflow.expected.{zone.code}"] = expected
            told[f"water.share.{zone.code}"] = self._share(zone.code, expected)
        return told

    def expected_ratio(self, zone: str, day: date, draws: Draws) -> float:
        """Return what forecasters expect of the year's inflow over its mean, before the month of `day` is over.

        The log of the year's factor has a normal prior (last year known); each past month is one observation of it with
        the weather's variance, so the posterior is normal too (conjugate updating).
        """
        sd, ar, sd_month = float(self.params.sd_year), float(self.params.ar), float(self.params.sd_month)
        basin = self.setting.zones[zone].main_basin
        mean = ar * (self._log_year(basin, day.year - 1, draws) + sd * sd / 2.0) - sd * sd / 2.0
        variance = sd * sd * (1.0 - ar * ar)
        seen, left = 0.0, 1.0
        for month in range(1, day.month):
            flow = self._ratio(self.setting.zones[zone], date(day.year, month, 1), draws) / MONTHS_A_YEAR
            seen += flow
            left -= self._season[month - 1]
            if sd_month > 0.0 and variance > 0.0:
                observed = log(flow / self._season[month - 1]) + sd_month**2 / 2.0
                mean = (mean * sd_month**2 + observed * variance) / (sd_month**2 + variance)
                variance = variance * sd_month**2 / (sd_month**2 + variance)
        error = float(self.params.sd_forecast) * float(
            draws.normal(key(zone), "inflow-forecast", day.year * MONTHS_A_YEAR + day.month)
        )
        return seen + left * exp(mean + variance / 2.0 + error)

    def _share(self, zone: str, expected: float) -> float:
        region = self.setting.by_code.get(zone)
        need = sum(int(u.facts["water_1000m3"]) for u in users_of(self.setting, zone))
        if region is None or need == 0:
            return 1.0
        mean = float(region.facts["mean_inflow_1000m3"])
        available = available_1000m3(
            expected * mean, mean, float(region.facts["eco_share"]), float(region.facts["engineering_share"])
        )
        return min(1.0, min(available, int(region.facts["cap_1000m3"])) / need)
