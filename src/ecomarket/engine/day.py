"""One day of a run: policies, plans, sittings, auctions, operations, and the block that commits it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.engine.arrivals import draw_arrivals
from ecomarket.engine.calendar import QUARTER_MONTHS
from ecomarket.engine.carry_out import agreed_with_outside
from ecomarket.engine.cohorts import ask_all
from ecomarket.engine.ordered import judged, judged_notices
from ecomarket.engine.statements import outside_prices
from ecomarket.model.command import Deal
from ecomarket.model.observation import Moment
from ecomarket.model.stated import Rule
from ecomarket.units import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.agents.strategy import Strategy
    from ecomarket.engine.arrivals import Session
    from ecomarket.engine.world import World
    from ecomarket.model.command import Auction, Bid, Command
    from ecomarket.model.observation import CohortView, PolicyView
    from ecomarket.policies.policy import Policy

BEFORE_SESSION_T: Final = 8 * HOUR + 30 * MINUTE
PLAN_T: Final = 9 * HOUR
NEGOTIATE_T: Final = 15 * HOUR + 15 * MINUTE
AFTER_SESSION_T: Final = 15 * HOUR + 30 * MINUTE
OPERATE_T: Final = 16 * HOUR
MONTH_END_T: Final = 17 * HOUR
YEAR_END_T: Final = 18 * HOUR


class RunDay:
    """Carries one day of a world from midnight to its block (engine.clock.Day)."""

    def __init__(self, world: World, number: int) -> None:
        self._world = world
        self._number = number
        self._today = world.calendar.date_of(number)
        self._trades = world.calendar.trades(self._today)

    def morning(self) -> Sequence[Session]:
        """Policies of the turn of year, quarter and month; nature's month; plans."""
        world, today = self._world, self._today
        self._dawn()
        self._lapse()
        for moment in _turns(today):
            self._policies(moment)
        if not self._trades:
            return ()
        self._at(BEFORE_SESSION_T)
        self._policies(Moment.BEFORE_SESSION)
        self._at(PLAN_T)
        for strategy in world.cohorts.strategies:
            if self._number == 0 or world.calendar.first_trading_day_of(today, strategy.cadence) or world.unplanned:
                self._agent(strategy, strategy.plan(self._view(strategy), world.draws))
        world.unplanned = False
        return world.calendar.sessions(self._number)

    def _dawn(self) -> None:
        """Turn the board, bring back what was leased, let nature's month and news come in."""
        world, today = self._world, self._today
        world.keeper.start_day(self._t(0), self._number, today, world.calendar.trading_days_left(today))
        world.executor.end_leases()
        world.amendments.dawn(world)
        if today.day == 1 or self._number == 0:
            world.turn_month(today.replace(day=1))
        world.publish(today)

    def arrivals(self) -> tuple[NDArray[np.void], NDArray[np.void]]:
        """Draw who looks when, of those who may trade; split off the members who are driven as individuals."""
        world, every = self._world, self._looks()
        intents = world.cohorts.intents
        may = world.executor.allowed[intents["account"], intents["instrument"]] & self._sides()
        sessions = world.calendar.sessions(self._number)
        sitting = np.isin(world.cohorts.venues, [s.venue for s in sessions])
        self._keep_out(np.where(sitting & (may == 0), every, 0.0))
        every = np.where(may, every, 0.0)
        drawn = draw_arrivals(intents, world.cohorts.venues, every, sessions, world.draws)
        if not len(world.individuals):
            return drawn, drawn[:0]
        alone = np.isin(intents["account"][drawn["intent"]], world.individuals)
        return drawn[~alone], drawn[alone]

    def evening(self) -> None:
        """Auctions and rules after the sittings, the month's operations, the turn of the year; then the block."""
        world, today = self._world, self._today
        world.executor.changes += self._trades
        self._negotiate()
        if self._trades:
            self._at(AFTER_SESSION_T)
            for instrument in world.keeper.end_trading_day(self._t(0)):
                world.executor.bound(Rule.PRICE_BAND, -1, instrument)
            period = today.year * 100 + today.month
            world.executor.carry_out(outside_prices(world.setting, world.keeper.board.notices, period), self._ask)
            self._policies(Moment.AFTER_SESSION)
            world.executor.clocks.run(self._t(AFTER_SESSION_T), self._t(OPERATE_T))
        if world.calendar.is_month_end(today):
            self._at(OPERATE_T)
            for strategy in world.cohorts.strategies:
                self._agent(strategy, strategy.operate(self._view(strategy), world.draws))
            self._at(MONTH_END_T)
            self._policies(Moment.MONTH_END)
            if today.month == 12:
                self._at(YEAR_END_T)
                self._policies(Moment.YEAR_END)
        world.own_issues.check(self._t(DAY - 1), world.exchange)
        world.commit(self._t(DAY - 1), today)

    def _looks(self) -> NDArray[np.float64]:
        """Return how often each intent looks at its market today."""
        looks = [s.looks(self._view(s)) for s in self._world.cohorts.strategies]
        return np.concatenate(looks) if looks else np.zeros(0)

    def _sides(self) -> NDArray[np.int64]:
        """Return the sides that each intent may take today."""
        sides = [s.sides() for s in self._world.cohorts.strategies]
        return np.concatenate(sides) if sides else np.zeros(0, dtype=np.int64)

    def _keep_out(self, looks: NDArray[np.float64]) -> None:
        """Let strategies know the looks that bars keep them from today."""
        first = 0
        for strategy in self._world.cohorts.strategies:
            end = first + len(strategy.kept_out)
            strategy.kept_out += looks[first:end]
            first = end

    def _negotiate(self) -> None:
        """Let offers lapse and deals settle that time has ended; on trading days hold the negotiated venues."""
        world = self._world
        self._at(NEGOTIATE_T)
        world.executor.changes += world.negotiations.expire(world.keeper.board.t)
        if self._trades and world.negotiations.rooms:
            posted = world.balances()[:, :, 0]
            world.negotiations.sit(world.keeper.board.t, self._looks(), world.executor.allowed, posted)
            world.executor.changes += 1

    def _t(self, offset: int) -> int:
        return self._number * DAY + offset

    def _at(self, offset: int) -> None:
        self._world.keeper.board.t = self._t(offset)

    def _view(self, strategy: Strategy) -> CohortView:
        return self._world.seer.view(strategy, self._world.keeper.board, self._world.balances())

    def _lapse(self) -> None:
        """Let rules lift what they held whose last day was yesterday, and take what they published off the board."""
        yesterday = self._today - timedelta(1)
        for policy in self._world.policies:
            if policy.params.until == yesterday and self._number > 0:
                self._enact(policy, policy.lapse(self._policy_view()))
                for name in self._world.told.pop(policy, ()) if not policy.lasting else ():
                    self._world.keeper.board.notices.pop(name, None)

    def _policies(self, moment: Moment) -> None:
        world, today = self._world, self._today
        for policy in world.policies:
            if policy.acts(moment, today):
                self._enact(policy, policy.on(moment, self._policy_view(), world.draws))
                if policy.params.in_force(today) or (policy.lasting and policy in world.told):
                    told = judged_notices(policy, policy.notices(self._policy_view()))
                    world.told.setdefault(policy, set()).update(told)
                    world.keeper.board.notices.update(told)

    def _enact(self, policy: Policy, commands: Iterable[Command]) -> None:
        setting, own = self._world.setting, self._world.own_issues
        self._world.executor.carry_out(
            own.heard(policy, judged(policy, commands, setting)),
            self._ask,
            lambda result: own.heard(policy, judged(policy, policy.on_auction(result, self._policy_view()), setting)),
        )

    def _agent(self, strategy: Strategy, commands: Iterable[Command]) -> None:
        world = self._world
        own = world.cohorts.own_commands(strategy, commands)
        world.executor.carry_out(self._agreed(own), self._ask)

    def _agreed(self, commands: Iterable[Command]) -> Iterator[Command]:
        """Hold back deals to which the other party has not agreed by its published terms."""
        world = self._world
        for command in commands:
            if isinstance(command, Deal) and world.people.driven[[command.buyer, command.seller]].any():
                continue  # the person decides with whom to deal
            if not isinstance(command, Deal) or agreed_with_outside(command, world.setting, world.keeper.board):
                yield command
            else:
                world.executor.declined += 1

    def _ask(self, call: Auction) -> list[Bid]:
        world = self._world
        made = ask_all(world.cohorts, world.seer, world.keeper.board, world.balances(), call, world.draws)
        return world.people.bids(call, made)

    def _policy_view(self) -> PolicyView:
        return self._world.policy_view()


def _turns(today: date) -> Iterator[Moment]:
    yield Moment.RUN_START  # a rule may begin on any day
    if today.day == 1 and today.month == 1:
        yield Moment.YEAR_START
    if today.day == 1 and today.month in QUARTER_MONTHS:
        yield Moment.QUARTER_START
    if today.day == 1:
        yield Moment.MONTH_START
