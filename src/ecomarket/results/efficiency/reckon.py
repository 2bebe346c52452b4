"""The way in: what a run is held against, from its frames and the scenario that was run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.results.efficiency.held import Held
from ecomarket.scenario.menus import told_by_menus

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario


def reckon(scenario: Scenario, frames: Frames, *, ended: bool = True) -> Held:
    """Return what a run is held against; a run of a scenario without schedules is told so at once.

    `ended`: the run went to the scenario's end. Nothing here enters the journal.
    """
    if not any(group.schedules for group in scenario.config.participants.values()) and not told_by_menus(scenario):
        return Held(why="schedules")
    if not ended:
        return Held(why="until")
    from ecomarket.results.efficiency.beside import beside

    return beside(scenario, frames)
