"""Carbon accounts of banks (银行碳核算与披露): each states the emissions that its loans finance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.command import Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.stated import FactCode
from ecomarket.policies._contracts import ContractRow
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class ExposureRow(ContractRow):
    """A loan of a bank to a firm, and what the firm's debt and equity are worth together."""

    bank: ParticipantCode = Field(description="Bank | 银行")
    firm: ParticipantCode = Field(description="Firm | 企业")
    loan_cny: Cny = Field(ge=0, description="Loan outstanding, CNY | 贷款余额，元")
    value_cny: Cny = Field(gt=0, description="Debt and equity of the firm, CNY | 企业债务与权益合计，元")


class BankCarbonAccountsParams(PolicyParams):
    """Who has lent to whom."""

    exposures: list[ExposureRow] = Field(default=[], description="Loans, a CSV table or a list | 贷款余额表")


class BankCarbonAccounts(Policy):
    """State at year end what each bank's loans financed of its borrowers' emissions, and publish it.

    Financed = reported emission of the firm this year x min(loan / (debt + equity), 1), rounded down to a tonne; summed
    by bank (FINANCED_CO2_T, notice `bank.financed_co2_t.<bank>`). It moves no money.
    """

    kind: ClassVar[str] = "bank-carbon-accounts"
    rows: ClassVar[tuple[str, ...]] = ("H1",)
    label_en: ClassVar[str] = "Carbon accounts of banks"
    label_zh: ClassVar[str] = "银行碳核算与披露"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (53); 金融机构环境信息披露指南 JR/T 0227-2021 (attribution, memory)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = BankCarbonAccountsParams

    def __init__(self, params: BankCarbonAccountsParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._told: dict[str, int] = {}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Add up and state the year's financed emissions by bank."""
        del moment, draws
        emitted = view.book.year(FactCode.EMISSION_CO2_T, view.year)
        self._told = {}
        for row in self.params.exposures:
            tonnes, value = int(emitted[self.setting.by_code[row.firm].account]), cash_floor(row.value_cny)
            financed = mul_div_floor(tonnes, min(cash_floor(row.loan_cny), value), value)
            self._told[row.bank] = self._told.get(row.bank, 0) + financed
        accounts = {bank: self.setting.by_code[bank].account for bank in self._told}
        return [Fact(FactCode.FINANCED_CO2_T, accounts[b], -1, view.year, t) for b, t in self._told.items()]

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish the last statement."""
        del view
        return {f"bank.financed_co2_t.{bank}": float(tonnes) for bank, tonnes in self._told.items()}
