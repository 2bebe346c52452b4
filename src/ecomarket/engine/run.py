"""Run a scenario in its folder: from the start, or on from where it stopped."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ecomarket.compiled import source_digest
from ecomarket.engine.drive import drive, genesis
from ecomarket.engine.folder import (
    COMMITTED,
    ENDED,
    INTERRUPTED,
    MANIFEST,
    QUARANTINED,
    RUNNING,
    RunKey,
    clear_folder,
    driving_alone,
    make_folder,
    placing,
    read_manifest,
    seal_run,
    write_manifest,
)
from ecomarket.engine.keeping import is_kept, kept_by, open_sink, stored_there
from ecomarket.engine.sweep import sweep
from ecomarket.errors import RunError
from ecomarket.ledger.faults import fault
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.place import NONE, place_of
from ecomarket.ledger.resume import Rejoin
from ecomarket.ledger.seal import SEAL, STILL_OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from ecomarket.engine.drive import Keeper, Move
    from ecomarket.engine.keeping import Kept
    from ecomarket.ledger.journal import Sink
    from ecomarket.ledger.resume import Stored
    from ecomarket.scenario import Scenario


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
    """What came of a run: folder, head hash, last committed day, counts, its ledger, and whether it was cut short.

    `is_new`: its tables and report are still to be written; `resumed`: a part of it was there before; `status` as in
    engine.folder; `sealed` is False where somebody still read the file when it should have been sealed.
    """

    folder: Path
    head: str
    last_day: str
    events: int
    orders: int
    trades: int
    ledger: Kept
    is_new: bool = True
    interrupted: bool = False
    resumed: bool = False
    status: str = ENDED
    sealed: bool = True


def run(scenario: Scenario, driving: Driving, out: Path, move: Move | None = None) -> Done:
    """Run a scenario into a folder below `out` and return what came of it.

    An identical run is found by its folder's name: not done again if it has ended, gone on with if it stopped, unless
    forced. An interrupt (Ctrl-C) ends the run after the day at hand; the ledger holds every committed day. `move` hears
    (day number, date, orders, trades). Runs below `out` whose process died are marked. Raises RunError if the folder is
    another process's or in quarantine, StorageError if it cannot be written, ResimulationError if the stored part of
    the run is not what the scenario makes.
    """
    key = run_key(scenario, driving)
    make_folder(out)
    sweep(out)
    return execute(scenario, driving, key, out / key.name, move)


def run_key(scenario: Scenario, driving: Driving) -> RunKey:
    """Return what makes the run."""
    return RunKey(
        scenario=scenario.name,
        digest=scenario.digest,
        seed=driving.seed,
        until=driving.until.isoformat(),
        version=version("ecomarket"),
        code=source_digest(),
        engine=driving.engine,
        individuals=driving.individuals,
    )


def execute(
    scenario: Scenario,
    driving: Driving,
    key: RunKey,
    folder: Path,
    move: Move | None = None,
    notes: Mapping[str, object] | None = None,
) -> Done:
    """Do a run in its folder, from the start or, where days are committed already, checking those first.

    `notes` go into the folder's manifest. Raises what `run` raises.
    """
    make_folder(folder)
    with driving_alone(folder):
        earlier = None if driving.force else found_run(folder, driving.ledger)
        if earlier is not None and earlier.status in (COMMITTED, ENDED):
            return earlier
        keeping = begin_keeping(scenario, driving, key, folder, notes, again=earlier is not None)
        return _keep_ledger(scenario, driving, keeping, move or (lambda *_: None))


@dataclass(frozen=True, slots=True)
class Keeping:
    """A run's ledger while it is written: what makes the run, its folder, where blocks go, its facts, its journal."""

    driving: Driving
    key: RunKey
    folder: Path
    sink: Sink
    facts: Mapping[str, object]
    journal: Journal


def begin_keeping(
    scenario: Scenario,
    driving: Driving,
    key: RunKey,
    folder: Path,
    notes: Mapping[str, object] | None = None,
    *,
    again: bool = False,
) -> Keeping:
    """Open the ledger of a run in its folder, new, or `again` to be compared and gone on with.

    Raises what `run` raises. Who calls it holds the folder (folder.driving_alone).
    """
    facts = _facts(folder) if again else {}
    facts |= {"source": str(scenario.path.resolve()), "overrides": list(scenario.overrides)} | dict(notes or {})
    stored = stored_there(folder, driving.ledger) if again else None
    sink = _begin(folder, key, driving.ledger, stored, facts)
    return Keeping(driving, key, folder, sink, facts, Journal(genesis(key), sink))


