"""Resume a run that stopped, in its own folder, or begin a child run where it may not go on."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from ecomarket.engine.drive import genesis
from ecomarket.engine.folder import MANIFEST, QUARANTINED, RunKey, read_manifest
from ecomarket.engine.keeping import stored_there
from ecomarket.engine.run import execute, run_key
from ecomarket.engine.sweep import sweep
from ecomarket.ledger.canon import parse
from ecomarket.ledger.faults import fault
from ecomarket.ledger.place import is_url, place_of
from ecomarket.ledger.resume import check_same

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.engine.drive import Move
    from ecomarket.engine.run import Done, Driving
    from ecomarket.scenario import Scenario

MAKES_THE_RUN = ("scenario", "digest", "seed", "until", "version", "code")
"""Fields of a run's key that must be as they were; how it is driven may change."""


def resume(
    folder: Path, scenario: Scenario, driving: Driving, move: Move | None = None, *, force_new: bool = False
) -> Done:
    """Do the run of a folder again from the start, check it against what is committed, and go on; return what came.

    `force_new` begins a child run in a folder of its own instead, which notes the parent's folder and head. Raises
    RunError if there is no run, another scenario, seed, last day, program or schema made it, or it is in quarantine;
    else as engine.run.run.
    """
    if not (folder / MANIFEST).is_file():
        raise fault("E711", folder)
    sweep(folder.parent)
    key = run_key(scenario, driving)
    if force_new:
        parent = {"run": folder.name, "head": read_manifest(folder).get("head", "")}
        return execute(scenario, driving, key, _free(folder.parent, key), move, {"parent": parent})
    if not driving.ledger and is_url(place := place_of(folder)):
        driving = replace(driving, ledger=str(place).partition("#")[0])
    _check(folder, key, driving.ledger)
    return execute(scenario, driving, key, folder, move)


def _check(folder: Path, key: RunKey, ledger: str) -> None:
    found = read_manifest(folder)
    if found.get("status") == QUARANTINED:
        raise fault("E712", folder)
    check_same(folder, {k: found[k] for k in MAKES_THE_RUN if k in found}, {k: getattr(key, k) for k in MAKES_THE_RUN})
    stored = stored_there(folder, ledger)
    if stored is not None:
        check_same(folder, parse(stored.manifest), parse(genesis(key)))


def _free(out: Path, key: RunKey) -> Path:
    """Return the first folder of the key's name that is not there yet."""
    names = (key.name if n == 1 else f"{key.name}-{n}" for n in count(1))
    return next(out / name for name in names if not (out / name).exists())
