"""Equity in ecological assets (生态资产入股): lots are put into a company for a share, which pays a dividend."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import TransferCode
from ecomarket.model.command import Bound, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode, RightName
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies._contracts import ContractRow
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class EquityRow(ContractRow):
    """An owner's lots in a company: which, how many, for what share, from when."""

    owner: ParticipantCode = Field(description="Who puts the lots in | 入股方")
    company: ParticipantCode = Field(description="Company | 公司")
    right: RightName = Field(description="Right | 权利")
    vintage: int = Field(default=0, description="Its vintage; 0: the first | 年份，0为首个")
    lots: int = Field(gt=0, description="Lots | 手数")
    share: Share = Field(description="Share in the company | 股权比例")
    begins: date = Field(description="Day of the contribution | 入股日")


class EquityShareParams(PolicyParams):
    """Who put what into which company, and what part of a profit is paid out."""

    equity: list[EquityRow] = Field(default=[], description="Contributions, a CSV table or a list | 入股表")
    payout: Share = Field(default=Decimal("0.5"), description="Part of a year's profit paid out | 分红比例")


class EquityShare(Policy):
    """Move the lots to the company on their day; pay each owner its share of the profit at year end.

    Profit is the rise of the company's free cash since the last year end (the first year: since the first
    contribution), at least 0. Dividend = profit x payout x share, rounded down. An owner that lacks the lots does
    not join (PAYMENT_DEFAULT by what is missing).
    """

    kind: ClassVar[str] = "equity-share"
    rows: ClassVar[tuple[str, ...]] = ("A1",)
    label_en: ClassVar[str] = "Equity in ecological assets"
    label_zh: ClassVar[str] = "生态资产入股"
    reference: ClassVar[str] = "青海深入推进生态文明制度创新实施方案 2023 (23); payout: assumption"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.BEFORE_SESSION, Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = EquityShareParams

    def __init__(self, params: EquityShareParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._waiting = list(params.equity)
        self._joined: list[EquityRow] = []
        self._cash: dict[str, int] = {}
        """Free cash of each company when its profit was last counted."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Take in lots whose day has come; pay dividends at year end."""
        del draws
        till, today = Till(view, view.year), view.board.today
        if moment is Moment.YEAR_END:
            self._pay(view, till)
            return till.commands
        for row in [row for row in self._waiting if row.begins <= today]:
            self._waiting.remove(row)
            if self.params.in_force(today) and self.params.in_force(row.begins):
                self._join(view, till, row)
        return till.commands

    def _join(self, view: PolicyView, till: Till, row: EquityRow) -> None:
        owner, company = (self.setting.by_code[code].account for code in (row.owner, row.company))
        instrument = self.setting.listed(row.right, vintage=row.vintage or None)[0]
        missing = row.lots - view.free(owner, instrument.index)
        if missing > 0:
            till.commands.append(Bound(Rule.PAYMENT_DEFAULT, owner, instrument.index, missing))
            return
        self._joined.append(row)
        self._cash.setdefault(row.company, view.free(company, CASH))
        told: dict[str, object] = {"contract": "equity", "company": row.company, "lots": row.lots}
        till.commands.append(Transfer(owner, company, instrument.index, row.lots, TransferCode.ASSIGN, view.year))
        till.commands.append(Note(NoteCode.GREEN_FINANCE, told, owner, instrument.index))

    def _pay(self, view: PolicyView, till: Till) -> None:
        for company, before in self._cash.items():
            account = self.setting.by_code[company].account
            profit = max(view.free(account, CASH) - before, 0)
            for row in (row for row in self._joined if row.company == company):
                owner = self.setting.by_code[row.owner].account
                due = floor_times(profit, self.params.payout * row.share)
                till.pay(account, owner, due, TransferCode.DIVIDEND)
            self._cash[company] = till.free(account)
