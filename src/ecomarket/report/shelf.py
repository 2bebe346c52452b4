"""The runs and experiments in a folder, each with what its own files say of it; nothing is reckoned or run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.folder import MANIFEST
from ecomarket.experiments.record import FILE as EXPERIMENT
from ecomarket.ledger.seal import SEAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEPTH: Final = 2
"""Folders below the one that is shown in which runs are looked for."""
LISTED_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A run or an experiment: its folder, written from the one that is shown, and what its files say.

    `key` is "" for the folder that is shown itself. `sealed` tells whether the seal of its ledger names the
    head of its manifest; None where there is no seal.
    """

    key: str
    kind: str
    name: str
    seeds: str
    head: str = ""
    status: str = ""
    sealed: bool | None = None
    report: bool = False


def entries(root: Path) -> list[Entry]:
    """Return what is in a folder and two folders below, by name; what cannot be read is left out."""
    found = []
    for folder in _folders(root, DEPTH):
        entry = _entry(root, folder)
        if entry is not None:
            found.append(entry)
        if len(found) == LISTED_MAX:
            break
    return found


def _folders(folder: Path, depth: int) -> Iterator[Path]:
    """Yield a folder and those below, in order of name; hidden ones, and links that lead elsewhere, are left out."""
    yield folder
    if depth == 0:
        return
    try:
        below = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return
    for path in below:
        if not path.name.startswith("."):
            yield from _folders(path, depth - 1)


def _entry(root: Path, folder: Path) -> Entry | None:
    key = "" if folder == root else folder.relative_to(root).as_posix()
    if told := _read(folder / MANIFEST, "ecomarket.run/"):
        sealed = _read(folder / SEAL, "ecomarket.seal/")
        scenario, seed, head = (str(told.get(name, "")) for name in ("scenario", "seed", "head"))
        return Entry(
            key, "run", scenario, seed, head, str(told.get("status", "ended")),
            None if not sealed else sealed.get("head") == head, _has_report(folder),
        )  # fmt: skip
    if told := _read(folder / EXPERIMENT, "ecomarket.experiment/"):
        arms = [str(arm.get("name", "")) for arm in told.get("arms", [])]
        design = told.get("design") or {}
        name = str(design.get("scenario") or " / ".join(arms))
        seeds, report = str(told.get("seeds", "")), _has_report(folder)
        return Entry(key, str(told.get("kind", "")), name, seeds, status="ended", report=report)
    return None


def _has_report(folder: Path) -> bool:
    path = folder / "report.html"
    return path.is_file() and not path.is_symlink()


def _read(path: Path, schema: str) -> dict[str, Any]:
    """Return a JSON file of a schema; nothing if it is not there, cannot be read, or is of another."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict) or not str(found.get("schema", "")).startswith(schema):
        return {}
    return found
