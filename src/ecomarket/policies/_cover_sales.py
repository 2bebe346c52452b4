"""What was sold of a county's cover, and what is still owed for it: instalments, management fees, refunds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Note, Transfer
from ecomarket.model.quantity import CnyPerMu, Share, unsound
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode, RightName
from ecomarket.model.stated import NoteCode
from ecomarket.rights.responsibility_indicator import origin_of, own_indicator
from ecomarket.units import CASH_PER_YUAN, cash_floor, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

ONE = Decimal(1)


class AgreedSale(BaseModel):
    """A sale two counties have agreed on, as Wuxi and Yuzhong did."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seller: ParticipantCode = Field(description="County that has the cover | 出让县")
    buyer: ParticipantCode = Field(description="County that is short of it | 受让县")
    right: RightName = Field(default="forest", description="Indicator | 指标品种")
    mu: int = Field(gt=0, description="Area, mu | 面积，亩")
    price_cny_mu: CnyPerMu = Field(ge=0, description="Indicator price without management, CNY a mu | 指标价，元/亩")
    day: date = Field(description="Day of the agreement; carried out at the end of its month | 签约日")
    instalments: tuple[Share, ...] = Field(
        default=(ONE,), min_length=1, description="Shares of the price paid at once and each year after | 分期比例"
    )

    @model_validator(mode="after")
    def _paid_in_full(self) -> AgreedSale:
        if sum(self.instalments) != ONE:
            paid = sum(self.instalments)
            raise unsound(
                f"the instalments make {paid} of the price, not the whole", f"各期付款合计为价款的 {paid}，不是全部价款"
            )
        return self


@dataclass(slots=True)
class Purchase:
    """Lots a buyer holds of one county's cover: price in cash a lot, year of purchase, years of care paid."""

    instrument: int
    buyer: int
    lots: int
    price: int
    year: int
    cared: int = 0


class Sales:
    """The ledger of purchases and of what is due for them; what a debtor cannot pay stays due."""

    def __init__(self, setting: Setting, agreed: Sequence[AgreedSale], care_years: int) -> None:
        self._setting = setting
        self._waiting = sorted(agreed, key=lambda sale: sale.day)
        self._care_years = care_years
        self._purchases: list[Purchase] = []
        self._later: list[tuple[int, int, int, int]] = []
        """Instalments to come: year, debtor, creditor, cash."""
        self._due: dict[tuple[int, int], int] = {}
        """Cash due by debtor and creditor."""

    def remember(self, instrument: int, buyer: int, lots: int, price: int, year: int) -> None:
        """Take down a purchase."""
        self._purchases.append(Purchase(instrument, buyer, lots, price, year))

    def begin(self, view: PolicyView, management: Mapping[str, Decimal]) -> Iterator[Command]:
        """Carry out agreed sales whose day has come, once the seller has the mu and the buyer the first instalment."""
        for sale in [s for s in self._waiting if s.day <= view.board.today]:
            seller, buyer = self._setting.by_code[sale.seller], self._setting.by_code[sale.buyer]
            indicator = own_indicator(self._setting, sale.right, seller, 0)
            price = sale.mu * cash_floor(sale.price_cny_mu)
            parts = [floor_times(price, share) for share in sale.instalments[1:]]
            first = price - sum(parts)
            if indicator is None or view.free(seller.account, indicator.index) < sale.mu:
                continue
            if view.free(buyer.account, CASH) < first:
                continue
            self._waiting.remove(sale)
            self._later += [
                (view.year + n, buyer.account, seller.account, part) for n, part in enumerate(parts, start=1)
            ]
            self.remember(indicator.index, buyer.account, sale.mu, price // sale.mu, view.year)
            moved, paid = TransferCode.ASSIGN, TransferCode.INDICATOR_PAYMENT
            yield Transfer(seller.account, buyer.account, indicator.index, sale.mu, moved, view.year)
            if first:
                yield Transfer(buyer.account, seller.account, CASH, first, paid, view.year)
            payload = {
                "seller": sale.seller,
                "buyer": sale.buyer,
                "mu": sale.mu,
                "price_cash": price,
                "management_cash_year": sale.mu * int(management.get(sale.right, Decimal(0)) * CASH_PER_YUAN),
                "management_years": self._care_years,
            }
            yield Note(NoteCode.INDICATOR_DEAL, payload, buyer.account, indicator.index)

    def collect(self, view: PolicyView, instruments: set[int], rate: int) -> Iterator[Command]:
        """Collect what falls due this year: management fees at `rate` cash a lot, instalments, and what was left."""
        for bought in self._purchases:
            if bought.instrument in instruments and bought.cared < self._care_years and bought.lots:
                bought.cared += 1
                self._owe(bought.buyer, self._seller(bought.instrument), bought.lots * rate)
        for _, debtor, creditor, cash in [part for part in self._later if part[0] <= view.year]:
            self._owe(debtor, creditor, cash)
        self._later = [part for part in self._later if part[0] > view.year]
        left: dict[int, int] = {}
        for (debtor, creditor), cash in list(self._due.items()):
            paid = min(cash, left.setdefault(debtor, max(0, view.free(debtor, CASH))))
            left[debtor] -= paid
            self._due[debtor, creditor] -= paid
            if paid:
                yield Transfer(debtor, creditor, CASH, paid, TransferCode.INDICATOR_PAYMENT, view.year)

    def refund(self, view: PolicyView, seller: Participant, indicator: Instrument, mu: int) -> Iterator[Command]:
        """Cancel mu that were lost, holders pro rata; the seller owes their price for the years left.

        Shares are rounded down and the rest falls on the earliest purchases; of 15 years with 12 left, 12/15 of the
        price are due.
        """
        here = [p for p in self._purchases if p.instrument == indicator.index and p.lots]
        held = sum(p.lots for p in here)
        lost = [mul_div_floor(p.lots, min(mu, held), held) for p in here]
        for at, bought in enumerate(here):
            lost[at] += min(min(mu, held) - sum(lost), bought.lots - lost[at])
        for bought, lots in zip(here, lost, strict=True):
            if lots:
                left = max(0, self._care_years - (view.year - bought.year))
                back = lots * bought.price * left // self._care_years if self._care_years else lots * bought.price
                bought.lots -= lots
                self._owe(seller.account, bought.buyer, back)
                cancel = TransferCode.CANCEL
                yield Transfer(bought.buyer, AccountKind.CANCELLED, indicator.index, lots, cancel, view.year)
        yield self.told(seller, indicator, min(mu, held), "refunded")

    def told(self, seller: Participant, indicator: Instrument, mu: int, how: str) -> Note:
        """Return the statement that cover which was sold is lost, and how it is made good."""
        return Note(NoteCode.COVER_LOST, {"county": seller.code, "mu": mu, "how": how}, seller.account, indicator.index)

    def _owe(self, debtor: int, creditor: int, cash: int) -> None:
        if cash > 0 and debtor != creditor:
            self._due[debtor, creditor] = self._due.get((debtor, creditor), 0) + cash

    def _seller(self, instrument: int) -> int:
        seller = origin_of(self._setting, self._setting.instruments[instrument])
        assert seller is not None, "cover names the county it comes from"
        return seller.account
