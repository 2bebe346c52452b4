"""Green power (绿电交易，证电合一): contracts settled monthly; the certificate moves with the energy."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import TransferCode
from ecomarket.model.command import Bound, Command, Fact, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerMwh, Mwh
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.green_certificate import KEY, months_between
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

POWER_PRICE: Final = "power.month"
"""Mean going price of power this month, CNY/MWh, where a process publishes it."""
WAIT_MONTHS: Final = 2
"""A certificate not issued by then is not issued at all."""


class GreenContract(BaseModel):
    """Power of a named plant with its certificates, at a price for the energy and a premium for its being green."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    seller: ParticipantCode = Field(description="Plant | 发电企业")
    buyer: ParticipantCode = Field(description="User or outlet province | 用户或受电省")
    mwh_month: Mwh = Field(gt=0, description="Power a month, MWh | 月合同电量，兆瓦时")
    energy_cny_mwh: CnyPerMwh | None = Field(
        default=None, ge=0, description="Price of the energy, CNY per MWh; none: the going price | 电能量价格"
    )
    premium_cny_mwh: CnyPerMwh = Field(ge=0, description="Premium over it, CNY per MWh | 环境溢价，元/兆瓦时")
    first: date | None = Field(default=None, description="First day; none: from the start | 起始日")
    last: date | None = Field(default=None, description="Last day; none: to the end | 终止日")

    def runs(self, today: date) -> bool:
        """Tell whether the contract runs on a day."""
        return (self.first is None or self.first <= today) and (self.last is None or today <= self.last)


class GreenPowerParams(PolicyParams):
    """The contracts."""

    contracts: list[GreenContract] = Field(default=[], description="Contracts, a CSV table or a list | 绿电合同")


class GreenPower(Policy):
    """Settle each contract at month end by what the plant generated; pass its certificates on when they are issued.

    Contracts are served in order. The energy itself is paid where all energy is, at the going price (`power.month` on
    the board); what moves here is the premium and, for a contract with a price of its own, the difference to the going
    price, either way, rounded down a MWh. Only whole MWh that the buyer can pay are settled. Stands after
    certificate-minting. Certificates of plants that may not sell any stay where they are, and no premium is paid.
    """

    kind: ClassVar[str] = "green-power"
    label_en: ClassVar[str] = "Bundled green power"
    label_zh: ClassVar[str] = "绿色电力交易"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (60) (green power price, certificate and power in one); "
        "绿色电力交易 (the certificate moves with the energy after settlement, MARKETS.md 6 R21g)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F3",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = GreenPowerParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._owed: list[tuple[int, int, int, int]] = []
        """Certificates to come: month of production, plant, buyer, lots."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Pass on what was issued, then settle the month."""
        del moment, draws
        passed = self._pass_on(view)
        return [*passed, *self._settle(view)] if self.params.in_force(view.board.today) else passed

    def _settle(self, view: PolicyView) -> list[Command]:
        till = Till(view, view.period)
        made = view.book.month(FactCode.GENERATION_MWH, view.period)
        left: dict[int, int] = {}
        for contract in self.params.contracts:
            if not contract.runs(view.board.today):
                continue
            seller, buyer = self.setting.by_code[contract.seller], self.setting.by_code[contract.buyer]
            there, wanted = left.get(seller.account, int(made[seller.account])), int(contract.mwh_month)
            sellable = bool(int(seller.facts.get("tradable", 1)))
            price = _price(view, contract, sellable=sellable)
            payer, taker = (buyer, seller) if price >= 0 else (seller, buyer)
            can_pay = till.free(payer.account) // abs(price) if price else wanted
            settled = min(wanted, there, can_pay) if sellable else 0
            if settled < wanted:
                till.commands.append(Bound(Rule.GREEN_ENERGY_SHORT, buyer.account, -1, wanted - settled))
            if settled <= 0:
                continue
            left[seller.account] = there - settled
            till.pay(payer.account, taker.account, settled * abs(price), TransferCode.GREEN_POWER)
            till.commands.append(Fact(FactCode.GREEN_POWER_MWH, buyer.account, -1, view.period, settled))
            self._owed.append((view.period, seller.account, buyer.account, settled))
        return till.commands

    def _pass_on(self, view: PolicyView) -> list[Command]:
        commands: list[Command] = []
        waiting: list[tuple[int, int, int, int]] = []
        given: dict[tuple[int, int], int] = {}
        for period, seller, buyer, lots in self._owed:
            listed = self.setting.listed(KEY, vintage=period)
            at = (seller, period)
            there = view.free(seller, listed[0].index) - given.get(at, 0) if listed else 0
            if there > 0:
                moved = min(there, lots)
                given[at] = given.get(at, 0) + moved
                code = TransferCode.GREEN_POWER
                commands.append(Transfer(seller, buyer, listed[0].index, moved, code, period, up_to=True))
            elif months_between(period, view.period) < WAIT_MONTHS:
                waiting.append((period, seller, buyer, lots))
        self._owed = waiting
        return commands


def _price(view: PolicyView, contract: GreenContract, *, sellable: bool) -> int:
    """Return what the buyer pays a MWh on top of the going price, in cash; negative: the plant pays."""
    if not sellable:
        return 0
    going = Decimal(str(view.board.notices.get(POWER_PRICE, 0.0)))
    extra = contract.energy_cny_mwh - going if contract.energy_cny_mwh is not None and going > 0 else Decimal(0)
    return int((contract.premium_cny_mwh + extra) * CASH_PER_YUAN)
