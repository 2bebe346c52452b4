"""Water quality at river sections (断面水质): season, weather, and what was emitted and treated upstream."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import exp
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field, field_validator

from ecomarket.chance import key
from ecomarket.model.quantity import Ratio, Share, unsound
from ecomarket.model.stated import FactCode
from ecomarket.nature.process import Process, ProcessParams
from ecomarket.public.sections import POLLUTANTS, SectionRow, parts

if TYPE_CHECKING:
    from ecomarket.chance import Draws
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR: Final = 12
KILOGRAMS: Final = 1000
TREATED: Final = {
    "cod": FactCode.TREATED_COD_KG,
    "nh3n": FactCode.TREATED_NH3N_KG,
    "tp": FactCode.TREATED_TP_KG,
}
"""What counties state that they kept out of the river, by pollutant."""
SEASON: Final = tuple(Decimal(percent) / 100 for percent in (115, 120, 120, 115, 105, 90, 80, 80, 80, 85, 100, 110))


class WaterQualityParams(ProcessParams):
    """Sections, season and spread of concentrations, and how much of a load the river carries to the next section."""

    sections: list[SectionRow] = Field(default=[], description="Sections, a CSV table or a list | 断面表")
    season: tuple[Ratio, ...] = Field(
        default=SEASON,
        min_length=12,
        max_length=12,
        description="Concentration of each month over the year's mean, January first | 各月浓度系数",
    )
    sd_basin: Ratio = Field(
        default=Decimal("0.10"), ge=0, description="Spread of a basin's month, log | 流域月度波动，对数"
    )
    sd_section: Ratio = Field(
        default=Decimal("0.08"), ge=0, description="Spread of a section's own month, log | 断面月度波动，对数"
    )
    pass_share: Share = Field(
        default=Decimal("0.7"), description="Load that still arrives at the next section | 污染物到达下一断面的比例"
    )
    floor_share: Share = Field(
        default=Decimal("0.2"), description="Least load over the usual, what nobody can treat | 最低入河比例"
    )

    @field_validator("sections")
    @classmethod
    def _from_the_source_down(cls, sections: list[SectionRow]) -> list[SectionRow]:
        seen: set[str] = set()
        for row in sections:
            if unknown := [code for code in parts(row.above) if code not in seen]:
                raise unsound(
                    f"section {row.section}: {unknown[0]} must stand above it in the table",
                    f"断面 {row.section}：{unknown[0]} 须在表中排在它的上方",
                )
            seen.add(row.section)
        return sections


class WaterQuality(Process):
    """Concentration of each pollutant at each section in mg/L: usual level x season x weather x load over usual load.

    The load of a reach is its yearly load, more or less what the firms that drain into it emitted last month against
    their usual emission, less what its counties treated; `pass_share` of the load of the sections above is added.
    What a zone emits is divided among the sections it drains to by their loads. What is emitted in a month is
    found in the next one's samples. Values are named `<section>.<pollutant>`.
    """

    kind: ClassVar[str] = "water-quality"
    label_en: ClassVar[str] = "Water quality at river sections"
    label_zh: ClassVar[str] = "河流断面水质"
    reference: ClassVar[str] = "GB 3838-2002 (pollutants and classes); season, spread and travel: model"
    Params: ClassVar[type[ProcessParams]] = WaterQualityParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._zones = {row.section: self._drained(row) for row in params.sections}
        total = float(sum(params.season))
        self._season = tuple(float(s) * MONTHS_A_YEAR / total for s in params.season)

    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return the concentration of the month in mg/L, named `<section>.<pollutant>`."""
        found: dict[str, float] = {}
        for pollutant in POLLUTANTS:
            ratios = self._load_ratios(pollutant, month)
            for row in self.params.sections:
                if usual := float(row.usual(pollutant)):
                    weather = self._weather(row, pollutant, month, draws)
                    found[f"{row.section}.{pollutant}"] = usual * weather * ratios[row.section]
        return found

    def _weather(self, row: SectionRow, pollutant: str, month: date, draws: Draws) -> float:
        now = month.year * MONTHS_A_YEAR + month.month
        basin, own = float(self.params.sd_basin), float(self.params.sd_section)
        shared = float(draws.normal(key(row.basin), "quality-basin", now))
        alone = float(draws.normal(key(f"{row.section}.{pollutant}"), "quality-section", now))
        return self._season[month.month - 1] * exp(basin * shared + own * alone - (basin**2 + own**2) / 2.0)

    def _load_ratios(self, pollutant: str, month: date) -> dict[str, float]:
        """Return each section's load over its usual load; 1 where the load of its reach is not known."""
        change = self._changes(pollutant, month)
        passed = float(self.params.pass_share)
        usual: dict[str, float] = {}
        now: dict[str, float] = {}
        for row in self.params.sections:
            own = row.load(pollutant) / MONTHS_A_YEAR
            from_above = [(usual[code], now[code]) for code in parts(row.above)]
            reach = max(own + change.get(row.section, 0.0), float(self.params.floor_share) * own)
            usual[row.section] = own + passed * sum(u for u, _ in from_above)
            now[row.section] = reach + passed * sum(n for _, n in from_above)
        return {code: now[code] / usual[code] if usual[code] > 0.0 else 1.0 for code in usual}

    def _changes(self, pollutant: str, month: date) -> dict[str, float]:
        """Return what entered each reach last month beyond the usual, in tonnes; nothing before the first month."""
        before = month - timedelta(days=1)
        if self.book is None or before < self.setting.start:
            return {}
        by_zone = self._emitted(pollutant, before.year * 100 + before.month)
        drained: dict[str, float] = {}
        for row in self.params.sections:
            for zone in self._zones[row.section]:
                drained[zone] = drained.get(zone, 0.0) + row.load(pollutant)
        return {
            row.section: sum(
                by_zone.get(zone, 0.0) * row.load(pollutant) / drained[zone]
                for zone in self._zones[row.section]
                if drained[zone] > 0.0
            )
            for row in self.params.sections
        }

    def _emitted(self, pollutant: str, period: int) -> dict[str, float]:
        """Return emission beyond the usual less treatment, by zone, in tonnes, of what is listed or stated."""
        assert self.book is not None
        found: dict[str, float] = {}
        permits = self.setting.listed(pollutant)
        if permits:
            codes = (FactCode.EMISSION_T_MILLI, FactCode.UNREPORTED_T_MILLI)
            reports = [self.book.month(code, period, permit.index) for code in codes for permit in permits]
            for firm in self.setting.of_kind("enterprise"):
                usual = 0.0 if "appear" in firm.facts else float(firm.facts.get(f"{pollutant}_t", 0) or 0)
                excess = sum(float(report[firm.account]) for report in reports) / KILOGRAMS - usual / MONTHS_A_YEAR
                found[firm.zone] = found.get(firm.zone, 0.0) + excess
        if pollutant in TREATED:
            treated = self.book.month(TREATED[pollutant], period)
            for county in self.setting.of_kind("county"):
                found[county.zone] = found.get(county.zone, 0.0) - float(treated[county.account]) / KILOGRAMS
        return found

    def _drained(self, row: SectionRow) -> tuple[str, ...]:
        county = self.setting.by_code.get(row.upstream)
        return parts(row.zones) or ((county.zone,) if county else ())
