"""Balance sheet and audit of natural resources (自然资源资产负债表、离任审计): the county's register against survey."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.command import Allow, Command, Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.policies._land import FOREST
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.responsibility_indicator import own_indicator
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class ResourceAuditParams(PolicyParams):
    """What is audited, how far register and survey may differ, and in which years an official leaves."""

    rights: tuple[RightName, ...] = Field(default=("forest",), description="Areas audited | 审计的面积品种")
    tolerance: Share = Field(
        default=Decimal("0.01"), description="Difference that is no finding, share of the register | 容许差异比例"
    )
    grown_years: int = Field(
        default=3, ge=0, description="Years until land greened is entered as forest | 造林计入森林年限"
    )
    exit_years: tuple[int, ...] = Field(default=(), description="Years in which officials leave office | 离任审计年份")
    suspend_sales: bool = Field(
        default=True, description="After a finding the county sells nothing for a year | 审计发现问题后暂停出让一年"
    )


class ResourceAudit(Policy):
    """Draw up each county's balance sheet in December and compare its register with the survey; list it last.

    Register: the area of the last audit + what was reported since (facts LAND_GAINED_MU, and for forest GREENED_MU at
    face value once it has grown) - LAND_LOST_MU, up to the month of the survey (the year's latest COVER_AREA_MU). A
    difference beyond the tolerance is a finding: the register is corrected and the county may not sell until an audit
    without finding. The audit of a year in `exit_years` is marked as that of officials who leave. What was issued,
    bought, sold and used up of every right stands in the measure resource-balance.
    """

    kind: ClassVar[str] = "resource-audit"
    label_en: ClassVar[str] = "Natural-resource balance sheet and audit"
    label_zh: ClassVar[str] = "自然资源资产负债表与审计"
    reference: ClassVar[str] = (
        "青海2020年度工作要点 53, 54; 领导干部自然资源资产离任审计规定 2017 (audit on leaving office, memory); "
        "新疆实施方案 2022 (三) (十六)"
    )
    rows: ClassVar[tuple[str, ...]] = ("A8",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = ResourceAuditParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._register = {
            (right, c.code): int(c.facts.get(f"{right}_mu", 0) or 0)
            for right in params.rights
            for c in setting.of_kind("county")
        }
        self._since: dict[tuple[str, str], int] = {}
        """Month of the survey last compared, by right and county."""
        self._barred: set[tuple[str, str]] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Audit every county that was surveyed this year."""
        del moment, draws
        return [
            c
            for right in self.params.rights
            for county in self.setting.of_kind("county")
            if (area := own_indicator(self.setting, right, county, 0)) is not None
            for c in self._audit(view, county, right, area)
        ]

    def _audit(self, view: PolicyView, county: Participant, right: str, area: Instrument) -> Iterator[Command]:
        found = self._survey(view, county, area)
        if found is None:
            return
        period, survey = found
        opening, since = self._register[right, county.code], self._since.get((right, county.code), 0)
        self._since[right, county.code] = period
        account = county.account, area.index
        gained = self._sum(view, FactCode.LAND_GAINED_MU, *account, since, period)
        gained += self._planted(view, county, area)
        lost = self._sum(view, FactCode.LAND_LOST_MU, *account, since, period)
        closing = opening + gained - lost
        gap = closing - survey
        finding = abs(gap) > floor_times(closing, self.params.tolerance)
        self._register[right, county.code] = survey if finding else closing
        if gap:
            yield Fact(FactCode.AUDIT_GAP_MU, county.account, area.index, view.period, gap)
        payload = {
            "county": county.code,
            "right": right,
            "year": view.year,
            "opening_mu": opening,
            "gained_mu": gained,
            "lost_mu": lost,
            "closing_mu": closing,
            "survey_mu": survey,
            "finding": finding,
            "exit": view.year in self.params.exit_years,
        }
        yield Note(NoteCode.RESOURCE_AUDIT, payload, county.account, area.index)
        yield from self._bar(county, right, area, finding=finding)

    def _survey(self, view: PolicyView, county: Participant, area: Instrument) -> tuple[int, int] | None:
        """Return month and area of the year's latest survey, None if there was none."""
        for period in range(view.year * 100 + 12, view.year * 100, -1):
            found = int(view.book.month(FactCode.COVER_AREA_MU, period, area.index)[county.account])
            if found:
                return period, found
        return None

    def _sum(self, view: PolicyView, code: FactCode, account: int, instrument: int, since: int, until: int) -> int:
        """Return the sum of a fact after one month and up to another."""
        first, months = self.setting.start.year * 12, (until // 100) * 12 + until % 100
        periods = [at // 12 * 100 + at % 12 + 1 for at in range(first, months)]
        return sum(int(view.book.month(code, p, instrument)[account]) for p in periods if p > since)

    def _planted(self, view: PolicyView, county: Participant, area: Instrument) -> int:
        """Return the land reported as greened that is old enough to be entered as forest."""
        year = view.year - self.params.grown_years
        return int(view.book.year(FactCode.GREENED_MU, year)[county.account]) if area.klass == FOREST else 0

    def _bar(self, county: Participant, right: str, area: Instrument, *, finding: bool) -> Iterator[Command]:
        place = right, county.code
        if finding and self.params.suspend_sales and place not in self._barred:
            self._barred.add(place)
            yield Allow(county.account, area.index, Eligible.HOLD)
        elif not finding and place in self._barred:
            self._barred.remove(place)
            yield Allow(county.account, area.index, Eligible.SELL | Eligible.HOLD)
