"""Rising clocks: auctions that go on from round to round, and from day to day, until no more is wanted than there is.

A round names a price; who stays bids for what it still wants, and stands by what it bid in the round before. Rounds are
held after the sittings, each clock's own time apart; a clock that has not ended goes on after the next day's sittings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ecomarket.model.command import Bid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecomarket.engine.auctions import Auctions, Round
    from ecomarket.model.command import Auction, AuctionResult
    from ecomarket.model.observation import Board


@dataclass
class Clock:
    """One running clock: its number at the exchange, its price and the one before, who stays, and the bids that stand.

    standing holds for each account its bids at the exchange, by id; `done` hears the result.
    """

    number: int
    auction: Auction
    ask: Callable[[Auction], Sequence[Bid]]
    done: Callable[[AuctionResult], None]
    price: int
    next_t: int
    before: int = 0
    stays: dict[int, int] = field(default_factory=dict)
    standing: dict[int, dict[int, Bid]] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)


class Clocks:
    """All running clocks; `run` lets them rise."""

    def __init__(self, auctions: Auctions, board: Board) -> None:
        self._auctions = auctions
        self._board = board
        self._running: list[Clock] = []

    def start(
        self,
        auction: Auction,
        ask: Callable[[Auction], Sequence[Bid]],
        done: Callable[[AuctionResult], None],
    ) -> bool:
        """Open a clock and hold its first round, at its reserve price; return whether the exchange let it open."""
        number = self._auctions.open(auction)
        if number:
            clock = Clock(number, auction, ask, done, auction.reserve_price, self._board.t)
            self._running.append(clock)
            self._round(clock)
        return number > 0

    def run(self, from_t: int, until_t: int) -> None:
        """Hold the rounds that fall between two times, in order of time, then of opening; the board's time follows."""
        for clock in self._running:
            clock.next_t = max(clock.next_t, from_t)
        while due := [c for c in self._running if c.next_t < until_t]:
            clock = min(due, key=lambda c: (c.next_t, c.number))
            self._board.t = clock.next_t
            self._round(clock)

    def _round(self, clock: Clock) -> None:
        """Ask at the clock's price, place who stays and who leaves, end or go a step on."""
        for gone in [account for account in clock.standing if account not in clock.stays]:
            self._take_back(clock, gone)  # it left a round ago, and the price went on: its bid can no longer win
        call = replace(clock.auction, standing=clock.price)
        wanted: Counter[int] = Counter()
        for bid in self._auctions.invited(call, clock.ask(call)):
            if bid.price >= clock.price:
                wanted[bid.account] += bid.lots
        if clock.before:
            parties = [a for a in wanted if a in clock.stays] + [a for a in clock.stays if a not in wanted]
            clock.stays = {a: self._next(clock, a, min(wanted[a], clock.stays[a])) for a in parties}
        else:
            clock.stays = {a: self._place(clock, a, clock.price, lots) for a, lots in wanted.items()}
        clock.stays = {a: lots for a, lots in clock.stays.items() if lots}
        total, there = sum(clock.stays.values()), clock.auction.there(clock.price)
        clock.rounds.append((clock.price, total, there))
        if total <= there:
            self._end(clock)
        else:
            clock.before, clock.price = clock.price, clock.auction.step_after(clock.price)
            clock.next_t = self._board.t + clock.auction.terms.round_time

    def _next(self, clock: Clock, account: int, lots: int) -> int:
        """Replace a party's bids of the round before: what stays at the new price, what leaves at the old one.

        Who cannot cover both leaves with all, for which it was good in the round before.
        """
        had = clock.stays[account]
        self._take_back(clock, account)
        staying = self._place(clock, account, clock.price, lots) if lots else 0
        if staying < had and not self._place(clock, account, clock.before, had - staying):
            self._take_back(clock, account)
            self._place(clock, account, clock.before, had)
            return 0
        return staying

    def _place(self, clock: Clock, account: int, price: int, lots: int) -> int:
        """Place a bid; return its lots, 0 if it is refused."""
        bid = Bid(account, price, lots)
        made = self._auctions.bid(clock.number, clock.auction, bid)
        if made:
            clock.standing.setdefault(account, {})[made] = bid
        return lots if made else 0

    def _take_back(self, clock: Clock, account: int) -> None:
        for made in clock.standing.pop(account, {}):
            self._auctions.take_back(account, made)

    def _end(self, clock: Clock) -> None:
        """Clear the auction with the bids that stand: of who stays, and of who left last."""
        self._running.remove(clock)
        bids = sorted((made, bid) for bids in clock.standing.values() for made, bid in bids.items())
        taken = [bid for _, bid in bids]
        clock.done(self._auctions.clear(clock.number, clock.auction, taken, clock.rounds))
