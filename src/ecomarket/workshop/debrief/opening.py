"""A room's folder found again: its scenario and plan, as room.json names them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ecomarket.engine.folder import MANIFEST, read_manifest
from ecomarket.errors import UserError
from ecomarket.i18n import tr
from ecomarket.workshop.debrief.happened import RUN
from ecomarket.workshop.plan.card import CARD, RoomCard

if TYPE_CHECKING:
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan import RoomPlan

ROOMS: Final = "rooms"
"""Where the folders of rooms are, seen from where a command is called."""


def room_folder(text: str) -> Path:
    """Return the folder of a room named by path, or by its name below rooms/. Raises UserError if it is none."""
    for folder in (Path(text), Path(ROOMS) / text):
        if (folder / CARD).is_file():
            return folder
    raise _fault("no_room", path=text)


def room_of(folder: Path) -> tuple[Scenario, RoomPlan]:
    """Return the scenario and the plan of a room's folder.

    Raises UserError if room.json is not a room's, if nothing was run, or if the scenario is another than was played;
    ScenarioError if scenario or plan cannot be read.
    """
    card = RoomCard.read(folder)
    if not (folder / RUN / MANIFEST).is_file():
        raise _fault("no_run", path=folder)
    scenario, plan = card.load()
    played = str(read_manifest(folder / RUN).get("digest", ""))
    if scenario.digest != played:
        raise _fault("changed", path=scenario.path, now=scenario.digest[:12], then=played[:12])
    return scenario, plan


def _fault(name: str, **values: object) -> UserError:
    return UserError(*(tr(f"debrief.{name}", lang, **values) for lang in ("en", "zh")))
