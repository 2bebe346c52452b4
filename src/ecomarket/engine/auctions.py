"""One-way auctions on the exchange: opening, bids in their drawn order of arrival, clearing, what the journal keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.engine.statements import bids_taken, canonical
from ecomarket.exchange.rules import LOTS_LIMIT
from ecomarket.exchange.terms import AuctionTerms
from ecomarket.model.codes import Refusal
from ecomarket.model.command import AuctionResult
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecomarket.chance import Draws
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.model.command import Auction, Bid
    from ecomarket.model.observation import Board
    from ecomarket.model.setting import Setting

    Heard = Callable[[Auction, Sequence[Bid], Sequence[tuple[int, int, int]]], None]

Round = tuple[int, int, int]
"""A round of a clock: price in cash a lot, lots wanted at it, lots there at it."""
_RANK: Final = LOTS_LIMIT + 1
"""Ranks of policies stand above those by size."""


class Auctions:
    """Holds auctions at the board's time; `count` hears each refusal, `heard` each auction that has cleared."""

    def __init__(
        self, exchange: Exchange, setting: Setting, board: Board, draws: Draws, count: Callable[[object, int], None]
    ) -> None:
        self._exchange = exchange
        self._venue = {code: number for number, code in enumerate(setting.venues)}
        self._board = board
        self._draws = draws
        self._count = count
        self.heard: Heard | None = None

    def sealed(self, auction: Auction, bids: Sequence[Bid]) -> AuctionResult:
        """Open, take the bids in a drawn order of arrival, clear."""
        number = self.open(auction)
        if number == 0:
            return nothing_sold(auction)
        taken = [bid for bid in self.invited(auction, bids) if self.bid(number, auction, bid)]
        return self.clear(number, auction, taken, ())

    def open(self, auction: Auction) -> int:
        """Open an auction at the exchange; return its number, 0 if it is refused."""
        number = self._exchange.open_auction(
            self._board.t,
            self._venue[auction.venue],
            auction.instrument,
            auction.seller,
            auction.lots,
            auction.reserve_price,
            uniform=auction.uniform,
            terms=_terms(auction),
        )
        if number < 0:
            self._count(auction, -number)
        return max(number, 0)

    def bid(self, number: int, auction: Auction, bid: Bid) -> int:
        """Place a bid; return its id, 0 if it is refused."""
        rank = auction.rank.get(bid.account, 0)
        if auction.terms.larger_first:
            rank = rank * _RANK + LOTS_LIMIT - bid.lots
        match, whole = auction.match_ppm.get(bid.account, 0), auction.terms.whole
        made, refusal = self._exchange.bid(
            self._board.t, number, bid.account, bid.price, bid.lots, rank, match, whole=whole
        )
        self._count(bid, refusal)
        return made

    def take_back(self, account: int, made: int) -> None:
        """Take back a bid that stands."""
        self._exchange.withdraw_bid(self._board.t, account, made)

    def clear(self, number: int, auction: Auction, taken: Sequence[Bid], rounds: Sequence[Round]) -> AuctionResult:
        """State the bids and the rounds of the clock, clear, and return what came of it."""
        t, payload = self._board.t, canonical(bids_taken(auction, taken, rounds))
        self._exchange.note(t, NoteCode.AUCTION_BIDS, payload, instrument=auction.instrument)
        fills = tuple((f.account, f.lots, f.price) for f in self._exchange.clear_auction(t, number))
        if self.heard is not None:
            self.heard(auction, taken, fills)
        unsold = max(auction.lots - sum(lots for _, lots, _ in fills), 0)
        return AuctionResult(auction, fills, unsold, sum(b.lots for b in taken))

    def invited(self, auction: Auction, bids: Sequence[Bid]) -> list[Bid]:
        """Return the bids of those who may bid, in the day's drawn order of arrival."""
        if not bids:
            return []
        who = np.array([b.account for b in bids], dtype=np.int64)
        luck = self._draws.bits(who, "bid-arrival", self._board.day, auction.instrument)
        kept = []
        for bid in (bids[i] for i in np.argsort(luck, kind="stable")):
            if auction.invited is None or bid.account in auction.invited:
                kept.append(bid)
            else:
                self._count(bid, Refusal.PRIORITY_WINDOW)
        return kept


def nothing_sold(auction: Auction) -> AuctionResult:
    """Return the result of an auction that could not be opened."""
    return AuctionResult(auction, (), auction.lots, 0)


def _terms(auction: Auction) -> AuctionTerms:
    """Say in the exchange's words how an auction is held; what is held in reserve is the seller's own."""
    terms = auction.terms
    return AuctionTerms(
        form="ascending" if terms.increment else "sealed",
        increment=terms.increment,
        contain_account=auction.seller if terms.contain_lots else -1,
        contain_lots=terms.contain_lots,
        contain_price=terms.contain_price,
        withhold_lots=terms.withhold_lots,
        withhold_price=terms.withhold_price,
        bidder_lots_max=terms.bidder_lots_max,
    )
