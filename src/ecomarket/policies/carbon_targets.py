"""Dual-carbon targets (双碳目标分解与考核): peak plans of prefectures and sectors, broken down by year and scored."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecomarket.model.command import Assess, Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Ratio, Tonnes, unsound
from ecomarket.model.reference import ZoneName
from ecomarket.model.stated import FactCode, NoteCode, Scheme
from ecomarket.policies._carbon_zones import answerable, emitted_t
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

FULL_MILLI: Final = 100_000
"""Full marks, thousandths of a point."""


class PeakPlan(BaseModel):
    """One plan: the emission of a prefecture or sector (or both) in a first and a last year."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    plan: str = Field(min_length=1, description="Name of the plan | 方案名称")
    zone: ZoneName = Field(default="", description="Prefecture; empty: all | 市州")
    sector: str = Field(default="", description="Sector; empty: all | 行业")
    first_year: int = Field(description="Year of the base | 基准年")
    first_t: Tonnes = Field(ge=0, description="CO2 of the base | 基准年排放量")
    last_year: int = Field(description="Year of the target | 目标年")
    last_t: Tonnes = Field(ge=0, description="CO2 of the target | 目标年排放量")

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.last_year <= self.first_year:
            raise unsound(
                f"plan {self.plan}: last_year must come after first_year",
                f"方案 {self.plan}：last_year 须晚于 first_year",
            )
        return self

    def allowed_t(self, year: int) -> int:
        """Return the year's share of the way from base to target, in whole t rounded down; flat beyond either end.

        >>> plan = PeakPlan(plan="x", first_year=2020, first_t=1000, last_year=2030, last_t=900)
        >>> [plan.allowed_t(year) for year in (2019, 2020, 2021, 2025, 2030, 2031)]
        [1000, 1000, 990, 950, 900, 900]
        """
        passed = min(max(year, self.first_year), self.last_year) - self.first_year
        first, last = int(self.first_t), int(self.last_t)
        return first + mul_div_floor(last - first, passed, self.last_year - self.first_year)


class CarbonTargetsParams(PolicyParams):
    """The plans, and what missing a year's part of them costs."""

    plans: list[PeakPlan] = Field(default=[], description="Peak plans, a CSV table or a list | 达峰方案表")
    points_a_percent: Ratio = Field(
        default=Decimal(5), ge=0, description="Points of 100 lost for each per cent above the year's part | 每超1%扣分"
    )
    midterm_years: tuple[int, ...] = Field(default=(), description="Years of a mid-term assessment | 中期评估年份")


class CarbonTargets(Policy):
    """Break each plan down by year, report on it and score it at year end.

    A year's part lies on the line from base to target. Emission reported within it scores 100; each whole per cent
    above it costs `points_a_percent`, down to 0. In `midterm_years` the sums since the run's first year are compared
    as well. The score is published as `carbon.score.<plan>`, so that the assessment of counties may use it.
    """

    kind: ClassVar[str] = "carbon-targets"
    rows: ClassVar[tuple[str, ...]] = ("C6", "C7")
    label_en: ClassVar[str] = "Dual-carbon targets and their assessment"
    label_zh: ClassVar[str] = "双碳目标分解与考核"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (56) (57) (58); line and points: model (MARKETS.md 1C, C6, C7)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[CarbonTargetsParams]] = CarbonTargetsParams

    def __init__(self, params: CarbonTargetsParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._scores: dict[str, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Report on every plan."""
        del moment, draws
        for plan in self.params.plans:
            yield from self._report(plan, view)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the last score of each plan, points of 100."""
        del view
        return {f"carbon.score.{plan}": milli / 1000 for plan, milli in self._scores.items()}

    def _report(self, plan: PeakPlan, view: PolicyView) -> Iterator[Command]:
        emitted, allowed = emitted_t(view, plan.zone, view.year, plan.sector), plan.allowed_t(view.year)
        score = score_milli(emitted, allowed, self.params.points_a_percent)
        self._scores[plan.plan] = score
        account = answerable(self.setting, plan.zone)
        yield Assess(Scheme.CARBON_TARGET, account, -1, view.year, emitted, min(emitted, allowed))
        yield Fact(FactCode.CARBON_SCORE_MILLI, account, -1, view.period, score)
        report: dict[str, object] = {
            "plan": plan.plan, "zone": plan.zone, "sector": plan.sector, "year": view.year,
            "emitted_t": emitted, "allowed_t": allowed, "score_milli": score, "met": emitted <= allowed,
        }  # fmt: skip
        if view.year in self.params.midterm_years:
            years = range(self.setting.start.year, view.year + 1)
            report["emitted_so_far_t"] = sum(emitted_t(view, plan.zone, year, plan.sector) for year in years)
            report["allowed_so_far_t"] = sum(plan.allowed_t(year) for year in years)
        yield Note(NoteCode.CARBON_REPORT, report, account=account)


def score_milli(emitted: int, allowed: int, points_a_percent: Decimal) -> int:
    """Return the score in thousandths of a point: full marks, less so many points for each whole per cent above.

    >>> [score_milli(t, 1000, Decimal(5)) for t in (900, 1000, 1009, 1010, 1035, 2000)]
    [100000, 100000, 100000, 95000, 85000, 0]
    """
    over = max(emitted - allowed, 0)
    percent = mul_div_floor(over, 100, allowed) if allowed else 100 * bool(over)
    return max(FULL_MILLI - floor_times(percent * 1000, points_a_percent), 0)
