"""The folder of a run: its name, its manifest, who drives it, and what makes two runs the same."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from ecomarket.errors import RunError
from ecomarket.ledger.faults import fault, storage_fault
from ecomarket.ledger.place import FILE, LINK
from ecomarket.ledger.seal import SEAL, seal_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecomarket.ledger.seal import Seal

MANIFEST: Final = "manifest.json"
LEDGER: Final = FILE
UNSEALED: Final = f"{SEAL}.part"
"""A seal that is being written."""
SCHEMA: Final = "ecomarket.run/1"

RUNNING: Final = "running"
INTERRUPTED: Final = "interrupted"
RECOVERED: Final = "recovered"
QUARANTINED: Final = "quarantined"
COMMITTED: Final = "committed"
ENDED: Final = "ended"
"""The life of a run: running -> interrupted (asked to stop), recovered or quarantined (its process died; the ledger is
sound or is not), committed (every day is) -> ended (tables and report too). All but the last two may be resumed, except
from quarantine. A manifest without a status is of an earlier version: such a run has ended."""


@dataclass(frozen=True, slots=True)
class RunKey:
    """What makes two runs the same: if the keys are equal, so are the ledgers.

    `code` is a digest of the program's sources. `engine` and `individuals` change how the run is driven, not its
    ledger; they stand here so that a check by the reference engine is not taken for a run that is already done.
    """

    scenario: str
    digest: str
    seed: int
    until: str
    version: str
    code: str
    engine: str = "kernel"
    individuals: int = 0

    @property
    def name(self) -> str:
        """Return the folder's name: scenario, seed and eight hex digits over the key."""
        text = json.dumps(asdict(self), sort_keys=True)
        return f"{self.scenario}-s{self.seed}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return a run's manifest; raise RunError if there is none or it is not one of ours."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise fault("E753", path=path, why=error) from None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise fault("E754", path=path, schema=SCHEMA)
    return manifest


def told_head(folder: Path) -> str | None:
    """Return the head that a run which ended wrote into its manifest; None if it wrote none that can be read."""
    try:
        head = read_manifest(folder).get("head")
    except RunError:
        return None
    return head if isinstance(head, str) else None


def write_manifest(folder: Path, key: RunKey, **facts: object) -> None:
    """Write a run's manifest whole, or leave the one there is. Raises StorageError."""
    _replace(folder, {"schema": SCHEMA, **asdict(key), **facts})


def mark(folder: Path, status: str) -> None:
    """Write the run's new status into its manifest. Raises RunError or StorageError."""
    _replace(folder, read_manifest(folder) | {"status": status})


def _replace(folder: Path, content: dict[str, Any]) -> None:
    path = folder / MANIFEST
    part = path.with_suffix(".part")
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    with placing(path):
        part.write_text(text, encoding="utf-8")
        part.replace(path)


def seal_run(folder: Path, place: str | Path) -> Seal:
    """Seal a run's ledger, whole or not at all: who dies meanwhile leaves the seal there was, or none.

    Raises RunError if the ledger cannot be read or is still being written, StorageError if the seal cannot be.
    """
    made = seal_ledger(place, folder / UNSEALED)
    with placing(folder / SEAL):
        (folder / UNSEALED).replace(folder / SEAL)
    return made


def make_folder(folder: Path) -> None:
    """Make a run's folder; raise StorageError if the place cannot be written."""
    with placing(folder):
        folder.mkdir(parents=True, exist_ok=True)


def clear_folder(folder: Path) -> None:
    """Take an earlier run's manifest and ledger, and what lies beside it, out of a folder. Raises StorageError."""
    with placing(folder):
        for name in (
            MANIFEST,
            LINK,
            SEAL,
            UNSEALED,
            LEDGER,
            *(f"{LEDGER}-{part}" for part in ("wal", "shm", "journal")),
        ):
            (folder / name).unlink(missing_ok=True)


@contextmanager
def placing(path: Path) -> Iterator[None]:
    """Turn an error of the operating system in the block into StorageError, about `path` unless it names a file."""
    try:
        yield
    except OSError as error:
        raise storage_fault(type(path)(error.filename or path), error) from None


@contextmanager
def driving_alone(folder: Path) -> Iterator[None]:
    """Hold the folder while the block runs; a process that dies lets go of it. Raises RunError if it is taken."""
    with placing(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        if not _take(handle):
            raise fault("E706", folder)
        yield
    finally:
        os.close(handle)


def is_driven(folder: Path) -> bool:
    """Tell whether a living process holds the folder."""
    with placing(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        return not _take(handle)
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
