"""Drive a run's days: build the world, commit each day's records as one block, stop after a day when asked."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.engine.clock import Clock, Market
from ecomarket.engine.day import RunDay
from ecomarket.engine.opening import open_run
from ecomarket.engine.statements import canonical
from ecomarket.engine.world import build
from ecomarket.model.codes import RecordKind
from ecomarket.scenario.states import drawn
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.engine.folder import RunKey
    from ecomarket.engine.run import Driving
    from ecomarket.engine.world import World
    from ecomarket.ledger.journal import Journal
    from ecomarket.scenario import Scenario

    Move = Callable[[int, date, int, int], None]

SCHEMA_VERSION: Final = 1


class Keeper:
    """Commits each day's records as one block, and counts."""

    def __init__(self, journal: Journal, move: Move) -> None:
        self.journal = journal
        self.world: World | None = None
        self.orders = 0
        self.trades = 0
        self.last_day = ""
        self._move = move
        self.hear: Callable[[NDArray[np.void]], None] = lambda _records: None
        """Is given the records as they are gathered, before they are committed."""
        self._parts: list[NDArray[np.void]] = []
        self._payloads: list[bytes] = []

    @property
    def refused(self) -> dict[str, int]:
        """Return how often which command of a policy or an agent was refused, and why."""
        assert self.world is not None
        counts = {f"{kind} {why.name}": n for (kind, why), n in self.world.executor.refused.items()}
        if self.world.executor.declined:
            counts["Deal without consent"] = self.world.executor.declined
        return counts

    def gather(self) -> NDArray[np.void]:
        """Drain the exchange into the part of the block at hand; return what came in, notes numbered in the block."""
        assert self.world is not None
        records, payloads = self.world.exchange.drain()
        if self._payloads:
            records["other"][records["kind"] == RecordKind.NOTE] += len(self._payloads)
        self._parts.append(records)
        self.hear(records)
        self._payloads += payloads
        return records

    def commit(self, t: int, today: date) -> None:
        """Drain the exchange and make what was gathered of the day one block of the journal."""
        self.gather()
        records = self._parts[0] if len(self._parts) == 1 else np.concatenate(self._parts)  # a plain run copies nothing
        payloads = self._payloads
        self._parts, self._payloads = [], []
        self.journal.commit(t, records, payloads)
        kinds = np.bincount(records["kind"], minlength=RecordKind.TRADE + 1)
        self.orders += int(kinds[RecordKind.ORDER_ACCEPTED])
        self.trades += int(kinds[RecordKind.TRADE])
        self.last_day = today.isoformat()
        self._move(t // DAY, today, self.orders, self.trades)


def drive(scenario: Scenario, driving: Driving, journal: Journal, move: Move) -> tuple[Keeper, bool]:
    """Run a scenario through the journal; return what was counted, and whether it was asked to stop before its end."""
    keeper, _, clock = prepared(scenario, driving, journal, move)
    with _interrupts(clock):
        clock.run()
    interrupted = clock.stop and keeper.last_day != driving.until.isoformat()
    return keeper, interrupted


def prepared(scenario: Scenario, driving: Driving, journal: Journal, move: Move) -> tuple[Keeper, World, Clock]:
    """Return a run that is opened and stands before its first day: who commits, its world, its clock."""
    keeper = Keeper(journal, move)
    scenario, state = drawn(scenario, driving.seed)
    world = build(scenario, driving.seed, keeper.commit, engine=driving.engine, individuals=driving.individuals)
    keeper.world = world
    world.calendar = replace(world.calendar, end=driving.until)
    open_run(world, scenario, driving.seed, state)
    closing = world.executor.registry.before_close
    market = Market(world.exchange, world.cohorts.intents, world.setting.instruments, closing, world.people.driven)
    return keeper, world, Clock(market, world.calendar.days, lambda number: RunDay(world, number))


@contextmanager
def _interrupts(clock: Clock) -> Iterator[None]:
    """Let Ctrl-C end the run after the day at hand; a second one breaks off at once."""

    def stop(_number: int, _frame: object) -> None:
        if clock.stop:
            raise KeyboardInterrupt
        clock.stop = True

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:  # not in the main thread: whoever runs us there keeps the signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def genesis(key: RunKey) -> bytes:
    """Return what makes the run, as the chain's first link: no wall clock, no path, nothing of how it is driven."""
    manifest = {
        "scenario": key.scenario,
        "digest": key.digest,
        "seed": key.seed,
        "until": key.until,
        "version": key.version,
        "schema": SCHEMA_VERSION,
    }
    return canonical(manifest)
