"""Ecological index of counties (生态环境状况指数): its yearly change, and rare pollution accidents."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.quantity import Ratio, Share
from ecomarket.nature.process import Process, ProcessParams

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.chance import Draws

MONTHS_A_YEAR: Final = 12
ACCIDENT: Final = "accident"


class EcologyIndexParams(ProcessParams):
    """Trend and spread of the yearly change, and how rare accidents are."""

    trend: Ratio = Field(default=Decimal("0.05"), description="Mean change a year, points | 年均变化，分")
    sd: Ratio = Field(
        default=Decimal("0.8"), ge=0, description="Spread of a year's change, points | 年度变化标准差，分"
    )
    accident_chance: Share = Field(
        default=Decimal("0.005"), description="Chance of a major pollution accident, a year | 每年重大污染事件概率"
    )


class EcologyIndex(Process):
    """Change of the index in a county's year, in points, normal; and 1 in the month of an accident.

    Values are named `<county>`, and `<county>.accident` where there is one. With the defaults 11.7 % of counties gain
    a point or more a year and 9.5 % lose one: between the shares of 2015 (13.09 and 6.64 %) and 2018 (9.54 and
    11.37 %). A county's `ei_trend` replaces the common trend.
    """

    kind: ClassVar[str] = "ecology-index"
    label_en: ClassVar[str] = "Ecological index of counties"
    label_zh: ClassVar[str] = "县域生态环境状况指数"
    reference: ClassVar[str] = (
        "国家重点生态功能区县域生态环境质量监测评价 (shares: MARKETS.md 7.4 [R48a]); spread: model"
    )
    Params: ClassVar[type[ProcessParams]] = EcologyIndexParams

    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return the year's change of each county in points, and who has an accident this month."""
        counties = self.setting.of_kind("county")
        who = [key(county.code) for county in counties]
        luck = draws.normal(who, "ecology-index", month.year)
        bad = draws.uniform(who, "ecology-accident", month.year * MONTHS_A_YEAR + month.month)
        chance = float(self.params.accident_chance) / MONTHS_A_YEAR
        found: dict[str, float] = {}
        for row, county in enumerate(counties):
            trend = float(county.facts.get("ei_trend", self.params.trend))
            found[county.code] = trend + float(self.params.sd) * float(luck[row])
            if float(bad[row]) < chance:
                found[f"{county.code}.{ACCIDENT}"] = 1.0
        return found
