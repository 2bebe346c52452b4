"""Counterpart support (对口援青): yearly budgets, framework agreements, commitments, fiscal support of counties."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Command, Fact, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.record import CASH
from ecomarket.model.registry import Retire
from ecomarket.model.stated import FactCode, NoteCode, Scheme
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.carbon_sink import KEY
from ecomarket.units import CASH_PER_YUAN, PPM, cash_floor, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class CounterpartSupportParams(PolicyParams):
    """What provinces and the state pay to counties, and what an unmet commitment costs in reputation."""

    support_cny_county: Cny = Field(
        default=Decimal(500_000),
        ge=0,
        description="Paid by the paired province to each county a year, CNY | 结对省市拨款，元",
    )
    guard_pay_cny: Cny = Field(
        default=Decimal(21_600), ge=0, description="State pay for an eco-guard a year, CNY | 生态管护员年补助，元"
    )
    reputation_loss: Share = Field(
        default=Decimal("0.5"), description="Reputation lost if a commitment is wholly unmet, share | 未履约声誉损失"
    )
    carry_over: bool = Field(default=True, description="Unmet tonnes are owed in the next year | 未完成量结转下年")


class CounterpartSupport(Policy):
    """Pay yearly budgets and sign frameworks in January; in December assess what was bought, then retire it.

    A framework names least tonnes, floor and cap price and budget. What a helper bought is retired for it at year end;
    what is missing is stated, carried to the next year and lowers its reputation (`reputation.<province>`). What was
    signed while the rule was in force is assessed in its December, also after `until`, and then no longer carried on.
    """

    kind: ClassVar[str] = "counterpart-support"
    label_en: ClassVar[str] = "Counterpart support"
    label_zh: ClassVar[str] = "对口支援"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (67); "
        "发达省(市)对口支援四川云南甘肃省藏区 2014 and 对口援青 2010 (pairs); "
        "framework: model (MARKETS.md 4.4 rule 1)"
    )
    rows: ClassVar[tuple[str, ...]] = ("D3",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.YEAR_END})
    winds_down: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    lasting: ClassVar[bool] = True
    Params: ClassVar[type[PolicyParams]] = CounterpartSupportParams

    def __init__(self, params: CounterpartSupportParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._owed_t: dict[int, int] = {}
        self._signed = 0
        """Year of the last frameworks."""
        self._reputation = {p.code: float(p.facts.get("reputation", 1.0)) for p in setting.of_kind("support-province")}

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Sign and pay on 1 January, assess and retire on 31 December."""
        del draws
        if moment is Moment.YEAR_START:
            self._signed = view.year
        elif not self._runs(view):
            return []
        commands: list[Command] = []
        for province in self.setting.of_kind("support-province"):
            commands += self._sign(view, province) if moment is Moment.YEAR_START else self._close(view, province)
        if moment is Moment.YEAR_START:
            for county in self.setting.of_kind("county"):
                commands += self._support(view, county)
        return commands

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish `commitment.<province>` in tonnes and `reputation.<province>`."""
        del view
        told = {f"reputation.{code}": value for code, value in self._reputation.items()}
        for province in self.setting.of_kind("support-province"):
            told[f"commitment.{province.code}"] = float(self._commitment(province))
        return told

    def _runs(self, view: PolicyView) -> bool:
        """Tell whether frameworks bind: the rule is in force, or they were signed this year."""
        return self.params.in_force(view.board.today) or self._signed == view.year

    def _commitment(self, province: Participant) -> int:
        return int(province.facts.get("commitment_t", 0)) + self._owed_t.get(province.account, 0)

    def _sign(self, view: PolicyView, province: Participant) -> list[Command]:
        commands: list[Command] = []
        budget = _cash(province.facts.get("budget_cny", 0))
        if budget > 0:
            code = TransferCode.SUPPORT_FUND
            commands.append(Transfer(AccountKind.WORLD, province.account, CASH, budget, code, view.year))
        tonnes = self._commitment(province)
        if tonnes > 0:
            payload = {
                "helper": province.code,
                "recipients": [code for code in str(province.facts.get("partner", "")).split(";") if code],
                "year": view.year,
                "min_tonnes": tonnes,
                "floor_cash_per_t": _cash(province.facts.get("floor_cny_t", 0)),
                "cap_cash_per_t": _cash(province.facts.get("cap_cny_t", 0)),
                "budget_cash": budget,
            }
            commands.append(Note(NoteCode.FRAMEWORK_SIGNED, payload, province.account))
        return commands

    def _support(self, view: PolicyView, county: Participant) -> list[Command]:
        pay = cash_floor(self.params.guard_pay_cny) * int(county.facts.get("guards", 0))
        commands: list[Command] = []
        if pay > 0:
            code = TransferCode.FISCAL_TRANSFER
            commands.append(Transfer(AccountKind.TRANSFER_PAYMENT, county.account, CASH, pay, code, view.year))
        fund = cash_floor(self.params.support_cny_county)
        if fund > 0 and str(county.facts.get("partner", "")) in self.setting.by_code:
            code = TransferCode.SUPPORT_FUND
            commands.append(Transfer(AccountKind.WORLD, county.account, CASH, fund, code, view.year))
        return commands

    def _close(self, view: PolicyView, province: Participant) -> list[Command]:
        held = [(credit, view.free(province.account, credit.index)) for credit in self.setting.listed(KEY)]
        bought, due = sum(lots for _, lots in held), self._commitment(province)
        commands: list[Command] = []
        if due > 0:
            commands += self._assess(view, province, due, bought)
        for credit, lots in held:
            if lots > 0:
                who = province.account
                commands.append(Retire(who, credit.index, lots, who, "framework", view.year))
        return commands

    def _assess(self, view: PolicyView, province: Participant, due: int, bought: int) -> list[Command]:
        met = min(due, bought)
        unmet = due - met
        loss = float(self.params.reputation_loss) * unmet / due
        self._reputation[province.code] = max(0.0, self._reputation[province.code] - loss)
        self._owed_t[province.account] = (
            unmet if self.params.carry_over and self.params.in_force(view.board.today) else 0
        )
        scheme = Scheme.SUPPORT_COMMITMENT
        commands: list[Command] = [Assess(scheme, province.account, -1, view.year, due, met)]
        if unmet:
            commands.append(Fact(FactCode.UNMET_COMMITMENT, province.account, -1, view.year, unmet))
        return commands


def _cash(yuan: float | str) -> int:
    """Return yuan of a table's column in cash units, rounded down."""
    return mul_div_floor(int(Decimal(str(yuan)) * PPM), CASH_PER_YUAN, PPM)
