"""Carry out commands of policies and agents through the exchange, and count what it refuses."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.engine.auctions import Auctions, nothing_sold
from ecomarket.engine.leasing import lease_rules
from ecomarket.engine.registration import open_registry
from ecomarket.engine.rounds import Clocks
from ecomarket.engine.statements import canonical
from ecomarket.ledger.registry.lease import Leases
from ecomarket.model.codes import Mechanism, Refusal, TransferCode
from ecomarket.model.command import (
    Allow,
    Assess,
    Auction,
    Bar,
    BorderLimit,
    Bound,
    Deal,
    EndLease,
    Fact,
    Lease,
    Note,
    Transfer,
)
from ecomarket.model.stated import FactCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from ecomarket.chance import Draws
    from ecomarket.engine.auctions import Heard
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.model.codes import Eligible
    from ecomarket.model.command import AuctionResult, Bid, Command
    from ecomarket.model.facts import FactBook
    from ecomarket.model.observation import Board
    from ecomarket.model.setting import Setting
    from ecomarket.model.stated import Rule


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
        self._leases = Leases(exchange, lease_rules(setting, board.today))
        self._venue = {code: number for number, code in enumerate(setting.venues)}
        self.registry = open_registry(exchange, setting, board, works)
        self.refused: Counter[tuple[str, Refusal]] = Counter()
        self.declined = 0
        self.changes = 0
        self._auctions = Auctions(exchange, setting, board, draws, self.count)
        self.clocks = Clocks(self._auctions, board)
        self.allowed = np.zeros((setting.accounts, len(setting.instruments)), dtype=np.uint8)
        self.registry.desk.hear = self._hear
        self.hear_refusal: Callable[[object, Refusal], None] = lambda _command, _refusal: None

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
                self._hold(command, ask, hear)
            else:
                self._one(command)
                self.changes += 1

    def hear_auctions(self, heard: Heard) -> None:
        """Call `heard` with each auction that clears from now on, its bids, and its fills (account, lots, price)."""
        self._auctions.heard = heard

    def _hold(
        self,
        auction: Auction,
        ask: Callable[[Auction], Sequence[Bid]],
        hear: Callable[[AuctionResult], Iterable[Command]] | None,
    ) -> None:
        """Hold an auction of sealed bids now; start a clock, whose result is heard when it ends."""

        def done(result: AuctionResult) -> None:
            self.changes += 1
            if hear is not None:
                self.carry_out(hear(result), ask, hear)

        if not auction.terms.increment:
            done(self._auctions.sealed(auction, ask(auction)))
        elif not self.clocks.start(auction, ask, done):
            done(nothing_sold(auction))

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
            case Bar(by, account, instrument, what):
                self.registry.bar(by, account, instrument, what)
            case Deal():
                self.count(command, self._deal(command))
            case BorderLimit():
                self._exchange.limit_border(command)
            case Lease() | EndLease():
                self.count(command, self._lease(command))
            case Auction():
                raise AssertionError("auctions are carried out by carry_out")
            case _:
                self.count(command, self.registry.carry_out(t, command))

    def _lease(self, lease: Lease | EndLease) -> Refusal:
        if isinstance(lease, EndLease):
            return self._leases.give_back(self._board.t, lease)
        bars = self.registry.desk.bars
        barred = bars(lease.lessor, lease.lessee, lease.instrument, TransferCode.LEASE)
        self._leases.rules = lease_rules(self._setting, self._board.today)
        return barred or self._leases.begin(self._board.t, lease)

    def end_leases(self) -> None:
        """Bring back what was leased until now."""
        self.changes += self._leases.end_due(self._board.t)

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
        self.count(command, refusal)

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
            deal.into,
        )

    def count(self, command: object, refusal: int) -> None:
        """Count a refused command by its name, and let whoever listens know."""
        if refusal:
            self.refused[type(command).__name__, Refusal(refusal)] += 1
            self.hear_refusal(command, Refusal(refusal))


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
