"""Start a scenario without running it: its world is built and goes to its first sitting, with no ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.engine.day import RunDay
from ecomarket.engine.opening import open_run
from ecomarket.engine.world import build
from ecomarket.scenario.states import drawn

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.scenario import Scenario

DAYS_MOST: Final = 15
"""Days to wait for a sitting: longer than any holiday; a scenario may have none at all."""


def to_first_sitting(scenario: Scenario, seed: int = 1) -> date | None:
    """Return the day of the first sitting, None if there is none in the first days; all that comes before it was done.

    The world is built and opened, rules and agents do their part. The exchange is the plain one, so that nothing is
    compiled. Raises what a rule or an agent raises.
    """
    scenario, state = drawn(scenario, seed)
    world = build(scenario, seed, lambda _t, _today: None, engine="reference")
    open_run(world, scenario, seed, state)
    for number in range(min(world.calendar.days, DAYS_MOST)):
        day = RunDay(world, number)
        if day.morning():
            return world.calendar.date_of(number)
        day.evening()
    return None
