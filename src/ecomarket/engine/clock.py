"""The clock: SimPy's calendar, and the one place that imports it.

Nothing is scheduled for a cohort's arrivals. Whoever needs the book at t first calls `market.sync(t)`, which runs every
arrival before t, so the book at t holds all orders up to t whichever way an agent is driven. SimPy keeps the calendar
of days and sittings, and the individuals: members of a cohort driven one by one as generators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import simpy

from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from numpy.typing import NDArray

    from ecomarket.engine.arrivals import Session
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.model.entities import Instrument


class Day(Protocol):
    """What the clock needs of one day: see engine.day."""

    def morning(self) -> Sequence[Session]:
        """Do what comes before the sittings and return them; empty on days that do not trade."""

    def arrivals(self) -> tuple[NDArray[np.void], NDArray[np.void]]:
        """Return the day's arrivals of the cohorts and of the individuals."""

    def evening(self) -> None:
        """Do what follows the sittings, up to the commit of the day's block."""


class Market:
    """The exchange with the arrivals that still wait; `sync` is what everyone calls before looking at a book."""

    def __init__(
        self,
        exchange: Exchange,
        intents: NDArray[np.void],
        instruments: Sequence[Instrument],
        before_close: Callable[[int, Sequence[int]], None] = lambda _t, _instruments: None,
        driven: NDArray[np.bool_] | None = None,
    ) -> None:
        self.exchange = exchange
        self.before_close = before_close
        self.intents = intents
        self.driven = np.zeros(0, dtype=bool) if driven is None else driven
        self._instruments = instruments
        self._arrivals: NDArray[np.void] | None = None
        self._next = 0

    def is_person(self, account: int) -> bool:
        """Tell whether a person decides for an account now."""
        return bool(len(self.driven)) and bool(self.driven[account])

    def seated(self, venue: int, day_t: int) -> list[int]:
        """Return the instruments that a venue trades on the day that begins at `day_t`: those that live."""
        return [i.index for i in self._instruments if i.venue == venue and i.lives(day_t)]

    def expect(self, arrivals: NDArray[np.void]) -> None:
        """Take the day's cohort arrivals."""
        self._arrivals, self._next = arrivals, 0

    def sync(self, t: int) -> None:
        """Run every cohort arrival strictly before t."""
        if self._arrivals is not None and self._next < len(self._arrivals):
            self._next = self.exchange.run_arrivals(self._arrivals, self.intents, self._next, t)


class Clock:
    """Runs days in order; `stop` asks it to end after the day at hand."""

    def __init__(self, market: Market, days: int, make_day: Callable[[int], Day]) -> None:
        self._env = simpy.Environment()
        self._market = market
        self._days = days
        self._make_day = make_day
        self._whole: simpy.Process | None = None
        self.stop = False

    def run(self) -> None:
        """Run to the last day, or to the end of the day in which `stop` was set."""
        self._env.run(until=self._begun())

    def advance(self, t: int) -> bool:
        """Let happen all that comes before `t` and has not happened yet; tell whether the run has ended."""
        whole = self._begun()
        if not whole.processed and t > self._env.now:
            self._env.run(until=t)
        if not whole.processed:
            self._market.sync(t)
        return bool(whole.processed)

    def _begun(self) -> simpy.Process:
        if self._whole is None:
            self._whole = self._env.process(self._calendar())
        return self._whole

    def _until(self, t: int) -> simpy.Event:
        return self._env.timeout(t - self._env.now)

    def _calendar(self) -> Generator[simpy.Event, None, None]:
        for number in range(self._days):
            day = self._make_day(number)
            sessions = day.morning()
            if sessions:
                yield self._until(sessions[0].open_t)
                cohort, individual = day.arrivals()
                self._market.expect(cohort)
                self._start_individuals(individual)
                yield from self._sit(sessions)
            day.evening()
            if self.stop:
                return

    def _sit(self, sessions: Sequence[Session]) -> Generator[simpy.Event, None, None]:
        """Open and close each sitting at its minute, the book synchronised first; closings before openings.

        A call ends with its uncrossing.
        """
        bounds = [(s.close_t, 0, s) for s in sessions] + [(s.open_t, 1, s) for s in sessions]
        seated = {s.venue: self._market.seated(s.venue, s.open_t // DAY * DAY) for s in sessions}
        last = {s.venue: max(x.close_t for x in sessions if x.venue == s.venue) for s in sessions}
        for t, opens, session in sorted(bounds, key=lambda b: (b[0], b[1], b[2].venue)):
            yield self._until(t)
            self._market.sync(t)
            instruments = seated[session.venue]
            if opens:
                self._market.exchange.open_session(t, instruments, session.close_t, call=session.call)
            else:
                if session.call:
                    self._market.exchange.uncross(t, instruments)
                else:
                    self._market.before_close(t, instruments)
                self._market.exchange.close_session(t, instruments, end_of_day=t == last[session.venue])

    def _start_individuals(self, arrivals: NDArray[np.void]) -> None:
        """Start one generator for each account that is driven by itself today."""
        for account in sorted(set(self._market.intents["account"][arrivals["intent"]].tolist())):
            mine = arrivals[self._market.intents["account"][arrivals["intent"]] == account]
            self._env.process(self._individual(mine))

    def _individual(self, arrivals: NDArray[np.void]) -> Generator[simpy.Event, None, None]:
        market = self._market
        for row in arrivals:
            t = int(row["t"])
            yield self._until(t)
            market.sync(t)
            if market.is_person(int(market.intents["account"][row["intent"]])):
                continue
            draws = float(row["u"]), float(row["v"]), float(row["w"])
            market.exchange.run_arrival(t, int(row["venue"]), int(row["intent"]), market.intents, *draws)
