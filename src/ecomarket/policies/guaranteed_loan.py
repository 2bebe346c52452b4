"""Guaranteed green loans (绿色贷款担保): a guarantor takes a fee, and a part of the loss if the borrower cannot pay."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import TransferCode
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.reference import ParticipantCode
from ecomarket.policies._contracts import ContractRow, interest, pay_due
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class GuaranteedLoanRow(ContractRow):
    """A loan: who lends, borrows and guarantees, how much, at what rate and fee, from when to when."""

    lender: ParticipantCode = Field(description="Bank | 贷款银行")
    borrower: ParticipantCode = Field(description="Borrower | 借款人")
    guarantor: ParticipantCode = Field(description="Guarantor | 担保人")
    principal_cny: Cny = Field(gt=0, description="Principal, CNY | 本金，元")
    rate: Share = Field(description="Yearly rate | 年利率")
    fee: Share = Field(description="Guarantee fee over principal a year | 年担保费率")
    coverage: Share = Field(description="Part of a loss that the guarantor bears | 担保比例")
    begins: date = Field(description="Day of the loan | 放款日")
    ends: date = Field(description="Day on which it is due | 到期日")


class GuaranteedLoanParams(PolicyParams):
    """The loans."""

    loans: list[GuaranteedLoanRow] = Field(default=[], description="Loans, a CSV table or a list | 担保贷款表")


class GuaranteedLoan(Policy):
    """Pay loans out, take the guarantee fee, and settle at term: the borrower first, then the guarantor.

    The fee is due at the start for the whole term. At term the borrower owes principal and simple interest (360
    days); of what it cannot pay the guarantor bears `coverage`, rounded down, the bank the rest. A bank that is
    short lends nothing.
    """

    kind: ClassVar[str] = "guaranteed-loan"
    rows: ClassVar[tuple[str, ...]] = ("H2",)
    label_en: ClassVar[str] = "Guaranteed green loans"
    label_zh: ClassVar[str] = "绿色贷款担保"
    reference: ClassVar[str] = "新疆建立健全生态产品价值实现机制实施方案 2022 (十八); fee and coverage: assumption"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.BEFORE_SESSION})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = GuaranteedLoanParams

    def __init__(self, params: GuaranteedLoanParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._waiting = list(params.loans)
        self._lent: list[GuaranteedLoanRow] = []

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Settle what is due today, then pay out what begins."""
        del moment, draws
        till, today = Till(view, view.period), view.board.today
        for row in [row for row in self._lent if row.ends <= today]:
            self._lent.remove(row)
            self._settle(till, row)
        for row in [row for row in self._waiting if row.begins <= today]:
            self._waiting.remove(row)
            if self.params.in_force(today) and till.free(self._who(row.lender)) >= cash_floor(row.principal_cny):
                self._lend(till, row)
        return till.commands

    def _lend(self, till: Till, row: GuaranteedLoanRow) -> None:
        principal, borrower = cash_floor(row.principal_cny), self._who(row.borrower)
        till.pay(self._who(row.lender), borrower, principal, TransferCode.FINANCING)
        fee = interest(principal, row.fee, (row.ends - row.begins).days)
        pay_due(till, borrower, self._who(row.guarantor), fee, TransferCode.GUARANTEE)
        self._lent.append(row)

    def _settle(self, till: Till, row: GuaranteedLoanRow) -> None:
        principal, bank = cash_floor(row.principal_cny), self._who(row.lender)
        cost = interest(principal, row.rate, (row.ends - row.begins).days)
        paid = pay_due(till, self._who(row.borrower), bank, principal + cost, TransferCode.FINANCING)
        loss = floor_times(principal + cost - paid, row.coverage)
        pay_due(till, self._who(row.guarantor), bank, loss, TransferCode.GUARANTEE)

    def _who(self, code: str) -> int:
        return self.setting.by_code[code].account
