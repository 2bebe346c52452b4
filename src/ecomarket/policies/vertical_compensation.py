"""Vertical compensation (纵向生态补偿): the state's lines for forest and wetland, funds, donations and bonds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Bound
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, CnyPerMu, Share
from ecomarket.model.stated import Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of, pilot_factor
from ecomarket.units import CASH_PER_YUAN, cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

STATE, WORLD = AccountKind.TRANSFER_PAYMENT, AccountKind.WORLD


class LineRow(BaseModel):
    """A budget line: which land it pays for, how much a mu, and what it may spend a year."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    name: str = Field(min_length=1, description="Name of the line | 资金名称")
    column: str = Field(min_length=1, description="Column of the counties with the area in mu | 面积列")
    rate_cny_mu: CnyPerMu = Field(ge=0, description="Paid a mu and year | 补偿标准")
    budget_cny: Cny = Field(ge=0, description="Most that is spent a year | 年度预算")
    money: Literal["budget", "fund", "donation", "bond"] = Field(default="budget", description="Where from | 资金来源")


class VerticalCompensationParams(PolicyParams):
    """The lines, and the terms of the bond that pays for lines paid by bond."""

    lines: list[LineRow] = Field(default=[], description="Budget lines, a CSV table or a list | 补偿资金表")
    bond_cny: Cny = Field(
        default=Decimal(0), ge=0, description="Ecological bond issued in the first year | 生态债券发行额"
    )
    coupon: Share = Field(default=Decimal("0.03"), description="Coupon a year, share | 票面年利率")
    bond_years: int = Field(default=3, ge=1, description="Life of the bond, years | 债券期限，年")


class VerticalCompensation(Policy):
    """Pay each line to the counties by area every January; if the budget is short, all get the same part of their due.

    Lines of `money` budget are the state's, fund and donation come from outside, bond from what the bond brought in
    until that is spent. A county's due is its area x rate x a pilot's coefficient, rounded down. The state issues
    the bond in its first year, pays the coupon each January after, and redeems it after `bond_years`.
    """

    kind: ClassVar[str] = "vertical-compensation"
    rows: ClassVar[tuple[str, ...]] = ("G8",)
    label_en: ClassVar[str] = "Vertical ecological compensation"
    label_zh: ClassVar[str] = "纵向生态补偿"
    reference: ClassVar[str] = (
        "生态保护补偿条例 2024 art. 8-13 (memory); 新疆建立健全生态产品价值实现机制实施方案 2022 (十一); "
        "林业改革发展资金管理办法 (public-benefit forest, memory)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = VerticalCompensationParams

    def __init__(self, params: VerticalCompensationParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._issued = 0
        """Year of issue of the bond; 0: not yet."""
        self._proceeds = 0
        """What is left of the bond, in cash."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Serve the bond, then pay every line."""
        del moment, draws
        till = Till(view, view.year)
        self._serve_bond(view, till)
        for line in self.params.lines if self.params.in_force(view.board.today) else ():
            self._pay(view, till, line)
        return till.commands

    def _serve_bond(self, view: PolicyView, till: Till) -> None:
        face = cash_floor(self.params.bond_cny)
        if not self._issued and self.params.in_force(view.board.today):
            self._issued, self._proceeds = view.year, till.pay(WORLD, STATE, face, TransferCode.ECO_BOND)
        elif self._issued and self._issued < view.year <= self._issued + self.params.bond_years:
            till.pay(STATE, WORLD, floor_times(face, self.params.coupon), TransferCode.ECO_BOND)
            if view.year == self._issued + self.params.bond_years:
                till.pay(STATE, WORLD, face, TransferCode.ECO_BOND)

    def _pay(self, view: PolicyView, till: Till, line: LineRow) -> None:
        today, rate = view.board.today, line.rate_cny_mu * CASH_PER_YUAN
        due = {
            c.account: int(amount_of(c, line.column) * rate * pilot_factor(self.setting, c, today))
            for c in self.setting.of_kind("county")
        }
        whole, room = sum(due.values()), cash_floor(line.budget_cny)
        if line.money == "bond":
            room = min(room, self._proceeds)
        payer = STATE if line.money in ("budget", "bond") else WORLD
        for account, sum_due in due.items():
            part = sum_due if whole <= room else mul_div_floor(sum_due, room, whole)
            paid = till.pay(payer, account, part, TransferCode.VERTICAL_COMPENSATION)
            self._proceeds -= paid if line.money == "bond" else 0
        if whole > room:
            till.commands.append(Bound(Rule.BUDGET_SHORT, -1, -1, whole - room))
