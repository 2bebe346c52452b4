"""Securitisation of future sink revenue (碳汇收益资产证券化): a vehicle buys it, senior investors are paid first."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import TransferCode
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.reference import ParticipantCode, RightName
from ecomarket.policies._contracts import pay_due
from ecomarket.policies._flows import Flows
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

CODE: Final = TransferCode.POOL_REVENUE


class SinkSecuritisationParams(PolicyParams):
    """Who sells which revenue to the vehicle, and who buys its tranches."""

    right: RightName = Field(description="Sink right whose revenue is pooled | 入池碳汇权利")
    vehicle: ParticipantCode = Field(description="Special-purpose vehicle | 特殊目的载体")
    originators: list[ParticipantCode] = Field(min_length=1, description="Owners of the sinks | 原始权益人")
    senior: ParticipantCode = Field(description="Investor in the senior tranche | 优先级投资人")
    junior: ParticipantCode = Field(description="Investor in the junior tranche | 次级投资人")
    senior_cny: Cny = Field(gt=0, description="Senior tranche, CNY | 优先级规模，元")
    junior_cny: Cny = Field(ge=0, description="Junior tranche, CNY | 次级规模，元")
    coupon: Share = Field(default=Decimal("0.04"), description="Coupon of the senior tranche a year | 优先级票面年利率")
    revenue_share: Share = Field(
        default=Decimal("0.8"), description="Part of the revenue that is pooled | 入池收益比例"
    )
    years: int = Field(default=3, ge=1, description="Years whose revenue is pooled | 入池年数")


class SinkSecuritisation(Policy):
    """Pay the tranches' money to the owners of sinks in the first January; pool their revenue at each year end.

    Revenue is the lots that left an owner's holding, at the close of the day; it pays `revenue_share` of it, as far
    as it has cash. The vehicle pays senior interest on what is outstanding, then senior principal, then all that is
    left to the junior tranche. Every part is rounded down. What the senior tranche has not got back after the last
    year is lost to it (PAYMENT_DEFAULT of the vehicle): the owners owe revenue, not the principal (true sale).
    """

    kind: ClassVar[str] = "sink-securitisation"
    rows: ClassVar[tuple[str, ...]] = ("H2",)
    label_en: ClassVar[str] = "Securitisation of sink revenue"
    label_zh: ClassVar[str] = "碳汇收益资产证券化"
    reference: ClassVar[str] = (
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十八); tranches and waterfall: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset(
        {Moment.YEAR_START, Moment.BEFORE_SESSION, Moment.AFTER_SESSION, Moment.YEAR_END}
    )
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = SinkSecuritisationParams

    def __init__(self, params: SinkSecuritisationParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._owed = 0
        """Senior principal outstanding, in cash units."""
        self._years = -1
        """Years pooled; -1 before the issue."""
        owners = [self._who(code) for code in params.originators]
        self._flows = Flows(owners, [i.index for i in setting.listed(params.right)])

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Issue once; pool and pay at year end."""
        del draws
        till = Till(view, view.year)
        self._flows.look(view)
        if moment is Moment.YEAR_START and self._years < 0 and self.params.in_force(view.board.today):
            self._issue(till)
        elif moment is Moment.YEAR_END and 0 <= self._years < self.params.years:
            self._years += 1
            self._pool(till)
            self._pay(till)
        return till.commands

    def _issue(self, till: Till) -> None:
        p, vehicle = self.params, self._who(self.params.vehicle)
        senior, junior = cash_floor(p.senior_cny), cash_floor(p.junior_cny)
        if till.free(self._who(p.senior)) < senior or till.free(self._who(p.junior)) < junior:
            return
        self._owed, self._years = senior, 0
        till.pay(self._who(p.senior), vehicle, senior, CODE)
        till.pay(self._who(p.junior), vehicle, junior, CODE)
        each, rest = divmod(senior + junior, len(p.originators))
        for n, code in enumerate(p.originators):
            till.pay(vehicle, self._who(code), each + (rest if n == 0 else 0), CODE)

    def _pool(self, till: Till) -> None:
        for code in self.params.originators:
            account = self._who(code)
            due = floor_times(self._flows.take(account)[2], self.params.revenue_share)
            pay_due(till, account, self._who(self.params.vehicle), due, CODE)

    def _pay(self, till: Till) -> None:
        p, vehicle = self.params, self._who(self.params.vehicle)
        pay_due(till, vehicle, self._who(p.senior), floor_times(self._owed, p.coupon), CODE)
        if self._years == p.years:
            self._owed -= pay_due(till, vehicle, self._who(p.senior), self._owed, CODE)
        else:
            self._owed -= till.pay(vehicle, self._who(p.senior), self._owed, CODE)
        if not self._owed:
            till.pay(vehicle, self._who(p.junior), till.free(vehicle), CODE)

    def _who(self, code: str) -> int:
        return self.setting.by_code[code].account
