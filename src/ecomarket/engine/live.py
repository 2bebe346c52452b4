"""A run that waits for people: the same world, day by day, but its clock is moved from outside.

Whoever drives it says up to when everything may happen (`advance`) and carries out what people decide in between
(`decide`). Nobody deciding anything, the ledger is that of the plain run, byte for byte. Every decision stands in the
journal with its outcome, so the ledger alone tells how to do the run again (`decisions_of`, `play`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecomarket.engine.deciding import Deciding
from ecomarket.engine.drive import prepared
from ecomarket.ledger.commands import Commands, told
from ecomarket.model.decision import Decided, read, stated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ecomarket.engine.drive import Move
    from ecomarket.engine.run import Driving
    from ecomarket.ledger.block import Block
    from ecomarket.ledger.journal import Journal
    from ecomarket.model.decision import Decision
    from ecomarket.scenario import Scenario


class Window(NamedTuple):
    """A stretch of a day in which some venue sits, in microseconds since the scenario's start."""

    open_t: int
    close_t: int


class Taken(NamedTuple):
    """A decision as it was taken: when, by which sender's id."""

    t: int
    id: str
    decision: Decision


class Live:
    """A run on a clock that is moved from outside.

    `people` are the participants that persons may drive; `t` is how far it has come; `ended` says that its last day is
    over. A decision falls into a sitting or stands at the opening of the next: before it the morning's acts are done.
    """

    def __init__(
        self,
        scenario: Scenario,
        driving: Driving,
        journal: Journal,
        people: Collection[str],
        move: Move | None = None,
    ) -> None:
        self.keeper, self.world, self._clock = prepared(scenario, driving, journal, move or (lambda *_: None))
        by_code = self.world.setting.by_code
        self.let_alone(by_code[code].account for code in people)
        self.deciding = Deciding(self.world)
        self.commands = Commands(self.world.exchange)
        self.t = 0
        self.ended = False

    def let_alone(self, accounts: Iterable[int]) -> None:
        """Let these accounts alone look at markets one by one, so that a person may take over at any instant."""
        self.world.individuals = np.array(sorted(accounts), dtype=np.int64)

    def advance(self, t: int) -> None:
        """Let happen all that comes before `t`; a time that has passed changes nothing."""
        if t > self.t:
            self.t = t
            self.ended = self._clock.advance(t)

    def decide(self, sender_id: str, decision: Decision) -> Decided:
        """Carry out a decision now, or find what came of it when it was carried out.

        Raises IdempotencyConflictError if the id came before with another decision.
        """
        outcome = self.commands.once(
            self.t, sender_id, stated(decision), lambda: _plain(self.deciding.act(self.t, decision))
        )
        return Decided(**outcome)

    def gather(self) -> None:
        """Let `keeper.hear` have the records made until now (dtype RECORD); they are committed at the day's end."""
        self.keeper.gather()

    def windows(self) -> Iterator[Window]:
        """Yield the stretches in which venues sit, in order, from the first day of the run to its last."""
        calendar = self.world.calendar
        for day in range(calendar.days):
            if calendar.trades(calendar.date_of(day)):
                yield from _merged(calendar.sessions(day))


def play(live: Live, decisions: Iterable[Taken]) -> None:
    """Carry out decisions at their times, and let the run go to its end."""
    for one in decisions:
        live.advance(one.t)
        live.decide(one.id, one.decision)
    last = [w.close_t for w in live.windows()][-1:]
    live.advance(last[0] + 1 if last else 1)


def decisions_of(blocks: Iterable[Block]) -> Iterator[Taken]:
    """Yield what people decided in a run, in order, from the blocks of its ledger."""
    for one in told(blocks):
        yield Taken(one.t, one.id, read(one.arguments))


def _plain(decided: Decided) -> dict[str, Any]:
    return {name: int(value) for name, value in decided._asdict().items()}


def _merged(sessions: Iterable[Any]) -> Iterator[Window]:
    """Join sittings that touch or overlap."""
    open_t = close_t = -1
    for session in sessions:
        if open_t >= 0 and session.open_t > close_t:
            yield Window(open_t, close_t)
            open_t, close_t = session.open_t, session.close_t
        elif open_t < 0:
            open_t, close_t = session.open_t, session.close_t
        else:
            close_t = max(close_t, session.close_t)
    if open_t >= 0:
        yield Window(open_t, close_t)
