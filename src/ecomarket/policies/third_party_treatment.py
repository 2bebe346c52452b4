"""Third-party treatment (第三方治理) and eco-oriented development (EOD): who pollutes pays who treats."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, CnyPerTonne, Share, Tonnes
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.stated import FactCode
from ecomarket.policies._contracts import ContractRow, pay_due
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class TreatmentRow(ContractRow):
    """A contract: who treats for whom, what it costs, what is paid for a tonne, and the share of a linked business."""

    name: str = Field(min_length=1, description="Name of the contract | 合同名称")
    operator: ParticipantCode = Field(description="Who treats | 治理企业")
    client: ParticipantCode = Field(description="Who pollutes, and pays | 排污单位")
    begins: date = Field(description="First day | 开始日")
    ends: date = Field(description="Last day | 结束日")
    capital_cny: Cny = Field(default=Decimal(0), ge=0, description="Plant, paid by who treats, CNY | 建设投资，元")
    treated_t_month: Tonnes = Field(ge=0, description="Treated a month, t | 月治理量，吨")
    cost_cny_t: CnyPerTonne = Field(default=Decimal(0), ge=0, description="Cost a tonne | 吨治理成本")
    fee_cny_t: CnyPerTonne = Field(ge=0, description="Fee a tonne | 吨治理费")
    linked_cny_month: Cny = Field(
        default=Decimal(0), ge=0, description="Income of the linked business (EOD) | 关联产业月收入"
    )
    linked_share: Share = Field(default=Decimal(0), description="Part of it that feeds the treatment | 反哺治理比例")


class ThirdPartyTreatmentParams(PolicyParams):
    """The contracts."""

    contracts: list[TreatmentRow] = Field(default=[], description="Contracts, a CSV table or a list | 治理合同表")


class ThirdPartyTreatment(Policy):
    """Build the plant on the contract's first month end, then settle every month what was treated.

    The operator treats what its cash pays for (whole kg), states it (TREATED_T_MILLI, of the client) and is paid
    the fee by the client, who pollutes; a fee not paid in full is a default. Of a linked business's income, which
    the client takes in from outside, `linked_share` goes to the operator (EOD: the gain of a better place pays for
    it). Without the money for the plant nothing is treated.
    """

    kind: ClassVar[str] = "third-party-treatment"
    rows: ClassVar[tuple[str, ...]] = ("H8",)
    label_en: ClassVar[str] = "Third-party treatment and EOD"
    label_zh: ClassVar[str] = "第三方治理与EOD"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (33); S003 (七); "
        "国办发〔2014〕69号 (polluter pays, memory); contracts: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = ThirdPartyTreatmentParams

    def __init__(self, params: ThirdPartyTreatmentParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._built: set[str] = set()

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Build, treat, settle."""
        del moment, draws
        till, today = Till(view, view.period), view.board.today
        for row in self.params.contracts:
            if row.begins <= today <= row.ends and self._is_built(till, row):
                self._settle(till, row, view.period)
        return till.commands

    def _is_built(self, till: Till, row: TreatmentRow) -> bool:
        operator, capital = self.setting.by_code[row.operator].account, cash_floor(row.capital_cny)
        if row.name not in self._built and till.free(operator) >= capital:
            self._built.add(row.name)
            till.pay(operator, AccountKind.WORLD, capital, TransferCode.INVESTMENT)
        return row.name in self._built

    def _settle(self, till: Till, row: TreatmentRow, period: int) -> None:
        operator, client = (self.setting.by_code[code].account for code in (row.operator, row.client))
        income = cash_floor(row.linked_cny_month)
        till.pay(AccountKind.WORLD, client, income, TransferCode.INCOME)
        till.pay(client, operator, floor_times(income, row.linked_share), TransferCode.DIVIDEND)
        kg_cost = cash_floor(row.cost_cny_t / 1000)
        kg = int(row.treated_t_month * 1000)
        kg = min(kg, till.free(operator) // kg_cost) if kg_cost else kg
        till.pay(operator, AccountKind.WORLD, kg * kg_cost, TransferCode.OPERATING_COST)
        pay_due(till, client, operator, floor_times(kg, row.fee_cny_t * 10), TransferCode.TREATMENT_FEE)
        if kg:
            till.commands.append(Fact(FactCode.TREATED_T_MILLI, client, -1, period, kg))
