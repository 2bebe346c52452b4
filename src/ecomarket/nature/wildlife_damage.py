"""Damage by wild animals (野生动物致害): bears, wolves and the herds they meet, by county and month."""

from __future__ import annotations

from decimal import Decimal
from math import exp, log1p
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.quantity import Cny, Ratio
from ecomarket.nature.process import Process, ProcessParams

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.chance import Draws

MONTHS_A_YEAR: Final = 12
SEASON: Final = tuple(Decimal(percent) / 100 for percent in (30, 30, 60, 100, 150, 170, 170, 160, 140, 100, 60, 30))
CASES_MAX: Final = 10_000


class WildlifeDamageParams(ProcessParams):
    """Size of a case, and its season."""

    case_cny: Cny = Field(default=Decimal(3_000), ge=0, description="Mean damage of a case, CNY | 平均每起损失，元")
    season: tuple[Ratio, ...] = Field(
        default=SEASON,
        min_length=12,
        max_length=12,
        description="Cases of each month over the year's mean, January first | 各月案件系数",
    )


class WildlifeDamage(Process):
    """Damage of a county's month in CNY: Poisson cases (`wildlife_cases` a year x season) of exponential size."""

    kind: ClassVar[str] = "wildlife-damage"
    label_en: ClassVar[str] = "Damage by wild animals"
    label_zh: ClassVar[str] = "野生动物致害"
    reference: ClassVar[str] = "野生动物保护法 2022 art. 19 (memory); number, size and season: assumption"
    Params: ClassVar[type[ProcessParams]] = WildlifeDamageParams

    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return the month's damage by county, in CNY; counties without cases are left out."""
        total = float(sum(self.params.season))
        season = float(self.params.season[month.month - 1]) * MONTHS_A_YEAR / total
        now = month.year * MONTHS_A_YEAR + month.month
        found: dict[str, float] = {}
        for county in self.setting.of_kind("county"):
            mean = float(county.facts.get("wildlife_cases", 0)) / MONTHS_A_YEAR * season
            cases = _poisson(mean, float(draws.uniform(key(county.code), "wildlife-cases", now)))
            if cases:
                luck = draws.uniform(key(county.code), "wildlife-size", now, range(cases))
                found[county.code] = sum(-log1p(-float(u)) for u in luck) * float(self.params.case_cny)
        return found


def _poisson(mean: float, u: float) -> int:
    """Return the Poisson number at a uniform draw, by inversion.

    >>> [_poisson(1.0, u) for u in (0.3, 0.5, 0.99)]
    [0, 1, 4]
    """
    count, chance = 0, exp(-mean)
    below = chance
    while u >= below and count < CASES_MAX and chance > 0.0:
        count += 1
        chance *= mean / count
        below += chance
    return count
