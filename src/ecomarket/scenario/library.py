"""Find scenarios: files by path, shipped ones by name."""

from __future__ import annotations

from pathlib import Path

from ecomarket.scenario.findings import nearest
from ecomarket.scenario.text import is_file

HERE = Path(__file__).parent
REFORMS = "reforms"
"""Folder of a scenario's reforms: small files that extend it."""


def shelves() -> list[Path]:
    """Return the folders of shipped scenarios that exist: inside the wheel, or in the source tree."""
    return [shelf for shelf in (HERE / "library", HERE.parents[2] / "scenarios") if shelf.is_dir()]


def shipped() -> dict[str, Path]:
    """Return every shipped scenario by name, each followed by its reforms, `<scenario>/<reform>`, in order of name."""
    found: dict[str, Path] = {}
    for shelf in shelves():
        for folder in sorted(shelf.iterdir()):
            file = folder / f"{folder.name}.yaml"
            if file.is_file():
                found.setdefault(folder.name, file)
                for reform in sorted((folder / REFORMS).glob("*.yaml")):
                    found.setdefault(f"{folder.name}/{reform.stem}", reform)
    return found


def bases() -> dict[str, Path]:
    """Return the shipped scenarios that are no reforms of others, by name."""
    return {name: file for name, file in shipped().items() if "/" not in name}


def title_block(path: Path) -> str:
    """Return the lines in which a scenario's file writes its title, "" if it writes none."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith("title:")), len(lines))
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    return "\n".join(lines[start:end])


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _from_here(path: Path) -> Path:
    """Return a path below the working directory relative to it, any other as it is."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def locate(name: str | Path) -> tuple[Path, str]:
    """Return (file, near): the file of a scenario given by path, folder or name, and the nearest shipped name."""
    path = Path(name)
    library = shipped()
    if str(name) in library and not is_file(path):
        return _from_here(library[str(name)]), ""
    if _is_folder(path):
        return path / f"{path.resolve().name}.yaml", ""
    return path, nearest(str(name), library)
