"""The folder of a run: its name, its manifest, and what makes two runs the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from ecomarket.errors import RunError
from ecomarket.ledger.place import FILE, LINK
from ecomarket.ledger.seal import SEAL

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: Final = "manifest.json"
LEDGER: Final = FILE
SCHEMA: Final = "ecomarket.run/1"


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
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: {error}") from None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise RunError(f"{path}: not a manifest of {SCHEMA}")
    return manifest


def write_manifest(folder: Path, key: RunKey, **facts: object) -> None:
    """Write a run's manifest."""
    content = {"schema": SCHEMA, **asdict(key), **facts}
    path = folder / MANIFEST
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def make_folder(folder: Path) -> None:
    """Make a run's folder, empty of an earlier run's ledger; raise RunError if the place cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (MANIFEST, LINK, SEAL, LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm"):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{folder}: {error.strerror}") from None
