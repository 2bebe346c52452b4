"""Greening-increment responsibility (绿化增量责任): land greened above duty may be sold to those below theirs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.quantity import CnyPerMu, Share
from ecomarket.model.reference import RightName
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.policies._increment import IncrementDuty, IncrementParams, column
from ecomarket.units import cash_per_lot, floor_times

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.policies.policy import PolicyParams


class GreeningIncrementParams(IncrementParams):
    """How much of what is planted counts, and what a missing mu costs."""

    right: RightName = Field(default="greening", description="Right in which increments are counted | 指标品种")
    survival: Share = Field(
        default=Decimal("0.85"), description="Part of the land greened that stands at certification | 成活率"
    )
    fee_cny_mu: CnyPerMu = Field(
        default=Decimal(3000), ge=0, description="Non-delivery fee, CNY a mu | 未完成责任费，元/亩"
    )


class GreeningIncrement(IncrementDuty):
    """Certify land greened in the year (fact GREENED_MU x survival) against the column `greening_duty_mu`.

    The surplus, within the set limit, becomes indicators that others may count; what is missing at year end costs the
    non-delivery fee. An indicator serves in its year only. Survival and fee are assumptions.
    """

    kind: ClassVar[str] = "greening-increment"
    label_en: ClassVar[str] = "Greening-increment responsibility"
    label_zh: ClassVar[str] = "绿化增量责任"
    reference: ClassVar[str] = "青海深入推进生态文明制度创新实施方案 2023 (23); rule: model (MARKETS.md 1G, 7.2)"
    rows: ClassVar[tuple[str, ...]] = ("G1",)
    Params: ClassVar[type[PolicyParams]] = GreeningIncrementParams
    scheme: ClassVar[Scheme] = Scheme.GREENING_INCREMENT

    def rights_counted(self) -> tuple[str, ...]:
        """Return the one right in which mu of increment are counted."""
        return (self.params.right,)

    def duty_lots(self, county: Participant, right: str) -> int:
        """Return the mu a county owes a year."""
        del right
        return int(column(county, "greening_duty_mu"))

    def certified_lots(self, county: Participant, right: str, view: PolicyView) -> int:
        """Return the mu greened this year that stand, rounded down."""
        del right
        greened = int(view.book.year(FactCode.GREENED_MU, view.year)[county.account])
        return floor_times(greened, self.params.survival)

    def fee_cash(self, right: str) -> int:
        """Return the fee of a missing mu in cash."""
        del right
        return cash_per_lot(self.params.fee_cny_mu, "1")