def _begin(folder: Path, key: RunKey, ledger: str, stored: Stored | None, facts: Mapping[str, object]) -> Sink:
    """Note in the folder that the run is going on, and open its ledger, new or as it is."""
    if stored is not None:
        with placing(folder):
            (folder / SEAL).unlink(missing_ok=True)  # of a process that died between its seal and its last word
        write_manifest(folder, key, status=RUNNING, **facts)
        return Rejoin(place_of(folder, ledger), stored)

    def clear() -> None:
        clear_folder(folder)
        write_manifest(folder, key, status=RUNNING, **facts)

    return open_sink(folder, ledger, clear)


def _facts(folder: Path) -> dict[str, Any]:
    """Return what a folder's manifest says beside the run's key and status."""
    known = {"schema", "status", *(f.name for f in fields(RunKey))}
    return {what: value for what, value in read_manifest(folder).items() if what not in known}


def _keep_ledger(scenario: Scenario, driving: Driving, keeping: Keeping, move: Move) -> Done:
    with closing_on_error(keeping.journal):
        keeper, interrupted = drive(scenario, driving, keeping.journal, move)
    return end_keeping(keeping, keeper, interrupted=interrupted)


@contextmanager
def closing_on_error(journal: Journal) -> Iterator[None]:
    """Close the journal if the block fails; the block's error is the one to tell."""
    try:
        yield
    except BaseException:
        with suppress(RunError):
            journal.close()
        raise


def end_keeping(keeping: Keeping, keeper: Keeper, *, interrupted: bool) -> Done:
    """Close and seal the ledger of a run that has ended, or was asked to stop; write its manifest, return what came."""
    driving, key, folder, sink = keeping.driving, keeping.key, keeping.folder, keeping.sink
    journal, facts = keeping.journal, keeping.facts
    rejoin = sink if isinstance(sink, Rejoin) else None
    if rejoin is not None and not interrupted:
        with closing_on_error(journal):
            rejoin.settle(journal.events)
    journal.close()
    sealed = interrupted or driving.ledger == NONE or _sealed(folder, place_of(folder, driving.ledger))
    behind = rejoin is not None and rejoin.behind
    done = Done(
        folder=folder,
        head=journal.head.hex(),
        last_day=keeper.last_day,
        events=journal.events,
        orders=keeper.orders,
        trades=keeper.trades,
        ledger=kept_by(sink, folder, driving.ledger),
        is_new=not behind,
        interrupted=interrupted,
        resumed=rejoin is not None,
        status=INTERRUPTED if interrupted else COMMITTED,
        sealed=sealed,
    )
    if not behind:
        counts = {"head": done.head, "last_day": done.last_day, "events": done.events}
        counts |= {"orders": done.orders, "trades": done.trades, "interrupted": interrupted}
        facts = {**facts, **counts, "refused_commands": keeper.refused}
    write_manifest(folder, key, status=done.status, **facts)
    return done


def _sealed(folder: Path, place: str | Path) -> bool:
    """Seal the ledger of a run that has ended, and tell whether that could be: not while somebody reads its file."""
    try:
        seal_run(folder, place)
    except RunError as error:
        if error.code != STILL_OPEN:
            raise
        return False
    return True


def found_run(folder: Path, ledger: str) -> Done | None:
    """Return what a folder knows of its run, None if there is none in it that is kept where `ledger` says.

    Raises RunError if it is in quarantine.
    """
    if not (folder / MANIFEST).is_file() or not is_kept(folder, ledger):
        return None
    found = read_manifest(folder)
    status = found.get("status", INTERRUPTED if found.get("interrupted") else ENDED)
    if status == QUARANTINED:
        raise fault("E712", folder)
    if ledger == NONE and status != ENDED:  # nothing was kept that tables could be made of
        return None
    return Done(
        folder=folder,
        head=found.get("head", ""),
        last_day=found.get("last_day", ""),
        events=found.get("events", 0),
        orders=found.get("orders", 0),
        trades=found.get("trades", 0),
        ledger=place_of(folder),
        is_new=status != ENDED,
        interrupted=status == INTERRUPTED,
        status=status,
    )
