"""What a room is made from (room.json), and a house for it: people as they were left, seats of the plan, keys."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ecomarket.errors import RunError
from ecomarket.i18n import tr
from ecomarket.workshop.plan.seating import fill_order, planned_seats, seat_people
from ecomarket.workshop.server.house import House, Settings
from ecomarket.workshop.server.people import DOORS, People

if TYPE_CHECKING:
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan import RoomPlan
    from ecomarket.workshop.server.house import RoomLike

PAGES: Final = Path(__file__).parents[1] / "pages"


CARD: Final = "room.json"
SCHEMA: Final = "ecomarket.room/1"


@dataclass(frozen=True, slots=True)
class Card:
    """What a room is made from, as its folder says it: no secrets. `plan` is a file, "" for the scenario's own."""

    scenario: str
    overrides: tuple[str, ...]
    seed: int
    plan: str
    code: str

    def write(self, folder: Path) -> None:
        """Write it into a room's folder, which is made; readable by its owner alone: people's names will be there."""
        folder.mkdir(parents=True, mode=0o700)
        said = {"schema": SCHEMA, **asdict(self)}
        (folder / CARD).write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Card:
        """Return the card of a room's folder. Raises RunError where there is no room, or none of ours."""
        try:
            said = json.loads((folder / CARD).read_text(encoding="utf-8"))
            found = cls(**{name: said[name] for name in cls.__slots__} | {"overrides": tuple(said["overrides"])})
            ours = said["schema"] == SCHEMA
        except (OSError, ValueError, TypeError, KeyError):
            ours, found = False, cls("", (), 0, "", "")
        if not ours:
            raise RunError(*(tr("room.no_room", lang, folder=folder) for lang in ("en", "zh")))
        return found


@dataclass(frozen=True, slots=True)
class Rates:
    """Grace time in seconds, commands a second of bots with the key, and how many people come (0: not said)."""

    grace_s: float
    bot_rate: float
    people: int = 0


def house_of(
    room: RoomLike, scenario: Scenario, plan: RoomPlan, folder: Path, code: str, base: str, rates: Rates, *,
    renew: bool = False,
) -> tuple[House, dict[str, str]]:  # fmt: skip
    """Return the house of a room served at `base`, and its keys if they are new: old ones are not known any more.

    Raises RunError when people.jsonl cannot be read.
    """
    there = {seat.code for seat in room.seats}
    seats = [seat for seat in planned_seats(scenario, plan) if seat.code in there]
    people = People.open(folder, {s.code: s.people_most for s in seats}, [s.code for s in fill_order(seats)])
    secrets = {door: people.new_door(door) for door in DOORS} if renew or not people.doors else {}
    title = {lang: scenario.config.title.text(lang) or scenario.name for lang in ("zh", "en")}
    first = frozenset(seat.code for seat, _ in seat_people(seats, rates.people).rows) if rates.people else frozenset()
    settings = Settings(code, folder, title, base, rates.grace_s, bot_rate=rates.bot_rate, first=first, pages=PAGES)
    house = House(room, people, settings)
    people.online = house.presence.is_online
    return house, secrets
