"""Yearly assessment of green development (年度绿色发展评价), with reports at the end of June and November."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.model.command import Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Ratio
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

FULL_MILLI: Final = 100_000
"""Full marks, thousandths of a point."""
CO2: Final = "co2_t"
WATER: Final = "water_1000m3"
MONTHS_A_YEAR: Final = 12


class GreenAssessmentParams(PolicyParams):
    """When reports are due, what is compared, and what a rise costs."""

    report_months: tuple[int, ...] = Field(
        default=(6, 11), description="Months at whose end a report is due | 报告月份"
    )
    rights: tuple[RightName, ...] = Field(
        default=("so2", "nox", "cod", "nh3n"), description="Pollutants compared | 比较的主要污染物"
    )
    points_a_percent: Ratio = Field(
        default=Decimal(5), ge=0, description="Points of 100 lost for each per cent of a rise | 每上升1%扣分"
    )


class GreenAssessment(Policy):
    """Report each June and November what the year has brought so far, and score each county's green development yearly.

    A report (GREEN_REPORT) gives the sums of the months so far and of the same months of the year before: pollutants
    (0.001 t), CO2 (t) and water used (1,000 m3), as enterprises report them. At year end a county's index
    (GREEN_INDEX_MILLI) is the mean over what its enterprises reported in the year before: 100 where the sum has not
    risen, `points_a_percent` less for each whole per cent of a rise, at least 0; rounded down. It is published as
    `green.index.<county>`; the first year has nothing to be compared with.
    """

    kind: ClassVar[str] = "green-assessment"
    rows: ClassVar[tuple[str, ...]] = ("I6",)
    label_en: ClassVar[str] = "Yearly green assessment and reports"
    label_zh: ClassVar[str] = "年度绿色发展评价与报告"
    reference: ClassVar[str] = (
        "青海2020年度工作要点 63; 青海深入推进生态文明制度创新实施方案 2023 组织实施 (reports by the end of June "
        "and November); index: model (MARKETS.md 1I)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = GreenAssessmentParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        firms = setting.of_kind("enterprise")
        self._everybody = [f.account for f in firms]
        self._firms = {c.code: [f.account for f in firms if f.zone == c.zone] for c in setting.of_kind("county")}
        self._index: dict[str, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Report at the end of the months named; score on 31 December."""
        del draws
        month = view.board.today.month
        if moment is Moment.YEAR_END:
            yield from self._score(view)
        elif month in self.params.report_months:
            payload: dict[str, object] = {"year": view.year, "month": month}
            payload["so_far"] = self._sums(view, self._everybody, view.year, month)
            payload["year_before"] = self._sums(view, self._everybody, view.year - 1, month)
            yield Note(NoteCode.GREEN_REPORT, payload)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the last index of each county, points of 100."""
        del view
        return {f"green.index.{code}": milli / 1000 for code, milli in self._index.items()}

    def points_milli(self, now: int, before: int) -> int:
        """Return the points for a sum and that of the year before (above 0), in thousandths."""
        percent = mul_div_floor(max(now - before, 0), 100, before)
        return max(FULL_MILLI - floor_times(percent * 1000, self.params.points_a_percent), 0)

    def _sums(self, view: PolicyView, accounts: Sequence[int], year: int, months: int) -> dict[str, int]:
        """Return what the accounts reported from January to a month, by indicator."""
        found: dict[str, int] = {}
        who = list(accounts)
        for month in range(1, months + 1):
            period = year * 100 + month
            for right in self.params.rights:
                for permit in self.setting.listed(right):
                    told = view.book.month(FactCode.EMISSION_T_MILLI, period, permit.index)[who]
                    found[right] = found.get(right, 0) + int(told.sum())
            for name, code in ((CO2, FactCode.EMISSION_CO2_T), (WATER, FactCode.WATER_USED_1000M3)):
                found[name] = found.get(name, 0) + int(view.book.month(code, period)[who].sum())
        return found

    def _score(self, view: PolicyView) -> Iterator[Command]:
        for county in self.setting.of_kind("county"):
            before = self._sums(view, self._firms[county.code], view.year - 1, MONTHS_A_YEAR)
            now = self._sums(view, self._firms[county.code], view.year, MONTHS_A_YEAR)
            points = [self.points_milli(now[name], amount) for name, amount in before.items() if amount > 0]
            if points:
                self._index[county.code] = sum(points) // len(points)
                index = self._index[county.code]
                yield Fact(FactCode.GREEN_INDEX_MILLI, county.account, -1, view.period, index)
