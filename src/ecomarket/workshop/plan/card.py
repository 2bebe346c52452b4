"""What a room is made from, as its folder says it: room.json."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ecomarket.errors import RunError
from ecomarket.i18n import tr
from ecomarket.scenario.states import load_whole
from ecomarket.workshop.plan.load import room_plan

if TYPE_CHECKING:
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan.model import RoomPlan

CARD: Final = "room.json"
SCHEMA: Final = "ecomarket.room/1"


@dataclass(frozen=True, slots=True)
class RoomCard:
    """What a room is made from: no secrets. `plan` is a file, "" for the scenario's own; `code` "" for one on paper.

    `speed`: seconds of the room a second on the wall, more than 1 in a rehearsal.
    """

    scenario: str
    overrides: tuple[str, ...]
    seed: int
    plan: str
    code: str
    speed: float = 1

    def write(self, folder: Path) -> None:
        """Write it into a room's folder, which is made; readable by its owner alone: people's names will be there."""
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        said = {"schema": SCHEMA, **asdict(self)}
        (folder / CARD).write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> RoomCard:
        """Return the card of a room's folder. Raises RunError where there is no room, or none of ours.

        A scenario or a plan that lies in the folder itself, as in one that comes out of a zip, is that one.
        """
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            said = json.loads((folder / CARD).read_text(encoding="utf-8"))
            if said.pop("schema") == SCHEMA:
                for part in ("scenario", "plan"):
                    inside = folder / said[part]
                    said[part] = str(inside) if said[part] and inside.is_file() else said[part]
                return cls(**said | {"overrides": tuple(map(str, said["overrides"]))})
        raise RunError(*(tr("room.no_room", lang, folder=folder) for lang in ("en", "zh")))

    def load(self) -> tuple[Scenario, RoomPlan]:
        """Return the scenario and the plan. Raises ScenarioError."""
        scenario = load_whole(self.scenario, self.overrides)
        return scenario, room_plan(scenario, Path(self.plan) if self.plan else None)
