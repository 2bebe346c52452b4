"""Sweep a folder of runs: mark those whose process died. Nothing is deleted or mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.engine.folder import (
    MANIFEST,
    QUARANTINED,
    RECOVERED,
    RUNNING,
    driving_alone,
    is_driven,
    mark,
    read_manifest,
)
from ecomarket.errors import RunError, StorageError
from ecomarket.ledger.place import is_url, place_of
from ecomarket.ledger.resume import stored_run
from ecomarket.ledger.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

LEVEL: Final = "chain"
"""How far a dead run's ledger is verified: every block and the head; replay would cost as much as resuming."""


def sweep(out: Path) -> dict[Path, str]:
    """Mark each run below `out` that says it is running while nobody drives it; return the folders and their marks.

    Recovered: the ledger's chain is whole to its last commit. Quarantined: it is not, or the file is no ledger. A run
    whose ledger cannot be read now stays as it is: the disk is full, the database cannot be reached.
    Raises StorageError if a mark cannot be written.
    """
    marks: dict[Path, str] = {}
    for manifest in sorted(out.glob(f"*/{MANIFEST}")):
        folder = manifest.parent
        if _is_dead(folder) and (found := _examined(folder)):
            with driving_alone(folder):
                marks[folder] = found
                mark(folder, found)
    return marks


def _is_dead(folder: Path) -> bool:
    try:
        return read_manifest(folder).get("status") == RUNNING and not is_driven(folder)
    except RunError:  # somebody else's file, or a folder we may not read
        return False


def _examined(folder: Path) -> str:
    """Return the mark of a dead run, "" if its ledger cannot be read now."""
    place: str | Path = folder
    try:
        place = place_of(folder)
        sound = stored_run(place) is None or verify(place, LEVEL).clean
    except StorageError:
        return ""
    except RunError:
        return "" if is_url(place) else QUARANTINED
    return RECOVERED if sound else QUARANTINED
