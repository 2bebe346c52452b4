"""A random end: which phase follows one that ends a year, drawn from the room's seed by the year alone.

So the answer is the same whoever ends the phase, and after a fall; nothing that a room shows tells it beforehand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.chance import Draws, key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.workshop.plan.model import Phase, RoomPlan

ROOM: Final = key("room")
PURPOSE: Final = "horizon"


def years(phases: Sequence[Phase]) -> dict[int, int]:
    """Return by the number of each phase that ends a year of trading which year of the game it is, from 1."""
    trades = [(number, p.until.year) for number, p in enumerate(phases) if p.kind == "trade" and p.until is not None]
    last = {year: number for number, year in trades}
    return {number: year - trades[0][1] + 1 for year, number in last.items()}


def following(plan: RoomPlan, seed: int, number: int) -> int:
    """Return the number of the phase that follows a phase: the last one where the game stops by chance."""
    year = years(plan.phases).get(number, 0)
    if plan.horizon is None or year < plan.horizon.min:
        return number + 1
    stops = float(Draws(seed).uniform(ROOM, PURPOSE, year)) < float(plan.horizon.stop_probability)
    return len(plan.phases) - 1 if stops else number + 1
