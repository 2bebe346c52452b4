"""Government guide funds (政府引导基金): the state invests beside private money, and gives up a part of its return."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies._contracts import ContractRow
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class FundProjectRow(ContractRow):
    """A project of the fund: who runs it, who invests beside the state, when, and what it returns."""

    name: str = Field(min_length=1, description="Name of the project | 项目名称")
    operator: ParticipantCode = Field(description="Who runs it | 实施主体")
    investor: ParticipantCode = Field(description="Private investor | 社会资本")
    invested: int = Field(description="Year of the investment | 投资年份")
    private_cny: Cny = Field(gt=0, description="Private money, CNY | 社会出资，元")
    return_rate: Share = Field(description="Return on all money a year | 年回报率")


class GuideFundParams(PolicyParams):
    """The fund: its size, how it matches private money, what it gives up."""

    fund: ParticipantCode = Field(description="The fund's account | 基金账户")
    total_cny: Cny = Field(gt=0, description="Paid in by the treasury in the first year, CNY | 财政出资总额，元")
    match: Share = Field(
        default=Decimal("0.25"), gt=0, lt=1, description="State's part of a project's money | 政府出资比例"
    )
    ceded: Share = Field(default=Decimal("0.5"), description="State's return given to the investor | 政府让利比例")
    projects: list[FundProjectRow] = Field(default=[], description="Projects, a CSV table or a list | 项目表")


class GuideFund(Policy):
    """Fill the fund once; match private money in January of a project's year; share out returns each year end.

    The state's part is private x match / (1 - match), or what the fund has left (FUND_LIMIT binds by the rest). The
    money goes to the operator, which pays return_rate x all of it a year as far as it can, shared by what was paid
    in; of the state's share `ceded` goes to the investor, the rest back to the fund. All is rounded down.
    """

    kind: ClassVar[str] = "guide-fund"
    rows: ClassVar[tuple[str, ...]] = ("H5",)
    label_en: ClassVar[str] = "Government guide funds"
    label_zh: ClassVar[str] = "政府引导基金"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (52) (54); S003 (十五); "
        "政府出资产业投资基金管理暂行办法 2016 (memory); shares: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = GuideFundParams

    def __init__(self, params: GuideFundParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._filled = False
        self._public: dict[str, int] = {}
        """State's money by project, in cash units."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Invest in January, share returns on 31 December."""
        del draws
        till = Till(view, view.year)
        if not self._filled:
            self._filled = True
            till.pay(AccountKind.TREASURY, self._fund, cash_floor(self.params.total_cny), TransferCode.FISCAL_TRANSFER)
        for row in self.params.projects:
            if moment is Moment.YEAR_START and row.invested == view.year and row.name not in self._public:
                self._invest(till, row)
            elif moment is Moment.YEAR_END and row.name in self._public:
                self._share(till, row)
        return till.commands

    def _invest(self, till: Till, row: FundProjectRow) -> None:
        p, private = self.params, cash_floor(row.private_cny)
        operator, investor = (self.setting.by_code[code].account for code in (row.operator, row.investor))
        if till.free(investor) < private:
            return
        part, whole = p.match.as_integer_ratio()
        wanted = mul_div_floor(private, part, whole - part)
        till.pay(investor, operator, private, TransferCode.FINANCING)
        public = till.pay(self._fund, operator, wanted, TransferCode.FINANCING)
        if public < wanted:
            till.commands.append(Bound(Rule.FUND_LIMIT, self._fund, -1, wanted - public))
        told: dict[str, object] = {"contract": "guide-fund", "name": row.name, "private": private, "public": public}
        till.commands.append(Note(NoteCode.GREEN_FINANCE, told, operator))
        self._public[row.name] = public

    def _share(self, till: Till, row: FundProjectRow) -> None:
        private, public = cash_floor(row.private_cny), self._public[row.name]
        operator, investor = (self.setting.by_code[code].account for code in (row.operator, row.investor))
        returned = min(floor_times(private + public, row.return_rate), till.free(operator))
        state = mul_div_floor(returned, public, private + public)
        kept = state - floor_times(state, self.params.ceded)
        till.pay(operator, self._fund, kept, TransferCode.DIVIDEND)
        till.pay(operator, investor, returned - kept, TransferCode.DIVIDEND)

    @property
    def _fund(self) -> int:
        return self.setting.by_code[self.params.fund].account
