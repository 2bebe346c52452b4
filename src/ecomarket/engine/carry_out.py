"""Carry out commands of policies and agents through the exchange, and count what it refuses."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.engine.registration import open_registry
from ecomarket.engine.statements import bids_taken
from ecomarket.model.codes import FactCode, Mechanism, NoteCode, Refusal
from ecomarket.model.command import (
    Allow,
    Assess,
    Auction,
    AuctionResult,
    Bound,
    Deal,
    Fact,
    Note,
    Transfer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from ecomarket.chance import Draws
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.model.codes import Eligible, Rule
    from ecomarket.model.command import Bid, Command
    from ecomarket.model.facts import FactBook
    from ecomarket.model.observation import Board
    from ecomarket.model.setting import Setting


class Executor:
    """The hand of the engine: one method a kind of command.

    `refused` counts (command, Refusal), `declined` deals without
    consent, `changes` how often balances may have
    changed.
    """

    def __init__(
        self,
        exchange: Exchange,
        setting: Setting,
        board: Board,
        book: FactBook,
        draws: Draws,
        works: Callable[[date], bool] | None = None,
    ) -> None:
        self._exchange = exchange
        self._setting = setting
        self._board = board
        self._book = book
        self._draws = draws
        self._venue = {code: number for number, code in enumerate(setting.venues)}
        self.registry = open_registry(exchange, setting, board, works)
        self.refused: Counter[tuple[str, Refusal]] = Counter()
        self.declined = 0
        self.changes = 0
        self.allowed = np.zeros((setting.accounts, len(setting.instruments)), dtype=np.uint8)
        self.registry.desk.hear = self._hear

    def carry_out(
        self,
        commands: Iterable[Command],
        ask: Callable[[Auction], Sequence[Bid]],
        hear: Callable[[AuctionResult], Iterable[Command]] | None = None,
    ) -> None:
        """Carry out commands in order at the board's time; auctions ask `ask` for bids and tell `hear` their result."""
        acts = self.registry.desk.acts
        self.registry.advance(self._board.t)
        self.changes += self.registry.desk.acts - acts
        for command in commands:
            if isinstance(command, Auction):
                result = self._auction(command, ask(command))
                self.changes += 1
                if hear is not None:
                    self.carry_out(hear(result), ask, hear)
            else:
                self._one(command)
                self.changes += 1

    def _one(self, command: Command) -> None:
        t = self._board.t
        match command:
            case Transfer():
                self._transfer(command)
            case Fact(code, account, instrument, period, amount, extra):
                self.fact(code, account, instrument, period, amount, extra)
            case Bound(rule, account, instrument, amount):
                self.bound(rule, account, instrument, amount)
            case Assess(scheme, account, instrument, period, required, met, charge):
                self._exchange.obligation(t, int(scheme), account, instrument, period, required, met, charge)
            case Note(code, payload, account, instrument):
                self._exchange.note(t, code, canonical(payload), account, instrument)
            case Allow(account, instrument, what):
                self.allow(account, instrument, what)
            case Deal():
                self._count(command, self._deal(command))
            case Auction():
                raise AssertionError("auctions are carried out by carry_out")
            case _:
                self._count(command, self.registry.carry_out(t, command))

    def allow(self, account: int, instrument: int, what: Eligible) -> None:
        """Set what an account may do with an instrument."""
        self.registry.allow(account, instrument, what)

    def _hear(self, account: int, instrument: int, what: Eligible) -> None:
        self.allowed[account, instrument] = what

    def bound(self, rule: Rule, account: int, instrument: int, amount: int = 1) -> None:
        """Journal that a rule bound."""
        self.fact(FactCode.RULE_BOUND, account, instrument, self._period, amount, rule)

    def fact(self, code: FactCode, account: int, instrument: int, period: int, amount: int, extra: int = 0) -> None:
        """Journal a fact and add it to the book."""
        numbers = (int(n) for n in (code, account, instrument, period, amount, extra))
        self._exchange.fact(self._board.t, *numbers)
        if account >= 0:
            self._book.add(code, account, instrument, period, amount)

    @property
    def _period(self) -> int:
        return self._board.today.year * 100 + self._board.today.month

    def _transfer(self, command: Transfer) -> None:
        amount = command.amount
        if command.up_to:
            amount = min(amount, max(self._exchange.free(command.debit, command.instrument), 0))
            if amount <= 0:
                return
        refusal = self.registry.transfer(self._board.t, command, int(amount))
        self._count(command, refusal)

    def _deal(self, deal: Deal) -> int:
        return self._exchange.deal(
            self._board.t,
            deal.mechanism,
            self._venue[deal.venue],
            deal.instrument,
            deal.buyer,
            deal.seller,
            deal.price,
            deal.lots,
        )

    def _auction(self, auction: Auction, bids: Sequence[Bid]) -> AuctionResult:
        """Open, take the bids in a drawn order of arrival, clear."""
        t = self._board.t
        number = self._exchange.open_auction(
            t,
            self._venue[auction.venue],
            auction.instrument,
            auction.seller,
            auction.lots,
            auction.reserve_price,
            uniform=auction.uniform,
        )
        if number < 0:
            self._count(auction, -number)
            return AuctionResult(auction, (), auction.lots, 0)
        taken = []
        for bid in self._in_order_of_arrival(bids, auction.instrument):
            if auction.invited is not None and bid.account not in auction.invited:
                self.refused["Bid", Refusal.PRIORITY_WINDOW] += 1
                continue
            rank, match = auction.rank.get(bid.account, 0), auction.match_ppm.get(bid.account, 0)
            _, refusal = self._exchange.bid(t, number, bid.account, bid.price, bid.lots, rank, match)
            self._count(bid, refusal)
            if not refusal:
                taken.append(bid)
        payload = canonical(bids_taken(auction, taken))
        self._exchange.note(t, NoteCode.AUCTION_BIDS, payload, instrument=auction.instrument)
        fills = tuple((f.account, f.lots, f.price) for f in self._exchange.clear_auction(t, number))
        unsold = auction.lots - sum(lots for _, lots, _ in fills)
        return AuctionResult(auction, fills, unsold, sum(b.lots for b in taken))

    def _in_order_of_arrival(self, bids: Sequence[Bid], instrument: int) -> list[Bid]:
        if not bids:
            return []
        who = np.array([b.account for b in bids], dtype=np.int64)
        luck = self._draws.bits(who, "bid-arrival", self._board.day, instrument)
        return [bids[i] for i in np.argsort(luck, kind="stable")]

    def _count(self, command: object, refusal: int) -> None:
        if refusal:
            self.refused[type(command).__name__, Refusal(refusal)] += 1


def agreed_with_outside(deal: Deal, setting: Setting, board: Board) -> bool:
    """Tell whether a deal an agent proposes meets the outside party's published terms (block bid or ask)."""
    unit = setting.instruments[deal.instrument].right
    buyer, seller = setting.by_account.get(deal.buyer), setting.by_account.get(deal.seller)
    if deal.mechanism != Mechanism.BLOCK_AGREEMENT or buyer is None or seller is None:
        return False
    if seller.kind == "outside":
        ask = board.notices.get(f"outside.block.{unit}.ask")
        return ask is not None and deal.price >= ask * 10_000
    bid = board.notices.get(f"outside.block.{unit}.bid")
    return buyer.kind == "outside" and bid is not None and deal.price <= bid * 10_000


def canonical(payload: object) -> bytes:
    """Write a note's payload as canonical JSON (sorted keys, no spaces, UTF-8); refuse floats."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_refuse)
    assert not _has_float(payload), f"a float stands in the note {text[:80]}"
    return text.encode()


def _has_float(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_float(v) for v in value.values())
    if isinstance(value, list | tuple):
        return any(_has_float(v) for v in value)
    return isinstance(value, float)


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} has no place in a note")
