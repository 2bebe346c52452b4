"""Consumption weight (消纳责任权重): provinces and big users show certificates for a part of their load, or pay."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, FactCode, Scheme, TransferCode
from ecomarket.model.command import Assess, Command, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerMwh, Keyed, Share
from ecomarket.model.record import CASH
from ecomarket.model.registry import Retire
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.green_certificate import alive, duty_mwh, weight_of
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView

DEFAULT_WEIGHT = {"aluminium": Decimal("0.70")}


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


class ConsumptionWeight(Policy):
    """Assess weight x load at year end: retire valid certificates, the oldest first; charge what is missing."""

    kind: ClassVar[str] = "consumption-weight"
    label_en: ClassVar[str] = "Renewable consumption weight"
    label_zh: ClassVar[str] = "可再生能源电力消纳责任权重"
    reference: ClassVar[str] = (
        "发改能源〔2019〕807号 (weights, ways of fulfilment); 青海深入推进生态文明制度创新实施方案 2023 (61) (67); "
        "charge: model (MARKETS.md 6)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F2",)
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.YEAR_END})
    Params: ClassVar[type[PolicyParams]] = ConsumptionWeightParams

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Assess everybody with a duty."""
        del moment, draws
        commands: list[Command] = []
        valid = alive(self.setting, view.board.today)
        used = view.book.year(FactCode.POWER_USE_MWH, view.year)
        for party in self.setting.participants:
            weight = weight_of(self.params, party)
            if weight > 0:
                load = int(used[party.account]) or int(party.facts.get("load_mwh", party.facts.get("power_mwh", 0)))
                commands += self._assess(view, party, duty_mwh(weight, load), valid)
        return commands

    def _assess(self, view: PolicyView, party: Participant, duty: int, valid: list[Instrument]) -> list[Command]:
        commands: list[Command] = []
        met = 0
        for certificate in valid:
            lots = min(view.free(party.account, certificate.index), duty - met)
            if lots > 0:
                met += lots
                who = party.account
                commands.append(Retire(who, certificate.index, lots, who, "consumption-weight", view.year))
        charge = int((duty - met) * self.params.alternative_cny_mwh * CASH_PER_YUAN)
        commands.append(Assess(Scheme.CONSUMPTION_WEIGHT, party.account, -1, view.year, duty, met, charge))
        if charge > 0:
            code = TransferCode.SHORTFALL_CHARGE
            commands.append(Transfer(party.account, AccountKind.PENALTY, CASH, charge, code, view.year, up_to=True))
        return commands
