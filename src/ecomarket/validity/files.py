"""The shipped files of a case: scenarios/validity/<case>.yaml and <case>-<variant>.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.scenario.library import shelves

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "validity"
EXPECTED: Final = "expected"


def files_of(kind: str) -> list[Path]:
    """Return the files of a case in order of name."""
    for shelf in shelves():
        folder = shelf / FOLDER
        if folder.is_dir():
            return sorted([*folder.glob(f"{kind}.yaml"), *folder.glob(f"{kind}-*.yaml")])
    return []


def expected_of(path: Path) -> Path:
    """Return where it is said what is expected of a file: expected/<file>.toml beside it."""
    return path.parent / EXPECTED / f"{path.stem}.toml"
