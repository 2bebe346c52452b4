"""Insurance against damage by wild animals (野生动物致害保险): premium shared by state and county, payout by loss."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import TransferCode
from ecomarket.model.command import Fact
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.stated import FactCode
from ecomarket.policies._insurance import CountyInsurance
from ecomarket.policies.policy import PolicyParams
from ecomarket.public.counties import cash_of
from ecomarket.units import CASH_PER_YUAN, cash_floor, floor_times

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.policies._till import Till

DAMAGE: Final = "wildlife-damage"
"""Name under which a scenario runs the process."""


class WildlifeInsuranceParams(PolicyParams):
    """Premium and who pays it, what of a loss is paid."""

    premium_rate: Share = Field(
        default=Decimal("0.05"), description="Premium over the sum insured a year, share | 年保险费率"
    )
    state_share: Share = Field(
        default=Decimal("0.5"), description="State's part of the premium, share | 上级财政保费比例"
    )
    deductible_cny: Cny = Field(
        default=Decimal(500), ge=0, description="Borne by the county a month, CNY | 月免赔额，元"
    )
    cover_share: Share = Field(default=Decimal("0.8"), description="Part of the rest that is paid, share | 赔付比例")


class WildlifeInsurance(CountyInsurance):
    """Insure counties with a sum insured (`insured_cny`) each January; pay (loss - deductible) x cover at month end.

    A county that cannot pay its part of the premium is not insured that year. Payouts of a year stop at the sum
    insured. The insurer stands outside. Optional: in force only where a scenario names it.
    """

    kind: ClassVar[str] = "wildlife-insurance"
    rows: ClassVar[tuple[str, ...]] = ("G11",)
    label_en: ClassVar[str] = "Wildlife-damage insurance"
    label_zh: ClassVar[str] = "野生动物致害保险"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (3); 野生动物保护法 2022 art. 19 (memory); rates: assumption"
    )
    premium = TransferCode.WILDLIFE_PREMIUM
    payout = TransferCode.WILDLIFE_PAYOUT
    Params: ClassVar[type[PolicyParams]] = WildlifeInsuranceParams

    def insured(self, county: Participant) -> int:
        """Return a county's sum insured in cash, rounded down."""
        return cash_of(county, "insured_cny")

    def settle(self, view: PolicyView, till: Till) -> None:
        """State and pay for the month's damage."""
        deductible = cash_floor(self.params.deductible_cny)
        struck = view.nature.get(DAMAGE, {})
        for account in self.sums:
            loss = int(struck.get(self.setting.by_account[account].code, 0.0) * CASH_PER_YUAN)
            if loss > 0:
                till.commands.append(Fact(FactCode.WILDLIFE_DAMAGE_CASH, account, -1, view.period, loss))
                self.compensate(till, account, floor_times(max(0, loss - deductible), self.params.cover_share))
