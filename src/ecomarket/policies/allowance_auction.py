"""Auctions of carbon allowances beside free allocation (碳配额有偿竞价)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Auction, Bound, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTonne, Tonnes, Yearly
from ecomarket.model.reference import RightName, VenueName
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies._auction_form import AuctionForm, left_by_price, statement
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import cash_per_lot, lots_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult, Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class AllowanceAuctionParams(AuctionForm):
    """Parameters of the auctions."""

    right: RightName = Field(default="cea", description="The allowance | 配额")
    venue: VenueName = Field(default="allowance-auction", description="Where they are held | 拍卖场所")
    months: tuple[int, ...] = Field(
        default=(3, 6, 9, 12), description="Months in which they are held, on the first trading day | 拍卖月份"
    )
    offer_t: Yearly[Tonnes] = Field(
        default=Yearly.of(Decimal(500_000)), description="Offered in each (assumption) | 每次投放量"
    )
    start_price_cny_t: Yearly[CnyPerTonne] = Field(
        default=Yearly.of(Decimal(60)), description="Lowest price (assumption) | 底价"
    )
    vintage_lag: int = Field(
        default=1, ge=0, description="Years between the vintage sold and the sale, 1: the one due | 配额年份滞后"
    )


class AllowanceAuction(Policy):
    """Issues allowances of the vintage that is due and sells them in one-way auctions to whoever must surrender.

    What is not sold is cancelled; what is held in reserve is issued with the offer. Proceeds go to the treasury. An
    auction that is open on the last day is ended and settled.

    Reference: 国务院令第775号 art. 9 (free allocation, and step by step paid allocation); free and paid from 2030
    (MARKETS.md 3.2, R3); reserves with triggers as RGGI's updated Model Rule of 2017. Amounts are assumptions.
    """

    kind: ClassVar[str] = "allowance-auction"
    label_en: ClassVar[str] = "Auction of carbon allowances"
    label_zh: ClassVar[str] = "碳配额有偿竞价"
    reference: ClassVar[str] = "国务院令第775号第九条; RGGI updated Model Rule 2017"
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.AFTER_SESSION})
    Params: ClassVar[type[PolicyParams]] = AllowanceAuctionParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._held = 0

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Issue and offer on the first trading day of each of the months."""
        del moment, draws
        if view.board.today.month not in self.params.months or view.period == self._held:
            return
        self._held = view.period
        for listed in self.setting.listed(self.params.right, vintage=view.year - self.params.vintage_lag):
            lots = lots_floor(self.params.offer_t.at(view.year), listed.lot)
            start = cash_per_lot(self.params.start_price_cny_t.at(view.year), listed.lot)
            if lots <= 0:
                continue
            terms = self.params.terms(self.params.right, listed.lot, start, lots, lots)
            issued = lots + terms.contain_lots
            code = TransferCode.ISSUE
            yield Transfer(AccountKind.ISSUANCE, AccountKind.ALLOCATION, listed.index, issued, code, view.period)
            yield Auction(
                venue=self.params.venue,
                instrument=listed.index,
                seller=AccountKind.ALLOCATION,
                lots=lots,
                reserve_price=start,
                uniform=self.params.pricing == "uniform",
                tag=f"{self.kind}:{view.period}",
                terms=terms,
            )

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterator[Command]:
        """Publish the result, pass the proceeds on, cancel what was not sold."""
        instrument, seller = result.auction.instrument, AccountKind.ALLOCATION
        told = statement(result, self.setting.instruments[instrument].code)
        yield Note(NoteCode.AUCTION_CLEARED, told, instrument=instrument)
        if refused := left_by_price(result):
            yield Bound(Rule.RESERVE_PRICE, seller, instrument, refused)
        proceeds = sum(lots * price for _, lots, price in result.fills)
        if proceeds:
            yield Transfer(seller, AccountKind.TREASURY, 0, proceeds, TransferCode.PAID_USE, up_to=True)
        issued = result.auction.lots + result.auction.terms.contain_lots
        left = issued - sum(lots for _, lots, _ in result.fills)
        if left:
            yield Transfer(seller, AccountKind.CANCELLED, instrument, left, TransferCode.CANCEL, view.period)
