"""Renewable output (可再生能源出力): season of a technology, weather of a region, curtailment."""

from __future__ import annotations

from decimal import Decimal
from math import exp
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.quantity import Ratio
from ecomarket.nature.process import Process, ProcessParams

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.setting import Setting

PREFECTURE_DIGITS = 4
SEASONS: Final = {
    "pv": (0.86, 0.92, 1.08, 1.14, 1.14, 1.06, 1.02, 1.02, 0.98, 1.00, 0.92, 0.86),
    "csp": (0.78, 0.86, 1.02, 1.12, 1.20, 1.18, 1.12, 1.10, 1.02, 0.98, 0.84, 0.78),
    "wind": (0.98, 1.04, 1.22, 1.26, 1.16, 0.96, 0.84, 0.80, 0.84, 0.90, 0.98, 1.02),
    "hydro": (0.62, 0.62, 0.70, 0.84, 1.06, 1.26, 1.42, 1.40, 1.34, 1.16, 0.88, 0.70),
}
"""Output of a month over the yearly mean, by technology: each row has mean 1 (shapes: MARKETS.md 5.1, 6; model)."""


class RenewableOutputParams(ProcessParams):
    """Weather and the season of curtailment."""

    sd_region: Ratio = Field(
        default=Decimal("0.06"),
        ge=0,
        description="Standard deviation of the log of regional weather | 区域天气对数标准差",
    )
    sd_plant: Ratio = Field(
        default=Decimal("0.03"),
        ge=0,
        description="Standard deviation of the log of a plant's own luck | 电站自身对数标准差",
    )
    curtailment_spring: Ratio = Field(
        default=Decimal("1.5"),
        ge=0,
        description="Curtailment from March to May over its yearly mean | 3—5月弃电率相对年均",
    )


class RenewableOutput(Process):
    """Monthly capacity factor of each plant over its yearly mean, after curtailment.

    Value of a month: season x exp(weather of prefecture and technology + own luck) x (1 - curtailment). Generation is
    capacity x hours of the month x capacity factor x this value.
    """

    kind: ClassVar[str] = "renewable-output"
    label_en: ClassVar[str] = "Renewable output"
    label_zh: ClassVar[str] = "可再生能源出力"
    reference: ClassVar[str] = (
        "全国新能源消纳监测预警中心 monthly curtailment (method); MARKETS.md 6 (capacity factors)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F4",)
    Params: ClassVar[type[ProcessParams]] = RenewableOutputParams

    def __init__(self, params: RenewableOutputParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._plants = [p for p in setting.participants if "tech" in p.facts]

    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return the month's output over the plant's mean, by plant."""
        return {p.code: self._ratio(p, month, draws) for p in self._plants}

    def _ratio(self, plant: Participant, month: date, draws: Draws) -> float:
        tech = str(plant.facts["tech"]).removesuffix("-old")
        when = month.year * 12 + month.month
        place = key(f"{plant.zone[:PREFECTURE_DIGITS]} {tech}")
        shock = _shock(float(self.params.sd_region), float(draws.normal(place, "output-region", when)))
        shock += _shock(float(self.params.sd_plant), float(draws.normal(key(plant.code), "output-plant", when)))
        curtailed = min(1.0, float(plant.facts.get("curtailment", 0.0)) * self._curtailment_season(month.month))
        return SEASONS[tech][month.month - 1] * exp(shock) * (1.0 - curtailed)

    def _curtailment_season(self, month: int) -> float:
        spring = float(self.params.curtailment_spring)
        return spring if month in (3, 4, 5) else max(0.0, (12.0 - 3.0 * spring) / 9.0)


def _shock(sd: float, z: float) -> float:
    return sd * z - sd * sd / 2.0
