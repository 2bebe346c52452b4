"""Evaluation of protection effects (保护成效监测评估): a yearly score of each county for ecology, forest and water."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.model.command import Assess, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Keyed, Ratio, Share
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import PPM, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

INDEX: Final = "ecology-index"
HAZARD: Final = "forest-hazard"
"""Names under which a scenario runs the processes."""
FULL_MILLI: Final = 100_000
MILLI: Final = 1000


class ProtectionEffectParams(PolicyParams):
    """Weights of what is monitored, and how points follow."""

    weights: Keyed[Share] = Field(
        default={"ecology": Decimal("0.4"), "forest": Decimal("0.3"), "water": Decimal("0.3")},
        description="Weights: index of ecology, forest kept, water at the sections | 监测指标权重",
    )
    stable_points: int = Field(default=80, ge=0, le=100, description="Points for an index that stands | 指数不变得分")
    points_a_point: Ratio = Field(
        default=Decimal(10), ge=0, description="Points for each point of the index | 指数每变化1分加减分"
    )
    tolerated_loss: Share = Field(
        default=Decimal("0.02"),
        gt=0,
        description="Part of the forest lost at which no points are left | 林地归零损失比例",
    )
    water_range: Ratio = Field(
        default=Decimal("0.3"),
        gt=0,
        description="Mean index above 1 at which no points are left | 水质指数归零超出幅度",
    )
    pass_points: int = Field(default=60, ge=0, le=100, description="Points of a pass | 合格分")


class ProtectionEffect(Policy):
    """Score what protection has brought each county in a year, 0 to 100, and publish it as `effect.score.<county>`.

    Ecology: `stable_points` and `points_a_point` for each point by which the index changed (process ecology-index).
    Forest: 100 less the part that hazards took (process forest-hazard) over `tolerated_loss`. Water: 100 while the mean
    of the year's indices of the sections below the county (`watershed.index.<section>`, watershed-compensation) is at
    most 1, falling to 0 at 1 + `water_range`. What is not monitored has no weight. Points lie within 0 and 100; the
    score, their weighted mean, is rounded down to a thousandth.
    """

    kind: ClassVar[str] = "protection-effect"
    rows: ClassVar[tuple[str, ...]] = ("I7",)
    label_en: ClassVar[str] = "Evaluation of protection effects"
    label_zh: ClassVar[str] = "保护成效监测评估"
    reference: ClassVar[str] = "青海生态文明建设情况报告 (三) (pilot); weights and points: assumption (MARKETS.md 1I)"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = ProtectionEffectParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        rows = getattr(setting.law.get("watershed-compensation"), "sections", ())
        self._sections = {c.code: [r.section for r in rows if r.upstream == c.code] for c in setting.of_kind("county")}
        self._living_ppm: dict[str, int] = {}
        self._water_ppm: dict[str, list[int]] = {}
        self._scores: dict[str, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Monitor at a month's end, score on 31 December."""
        del draws
        if moment is Moment.MONTH_END:
            self._watch(view)
            return
        for county in self.setting.of_kind("county"):
            yield from self._assess(county, view)
        self._living_ppm.clear()
        self._water_ppm.clear()

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the last score of each county, points of 100."""
        del view
        return {f"effect.score.{code}": milli / MILLI for code, milli in self._scores.items()}

    def points(self, county: Participant, view: PolicyView) -> dict[str, int]:
        """Return the points of what was monitored, in thousandths."""
        law, found, index = self.params, {}, view.nature.get(INDEX, {})
        if county.code in index:
            change = floor_times(round(index[county.code] * MILLI), law.points_a_point)
            found["ecology"] = min(max(law.stable_points * MILLI + change, 0), FULL_MILLI)
        if county.code in self._living_ppm:
            lost = PPM - self._living_ppm[county.code]
            found["forest"] = max(FULL_MILLI - mul_div_floor(lost, FULL_MILLI, int(law.tolerated_loss * PPM)), 0)
        if county.code in self._water_ppm:
            samples = self._water_ppm[county.code]
            over = max(sum(samples) // len(samples) - PPM, 0)
            found["water"] = max(FULL_MILLI - mul_div_floor(over, FULL_MILLI, int(law.water_range * PPM)), 0)
        return found

    def _watch(self, view: PolicyView) -> None:
        struck = view.nature.get(HAZARD, {})
        for county in self.setting.of_kind("county"):
            if county.code in struck:
                kept = PPM - round(struck[county.code] * PPM)
                self._living_ppm[county.code] = mul_div_floor(self._living_ppm.get(county.code, PPM), kept, PPM)
            told = (view.board.notices.get(f"watershed.index.{s}") for s in self._sections[county.code])
            found = [round(index * PPM) for index in told if index is not None]
            if found:
                self._water_ppm.setdefault(county.code, []).extend(found)

    def _assess(self, county: Participant, view: PolicyView) -> Iterator[Command]:
        points = self.points(county, view)
        weights = {name: int(self.params.weights.get(name, Decimal(0)) * PPM) for name in points}
        every = sum(weights.values())
        if not every:
            return
        score = sum(points[name] * weight for name, weight in weights.items()) // every
        self._scores[county.code] = score
        required = self.params.pass_points * MILLI
        yield Fact(FactCode.PROTECTION_SCORE_MILLI, county.account, -1, view.period, score)
        yield Assess(Scheme.PROTECTION_EFFECT, county.account, -1, view.year, required, min(score, required))
