"""Consumption weight (消纳责任权重): provinces and big users show certificates for a part of their load, or pay."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Bound, Command, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerMwh, Keyed, Mwh, Share
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode
from ecomarket.model.registry import Retire
from ecomarket.model.stated import FactCode, Rule, Scheme
from ecomarket.policies._till import Till
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.green_certificate import alive, duty_mwh, own_renewable_mwh, weight_of
from ecomarket.units import CASH_PER_YUAN, cash_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView

DEFAULT_WEIGHT = {"aluminium": Decimal("0.70")}


class ExcessTransfer(BaseModel):
    """Consumption above one's own duty, sold to somebody who lacks it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seller: ParticipantCode = Field(description="Who has more than its duty | 转让方")
    buyer: ParticipantCode = Field(description="Who lacks it | 受让方")
    mwh: Mwh = Field(gt=0, description="Power agreed a year, MWh | 年转让量，兆瓦时")
    cny_mwh: CnyPerMwh = Field(ge=0, description="Price, CNY per MWh | 价格，元/兆瓦时")


class ConsumptionWeightParams(PolicyParams):
    """Weights by participant or sector, the part to be shown in certificates, the price of what is missing."""

    weight: Keyed[Share] = Field(
        default=DEFAULT_WEIGHT,
        description="Weight by participant or sector; provinces else carry their own, share | 消纳责任权重",
    )
    certificate_share: Keyed[Share] = Field(
        default={},
        description="Part of the duty not met by power itself, by participant or sector, share | 需以绿证完成的比例",
    )
    alternative_cny_mwh: CnyPerMwh = Field(
        default=Decimal(40),
        ge=0,
        description="Charge for each missing MWh, CNY per MWh | 未完成部分替代价格，元/兆瓦时",
    )
    binding: Literal["none", "non-hydro", "total"] = Field(
        default="none", description="Binding table of 2023 for provinces without weight of their own | 约束性权重表"
    )
    monitored: tuple[str, ...] = Field(
        default=("65",), description="Provinces that are monitored and not charged | 只监测不考核的省份"
    )
    excess: list[ExcessTransfer] = Field(
        default=[], description="Transfers of excess consumption, a table or a list | 超额消纳量转让"
    )


class ConsumptionWeight(Policy):
    """Assess weight x load at year end: own power, excess bought, certificates the oldest first, then a charge.

    The duty is weight x (load - `exempt_mwh`), rounded up. It is met by renewable power used (own_renewable_mwh), by
    excess consumption bought less sold, and by certificates retired; what is still missing is charged. Excess is sold
    in order of the list, at most what the seller has above its duty, what the buyer lacks, and what it can pay for.
    A year counts whole if the rule is in force on its 31 December.
    """

    kind: ClassVar[str] = "consumption-weight"
    label_en: ClassVar[str] = "Renewable consumption weight"
    label_zh: ClassVar[str] = "可再生能源电力消纳责任权重"
    reference: ClassVar[str] = (
        "发改能源〔2019〕807号 (weights, ways of fulfilment, excess consumption); 消纳责任权重 2023 (table, formula, "
        "MARKETS.md 6 R22 R23); 青海深入推进生态文明制度创新实施方案 2023 (61) (67); charge: model (MARKETS.md 6)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F2",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = ConsumptionWeightParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Assess everybody with a duty."""
        del moment, draws
        commands: list[Command] = []
        valid = alive(self.setting, view.board.today)
        duties = self._duties(view)
        power = self._power(view, duties)
        till = Till(view, view.year)
        for trade in self.params.excess:
            self._pass_on(trade, duties, power, till)
        commands += till.commands
        for party in self.setting.participants:
            if party.account in duties:
                commands += self._assess(view, party, duties[party.account], power.get(party.account, 0), valid)
        return commands

    def _duties(self, view: PolicyView) -> dict[int, int]:
        duties: dict[int, int] = {}
        used = view.book.year(FactCode.POWER_USE_MWH, view.year)
        for party in self.setting.participants:
            weight = weight_of(self.params, party)
            if weight > 0:
                load = int(used[party.account]) or int(party.facts.get("load_mwh", party.facts.get("power_mwh", 0)))
                duties[party.account] = duty_mwh(weight, load, int(party.facts.get("exempt_mwh", 0) or 0))
        return duties

    def _power(self, view: PolicyView, duties: dict[int, int]) -> dict[int, int]:
        """Return the renewable power of everybody with a duty or with excess to sell, MWh."""
        own = view.book.year(FactCode.RENEWABLE_USE_MWH, view.year)
        came = view.book.year(FactCode.OUTBOUND_MWH, view.year)
        who = {*duties, *(self.setting.by_code[t.seller].account for t in self.params.excess)}
        return {a: own_renewable_mwh(self.setting.by_account[a], int(own[a]), int(came[a])) for a in sorted(who)}

    def _pass_on(self, trade: ExcessTransfer, duties: dict[int, int], power: dict[int, int], till: Till) -> None:
        seller, buyer = (self.setting.by_code[code].account for code in (trade.seller, trade.buyer))
        price = cash_floor(trade.cny_mwh)
        there = power[seller] - duties.get(seller, 0)
        lacking = duties.get(buyer, 0) - power.get(buyer, 0)
        wanted = int(trade.mwh)
        mwh = max(0, min(wanted, there, lacking, till.free(buyer) // price if price else wanted))
        if mwh < wanted:
            till.commands.append(Bound(Rule.EXCESS_SHORT, buyer, -1, wanted - mwh))
        if mwh:
            till.pay(buyer, seller, mwh * price, TransferCode.EXCESS_CONSUMPTION)
            power[seller] -= mwh
            power[buyer] = power.get(buyer, 0) + mwh

    def _assess(
        self, view: PolicyView, party: Participant, duty: int, power: int, valid: list[Instrument]
    ) -> list[Command]:
        commands: list[Command] = []
        met = min(power, duty)
        for certificate in valid:
            lots = min(view.free(party.account, certificate.index), duty - met)
            if lots > 0:
                met += lots
                who = party.account
                commands.append(Retire(who, certificate.index, lots, who, "consumption-weight", view.year))
        counted = 0 if party.kind == "support-province" and party.zone in self.params.monitored else duty - met
        charge = int(counted * self.params.alternative_cny_mwh * CASH_PER_YUAN)
        commands.append(Assess(Scheme.CONSUMPTION_WEIGHT, party.account, -1, view.year, duty, met, charge))
        if charge > 0:
            code = TransferCode.SHORTFALL_CHARGE
            commands.append(Transfer(party.account, AccountKind.PENALTY, CASH, charge, code, view.year, up_to=True))
        return commands
