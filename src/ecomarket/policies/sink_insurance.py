"""Insurance of sinks (林草碳汇保险): premium on the planted area, payout for what fire, drought and pests take."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import TransferCode
from ecomarket.model.command import Fact
from ecomarket.model.quantity import CnyPerMu, Share
from ecomarket.model.stated import FactCode
from ecomarket.policies._insurance import CountyInsurance
from ecomarket.policies.policy import PolicyParams
from ecomarket.public.counties import amount_of
from ecomarket.rights.carbon_sink import CURVES
from ecomarket.units import CASH_PER_YUAN, PPM, floor_times, mul_div_floor

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.policies._till import Till

HAZARD: Final = "forest-hazard"
"""Name under which a scenario runs the hazards."""


class SinkInsuranceParams(PolicyParams):
    """Sum insured, premium and who pays it, what of a loss is paid."""

    insured_cny_mu: CnyPerMu = Field(
        default=Decimal(1000), ge=0, description="Sum insured a mu of a sink's measures, CNY a mu | 每亩保险金额，元/亩"
    )
    premium_rate: Share = Field(
        default=Decimal("0.004"), description="Premium over the sum insured a year, share | 年保险费率"
    )
    state_share: Share = Field(
        default=Decimal("0.5"), description="State's part of the premium, share | 财政保费补贴比例"
    )
    deductible_share: Share = Field(
        default=Decimal("0.01"), description="Part of the area borne by the county at each loss, share | 每次免赔比例"
    )
    cover_share: Share = Field(default=Decimal("0.8"), description="Part of the rest that is paid, share | 赔付比例")


class SinkInsurance(CountyInsurance):
    """Insure each county's sinks every January; at month end pay (part lost - deductible) x sum insured x cover.

    The sum insured is the area of the measures (`tree_mu`, ...) x `insured_cny_mu`. A county that cannot pay its part
    of the premium is not insured that year; a year pays the sum insured at most. The insurer stands outside. The part
    lost is what process forest-hazard takes, counted in parts per million, rounded down. Optional.
    """

    kind: ClassVar[str] = "sink-insurance"
    label_en: ClassVar[str] = "Insurance of sinks"
    label_zh: ClassVar[str] = "林草碳汇保险"
    reference: ClassVar[str] = (
        "青海2020年度工作要点 28 (green insurance); 农业保险条例 2012 art. 2, 7 (forest insurance, subsidised premium, "
        "memory); rates: assumption"
    )
    rows: ClassVar[tuple[str, ...]] = ("H3",)
    premium = TransferCode.SINK_PREMIUM
    payout = TransferCode.SINK_PAYOUT
    Params: ClassVar[type[PolicyParams]] = SinkInsuranceParams

    def insured(self, county: Participant) -> int:
        """Return a county's sum insured in cash, rounded down."""
        area = sum(amount_of(county, f"{measure}_mu") for measure in CURVES)
        return int(area * self.params.insured_cny_mu * CASH_PER_YUAN)

    def settle(self, view: PolicyView, till: Till) -> None:
        """State and pay for what the month's hazards took."""
        struck, deductible = view.nature.get(HAZARD, {}), int(self.params.deductible_share * PPM)
        for account, insured in self.sums.items():
            lost = int(struck.get(self.setting.by_account[account].code, 0.0) * PPM)
            if lost <= 0:
                continue
            loss = mul_div_floor(insured, lost, PPM)
            till.commands.append(Fact(FactCode.SINK_DAMAGE_CASH, account, -1, view.period, loss))
            borne = mul_div_floor(insured, max(0, lost - deductible), PPM)
            self.compensate(till, account, floor_times(borne, self.params.cover_share))
