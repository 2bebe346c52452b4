"""The folder of an experiment read back: from experiment.json and the cells to a Study, nothing run."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ecomarket.experiments import record, table
from ecomarket.experiments.faults import fault
from ecomarket.experiments.sensitivity import Sensitivity
from ecomarket.experiments.store import Store
from ecomarket.experiments.study import Comparison, Replication, Study
from ecomarket.experiments.sweep import Sweep
from ecomarket.scenario import given

KINDS: Final[dict[str, type[Study]]] = {study.kind: study for study in (Replication, Comparison, Sweep, Sensitivity)}


def load(folder: str | Path) -> Study:
    """Return the experiment that was run in a folder: a Replication, a Comparison ..., as it came out then.

    Raises UserError if there is none (E911), or what is there cannot be read (E912).
    """
    place = Path(given.place("folder", folder, "study"))
    kind, plan = record.read(place)
    if kind not in KINDS:
        raise fault("E912", path=place / record.FILE, why=f"kind {kind}")
    path = table.path_in(place)
    if path is None:
        raise fault("E911", folder=place)
    return KINDS[kind](plan, table.read(plan, Store(place)), path)
