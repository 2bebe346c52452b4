"""Environmental protection tax (环境保护税): levied on what is emitted, beside the permit to emit it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import Field, model_validator

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import In, Keyed, Ratio, Share, unsound
from ecomarket.model.stated import FactCode
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.environmental_tax import reduction
from ecomarket.units import CASH_PER_YUAN, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView

MONTHS_A_QUARTER: Final = 3
CASH_PER_FEN: Final = CASH_PER_YUAN // 100
SCALE: Final = 10**9
"""Rates and equivalents are scaled by it to whole numbers: nine places of each count."""


class EnvironmentalTaxParams(PolicyParams):
    """Rates, equivalents and reductions of the tax."""

    rate_cny: Keyed[Annotated[Decimal, In("CNY")]] = Field(
        default={"so2": Decimal("1.2"), "nox": Decimal("1.2"), "cod": Decimal("1.4"), "nh3n": Decimal("1.4")},
        description="Tax on a pollution equivalent, CNY | 每污染当量税额，元",
    )
    equivalent_kg: Keyed[Ratio] = Field(
        default={"so2": Decimal("0.95"), "nox": Decimal("0.95"), "cod": Decimal(1), "nh3n": Decimal("0.8")},
        description="Mass of a pollution equivalent, kg | 污染当量值，千克",
    )
    low_below: Share = Field(
        default=Decimal("0.3"), description="Below the standard by so much: the first reduction | 低于标准幅度（一档）"
    )
    low_reduction: Share = Field(default=Decimal("0.25"), description="First reduction of the tax | 减征比例（一档）")
    lower_below: Share = Field(
        default=Decimal("0.5"), description="Below the standard by so much: the second one | 低于标准幅度（二档）"
    )
    lower_reduction: Share = Field(default=Decimal("0.5"), description="Second reduction of the tax | 减征比例（二档）")
    exempt_classes: tuple[str, ...] = Field(
        default=("municipal", "agri"), description="Classes of source that pay nothing | 暂予免征的源类"
    )

    @model_validator(mode="after")
    def _measured(self) -> EnvironmentalTaxParams:
        lacking = [right for right in self.rate_cny if not self.equivalent_kg.get(right, Decimal(0)) > 0]
        if lacking:
            raise unsound(
                f"rate_cny: {lacking[0]} has no pollution equivalent above 0 in equivalent_kg",
                f"rate_cny：{lacking[0]} 在 equivalent_kg 中没有大于 0 的污染当量值",
            )
        return self


class EnvironmentalTax(Policy):
    """Levies the tax at the end of each quarter on the quarter's reported emission of every enterprise.

    Tax = kg / equivalent x rate, rounded down to 0.01 CNY a firm, pollutant and quarter. The column
    `<right>_concentration` is a firm's concentration over the standard (absent: 1): at 0.7 or less the first reduction
    applies, at 0.5 or less the second. Sewage works that keep the standard and farming are exempt (`exempt_classes`).
    Nobody pays more than it has. A correction after the quarter's end is not taxed.

    Reference: 环境保护税法 art. 7, 11 (equivalents), 12 (exempt), 13 (reductions), 18 (by quarter); equivalent of SO2
    MARKETS.md 2.3 item 10 (R59), the others and the rates of Qinghai (the lowest) from memory.
    """

    kind: ClassVar[str] = "environmental-tax"
    rows: ClassVar[tuple[str, ...]] = ("I2",)
    label_en: ClassVar[str] = "Environmental protection tax"
    label_zh: ClassVar[str] = "环境保护税"
    reference: ClassVar[str] = "环境保护税法 2018 art. 7, 11-13, 18"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = EnvironmentalTaxParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Levy the quarter's tax at its end."""
        del moment, draws
        today = view.board.today
        if today.month % MONTHS_A_QUARTER:
            return []
        till = Till(view, view.period)
        for right in self.params.rate_cny:
            kg = self._quarter_kg(right, view)
            for firm in self.setting.of_kind("enterprise"):
                if kg[firm.account]:
                    due = self._due(right, kg[firm.account], firm)
                    till.pay(firm.account, AccountKind.TREASURY, due, TransferCode.ENVIRONMENTAL_TAX)
        return till.commands

    def _quarter_kg(self, right: str, view: PolicyView) -> list[int]:
        """Return what each account reported in the quarter that ends, in kg (the unit of EMISSION_T_MILLI)."""
        months = range(view.period - MONTHS_A_QUARTER + 1, view.period + 1)
        taxed = [i.index for i in self.setting.listed(right) if i.klass not in self.params.exempt_classes]
        total = [0] * self.setting.accounts
        for month in months:
            for index in taxed:
                for account, kg in enumerate(view.book.month(FactCode.EMISSION_T_MILLI, month, index).tolist()):
                    total[account] += kg
        return total

    def _due(self, right: str, kg: int, firm: Participant) -> int:
        part = int((1 - reduction(self.params, right, firm)) * SCALE)
        rate = int(self.params.rate_cny[right] * CASH_PER_YUAN * SCALE) * part
        due = mul_div_floor(kg, rate, int(self.params.equivalent_kg[right] * SCALE) * SCALE)
        return due - due % CASH_PER_FEN
