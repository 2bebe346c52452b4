"""The shipped files of a case: scenarios/validity/<case>.yaml and <case>-<variant>.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ecomarket.scenario.library import shelves

FOLDER: Final = "validity"
EXPECTED: Final = "expected"


def files_of(kind: str) -> list[Path]:
    """Return the files of a case in order of name, as seen from the working directory where they lie below it."""
    for shelf in shelves():
        folder = shelf / FOLDER
        if folder.is_dir():
            found = sorted([*folder.glob(f"{kind}.yaml"), *folder.glob(f"{kind}-*.yaml")])
            here = Path.cwd()
            return [path.relative_to(here) if path.is_relative_to(here) else path for path in found]
    return []


def expected_of(path: Path) -> Path:
    """Return where it is said what is expected of a file: expected/<file>.toml beside it."""
    return path.parent / EXPECTED / f"{path.stem}.toml"


def beside(path: Path, scenario: str) -> str | Path:
    """Return a scenario's file beside the sheet, if there is one of that name, else the name."""
    near = path.parent / scenario
    return near if near.is_file() else scenario
