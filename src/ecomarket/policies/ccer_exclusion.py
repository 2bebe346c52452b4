"""One MWh earns a certificate or a reduction (绿证与自愿减排衔接): who applies for reductions sells no certificates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, Eligible, TransferCode
from ecomarket.model.command import Allow, Bound, Command, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.stated import Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.green_certificate import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class ReductionProject(BaseModel):
    """A plant that applies to have its reductions certified."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plant: ParticipantCode = Field(description="Plant | 电站")
    applied: date = Field(description="Day of the application | 申请日")
    registered: date | None = Field(default=None, description="Day of registration; none: not yet | 登记日")
    rejected: date | None = Field(default=None, description="Day on which it is refused; none: not | 驳回日")


class CcerExclusionParams(PolicyParams):
    """Who applies, and who may choose in the window."""

    projects: list[ReductionProject] = Field(default=[], description="Projects, a table or a list | 自愿减排项目")
    may_choose: tuple[str, ...] = Field(
        default=("csp", "deep-sea-wind"), description="Techniques that may choose in the window | 过渡期可选择的技术"
    )
    window_from: date = Field(default=date(2024, 10, 1), description="First day of the window | 过渡期起始日")
    window_to: date = Field(default=date(2026, 9, 30), description="Last day of the window | 过渡期终止日")


class CcerExclusion(Policy):
    """Freeze a project's untraded certificates when it applies, cancel them once registered, free them if refused.

    An application made in the window by a plant of a technique that may not choose is not heard: other wind and
    photovoltaics are not newly taken in. Frozen certificates are held and not sold; after registration all that is
    issued is cancelled at the end of its month.
    """

    kind: ClassVar[str] = "ccer-exclusion"
    label_en: ClassVar[str] = "Certificates and voluntary reductions exclude each other"
    label_zh: ClassVar[str] = "绿证与自愿减排衔接"
    reference: ClassVar[str] = (
        "国家能源局、生态环境部 绿证与自愿减排市场衔接通知 2024 (two years from 2024-10-01, MARKETS.md 6 R18)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F1",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.BEFORE_SESSION, Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = CcerExclusionParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._frozen: set[int] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Freeze or free before a session; cancel at a month's end."""
        del draws
        today = view.board.today
        commands: list[Command] = []
        for project in self.params.projects:
            account = self.setting.by_code[project.plant].account
            if not self._is_heard(project):
                continue
            asked = project.applied <= today
            refused = project.rejected is not None and project.rejected <= today
            if moment is Moment.BEFORE_SESSION:
                if asked and not refused and account not in self._frozen:
                    self._frozen.add(account)
                    commands += self._allow(account, Eligible.HOLD)
                    commands.append(Bound(Rule.CERTIFICATE_FROZEN, account, -1, self._free(view, account)))
                elif refused and account in self._frozen:
                    self._frozen.discard(account)
                    commands += self._allow(account, Eligible.SELL | Eligible.HOLD)
            elif project.registered is not None and project.registered <= today:
                commands += self._cancel(view, account)
        return commands

    def lapse(self, view: PolicyView) -> Iterable[Command]:
        """Free what is frozen."""
        del view
        return [c for account in sorted(self._frozen) for c in self._allow(account, Eligible.SELL | Eligible.HOLD)]

    def _is_heard(self, project: ReductionProject) -> bool:
        """Tell whether an application counts: outside the window all, inside those that may choose."""
        inside = self.params.window_from <= project.applied <= self.params.window_to
        tech = str(self.setting.by_code[project.plant].facts.get("tech", ""))
        return not inside or tech in self.params.may_choose

    def _allow(self, account: int, what: Eligible) -> list[Command]:
        return [Allow(account, listed.index, what) for listed in self.setting.listed(KEY)]

    def _free(self, view: PolicyView, account: int) -> int:
        return sum(view.free(account, listed.index) for listed in self.setting.listed(KEY))

    def _cancel(self, view: PolicyView, account: int) -> list[Command]:
        return [
            Transfer(account, AccountKind.CANCELLED, listed.index, free, TransferCode.CANCEL, view.period)
            for listed in self.setting.listed(KEY)
            if (free := view.free(account, listed.index)) > 0
        ]
