"""A house for a room: people as they were left, seats of the plan, keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ecomarket.workshop.plan.seating import fill_order, planned_seats, seat_people
from ecomarket.workshop.server.house import House, Settings
from ecomarket.workshop.server.people import DOORS, People

if TYPE_CHECKING:
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan import RoomPlan
    from ecomarket.workshop.server.house import RoomLike

PAGES: Final = Path(__file__).parents[1] / "pages"


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
