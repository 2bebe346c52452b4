"""Carbon assessment of new projects (环评、节能审查中的碳评价): what they will emit, in all and a unit of output."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.command import Bound, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Keyed, Ratio, Tonnes
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies._carbon_zones import amount_of
from ecomarket.policies.policy import Policy, PolicyParams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class CarbonAssessmentParams(PolicyParams):
    """Whom the assessment concerns, and what it allows."""

    from_t: Tonnes = Field(
        default=Decimal(10_000), ge=0, description="CO2 a year from which a project is assessed | 纳入碳评价的排放量"
    )
    output: str = Field(default="output_units", description="Column: output a year, in the sector's unit | 产量所在列")
    benchmarks: Keyed[Ratio] = Field(
        default={}, description="Most CO2 for a unit of output by sector, t | 分行业碳排放强度基准，吨每单位产品"
    )
    total_t: Keyed[Tonnes] = Field(
        default={}, description="Most CO2 of one project a year, by sector | 分行业单个项目排放上限"
    )


class CarbonAssessment(Policy):
    """Assess each large new project when it applies; one that emits too much is not approved and comes to nothing.

    A project (column `appear`) of at least `from_t` fails if its CO2 is above its sector's `total_t` or, where the
    sector has a benchmark, above benchmark x output. The outcome stands in the ledger at the start of the year in
    which it would appear: PROJECT_ABANDONED, which the gate of new projects and the project itself heed. Sectors
    without a number pass.
    """

    kind: ClassVar[str] = "carbon-assessment"
    rows: ClassVar[tuple[str, ...]] = ("C5",)
    label_en: ClassVar[str] = "Carbon assessment of new projects"
    label_zh: ClassVar[str] = "新建项目碳评价"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (63); 环环评〔2021〕45号 (memory); "
        "consequence: model (MARKETS.md 1C, C5)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.RUN_START, Moment.YEAR_START})
    Params: ClassVar[type[CarbonAssessmentParams]] = CarbonAssessmentParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._assessed: set[int] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Assess those who would appear this year, once."""
        del moment, draws
        for project in self.setting.of_kind("enterprise"):
            appears = str(project.facts.get("appear", "") or "")
            if not appears.startswith(f"{view.year}-") or project.account in self._assessed:
                continue
            self._assessed.add(project.account)
            if excess := self.excess_t(project):
                yield Fact(FactCode.PROJECT_ABANDONED, project.account, -1, view.period, 1)
                yield Bound(Rule.CARBON_ASSESSMENT, project.account, -1, excess)

    def excess_t(self, project: Participant) -> int:
        """Return how much more a project would emit than it may, in whole t; a part of a tonne counts as one."""
        expected = amount_of(project, "co2_t")
        if expected < self.params.from_t:
            return 0
        limits = [limit for limit in (self.params.total_t.get(project.sector),) if limit is not None]
        if (benchmark := self.params.benchmarks.get(project.sector)) is not None:
            limits.append(benchmark * amount_of(project, self.params.output))
        excesses: list[int] = [ceil(expected - limit) for limit in limits]
        return max([0, *excesses])
