"""Start a scenario without running it: its world is built and goes to its first sitting, with no ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.engine.day import RunDay
from ecomarket.engine.opening import open_run
from ecomarket.engine.world import build
from ecomarket.scenario.states import drawn

if TYPE_CHECKING:
    from ecomarket.scenario import Scenario

DAYS_MOST: Final = 15
"""Days to wait for a sitting: longer than any holiday; a scenario may have none at all."""


def to_first_sitting(scenario: Scenario, seed: int = 1) -> None:
    """Build the world, open it, and let every rule and every agent do what comes before the first sitting.

    The exchange is the plain one, so that nothing is compiled. Raises what a rule or an agent raises.
    """
    scenario, state = drawn(scenario, seed)
    world = build(scenario, seed, lambda _t, _today: None, engine="reference")
    open_run(world, scenario, seed, state)
    for number in range(min(world.calendar.days, DAYS_MOST)):
        day = RunDay(world, number)
        if day.morning():
            return
        day.evening()
