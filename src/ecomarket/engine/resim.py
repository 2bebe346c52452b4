"""Run a ledger's scenario again, to compare: the deepest level of verification.

Holds only for the same version of the program on the same libraries and processor: agents think in floating point.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ecomarket.engine.folder import LEDGER, read_manifest
from ecomarket.engine.live import decisions_of, play
from ecomarket.engine.run import Driving, run
from ecomarket.engine.stepped import SteppedRun
from ecomarket.errors import RunError
from ecomarket.ledger.faults import fault, words
from ecomarket.ledger.query import open_ledger
from ecomarket.model.decision import Drive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.engine.live import Taken
    from ecomarket.engine.run import Done
    from ecomarket.ledger.query import Ledger
    from ecomarket.scenario import Scenario


def told_scenario(folder: Path, ledger: Ledger) -> tuple[str, list[str]]:
    """Return the scenario (file or name) and the overrides that a run's folder names; the ledger's name where not."""
    try:
        told = read_manifest(folder)
    except RunError:
        told = {}
    name = str(ledger.manifest.get("scenario", ""))
    return str(told.get("source", name)), [str(o) for o in told.get("overrides", ())]


@contextmanager
def run_again(ledger: Ledger, scenario: Scenario) -> Iterator[Ledger]:
    """Run `scenario` with the seed and to the day that an open ledger names, and open what comes of it.

    What people decided in it is decided again, at the same instants: the ledger of a room is made again too. Raises
    RunError if the ledger is of another scenario or version, or names none.
    """
    told = ledger.manifest
    wanted = {"digest": scenario.digest, "version": version("ecomarket")}
    for name, value in wanted.items():
        if told.get(name) != value:
            raise fault("E746", what=words(f"what.{name}"), stored=told.get(name), found=value)
    driving = Driving(seed=told["seed"], until=date.fromisoformat(told["until"]))
    decided = list(decisions_of(ledger.blocks()))
    with TemporaryDirectory(prefix="ecomarket-") as out:
        done = _decided_again(scenario, driving, decided, Path(out)) if decided else run(scenario, driving, Path(out))
        with open_ledger(done.folder / LEDGER) as again:
            yield again


def _decided_again(scenario: Scenario, driving: Driving, decided: Sequence[Taken], out: Path) -> Done:
    accounts = {one.decision.account for one in decided if isinstance(one.decision, Drive)}
    stepped = SteppedRun(scenario, driving, out / "again", ())
    stepped.live.let_alone(accounts)
    play(stepped.live, decided)
    return stepped.end()
