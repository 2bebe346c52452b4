"""Hazards of forest and grass (火灾、干旱、病虫害): which share of a county's sink area is lost."""

from __future__ import annotations

from decimal import Decimal
from math import log1p
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.quantity import Share, Years
from ecomarket.nature.process import Process, ProcessParams
from ecomarket.public.counties import guarded_share

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant

MONTHS: Final = {"fire": (3, 4, 5), "drought": (7, 8), "pest": (6, 7)}
"""Months in which each hazard strikes."""


class ForestHazardParams(ProcessParams):
    """How often a hazard strikes a county in a year, and which share of the area a strike takes on average."""

    fire_chance: Share = Field(default=Decimal("0.05"), description="Chance of a fire, a year | 每年发生火灾的概率")
    fire_loss: Share = Field(
        default=Decimal("0.04"), description="Mean share of area lost in a fire | 火灾平均损失比例"
    )
    drought_chance: Share = Field(default=Decimal("0.20"), description="Chance of a drought, a year | 每年干旱的概率")
    drought_loss: Share = Field(
        default=Decimal("0.10"), description="Mean share of young plants lost in a drought | 干旱造成的幼林平均损失比例"
    )
    young_years: Years = Field(
        default=Decimal(5), ge=0, description="Age until which plants die of drought, years | 幼林期，年"
    )
    pest_chance: Share = Field(default=Decimal("0.10"), description="Chance of a pest, a year | 每年病虫害的概率")
    pest_loss: Share = Field(
        default=Decimal("0.02"), description="Mean share of area lost to a pest | 病虫害平均损失比例"
    )


class ForestHazard(Process):
    """Share of a county's sink area that fire, drought and pests take in a month.

    Each hazard strikes a county at most once a year, in one of its months; the loss is exponential, at most the whole.
    The defaults give 0.2 % a year for fire, 2 % for drought while young, 0.2 % for pests. Guards on duty (policy
    eco-guards) avert a part of each loss.
    """

    kind: ClassVar[str] = "forest-hazard"
    label_en: ClassVar[str] = "Hazards of forest and grass"
    label_zh: ClassVar[str] = "林草灾害"
    reference: ClassVar[str] = "森林防火条例 2008 (fire season); MARKETS.md 4.2 (hazards a year, model)"
    rows: ClassVar[tuple[str, ...]] = ("D1",)
    Params: ClassVar[type[ProcessParams]] = ForestHazardParams

    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return the share of the living area lost this month, by county."""
        return {c.code: self._lost(c, month, draws) for c in self.setting.of_kind("county")}

    def _lost(self, county: Participant, month: date, draws: Draws) -> float:
        kept = 1.0
        for hazard, months in MONTHS.items():
            if month.month in months:
                kept *= 1.0 - self._strike(county, hazard, month, draws)
        return (1.0 - kept) * (1.0 - guarded_share(self.setting, county, month))

    def _strike(self, county: Participant, hazard: str, month: date, draws: Draws) -> float:
        age = month.year - float(county.facts.get("planted_year", month.year))
        if hazard == "drought" and age >= float(self.params.young_years):
            return 0.0
        happens, when, size = (float(u) for u in draws.uniform(key(county.code), hazard, month.year, [0, 1, 2]))
        months = MONTHS[hazard]
        if happens >= float(getattr(self.params, f"{hazard}_chance")) or months[int(when * len(months))] != month.month:
            return 0.0
        return min(1.0, -log1p(-size) * float(getattr(self.params, f"{hazard}_loss")))
