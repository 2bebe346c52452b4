"""River sections where the water of one county passes to the next: what is measured there, and its index."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.quantity import In, TonnesPerYear
from ecomarket.model.reference import ParticipantCode
from ecomarket.units import PPM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLLUTANTS: Final = ("cod", "nh3n", "tn", "tp")
"""Oxygen demand, ammonia nitrogen, total nitrogen, total phosphorus."""
MICROGRAMS: Final = 1000
"""Micrograms a milligram: concentrations are reported to 0.001 mg/L."""
MgPerLitre = Annotated[Decimal, In("mg/L")]


def _level(text: str) -> Any:
    """Return a default concentration or load; 0: not measured here."""
    return Field(default=Decimal(0), ge=0, description=text)


class SectionRow(BaseModel):
    """A section: who lies above and below, what the water usually carries, and the limits it is held to."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    section: str = Field(min_length=1, description="Code of the section | 断面代码")
    basin: str = Field(default="", description="Basin whose fund pays | 流域")
    upstream: ParticipantCode = Field(description="County above, answerable for the water | 上游县")
    downstream: ParticipantCode = Field(default="", description="County below; empty: the province stands in | 下游县")
    zones: str = Field(default="", description="Zones that drain here, parted by ';' | 汇水区域")
    above: str = Field(default="", description="Next sections upstream, parted by ';' | 上一级断面")
    cod_mg_l: MgPerLitre = _level("Usual oxygen demand | 化学需氧量常年浓度")
    nh3n_mg_l: MgPerLitre = _level("Usual ammonia nitrogen | 氨氮常年浓度")
    tn_mg_l: MgPerLitre = _level("Usual total nitrogen | 总氮常年浓度")
    tp_mg_l: MgPerLitre = _level("Usual total phosphorus | 总磷常年浓度")
    cod_limit_mg_l: MgPerLitre = _level("Limit or three years' mean of oxygen demand | 化学需氧量基准")
    nh3n_limit_mg_l: MgPerLitre = _level("Limit or three years' mean of ammonia nitrogen | 氨氮基准")
    tn_limit_mg_l: MgPerLitre = _level("Limit or three years' mean of total nitrogen | 总氮基准")
    tp_limit_mg_l: MgPerLitre = _level("Limit or three years' mean of total phosphorus | 总磷基准")
    cod_load_t: TonnesPerYear = _level("Oxygen demand from this reach a year | 本河段化学需氧量入河量")
    nh3n_load_t: TonnesPerYear = _level("Ammonia nitrogen from this reach a year | 本河段氨氮入河量")
    tp_load_t: TonnesPerYear = _level("Total phosphorus from this reach a year | 本河段总磷入河量")

    def usual(self, pollutant: str) -> Decimal:
        """Return the usual concentration in mg/L."""
        return Decimal(getattr(self, f"{pollutant}_mg_l"))

    def limit(self, pollutant: str) -> Decimal:
        """Return the concentration C_i0 that the index compares with, in mg/L; 0: not measured."""
        return Decimal(getattr(self, f"{pollutant}_limit_mg_l"))

    def load(self, pollutant: str) -> float:
        """Return what enters the river in this reach in a usual year, in tonnes; 0: not known."""
        return float(getattr(self, f"{pollutant}_load_t", 0))


def parts(text: str) -> tuple[str, ...]:
    """Split a cell at its semicolons.

    >>> parts("HS1; NC")
    ('HS1', 'NC')
    """
    return tuple(part.strip() for part in text.split(";") if part.strip())


def index_ppm(
    k0: Decimal, weights: Mapping[str, Decimal], measured_ug_l: Mapping[str, int], limits_mg_l: Mapping[str, Decimal]
) -> int:
    """Return P = k0 x sum(k_i C_i / C_i0) in parts per million, rounded down; exact rational arithmetic.

    Source: Xin'an agreement (MARKETS.md 7.3 [R45], formula from memory).

    >>> quarter = dict.fromkeys(("cod", "nh3n", "tn", "tp"), Decimal("0.25"))
    >>> limits = {"cod": Decimal(4), "nh3n": Decimal("0.5"), "tn": Decimal(1), "tp": Decimal("0.1")}
    >>> index_ppm(Decimal("0.85"), quarter, {"cod": 4000, "nh3n": 500, "tn": 1000, "tp": 100}, limits)
    850000
    """
    terms: Sequence[Fraction] = [
        Fraction(weight) * measured_ug_l[name] / (Fraction(limits_mg_l[name]) * MICROGRAMS)
        for name, weight in weights.items()
        if weight
    ]
    return int(Fraction(k0) * sum(terms, Fraction(0)) * PPM)
