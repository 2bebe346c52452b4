"""Carry out what people decide, at the time of the run: through the exchange, as everything else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ecomarket.model import decision as made
from ecomarket.model.codes import Mechanism, Refusal
from ecomarket.model.decision import Decided
from ecomarket.model.negotiation import Act, Move
from ecomarket.scenario.venues import mechanism_of

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
        world.executor.changes += 1
        return world.seer.view(strategy, world.keeper.board, world.balances())

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
            case made.Halt(instrument, until_t):
                world.exchange.halt(t, instrument, until_t)
                return DONE
            case made.Amend():
                return self._amend(decision)

    def _order(self, t: int, decision: made.Place | made.Replace | made.Cancel) -> Decided:
        exchange = self._world.exchange
        match decision:
            case made.Cancel(account, order):
                return Decided(exchange.cancel(t, account, order), order)
            case made.Replace(account, order, price, lots, expire_t):
                done = exchange.replace(t, account, order, price, lots, expire_t)
            case made.Place(account, instrument, side, price, lots, kind, tif, expire_t):
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
        match decision:
            case made.Offer(_, instrument, side, price, lots, to):
                return Decided(*table.move(t, account, instrument, Move(Act.OFFER, 0, side, price, lots, to)))
            case made.Counter(_, offer, price, lots):
                move = Move(Act.COUNTER, offer, 0, price, lots)
            case made.Accept(_, offer, match):
                move = Move(Act.TAKE_OVER if match else Act.ACCEPT, offer)
            case made.Withdraw(_, offer):
                move = Move(Act.WITHDRAW, offer)
        return Decided(*table.answer(t, account, move))

    def _deal(self, t: int, buyer: int, seller: int, instrument: int, terms: tuple[int, int]) -> Decided:
        """Settle a deal at the instrument's venue: a negotiated transfer there, a block agreement elsewhere."""
        world = self._world
        if not 0 < instrument < len(world.setting.instruments) or world.setting.instruments[instrument].venue < 0:
            return Decided(Refusal.UNKNOWN_INSTRUMENT)
        number = world.setting.instruments[instrument].venue
        venue = list(world.setting.venues.values())[number]
        negotiated = mechanism_of(venue) == Mechanism.NEGOTIATED
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
        amendments = self._world.amendments
        if decision.undo >= 0:
            done = amendments.drop(decision.undo)
        else:
            done = amendments.add(self._world, decision.number, json.loads(decision.change))
        return Decided(Refusal.NONE if done else Refusal.NO_SUCH_CHOICE, decision.number)
