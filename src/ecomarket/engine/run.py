"""Run a scenario: build its world, drive its days, commit each day's block, stop cleanly when asked."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.compiled import source_digest
from ecomarket.engine.clock import Clock, Market
from ecomarket.engine.day import RunDay
from ecomarket.engine.folder import RunKey, read_manifest, write_manifest
from ecomarket.engine.keeping import is_kept, kept_by, open_sink
from ecomarket.engine.opening import open_run
from ecomarket.engine.statements import canonical
from ecomarket.engine.world import build
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.place import NONE, place_of
from ecomarket.ledger.seal import SEAL, seal_ledger
from ecomarket.model.codes import RecordKind
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from ecomarket.engine.keeping import Kept
    from ecomarket.engine.world import World
    from ecomarket.scenario import Scenario

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Driving:
    """How a run is driven.

    `engine` and `individuals` leave the ledger as it is; `force` does an identical run again; `ledger` is where the
    ledger is kept: an address of PostgreSQL, "none", or "" for a file in the run's folder.
    """

    seed: int
    until: date
    engine: str = "kernel"
    individuals: int = 0
    force: bool = False
    ledger: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a run: folder, head hash, last committed day, counts, its ledger, and whether it was cut short."""

    folder: Path
    head: str
    last_day: str
    events: int
    orders: int
    trades: int
    ledger: Kept
    is_new: bool = True
    interrupted: bool = False


class Keeper:
    """Commits each day's records as one block, and counts."""

    def __init__(self, journal: Journal, move: Callable[[int, date, int, int], None]) -> None:
        self.journal = journal
        self.world: World | None = None
        self.orders = 0
        self.trades = 0
        self.last_day = ""
        self._move = move

    @property
    def refused(self) -> dict[str, int]:
        """Return how often which command of a policy or an agent was refused, and why."""
        assert self.world is not None
        counts = {f"{kind} {why.name}": n for (kind, why), n in self.world.executor.refused.items()}
        if self.world.executor.declined:
            counts["Deal without consent"] = self.world.executor.declined
        return counts

    def commit(self, t: int, today: date) -> None:
        """Drain the exchange into one block of the journal."""
        assert self.world is not None
        records, payloads = self.world.exchange.drain()
        self.journal.commit(t, records, payloads)
        kinds = np.bincount(records["kind"], minlength=RecordKind.TRADE + 1)
        self.orders += int(kinds[RecordKind.ORDER_ACCEPTED])
        self.trades += int(kinds[RecordKind.TRADE])
        self.last_day = today.isoformat()
        self._move(t // DAY, today, self.orders, self.trades)


def run(
    scenario: Scenario, driving: Driving, out: Path, move: Callable[[int, date, int, int], None] | None = None
) -> Done:
    """Run a scenario into a folder below `out` and return what came of it.

    An identical run is found by its folder's name and not done again unless forced. An interrupt (Ctrl-C) ends the run
    after the day at hand; the ledger holds every committed day. `move` hears (day number, date, orders, trades).
    Raises RunError if the folder cannot be written.
    """
    key = RunKey(
        scenario=scenario.name,
        digest=scenario.digest,
        seed=driving.seed,
        until=driving.until.isoformat(),
        version=version("ecomarket"),
        code=source_digest(),
        engine=driving.engine,
        individuals=driving.individuals,
    )
    folder = out / key.name
    if not driving.force and (earlier := _earlier(folder, driving.ledger)) is not None:
        return earlier
    sink = open_sink(folder, driving.ledger)
    journal = Journal(_genesis(key), sink)
    try:
        keeper, interrupted = _drive(scenario, driving, journal, move or (lambda *_: None))
    finally:
        journal.close()
    head = journal.head.hex()
    kept = kept_by(sink, folder, driving.ledger)
    if not interrupted and driving.ledger != NONE:
        seal_ledger(place_of(folder, driving.ledger), folder / SEAL)
    counts = (journal.events, keeper.orders, keeper.trades)
    done = Done(folder, head, keeper.last_day, *counts, ledger=kept, interrupted=interrupted)
    facts = {"head": head, "last_day": done.last_day, "interrupted": interrupted, "refused_commands": keeper.refused}
    write_manifest(folder, key, **facts, events=done.events, orders=done.orders, trades=done.trades)
    return done


def _drive(
    scenario: Scenario, driving: Driving, journal: Journal, move: Callable[[int, date, int, int], None]
) -> tuple[Keeper, bool]:
    keeper = Keeper(journal, move)
    world = build(scenario, driving.seed, keeper.commit, engine=driving.engine, individuals=driving.individuals)
    keeper.world = world
    world.calendar = replace(world.calendar, end=driving.until)
    open_run(world, scenario, driving.seed)
    closing = world.executor.registry.before_close
    market = Market(world.exchange, world.cohorts.intents, world.setting.instruments, closing)
    clock = Clock(market, world.calendar.days, lambda number: RunDay(world, number))
    with _interrupts(clock):
        clock.run()
    interrupted = clock.stop and keeper.last_day != driving.until.isoformat()
    return keeper, interrupted


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


def _genesis(key: RunKey) -> bytes:
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


def _earlier(folder: Path, ledger: str) -> Done | None:
    """Return an identical run that was finished, if there is one."""
    if not is_kept(folder, ledger) or not (folder / "measures.json").is_file():
        return None
    found = read_manifest(folder)
    if found["interrupted"]:
        return None
    return Done(
        folder=folder,
        head=found["head"],
        last_day=found["last_day"],
        events=found["events"],
        orders=found["orders"],
        trades=found["trades"],
        ledger=place_of(folder),
        is_new=False,
    )
