"""Rules of the registry (登记规则): approval, delay, limit, reversal, pledges, and a suspension by date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from ecomarket.model.codes import Role
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Keyed, Share
from ecomarket.model.reference import ParticipantCode, RightName
from ecomarket.model.registry import GrantRole, Resume, StateRules, Suspend
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import PPM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

LENT: Final = {
    "emission-permit": Decimal("0.7"),
    "carbon-allowance": Decimal("0.6"),
    "carbon-sink": Decimal("0.5"),
    "water-right": Decimal("0.5"),
}
TERMS: Final = {"emission-permit": 1_825, "water-right": 365}
OFFICER: Final = "regulator/rules"
OFFICES: Final = {"registry-clerk": "registrar", "registry-officer": "registrar"}
"""Offices that are not called like the role."""


class RoleGrant(BaseModel):
    """A role that a person of the scenario holds from the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal[
        "observer", "trader", "registry-clerk", "registry-officer", "regulator", "scenario-owner", "auditor"
    ] = Field(description="Role | 角色")
    name: str = Field(min_length=1, pattern="^[^/]+$", description="The person's own name | 人员姓名")
    participant: ParticipantCode | None = Field(default=None, description="Of a trader: for whom | 交易员所属主体")


class RegistryRulesParams(PolicyParams):
    """Parameters of the registry. China's rules of 2021 leave most of them to the operator; EU values: manual."""

    four_eyes: bool = Field(
        default=False, description="A second representative must approve a proposed transfer | 划转须经第二人复核"
    )
    delay: Literal["none", "eu-35"] = Field(
        default="none", description="When an approved transfer is carried out | 复核后的执行时点"
    )
    limit_lots: int = Field(
        default=0, ge=0, description="Most lots of a transfer outside the trusted list (0: any) | 名单外单笔划转上限"
    )
    trusted_working_days: int = Field(
        default=4, ge=0, description="Working days until a trusted account counts | 信任账户生效的工作日数"
    )
    lapse_days: int = Field(
        default=7, ge=1, description="Days until a proposal that nobody approves lapses | 未复核申请失效天数"
    )
    reversal_days: int = Field(
        default=0, ge=0, description="Days in which a retirement may be reversed (0: never) | 注销可撤回天数"
    )
    loan_share: Keyed[Share] = Field(
        default=LENT, description="Most of a pledge's value that is lent, by kind of right | 质押率上限"
    )
    call_share: Share = Field(default=Decimal("0.85"), description="Loan over value at a margin call | 追加质押比例")
    sale_share: Share = Field(default=Decimal("0.95"), description="Loan over value at the forced sale | 处置比例")
    cure_days: int = Field(
        default=10, ge=0, description="Days to answer a margin call before the sale | 追加质押宽限天数"
    )
    loan_rate: Share = Field(default=Decimal("0.0365"), description="Yearly rate of a loan | 质押贷款年利率")
    rate_below: Share = Field(
        default=Decimal("0.003"), description="Most by which a green debtor's rate is lower | 绿色主体利率最大下浮"
    )
    rate_above: Share = Field(
        default=Decimal("0.015"), description="Most by which a red debtor's rate is higher | 红色主体利率最大上浮"
    )
    term_days: Keyed[PositiveInt] = Field(
        default=TERMS, description="Full term of a right: a pledge counts the part left | 权利期限：质押只计剩余部分"
    )
    owner: str | None = Field(
        default=None,
        pattern="^[^/]+/[^/]+$",
        description="Person (CODE/name) who grants roles; signatures then need them | 授予角色者；设置后签署须有角色",
    )
    grants: list[RoleGrant] = Field(default=[], description="Roles the owner grants at the start | 初始授予的角色")
    tape: Literal["anonymous", "named"] = Field(
        default="anonymous", description="Whether others see whose a trade was | 行情是否公开成交双方"
    )
    suspended_right: RightName | None = Field(
        default=None, description="Right whose market is suspended | 暂停交易的权利"
    )
    suspended_from: date | None = Field(default=None, description="First day of the suspension | 暂停首日")
    suspended_until: date | None = Field(default=None, description="Day on which trading resumes | 恢复交易日")

    def plain(self) -> dict[str, Any]:
        """Return the rules as ledger.registry.rules.RegistryRules takes them: integers and words."""
        return {
            "four_eyes": self.four_eyes,
            "delay": self.delay,
            "limit_lots": self.limit_lots,
            "trusted_working_days": self.trusted_working_days,
            "lapse_days": self.lapse_days,
            "reversal_days": self.reversal_days,
            "loan_ppm": {kind: int(share * PPM) for kind, share in self.loan_share.items()},
            "call_ppm": int(self.call_share * PPM),
            "sale_ppm": int(self.sale_share * PPM),
            "cure_days": self.cure_days,
            "rate_ppm": int(self.loan_rate * PPM),
            "rate_below_ppm": int(self.rate_below * PPM),
            "rate_above_ppm": int(self.rate_above * PPM),
            "term_days": dict(self.term_days),
            "owner": self.owner or "",
            "tape": self.tape,
        }


class RegistryRules(Policy):
    """States the registry's rules in the journal on its first day, and suspends a market by date.

    The registry itself obeys them (ledger.registry). What is due between two moments at which policies act is carried
    out at the second. On the day after its last the rules of a run without it are stated, a suspension ends;
    pledges, freezes and roles that are there stay.
    """

    kind: ClassVar[str] = "registry-rules"
    label_en: ClassVar[str] = "Rules of the registry"
    label_zh: ClassVar[str] = "登记规则"
    reference: ClassVar[str] = "生态环境部公告2021年第21号; Reg. (EU) 2019/1122 art. 23, 35"
    moments: ClassVar[frozenset[Moment]] = frozenset(
        {Moment.RUN_START, Moment.BEFORE_SESSION, Moment.AFTER_SESSION, Moment.MONTH_END}
    )
    Params: ClassVar[type[PolicyParams]] = RegistryRulesParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._suspended = False

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """State the rules; suspend and resume on the first moment from their days on."""
        del draws
        if moment is Moment.RUN_START:
            yield StateRules(self.params.plain())
            yield from self._grants()
        p, today = self.params, view.board.today
        lasts = p.suspended_from is not None and p.suspended_from <= today
        lasts = lasts and (p.suspended_until is None or today < p.suspended_until)
        if p.suspended_right and lasts != self._suspended:
            self._suspended = lasts
            if lasts:
                yield Suspend(p.suspended_right, OFFICER, "scenario")
            else:
                yield Resume(p.suspended_right, OFFICER)

    def lapse(self, view: PolicyView) -> Iterator[Command]:
        """Let a suspended market trade again, and state the rules of a run without this policy."""
        del view
        if self._suspended:
            yield Resume(self.params.suspended_right, OFFICER)
        yield StateRules({})

    def _grants(self) -> Iterator[Command]:
        """Let the owner grant the scenario's roles, and this policy the regulator's, which it needs to suspend."""
        p = self.params
        if p.owner is None:
            return
        if p.suspended_right:
            yield GrantRole(OFFICER, Role.REGULATOR, p.owner)
        for grant in p.grants:
            account = self.setting.by_code[grant.participant].account if grant.participant else -1
            person = f"{grant.participant or OFFICES.get(grant.role, grant.role)}/{grant.name}"
            yield GrantRole(person, Role[grant.role.upper().replace("-", "_")], p.owner, account)
