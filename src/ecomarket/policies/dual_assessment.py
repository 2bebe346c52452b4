"""Dual assessment of counties (GDP与GEP双核算双考核): growth of both, carbon targets, weights by functional zone."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.command import Assess, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Ratio, Share
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of
from ecomarket.rights.emission_permit import prefecture_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

ACTIVITY: Final = "activity"
"""Name under which a scenario runs the process of output."""
PPM: Final = 1_000_000
MILLI: Final = 1000
FULL: Final = 100
KEY_ECOLOGICAL: Final = "key-ecological"


class FunctionalZone(BaseModel):
    """Weights of one class of counties."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: str = Field(min_length=1, description="Class of functional zone | 主体功能区类型")
    gdp: Share = Field(default=Decimal(0), description="Weight of the growth of GDP | 地区生产总值权重")
    gep: Share = Field(default=Decimal(0), description="Weight of the growth of GEP | 生态产品总值权重")
    carbon: Share = Field(default=Decimal(0), description="Weight of the carbon targets | 双碳目标权重")


def _zone(name: str, gdp: str, gep: str, carbon: str) -> FunctionalZone:
    return FunctionalZone(zone=name, gdp=Decimal(gdp), gep=Decimal(gep), carbon=Decimal(carbon))


class DualAssessmentParams(PolicyParams):
    """Weights by functional zone, targets of growth, and how points follow."""

    zones: tuple[FunctionalZone, ...] = Field(
        default=(
            _zone(KEY_ECOLOGICAL, "0", "0.7", "0.3"),
            _zone("agricultural", "0.3", "0.5", "0.2"),
            _zone("developed", "0.5", "0.3", "0.2"),
        ),
        min_length=1,
        description="Weights by functional zone; the last is for counties that name none | 主体功能区权重表",
    )
    gdp_target: Ratio = Field(
        default=Decimal("0.05"), description="Growth of GDP aimed at, a year | 地区生产总值增长目标"
    )
    gep_target: Ratio = Field(
        default=Decimal("0.01"), description="Growth of GEP aimed at, a year | 生态产品总值增长目标"
    )
    points_at_target: int = Field(default=80, ge=0, le=100, description="Points for the target | 达到目标得分")
    points_a_percent: Ratio = Field(
        default=Decimal(5), ge=0, description="Points for each per cent above or below | 每百分点加减分"
    )
    pass_points: int = Field(default=60, ge=0, le=100, description="Points of a pass | 合格分")


