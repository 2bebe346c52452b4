"""Repos and forwards on rights (碳回购、碳远期): sold and bought back, or for a later day at a price of today."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ecomarket.model.codes import Mechanism, TransferCode
from ecomarket.model.command import Bound, Deal, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Cny, Share
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode, RightName, VenueName
from ecomarket.model.stated import Rule
from ecomarket.policies._contracts import ContractRow, interest
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class ContractOnRight(ContractRow):
    """A repo or a forward: parties, right, lots, price a lot, days, rate."""

    form: Literal["repo", "forward"] = Field(description="Repo or forward | 回购或远期")
    seller: ParticipantCode = Field(description="Who sells (and, in a repo, buys back) | 卖方（回购方）")
    buyer: ParticipantCode = Field(description="Who buys (and lends the cash) | 买方（逆回购方）")
    right: RightName = Field(description="Right | 权利")
    vintage: int = Field(default=0, description="Its vintage; 0: the first | 年份，0为首个")
    lots: int = Field(gt=0, description="Lots | 手数")
    price_cny: Cny = Field(gt=0, description="Price a lot, CNY | 每手价格，元")
    rate: Share = Field(default=Decimal(0), description="Yearly rate of a repo | 回购年利率")
    begins: date = Field(description="Day of the agreement | 签约日")
    ends: date = Field(description="Day of buying back or delivery | 购回或交割日")


class CarbonContractsParams(PolicyParams):
    """The contracts, and where they are settled."""

    venue: VenueName = Field(description="Venue that settles them, by agreement | 结算场所")
    contracts: list[ContractOnRight] = Field(default=[], description="Contracts, a CSV table or a list | 合约表")


class CarbonContracts(Policy):
    """Settle each contract on its days, delivery versus payment, by a negotiated deal at the venue.

    A repo sells the lots at its price and buys them back at the same price at the end; the interest (simple, 360
    days) is paid then. A forward delivers at the end, at the price agreed at the start. A party that lacks lots or
    cash at the end has defaulted (PAYMENT_DEFAULT): in a repo each keeps what it has.
    """

    kind: ClassVar[str] = "carbon-contracts"
    rows: ClassVar[tuple[str, ...]] = ("C9",)
    label_en: ClassVar[str] = "Repos and forwards on rights"
    label_zh: ClassVar[str] = "碳回购与碳远期"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (53); JR/T 0244-2022 碳金融产品 (memory); terms: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.BEFORE_SESSION})
    winds_down: ClassVar[frozenset[Moment]] = moments
    Params: ClassVar[type[PolicyParams]] = CarbonContractsParams

    def __init__(self, params: CarbonContractsParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._waiting = list(params.contracts)
        self._open: list[ContractOnRight] = []

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """End contracts that are due, then begin those whose day has come: one deal a contract and day."""
        del moment, draws
        today = view.board.today
        for row in [row for row in self._open if row.ends <= today]:
            self._open.remove(row)
            yield from self._end(view, row)
        for row in [row for row in self._waiting if row.begins <= today]:
            self._waiting.remove(row)
            if not (self.params.in_force(today) and self.params.in_force(row.begins)):
                continue
            if row.form == "forward":
                self._open.append(row)
            elif not (missed := self._lacks(view, row, row.buyer, row.seller, 0)):
                self._open.append(row)
                yield self._deal(row, row.buyer, row.seller)
            else:
                yield missed

    def _end(self, view: PolicyView, row: ContractOnRight) -> Iterator[Command]:
        buyer, seller, cost = row.buyer, row.seller, 0
        if row.form == "repo":
            buyer, seller = seller, buyer
            cost = interest(cash_floor(row.price_cny) * row.lots, row.rate, (row.ends - row.begins).days)
        missed = self._lacks(view, row, buyer, seller, cost)
        if missed:
            yield missed
            return
        yield self._deal(row, buyer, seller)
        if cost:
            yield Transfer(self._who(buyer), self._who(seller), CASH, cost, TransferCode.FINANCING, view.period)

    def _lacks(self, view: PolicyView, row: ContractOnRight, buyer: str, seller: str, cost: int) -> Bound | None:
        """Return who lacks what on the day: the buyer cash, or the seller lots."""
        due = cash_floor(row.price_cny) * row.lots + cost
        short = due - view.free(self._who(buyer), CASH)
        if short > 0:
            return Bound(Rule.PAYMENT_DEFAULT, self._who(buyer), -1, short)
        short = row.lots - view.free(self._who(seller), self._instrument(row))
        return Bound(Rule.PAYMENT_DEFAULT, self._who(seller), self._instrument(row), short) if short > 0 else None

    def _deal(self, row: ContractOnRight, buyer: str, seller: str) -> Deal:
        parties = self._who(buyer), self._who(seller)
        price = cash_floor(row.price_cny)
        return Deal(Mechanism.NEGOTIATED, self.params.venue, self._instrument(row), *parties, price, row.lots)

    def _instrument(self, row: ContractOnRight) -> int:
        return self.setting.listed(row.right, vintage=row.vintage or None)[0].index

    def _who(self, code: str) -> int:
        return self.setting.by_code[code].account
