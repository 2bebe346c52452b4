"""Carbon sinks (林草碳汇): credits for carbon stored by forest and grass, and how the stock grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import exp
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument
from ecomarket.model.quantity import Quantity
from ecomarket.rights.right import Right, RightParams
from ecomarket.units import DAY

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant

KEY = "sink"
"""The key of county sinks in a scenario."""
NATIONAL_KEY = "ccer"
"""The key of national credits in a scenario."""
FOREST, GRASS, NATIONAL = "forest", "grass", "national"
_NAMES: Final = {
    FOREST: ("Forest sink", "林业碳汇"),
    GRASS: ("Grassland sink", "草原碳汇"),
    NATIONAL: ("National voluntary reduction", "核证自愿减排量"),
}


MARKETS: Final = {
    FOREST: frozenset({"compliance", "voluntary", "counterpart", "restoration"}),
    GRASS: frozenset({"voluntary", "counterpart", "restoration"}),
    NATIONAL: frozenset({"compliance", "voluntary"}),
}
"""Where the credits of a class count (MARKETS.md 4.1): the published methodologies know no grassland."""


@dataclass(frozen=True, slots=True)
class GrowthCurve:
    """CO2 stock of one mu of age t years: S(t) = stock_max (1 - exp(-rate t))^shape, in tonnes."""

    klass: str
    stock_max_t_mu: float
    rate_per_year: float
    shape: float


CURVES: Final = {
    "tree": GrowthCurve(FOREST, 12.0, 0.05, 2.0),
    "shrub": GrowthCurve(FOREST, 4.0, 0.09, 1.5),
    "closing": GrowthCurve(FOREST, 6.0, 0.04, 1.8),
    "black_soil": GrowthCurve(GRASS, 3.0, 0.10, 1.2),
    "rest_grazing": GrowthCurve(GRASS, 1.5, 0.06, 1.0),
}
"""Measures by the name of their column `<name>_mu`; figures of MARKETS.md 4.2, mature trees set on Qinghai spruce."""


def stock_t_per_mu(kind: str, age_years: float) -> float:
    """Return the CO2 stock of one mu of a measure at an age, in tonnes; 0 before planting.

    >>> round(stock_t_per_mu("tree", 21) - stock_t_per_mu("tree", 20), 2)
    0.28
    """
    curve = CURVES[kind]
    return float(curve.stock_max_t_mu * (1.0 - exp(-curve.rate_per_year * max(age_years, 0.0))) ** curve.shape)


def growth_t_per_mu(kind: str, age_years: float) -> float:
    """Return what one mu of a measure stores in its year number `age_years` (from that age to the next), in tonnes."""
    return stock_t_per_mu(kind, age_years + 1.0) - stock_t_per_mu(kind, age_years)


def measures_of(klass: str) -> tuple[str, ...]:
    """Return the measures whose growth earns credits of a class.

    >>> measures_of("grass")
    ('black_soil', 'rest_grazing')
    """
    return tuple(name for name, curve in CURVES.items() if curve.klass == klass)


def growth_t(participant: Participant, klass: str, year: int) -> float:
    """Return the CO2 that a county's measures of a class store in a year if nothing is lost, in tonnes."""
    age = year - float(participant.facts.get("planted_year", year))
    return sum(float(participant.facts.get(f"{m}_mu", 0)) * growth_t_per_mu(m, age) for m in measures_of(klass))


def stock_t(participant: Participant, klass: str, year: int) -> float:
    """Return the CO2 stock of a county's measures of a class at the end of a year if nothing is lost, in tonnes."""
    age = year + 1 - float(participant.facts.get("planted_year", year + 1))
    return sum(float(participant.facts.get(f"{m}_mu", 0)) * stock_t_per_mu(m, age) for m in measures_of(klass))


def is_compliance_eligible(instrument: Instrument) -> bool:
    """Tell whether a covered enterprise may set a credit against its emissions.

    Forest yes, grass no (`MARKETS`).
    """
    return instrument.kind == CarbonSink.kind and "compliance" in MARKETS[instrument.klass]


class CarbonSinkParams(RightParams):
    """Whether the key names national credits, and from which year of growth on county sinks are listed."""

    national: bool = Field(
        default=False, description="One credit of the national registry, without class or year | 全国自愿减排量"
    )
    back_years: int = Field(
        default=1,
        ge=0,
        description="Years of growth before the start that are listed, years | 起始年前挂牌的增长年数，年",
    )


class CarbonSink(Right):
    """County sinks by class and year of growth; national credits as one instrument."""

    kind: ClassVar[str] = "carbon-sink"
    lot: ClassVar[Quantity | None] = Quantity(Decimal(1), "t")
    label_en: ClassVar[str] = "Forest and grass carbon sink"
    label_zh: ClassVar[str] = "林草碳汇"
    reference: ClassVar[str] = (
        "温室气体自愿减排交易管理办法(试行) 2023; 造林碳汇 CCER-14-001-V01; "
        "青海深入推进生态文明制度创新实施方案 2023 (66) (67)"
    )
    rows: ClassVar[tuple[str, ...]] = ("D1", "D2")
    Params: ClassVar[type[CarbonSinkParams]] = CarbonSinkParams

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return one instrument a class and year of growth; one alone for national credits."""
        if self.params.national or self.key == NATIONAL_KEY:
            return [self._instrument(NATIONAL, 0, start)]
        years = range(start.year - self.params.back_years, end.year + 1)
        return [self._instrument(klass, year, start) for klass in (FOREST, GRASS) for year in years]

    def _instrument(self, klass: str, year: int, start: date) -> Instrument:
        name_en, name_zh = _NAMES[klass]
        return Instrument(
            index=-1,
            code=".".join((self.key.upper(), klass, *([str(year)] if year else []))),
            right=self.key,
            kind=self.kind,
            name_en=f"{name_en} {year}" if year else name_en,
            name_zh=f"{name_zh}{year}年" if year else name_zh,
            unit="t",
            lot=self.lot_text,
            klass=klass,
            vintage=year,
            starts_t=(date(year, 1, 1) - start).days * DAY if year else 0,
        )

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let counties hold (a window opens their sale), provinces buy, covered enterprises buy what offsets."""
        if participant.kind == "outside":
            own = participant.code == f"OUT.{self.key.upper()}"
            return Eligible.ALL if own else Eligible.NOTHING
        if participant.kind == "intermediary":
            trades = self.key in str(participant.facts.get("rights", "")).split(";")
            return Eligible.ALL if trades else Eligible.NOTHING
        covered = participant.kind == "enterprise" and int(participant.facts.get("carbon_from", 0)) > 0
        if covered:
            return Eligible.BUY | Eligible.HOLD if is_compliance_eligible(instrument) else Eligible.NOTHING
        if instrument.klass == NATIONAL:
            return Eligible.NOTHING
        if participant.kind == "county":
            return Eligible.HOLD
        return Eligible.BUY | Eligible.HOLD if participant.kind == "support-province" else Eligible.NOTHING
