"""Dual control of carbon (碳排放强度和总量双控): caps and intensities by prefecture; excess holds new projects back."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.command import Assess, Bound, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import In, Tonnes
from ecomarket.model.reference import ZoneName
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies._carbon_zones import amount_of, answerable, emitted_t, emitters
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import PPM, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

MONTHS_A_YEAR: Final = 12
PER_10K: Final = 10_000
TonnesPer10k = Annotated[Decimal, In("t")]


class ControlRow(BaseModel):
    """What a prefecture may emit in a year, in all and for each 10,000 CNY of value added."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    zone: ZoneName = Field(description="Prefecture | 市州")
    year: int = Field(description="Year | 年度")
    cap_t: Tonnes = Field(default=Decimal(0), ge=0, description="Most CO2, 0: no cap | 总量上限")
    intensity_t_10k: TonnesPer10k = Field(
        default=Decimal(0), ge=0, description="Most CO2 for 10,000 CNY of value added, 0: no target | 强度上限"
    )


class DualControlParams(PolicyParams):
    """Targets of the prefectures, what does not count, and which projects are high-carbon."""

    targets: list[ControlRow] = Field(default=[], description="Targets by prefecture and year | 双控目标表")
    excluded: str = Field(
        default="excluded_share",
        description="Column: part of a firm's CO2 that does not count (feedstock energy) | 不纳入部分所在列",
    )
    value_added: str = Field(
        default="value_added_cny", description="Column: value added in a normal year, CNY | 增加值所在列"
    )
    activity: str = Field(default="activity", description="Process that gives the monthly output | 产量过程")
    high_carbon_t: Tonnes = Field(
        default=Decimal(10_000), ge=0, description="CO2 a year from which a project is high-carbon | 高碳项目认定标准"
    )


class DualControl(Policy):
    """Compare each prefecture's emission with its total and its intensity; withhold new projects after an excess.

    What counts: reported CO2 of its enterprises without the part in column `excluded` (feedstock; new clean energy
    emits none). Intensity: that over the value added, which follows the month's activity. At year end both are
    assessed; where one is exceeded, projects of at least `high_carbon_t` that have not started wait through the next
    year (PROJECT_WITHHELD, which the gate of new projects heeds).
    """

    kind: ClassVar[str] = "dual-control"
    rows: ClassVar[tuple[str, ...]] = ("C4",)
    label_en: ClassVar[str] = "Dual control of carbon intensity and total"
    label_zh: ClassVar[str] = "碳排放强度和总量双控"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (64); consequence of an excess: model (MARKETS.md 1C, C4)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.MONTH_END, Moment.YEAR_END})
    prepares: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[DualControlParams]] = DualControlParams

    def __init__(self, params: DualControlParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._worth: Counter[tuple[str, int]] = Counter()
        """Value added by zone and year, CNY; counted before the first day too, for the year's emission is whole."""
        self._exceeded: dict[str, int] = {}
        """The year in which a zone last exceeded a target."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Withhold projects at a year's start, count value added monthly, assess at a year's end."""
        del draws
        if moment is Moment.YEAR_START:
            yield from self._withhold(view)
        elif moment is Moment.MONTH_END:
            self._count(view)
        else:
            yield from self._assess(view)

    def _count(self, view: PolicyView) -> None:
        activity = view.nature.get(self.params.activity, {})
        for zone in {row.zone for row in self.params.targets if row.year == view.year}:
            for firm in emitters(self.setting, zone):
                yearly = int(amount_of(firm, self.params.value_added))
                ppm = round(activity.get(firm.code, 1.0) * PPM)
                self._worth[zone, view.year] += mul_div_floor(yearly, ppm, PPM * MONTHS_A_YEAR)

    def _assess(self, view: PolicyView) -> Iterator[Command]:
        for row in self.params.targets:
            if row.year != view.year:
                continue
            emitted = emitted_t(view, row.zone, view.year, excluded=self.params.excluded)
            allowed = min(self._allowed(row, emitted))
            account = answerable(self.setting, row.zone)
            yield Assess(Scheme.DUAL_CONTROL, account, -1, view.year, emitted, min(emitted, allowed))
            if emitted > allowed:
                self._exceeded[row.zone] = view.year
                yield Bound(Rule.CARBON_CAP, account, -1, emitted - allowed)

    def _allowed(self, row: ControlRow, emitted: int) -> Iterator[int]:
        """Name what the total and the intensity allow in t; what is emitted where neither says anything."""
        yield emitted
        if row.cap_t:
            yield int(row.cap_t)
        if row.intensity_t_10k:
            yield int(row.intensity_t_10k * self._worth[row.zone, row.year] / PER_10K)

    def _withhold(self, view: PolicyView) -> Iterator[Command]:
        for zone, year in sorted(self._exceeded.items()):
            for project in emitters(self.setting, zone) if year == view.year - 1 else ():
                co2 = int(amount_of(project, "co2_t"))
                if project.facts.get("appear") and co2 >= self.params.high_carbon_t and not self._runs(project, view):
                    yield Fact(FactCode.PROJECT_WITHHELD, project.account, -1, view.period, 1)
                    yield Bound(Rule.CARBON_CAP, project.account, -1, co2)

    def _runs(self, project: Participant, view: PolicyView) -> bool:
        years = range(self.setting.start.year, view.year + 1)
        return any(view.book.year(FactCode.PROJECT_STARTED, year)[project.account] for year in years)
