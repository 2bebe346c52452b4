"""Entrusted agents (受托代理交易): an agent sells for counties and co-operatives, for a commission."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ecomarket.model.codes import TransferCode
from ecomarket.model.command import Auction, Note, Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import Share
from ecomarket.model.record import CASH
from ecomarket.model.reference import ParticipantCode, RightName, VenueName
from ecomarket.model.stated import NoteCode
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult, Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class EntrustedAgentParams(PolicyParams):
    """Who sells what for whom, where, how often, at least at what price, for which commission."""

    agent: ParticipantCode = Field(description="Agent | 受托代理人")
    principals: list[ParticipantCode] = Field(min_length=1, description="For whom it sells | 委托人")
    right: RightName = Field(description="Right sold | 代理出售的权利")
    venue: VenueName = Field(description="Auction venue of the trading centre | 交易中心竞价场所")
    months: tuple[int, ...] = Field(default=(3, 6, 9, 12), description="Months of a sale | 出售月份")
    share: Share = Field(default=Decimal("0.5"), description="Part of the holding offered | 每次出售比例")
    floor: Share = Field(default=Decimal("0.9"), description="Least price over the 20-day mean | 底价与二十日均价之比")
    commission: Share = Field(default=Decimal("0.02"), description="Commission on the proceeds | 佣金比例")


class EntrustedAgent(Policy):
    """Offer part of each principal's holding at auction on the first sitting of a sale's month.

    Least price = floor x 20-day mean, rounded down; nothing is offered before a price is known. The agent may sell
    only what its principal may sell: a county's sinks once their window has opened them. The commission is taken
    out of the proceeds, rounded down. Every call, bid and fill stands in the journal, and each sale in a statement
    (AUCTION_CLEARED with principal and agent): supervision of the whole trade.
    """

    kind: ClassVar[str] = "entrusted-agent"
    rows: ClassVar[tuple[str, ...]] = ("A3",)
    label_en: ClassVar[str] = "Entrusted agents"
    label_zh: ClassVar[str] = "受托代理交易"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (21) (entrusted operation, supervision); shares: assumption"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.BEFORE_SESSION})
    Params: ClassVar[type[PolicyParams]] = EntrustedAgentParams

    def __init__(self, params: EntrustedAgentParams, setting: Setting) -> None:
        super().__init__(params, setting)
        self._month = 0
        """Month whose sale is held, yyyymm."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Call the month's auctions, once."""
        del moment, draws
        p, today = self.params, view.board.today
        if today.month not in p.months or view.period == self._month:
            return
        self._month = view.period
        for code in p.principals:
            for instrument in self.setting.listed(p.right):
                seller = self.setting.by_code[code].account
                lots = floor_times(view.free(seller, instrument.index), p.share)
                price = floor_times(int(view.board.mean20[instrument.index]), p.floor)
                if lots > 0 and price > 0 and instrument.lives(view.board.t):
                    yield Auction(p.venue, instrument.index, seller, lots, price, tag=code)

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterator[Command]:
        """Take the commission and state the sale."""
        auction, agent = result.auction, self.setting.by_code[self.params.agent].account
        proceeds = sum(lots * price for _, lots, price in result.fills)
        fee = floor_times(proceeds, self.params.commission)
        told: dict[str, object] = {
            "agent": self.params.agent,
            "principal": auction.tag,
            "sold": sum(lots for _, lots, _ in result.fills),
            "proceeds": proceeds,
            "commission": fee,
        }
        yield Note(NoteCode.AUCTION_CLEARED, told, auction.seller, auction.instrument)
        if fee:
            yield Transfer(auction.seller, agent, CASH, fee, TransferCode.AGENT_FEE, view.period, up_to=True)
