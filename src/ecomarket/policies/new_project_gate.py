"""The gate for new projects (新改扩建项目排污权前置): no start before permits are held."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Ratio, Years
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.emission_permit import approved_lots, is_pilot, need_lots, permit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

DAYS_A_YEAR: Final = 365


class NewProjectGateParams(PolicyParams):
    """Parameters of the gate."""

    rights: tuple[RightName, ...] = Field(
        default=("so2", "nox", "cod", "nh3n"), description="Pollutants that count | 适用的主要污染物"
    )
    ratio_attained: Ratio = Field(
        default=Decimal(1), ge=1, description="Tonnes bought a tonne emitted, quality target met | 达标区替代倍数"
    )
    ratio_not_attained: Ratio = Field(
        default=Decimal(2), ge=1, description="The same, target missed | 未达标区替代倍数"
    )
    approval_years: Years = Field(
        default=Decimal(5), gt=0, description="Life of an approval that is not used | 环评批复有效期"
    )


class NewProjectGate(Policy):
    """Holds a new project back until it holds its need: approved tonnes x replacement ratio of the zone.

    In pilot prefectures a project (column `appear`) starts on the first day on which it holds its need of every
    pollutant; what it holds beyond 1:1 is then cancelled, so the zone's total falls. Elsewhere it starts when it
    appears, and has with its approval the tonnes approved, free, as far as the reserve holds them. No project starts
    in a year for which another rule withholds it (PROJECT_WITHHELD). While it waits, each month counts as a delay; an
    approval not used within `approval_years` lapses. The gate stands before who has appeared by its first day, or
    appears later; after its last day nobody has to hold anything to start.

    Reference: S004 三 and S001 #59 (quotas through trading in pilot areas, linked with EIA approval); 环发〔2014〕197号
    (total indicators come with the approval, 2:1 where last year's target was missed; that they are the reserve's is
    an assumption); 环境影响评价法 art. 24 (five years). CASES P15.
    """

    kind: ClassVar[str] = "new-project-gate"
    label_en: ClassVar[str] = "New projects must hold permits first"
    label_zh: ClassVar[str] = "新建项目排污权前置审批"
    reference: ClassVar[str] = "环发〔2014〕197号; 环境影响评价法第二十四条"
    rows: ClassVar[tuple[str, ...]] = ("B3", "B4")
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_START, Moment.AFTER_SESSION, Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = NewProjectGateParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        projects = [p for p in setting.of_kind("enterprise") if p.facts.get("appear")]
        self._waiting = {p.account: (date.fromisoformat(str(p.facts["appear"])), p) for p in projects}
        self._blocked: set[int] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Let in who holds enough; at a month's end count those who wait."""
        del draws
        today = view.board.today
        for account, (appeared, project) in list(self._waiting.items()):
            if appeared > today:
                continue
            short = self._short(project, view)
            if self._gave_up(account, view) or (today - appeared).days > DAYS_A_YEAR * self.params.approval_years:
                del self._waiting[account]
                yield from self._abandon(account, view)
            elif not short and not self._is_withheld(account, view):
                del self._waiting[account]
                yield from self._start(project, (today - appeared).days, view)
            else:
                yield from self._wait(account, short, moment, view)

    def _short(self, project: Participant, view: PolicyView) -> list[tuple[Instrument, int]]:
        """Return (instrument, lots lacking) for each pollutant whose need the project does not yet hold."""
        if not self._binds(project, view):
            return []
        found = []
        for right in self.params.rights:
            instrument = permit_of(self.setting, right, project)
            if instrument is not None:
                lacking = need_lots(self.setting, right, project, view.board.today) - view.free(
                    project.account, instrument.index
                )
                if lacking > 0:
                    found.append((instrument, lacking))
        return found

    def _start(self, project: Participant, waited_days: int, view: PolicyView) -> Iterator[Command]:
        """Cancel what a project of a pilot holds beyond its approval; elsewhere give what it lacks from the reserve."""
        yield Fact(FactCode.PROJECT_STARTED, project.account, -1, view.period, 1, waited_days)
        if not self.params.in_force(view.board.today):
            return
        for right in self.params.rights:
            instrument = permit_of(self.setting, right, project)
            if instrument is None:
                continue
            account, index, approved = project.account, instrument.index, approved_lots(project, instrument)
            extra = need_lots(self.setting, right, project, view.board.today) - approved
            lacking = min(approved - view.free(account, index), view.free(AccountKind.RESERVE, index))
            if self._binds(project, view) and extra > 0:
                yield Transfer(account, AccountKind.CANCELLED, index, extra, TransferCode.CANCEL, view.period)
            elif not self._binds(project, view) and lacking > 0:
                yield Transfer(AccountKind.RESERVE, account, index, lacking, TransferCode.ALLOCATION, view.period)

    def _wait(
        self, account: int, short: list[tuple[Instrument, int]], moment: Moment, view: PolicyView
    ) -> Iterator[Command]:
        if account not in self._blocked:
            self._blocked.add(account)
            for instrument, lacking in short:
                yield Bound(Rule.NEW_PROJECT_GATE, account, instrument.index, lacking)
        if moment is Moment.MONTH_END:
            yield Fact(FactCode.PROJECT_DELAYED, account, -1, view.period, 1)

    def _binds(self, project: Participant, view: PolicyView) -> bool:
        """Tell whether a project must hold its need today."""
        return is_pilot(self.setting.zones, project) and bool(self.params.in_force(view.board.today))

    def _is_withheld(self, account: int, view: PolicyView) -> bool:
        """Tell whether another rule lets no such project start this year."""
        return int(view.book.year(FactCode.PROJECT_WITHHELD, view.year)[account]) > 0

    def _gave_up(self, account: int, view: PolicyView) -> bool:
        """Tell whether the project itself has reported that it abandons."""
        return bool(view.book.year(FactCode.PROJECT_ABANDONED, view.year)[account])

    def _abandon(self, account: int, view: PolicyView) -> Iterator[Command]:
        if not self._gave_up(account, view):
            yield Fact(FactCode.PROJECT_ABANDONED, account, -1, view.period, 1)
