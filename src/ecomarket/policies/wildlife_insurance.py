"""Insurance against damage by wild animals (野生动物致害保险): premium shared by state and county, payout by loss."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.stated import FactCode
from ecomarket.policies._dated import DatedParams, Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights._counties import cash_of
from ecomarket.units import CASH_PER_YUAN, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

DAMAGE: Final = "wildlife-damage"
"""Name under which a scenario runs the process."""
WORLD, STATE = AccountKind.WORLD, AccountKind.TRANSFER_PAYMENT


class WildlifeInsuranceParams(DatedParams):
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


class WildlifeInsurance(Policy):
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
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_START, Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = WildlifeInsuranceParams

    def __init__(self, params: WildlifeInsuranceParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._left: dict[int, int] = {}
        """What the year's policy can still pay, in cash by account."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Take premiums on 1 January, state and settle the month's damage at its end."""
        del draws
        till = Till(view, view.period)
        if moment is Moment.YEAR_START:
            self._left = {}
            if self.params.in_force(view.board.today):
                self._insure(till)
        else:
            self._settle(view, till)
        return till.commands

    def _insure(self, till: Till) -> None:
        for county in self.setting.of_kind("county"):
            insured = cash_of(county, "insured_cny")
            premium = floor_times(insured, self.params.premium_rate)
            from_state = floor_times(premium, self.params.state_share)
            own = premium - from_state
            if insured > 0 and till.free(county.account) >= own:
                till.pay(county.account, WORLD, own, TransferCode.WILDLIFE_PREMIUM)
                till.pay(STATE, WORLD, from_state, TransferCode.WILDLIFE_PREMIUM)
                self._left[county.account] = insured

    def _settle(self, view: PolicyView, till: Till) -> None:
        deductible = floor_times(CASH_PER_YUAN, self.params.deductible_cny)
        struck = view.nature.get(DAMAGE, {})
        for account in self._left:
            loss = int(struck.get(self.setting.by_account[account].code, 0.0) * CASH_PER_YUAN)
            if loss > 0:
                till.commands.append(Fact(FactCode.WILDLIFE_DAMAGE_CASH, account, -1, view.period, loss))
                due = floor_times(max(0, loss - deductible), self.params.cover_share)
                paid = till.pay(WORLD, account, min(due, self._left[account]), TransferCode.WILDLIFE_PAYOUT)
                self._left[account] -= paid
