"""Quarterly auction of emission permits out of the government reserve (排污权竞价出让)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ecomarket.model.codes import AccountKind, Mechanism, TransferCode
from ecomarket.model.command import Auction, Bound, Deal, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CnyPerTonne, Keyed, Share
from ecomarket.model.reference import VenueName
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies._auction_form import AuctionForm, left_by_price, mean_price, statement
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.rights.emission_permit import is_pilot, need_lots, permit_of
from ecomarket.units import cash_per_lot, floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult, Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class PermitAuctionParams(AuctionForm):
    """Parameters of the auction."""

    venue: VenueName = Field(default="permit-auction", description="Where it is held | 拍卖场所")
    reserve_price_cny_t: Keyed[CnyPerTonne] = Field(
        default={"so2": Decimal(4000), "nox": Decimal(5000), "cod": Decimal(6000), "nh3n": Decimal(12000)},
        description="Start price for the full term | 起拍价",
    )
    offer_share: Share = Field(default=Decimal("0.25"), description="Part of the reserve offered | 每季投放储备比例")
    open_share: Share = Field(
        default=Decimal("0.25"),
        description="Part of what new projects leave that all may bid for, 0: none | 新建项目认购后向其他单位投放比例",
    )
    wins_for_agreement: int = Field(
        default=3, ge=1, description="Auctions won before an agreement transfer is open | 协议转让所需竞得次数"
    )


class PermitAuction(Policy):
    """Offers part of the reserve on the first trading day of each quarter, by sealed bids or a rising clock.

    New projects bid first; of what they leave, `open_share` is then offered to all, since firms at work have their
    permits at the fixed price of the initial allocation. A new project that has won in three quarters and still lacks
    its approved need buys the rest from the reserve by agreement at the mean price of that right's last auction.
    Proceeds go to the treasury.

    Reference: 国办发〔2014〕38号 (fixed price for existing sources, auction for new ones); 青环发〔2014〕341号
    (Qinghai's trading rules: price then time, agreement after three wins; MARKETS.md 2.1, R25, CASES P24); start
    prices and the quarterly share are model values.
    """

    kind: ClassVar[str] = "permit-auction"
    label_en: ClassVar[str] = "Permit auction"
    label_zh: ClassVar[str] = "排污权竞价出让"
    reference: ClassVar[str] = "国办发〔2014〕38号; 青环发〔2014〕341号"
    rows: ClassVar[tuple[str, ...]] = ("B4", "B7")
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.AFTER_SESSION})
    Params: ClassVar[type[PolicyParams]] = PermitAuctionParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._quarter = (0, 0)
        self._wins: dict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
        """Quarters in which (account, instrument) has won."""
        self._projects = frozenset(p.account for p in setting.of_kind("enterprise") if p.facts.get("appear"))

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Open one auction for each pilot instrument that the reserve holds."""
        del moment, draws
        today = view.board.today
        quarter = (today.year, (today.month - 1) // 3)
        if quarter == self._quarter:
            return
        self._quarter = quarter
        for right, price in self.params.reserve_price_cny_t.items():
            for index in self._traded(right):
                stock = view.free(AccountKind.RESERVE, index)
                lots = floor_times(stock, self.params.offer_share)
                if lots > 0:
                    tag = f"{self.kind}:{today.year}Q{quarter[1] + 1}"
                    yield self._call(index, price, lots, stock, self._projects or None, tag)

    def _call(
        self, index: int, price: Decimal, lots: int, stock: int, invited: frozenset[int] | None, tag: str
    ) -> Auction:
        """Return an auction of lots out of a stock, held as the parameters say."""
        instrument = self.setting.instruments[index]
        start = cash_per_lot(price, instrument.lot)
        return Auction(
            venue=self.params.venue,
            instrument=index,
            seller=AccountKind.RESERVE,
            lots=lots,
            reserve_price=start,
            uniform=self.params.pricing == "uniform",
            invited=invited,
            tag=tag,
            terms=self.params.terms(instrument.right, instrument.lot, start, lots, stock - lots),
        )

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterator[Command]:
        """Publish the result, settle it, and offer part of what new projects left to all."""
        auction = result.auction
        told = statement(result, self.setting.instruments[auction.instrument].code)
        yield Note(NoteCode.AUCTION_CLEARED, told, instrument=auction.instrument)
        if refused := left_by_price(result):
            yield Bound(Rule.RESERVE_PRICE, AccountKind.RESERVE, auction.instrument, refused)
        left = floor_times(result.unsold_lots, self.params.open_share) if auction.invited is not None else 0
        stock = view.free(AccountKind.RESERVE, auction.instrument)
        again = self._open_to_all(auction, left, stock) if left > 0 else None
        if again is not None:
            stock -= again.lots + again.terms.contain_lots
        if result.fills:
            yield from self._settle(result, mean_price(result), stock, view)
        if again is not None:
            yield again

    def _open_to_all(self, auction: Auction, left: int, stock: int) -> Auction:
        right = self.setting.instruments[auction.instrument].right
        price = self.params.reserve_price_cny_t[right]
        return self._call(auction.instrument, price, left, stock, None, f"{auction.tag}:open")

    def _settle(self, result: AuctionResult, mean: int, stock: int, view: PolicyView) -> Iterator[Command]:
        """Pass the proceeds on, count the wins, open agreement transfers out of `stock`."""
        instrument = result.auction.instrument
        proceeds = sum(lots * price for _, lots, price in result.fills)
        yield Transfer(AccountKind.RESERVE, AccountKind.TREASURY, 0, proceeds, TransferCode.PAID_USE, up_to=True)
        winners = sorted({account for account, _, _ in result.fills})
        for account in winners:
            self._wins[account, instrument].add(self._quarter)
        yield from self._agreements(instrument, winners, mean, stock, view)

    def _agreements(
        self, instrument: int, winners: list[int], mean: int, stock: int, view: PolicyView
    ) -> Iterator[Command]:
        for account in winners:
            if len(self._wins[account, instrument]) < self.params.wins_for_agreement:
                continue
            lots = min(self._lacking(account, instrument, view), stock)
            if lots > 0:
                stock -= lots
                yield Deal(
                    Mechanism.NEGOTIATED, self.params.venue, instrument, account, AccountKind.RESERVE, mean, lots
                )
                yield Transfer(
                    AccountKind.RESERVE, AccountKind.TREASURY, 0, lots * mean, TransferCode.PAID_USE, up_to=True
                )

    def _lacking(self, account: int, instrument: int, view: PolicyView) -> int:
        """Return what a new project's approved need exceeds its holding by; 0 for incumbents, who have no such need."""
        project = self.setting.by_account.get(account)
        if project is None or not project.facts.get("appear"):
            return 0
        need = need_lots(self.setting, self.setting.instruments[instrument].right, project, view.board.today)
        return max(need - int(view.balances[account, instrument, 0]), 0)

    def _traded(self, right: str) -> list[int]:
        """Return the right's instruments that some enterprise of a pilot prefecture may buy."""
        return sorted({i for p in self.setting.of_kind("enterprise") if (i := self._own(right, p)) is not None})

    def _own(self, right: str, participant: Participant) -> int | None:
        instrument = permit_of(self.setting, right, participant)
        pilot = instrument is not None and is_pilot(self.setting.zones, participant)
        return instrument.index if instrument is not None and pilot else None
