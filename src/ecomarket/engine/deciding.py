"""Carry out what people decide, at the time of the run: through the exchange, as everything else."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import TYPE_CHECKING, Final

from ecomarket.model import decision as made
from ecomarket.model.codes import Mechanism, Refusal
from ecomarket.model.decision import Decided
from ecomarket.model.negotiation import Act, Move

if TYPE_CHECKING:
    from ecomarket.agents.strategy import Strategy
    from ecomarket.engine.world import World
    from ecomarket.model.decision import Decision
    from ecomarket.model.observation import CohortView

DONE: Final = Decided(Refusal.NONE)


class Deciding:
    """One world in which people decide. `act` returns what came of a decision; balances may have changed after it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._of: dict[int, list[tuple[Strategy, int]]] = {}
        for strategy in world.cohorts.strategies:
            for row, account in enumerate(strategy.accounts.tolist()):
                self._of.setdefault(account, []).append((strategy, row))

    def strategies(self, account: int) -> list[tuple[Strategy, int]]:
        """Return an account's strategies, with its row in each."""
        return self._of.get(account, [])

    def view(self, strategy: Strategy) -> CohortView:
        """Return what a cohort may see now, in the middle of a sitting too."""
        world = self._world
        return world.seer.view(strategy, world.keeper.board, world.balances())

    def refresh(self) -> None:
        """Let views and balances be read anew: trades may have changed them since the day's plans."""
        self._world.executor.changes += 1

    def act(self, t: int, decision: Decision) -> Decided:
        """Carry out a decision at time `t`."""
        world = self._world
        world.executor.changes += 1
        match decision:
            case made.Drive(account, person):
                world.people.drive(account, person=bool(person))
                return DONE
            case made.Place() | made.Replace() | made.Cancel():
                return self._order(t, decision)
            case made.KeepBid() | made.DropBid():
                return self._bid(decision)
            case made.Offer() | made.Counter() | made.Accept() | made.Withdraw():
                return self._negotiate(t, decision)
            case made.Agree(buyer, seller, instrument, price, lots):
                return self._deal(t, buyer, seller, instrument, (price, lots))
            case made.Cut() | made.Build():
                return self._abate(t, decision)
            case made.Amend():
                return self._amend(decision)

    def _order(self, t: int, decision: made.Place | made.Replace | made.Cancel) -> Decided:
        exchange, account = self._world.exchange, decision.account
        if isinstance(decision, made.Cancel):
            return Decided(exchange.cancel(t, account, decision.order), decision.order)
        if isinstance(decision, made.Replace):
            done = exchange.replace(t, account, decision.order, decision.price, decision.lots, decision.expire_t)
        else:
            _, instrument, side, price, lots, kind, tif, expire_t = astuple(decision)
            done = exchange.submit(t, account, instrument, side, price, lots, kind, tif, 0, expire_t)
        return Decided(int(done.refusal), int(done.order), int(done.filled_lots), int(done.resting_lots))

    def _bid(self, decision: made.KeepBid | made.DropBid) -> Decided:
        kept = self._world.people.kept
        if isinstance(decision, made.KeepBid):
            if decision.lots <= 0:
                return Decided(Refusal.LOTS_NOT_POSITIVE)
            if decision.price <= 0:
                return Decided(Refusal.PRICE_NOT_POSITIVE)
            kept[decision.bid] = decision
            return Decided(Refusal.NONE, decision.bid)
        known = kept.get(decision.bid)
        if known is None or known.account != decision.account:
            return Decided(Refusal.UNKNOWN_ORDER)
        del kept[decision.bid]
        return Decided(Refusal.NONE, decision.bid)

    def _negotiate(self, t: int, decision: made.Offer | made.Counter | made.Accept | made.Withdraw) -> Decided:
        account, table = decision.account, self._world.negotiations
        if isinstance(decision, made.Offer):
            move = Move(Act.OFFER, 0, decision.side, decision.price, decision.lots, decision.to)
            return Decided(*table.move(t, account, decision.instrument, move))
        if isinstance(decision, made.Counter):
            move = Move(Act.COUNTER, decision.offer, 0, decision.price, decision.lots)
        elif isinstance(decision, made.Accept):
            move = Move(Act.TAKE_OVER if decision.match else Act.ACCEPT, decision.offer)
        else:
            move = Move(Act.WITHDRAW, decision.offer)
        return Decided(*table.answer(t, account, move))

    def _deal(self, t: int, buyer: int, seller: int, instrument: int, terms: tuple[int, int]) -> Decided:
        """Settle a deal at the instrument's venue: a negotiated transfer there, a block agreement elsewhere."""
        world = self._world
        if not 0 < instrument < len(world.setting.instruments) or world.setting.instruments[instrument].venue < 0:
            return Decided(Refusal.UNKNOWN_INSTRUMENT)
        number = world.setting.instruments[instrument].venue
        negotiated = number in {room.venue for room in world.negotiations.rooms}
        mechanism = Mechanism.NEGOTIATED if negotiated else Mechanism.BLOCK_AGREEMENT
        return Decided(world.exchange.deal(t, mechanism, number, instrument, buyer, seller, *terms))

    def _abate(self, t: int, decision: made.Cut | made.Build) -> Decided:
        world = self._world
        world.keeper.board.t = t
        for strategy, row in self.strategies(decision.account):
            if isinstance(decision, made.Cut):
                if strategy.cut(row, decision.right, decision.cut_milli / 1000.0, self.view(strategy)):
                    return DONE
            elif commands := strategy.build(row, decision.option, self.view(strategy)):
                world.executor.carry_out(commands, lambda _: ())
                return DONE
        return Decided(Refusal.NO_SUCH_CHOICE)

    def _amend(self, decision: made.Amend) -> Decided:
        done = self._world.amendments.add(self._world, json.loads(decision.change))
        return Decided(Refusal.NONE if done else Refusal.NO_SUCH_CHOICE, decision.number)
