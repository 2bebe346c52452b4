"""What a room's scenario is read from: copied into the zip of a room, so that it plays again where those files are not.

Files that are shipped with the program stay out. Rules of one's own (Python files) do too: whoever unpacks a room and
plays it again should not run somebody's program by that.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.errors import EcomarketError
from ecomarket.scenario import load
from ecomarket.scenario.compose import compose
from ecomarket.scenario.findings import Findings
from ecomarket.scenario.library import locate, shelves, shipped
from ecomarket.scenario.load import resolve
from ecomarket.workshop.plan.load import plan_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan import RoomPlan
    from ecomarket.workshop.plan.card import RoomCard

FOLDER: Final = "scenario"
PLAN: Final = "plan.yaml"


class Carried(NamedTuple):
    """How the card of a room in a zip names its scenario and plan, and whether the zip has, or needs, no file more."""

    scenario: str
    plan: str
    whole: bool


def carry(card: RoomCard, digest: str, made: Path) -> Carried:
    """Copy into the folder `made` what the scenario and the plan of a card are read from.

    `digest` is that of the scenario that was played: another one, or one that cannot be read, is not copied.
    """
    try:
        scenario, room_plan = card.load()
        if scenario.digest != digest:
            return Carried(card.scenario, card.plan, whole=False)
        if card.plan:
            shutil.copyfile(card.plan, made / PLAN)
        name = next((name for name, file in shipped().items() if _same(file, locate(card.scenario)[0])), "")
        found = name or _copied(scenario, files_of(scenario, room_plan), made / FOLDER)
    except (EcomarketError, OSError):
        return Carried(card.scenario, card.plan, whole=False)
    return Carried(found or card.scenario, PLAN if card.plan else "", whole=bool(found))


def files_of(scenario: Scenario, plan: RoomPlan) -> list[Path]:
    """Return every file that a scenario is read from, in each of its states and under each alternative of its plan.

    Raises ScenarioError.
    """
    findings = Findings()
    changes = [
        (),
        *(one.set for one in plan.alternatives),
        *(one.overrides() for one in scenario.config.states.values()),
    ]
    for more in changes:
        overrides = (*scenario.overrides, *more)
        tree = compose(scenario.path, overrides, findings)
        if tree is not None:
            resolve(tree, scenario.path, findings, overrides)
    beside = plan_file(scenario)
    found = [Path(name) for name in findings.lines if Path(name).is_file()]
    return [_absolute(path) for path in (*found, *([beside] if beside else ()))]


def _copied(scenario: Scenario, files: Sequence[Path], folder: Path) -> str:
    """Copy files so that they find each other and mean the same scenario; return its file's place beside `folder`.

    Of files that are shipped only those are copied that are named by their path; folders above the scenario's keep
    their names only where a file says them. "" if the files cannot do without being where they are.
    """
    own = [path for path in files if not _is_shipped(path)]
    for taken, renamed in ((own, True), (files, True), (files, False)):
        shutil.rmtree(folder, ignore_errors=True)
        home = _absolute(scenario.path)
        placed = _placed(home, taken, renamed=renamed)
        for path, place in placed.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / place)
        try:
            if load(folder / placed[home], scenario.overrides).digest == scenario.digest:
                return f"{FOLDER}/{placed[home].as_posix()}"
        except EcomarketError:
            continue
    shutil.rmtree(folder, ignore_errors=True)
    return ""


def _placed(home: Path, files: Iterable[Path], *, renamed: bool) -> dict[Path, Path]:
    """Return where each file goes: as they lie to each other; the folders down to `home` are numbers if `renamed`."""
    whole = sorted({home, *files})
    root = Path(os.path.commonpath([path.parent for path in whole]))
    down = home.parent.relative_to(root).parts
    found = {}
    for path in whole:
        parts = list(path.relative_to(root).parts)
        if renamed:
            for n, (part, ours) in enumerate(zip(parts[:-1], down, strict=False)):
                if part != ours:
                    break
                parts[n] = str(n + 1)
        found[path] = Path(*parts)
    return found


def _absolute(path: Path) -> Path:
    """Return where a path seems to lie: files name each other by that, so that no link is followed."""
    return Path(os.path.normpath(Path.cwd() / path))


def _is_shipped(path: Path) -> bool:
    return any(path.resolve().is_relative_to(shelf.resolve()) for shelf in shelves())


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
