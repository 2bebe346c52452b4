"""The seats of a plan, and which of them so many people take: pure functions, the same answer for the same question.

With few people every kind is still in the room: of `s` seats about an eighth are support provinces, a fifth counties,
the rest enterprises (`quota`). Within a kind the first seat of the plan is taken first, then the last, then whichever
is farthest from those taken: tables list the cheap before the dear, so both sides of a market come early.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecomarket.scenario import Scenario
    from ecomarket.scenario.schema.people import Member
    from ecomarket.workshop.plan.model import RoomPlan

NOT_PLAYED: Final = ("outside",)
"""Kinds of participants that nobody plays: the rest of the country has no gap and no purse of its own."""
SEATS_MOST: Final = 24
"""Seats that people take before they share, and seats of a plan that is derived."""
SHARED_FROM: Final = 41
"""From so many people on, at least two share every seat."""
COUNTY_LIKE: Final = ("county", "region")
PROVINCE_LIKE: Final = ("support-province",)
LAST: Final = ("authority", "intermediary")
"""Kinds that people take when nothing else is left: the reserve and the traders are the bots' as a rule."""


@dataclass(frozen=True, slots=True)
class PlannedSeat:
    """A seat: the participant's code and kind, its group, both names, its zone, and how many people may share it."""

    code: str
    kind: str
    group: str
    name_en: str
    name_zh: str
    zone: str
    people_most: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Seats that are filled, with the people of each, in the order of filling; `over` people find no place."""

    rows: tuple[tuple[PlannedSeat, int], ...]
    over: int


def members_of(scenario: Scenario, group: str) -> list[Member]:
    """Return the participants of a group, in the order of its table."""
    return scenario.config.participants[group].members(group)


def planned_seats(scenario: Scenario, plan: RoomPlan) -> tuple[PlannedSeat, ...]:
    """Return every seat of a plan, in the plan's order."""
    groups = {member.code: key for key in scenario.config.participants for member in members_of(scenario, key)}
    return tuple(
        _seat(scenario, group, member, seat.people_most)
        for seat in plan.seats
        for group in (seat.group or groups[seat.participant],)
        for member in members_of(scenario, group)
        if seat.group or member.code == seat.participant
    )


def _seat(scenario: Scenario, group: str, member: Member, people_most: int) -> PlannedSeat:
    of = scenario.config.participants[group]
    label = of.label if len(of.members(group)) == 1 else None
    name_en = member.name_en or (label.text("en") if label else "") or member.name_zh or member.code
    name_zh = member.name_zh or (label.text("zh") if label else "") or member.name_en or member.code
    return PlannedSeat(member.code, of.kind, group, name_en, name_zh, member.zone, people_most)


def quota(seats: int) -> dict[str, int]:
    """Return how many of so many seats go to enterprises, counties and support provinces.

    >>> quota(5), quota(8), quota(20)
    ({'enterprise': 3, 'county': 1, 'province': 1}, {'enterprise': 5, 'county': 2, 'province': 1}, \
{'enterprise': 13, 'county': 4, 'province': 3})
    """
    provinces, counties = (seats + 4) // 8, (seats + 2) // 5
    return {"enterprise": seats - counties - provinces, "county": counties, "province": provinces}


def fill_order(seats: Sequence[PlannedSeat]) -> list[PlannedSeat]:
    """Return the seats in the order in which people take them; more people take more seats of the same order."""
    waiting: dict[str, list[PlannedSeat]] = {name: [] for name in ("province", "county", "enterprise", "last")}
    for seat in seats:
        waiting[class_of(seat.kind)].append(seat)
    waiting = {name: _spread(found) for name, found in waiting.items()}
    taken: Counter[str] = Counter()
    order: list[PlannedSeat] = []
    while len(order) < len(seats):
        wanted = quota(len(order) + 1)
        short = [name for name in ("province", "county", "enterprise") if taken[name] < wanted[name]]
        name = next(name for name in (*short, "enterprise", "county", "province", "last") if waiting[name])
        taken[name] += 1
        order.append(waiting[name].pop(0))
    return order


def class_of(kind: str) -> str:
    """Return the class of a kind in `quota`: enterprise, county, province, or last."""
    if kind in COUNTY_LIKE:
        return "county"
    if kind in PROVINCE_LIKE:
        return "province"
    return "last" if kind in LAST else "enterprise"


def _spread(seats: Sequence[PlannedSeat]) -> list[PlannedSeat]:
    """Return the first, the last, then always the one farthest from those before (the earlier of equals)."""
    order = [0] if seats else []
    left = list(range(1, len(seats)))
    while left:
        at = max(left, key=lambda i: (min(abs(i - j) for j in order), -i))
        order.append(at)
        left.remove(at)
    return [seats[i] for i in order]


def seats_wanted(people: int) -> int:
    """Return how many seats so many people fill if there are enough.

    >>> [seats_wanted(n) for n in (5, 20, 24, 40, 41, 60, 90)]
    [5, 20, 24, 24, 20, 24, 30]
    """
    if people < SHARED_FROM:
        return min(people, SEATS_MOST)
    return max(min(people // 2, SEATS_MOST), -(-people // 3))


def seat_people(seats: Iterable[PlannedSeat], people: int) -> Taken:
    """Return who takes which seats: one each up to 20 people, at most 24 seats up to 40, two or three a seat above.

    A seat holds no more than its `people_most`; whoever finds no place is counted in `over`. Raises ValueError if
    `people` is negative.
    """
    if people < 0:
        raise ValueError(f"{people} people")
    order = fill_order(list(seats))
    count = min(seats_wanted(people), len(order))
    while count < len(order) and sum(seat.people_most for seat in order[:count]) < people:
        count += 1
    here = [0] * count
    left = min(people, sum(seat.people_most for seat in order[:count]))
    while left:
        for index, seat in enumerate(order[:count]):
            if left and here[index] < seat.people_most:
                here[index] += 1
                left -= 1
    return Taken(tuple(zip(order, here, strict=False)), people - sum(here))
