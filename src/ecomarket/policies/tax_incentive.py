"""Tax incentives (税收优惠): less environment tax for cleaner discharge, less income tax for encouraged industries."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.counties import amount_of
from ecomarket.public.environmental_tax import LAW
from ecomarket.units import cash_floor, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView


class TaxIncentiveParams(PolicyParams):
    """Steps of the environment tax, rates of the income tax, encouraged industries."""

    cleaner: Share = Field(default=Decimal("0.3"), description="Below the standard: first step | 低于标准第一档")
    cleaner_off: Share = Field(default=Decimal("0.25"), description="Tax remitted there | 第一档减征比例")
    cleanest: Share = Field(default=Decimal("0.5"), description="Below the standard: second step | 低于标准第二档")
    cleanest_off: Share = Field(default=Decimal("0.5"), description="Tax remitted there | 第二档减征比例")
    income_rate: Share = Field(default=Decimal("0.25"), description="Usual income tax | 企业所得税法定税率")
    encouraged_rate: Share = Field(default=Decimal("0.15"), description="Income tax of the encouraged | 鼓励类产业税率")
    sectors: tuple[str, ...] = Field(default=(), description="Encouraged sectors (column sector) | 鼓励类行业")


class TaxIncentive(Policy):
    """Remit at year end what a firm need not have paid.

    Environment tax: of column `environment_tax_cny` a quarter where discharge lies 30 % below the standard (column
    `below_standard`), half where it lies 50 % below; nothing where `environmental-tax` is in force, which is
    levied less by the same article. Income tax: column `profit_cny` x (usual - encouraged rate)
    for the sectors named. Both are paid by the treasury, rounded down.
    """

    kind: ClassVar[str] = "tax-incentive"
    rows: ClassVar[tuple[str, ...]] = ("H5",)
    label_en: ClassVar[str] = "Tax incentives"
    label_zh: ClassVar[str] = "税收优惠"
    reference: ClassVar[str] = (
        "S003 (二十二); 环境保护税法 art. 13 (30 % and 50 % below: 75 % and 50 % of the tax, memory); "
        "财政部公告2020年第23号 (15 % in the west until 2030, memory)"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = TaxIncentiveParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Remit the year's taxes."""
        del moment, draws
        till = Till(view, view.year)
        today = view.board.today
        for firm in self.setting.of_kind("enterprise"):
            till.pay(AccountKind.TREASURY, firm.account, self.relief_cash(firm, today), TransferCode.TAX_RELIEF)
        return till.commands

    def relief_cash(self, firm: Participant, today: date) -> int:
        """Return what a firm is remitted a year, in cash units."""
        p, below = self.params, amount_of(firm, "below_standard")
        off = p.cleanest_off if below >= p.cleanest else p.cleaner_off if below >= p.cleaner else Decimal(0)
        relief = 0
        if self.setting.law_on(LAW, today) is None:
            relief = floor_times(cash_floor(amount_of(firm, "environment_tax_cny")), off)
        if firm.sector in p.sectors:
            relief += floor_times(
                cash_floor(amount_of(firm, "profit_cny")), max(p.income_rate - p.encouraged_rate, Decimal(0))
            )
        return relief