class DualAssessment(Policy):
    """Score each county at year end, 0 to 100: the weighted mean of its points for GDP, GEP and carbon.

    Points for growth: `points_at_target`, and `points_a_percent` more or less for each per cent beside the target,
    within 0 and 100. GDP grows by the column `gdp_growth`, times the change of its enterprises' mean output (process
    activity) from the second year on. GEP is `gep.<county>` on the board (gep-accounting, which stands before this
    rule), carbon the score `carbon.score.<plan>` of the plan named as the county or its prefecture. What is
    not known has no weight. The class is the column `function`; counties with `eco_weight` and no class are key
    ecological ones, whose economic indicators have weight 0 by default. Published as `assessment.score.<county>`.
    """

    kind: ClassVar[str] = "dual-assessment"
    rows: ClassVar[tuple[str, ...]] = ("I4", "C6")
    label_en: ClassVar[str] = "Dual assessment of counties by GDP and GEP"
    label_zh: ClassVar[str] = "GDP与GEP双考核"
    reference: ClassVar[str] = (
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十六) (no economic indicators in key ecological counties); "
        "青海深入推进生态文明制度创新实施方案 2023 (24) (58); weights and points: model (MARKETS.md 1I)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = DualAssessmentParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._counties = setting.of_kind("county")
        firms = setting.of_kind("enterprise")
        self._firms = {c.code: [f.code for f in firms if f.zone == c.zone] for c in self._counties}
        self._gep: dict[str, int] = {}
        """GEP as published at the year's start."""
        self._output: dict[str, list[int]] = {}
        self._output_before: dict[str, Fraction] = {}
        self._scores: dict[str, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Note the opening GEP, watch output, score on 31 December."""
        del draws
        if moment is Moment.YEAR_START:
            self._gep = {c.code: self._published(f"gep.{c.code}", view) or 0 for c in self._counties}
        elif moment is Moment.MONTH_END:
            self._watch(view)
        else:
            for county in self._counties:
                yield from self._assess(county, view)
            self._turn()

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the last score of each county, points of 100."""
        del view
        return {f"assessment.score.{code}": milli / MILLI for code, milli in self._scores.items()}

    def zone_of(self, county: Participant) -> FunctionalZone:
        """Return the class of functional zone a county is assessed by."""
        named = str(county.facts.get("function", "") or "")
        named = named or (KEY_ECOLOGICAL if amount_of(county, "eco_weight") > 0 else "")
        zones: tuple[FunctionalZone, ...] = self.params.zones
        return next((z for z in zones if z.zone == named), zones[-1])

    def points_milli(self, growth: Fraction, target: Decimal) -> int:
        """Return the points for a year's growth in thousandths, rounded down, within 0 and 100 points."""
        law = self.params
        points = law.points_at_target + (growth - Fraction(target)) * FULL * Fraction(law.points_a_percent)
        return int(min(max(points, Fraction(0)), Fraction(FULL)) * MILLI)

    def _watch(self, view: PolicyView) -> None:
        output = view.nature.get(ACTIVITY, {})
        for county in self._counties:
            found = [round(output[code] * PPM) for code in self._firms[county.code] if code in output]
            if found:
                self._output.setdefault(county.code, []).append(sum(found) // len(found))

    def _assess(self, county: Participant, view: PolicyView) -> Iterator[Command]:
        parts = self._points(county, view)
        zone = self.zone_of(county)
        weights = {name: Fraction(getattr(zone, name)) for name in parts}
        every = sum(weights.values())
        if not every:
            return
        score = int(sum(parts[name] * weight for name, weight in weights.items()) / every)
        self._scores[county.code] = score
        yield Fact(FactCode.COUNTY_SCORE_MILLI, county.account, -1, view.period, score)
        required = self.params.pass_points * MILLI
        yield Assess(Scheme.COUNTY_ASSESSMENT, county.account, -1, view.year, required, min(score, required))

    def _points(self, county: Participant, view: PolicyView) -> dict[str, int]:
        """Return the points of each component that is known, in thousandths."""
        found: dict[str, int] = {}
        if "gdp_growth" in county.facts:
            found["gdp"] = self.points_milli(self._gdp_growth(county), self.params.gdp_target)
        opening, closing = self._gep.get(county.code, 0), self._published(f"gep.{county.code}", view)
        if opening and closing:
            found["gep"] = self.points_milli(Fraction(closing - opening, opening), self.params.gep_target)
        plans = (county.code, county.zone, prefecture_of(self.setting.zones, county))
        scores = (self._published(f"carbon.score.{plan}", view, MILLI) for plan in plans if plan)
        carbon = next((score for score in scores if score is not None), None)
        return found if carbon is None else found | {"carbon": carbon}

    def _gdp_growth(self, county: Participant) -> Fraction:
        factor = 1 + Fraction(amount_of(county, "gdp_growth"))
        before, months = self._output_before.get(county.code), self._output.get(county.code)
        if before and months:
            factor *= Fraction(sum(months), len(months)) / before
        return factor - 1

    def _published(self, name: str, view: PolicyView, scale: int = 1) -> int | None:
        told = view.board.notices.get(name)
        return None if told is None else round(told * scale)

    def _turn(self) -> None:
        for code, months in self._output.items():
            self._output_before[code] = Fraction(sum(months), len(months))
        self._output.clear()
