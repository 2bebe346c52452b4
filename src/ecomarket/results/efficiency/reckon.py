"""The way in: what a run is held against, from its frames and the scenario that was run."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ecomarket.results.efficiency.held import Held
from ecomarket.results.efficiency.same_cut import same_cut
from ecomarket.scenario.menus import told_by_menus

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario


def reckon(scenario: Scenario, frames: Frames, *, ended: bool = True) -> Held:
    """Return what a run is held against; a run of a scenario without schedules is told so at once.

    `ended`: the run went to the scenario's end. Nothing here enters the journal.
    """
    if any(group.schedules for group in scenario.config.participants.values()):
        return _beside(scenario, frames) if ended else Held(why="until")
    cuts = partial(same_cut, scenario, frames)
    if not told_by_menus(scenario):
        return Held(why="schedules", cuts=cuts)
    return replace(_beside(scenario, frames), cuts=cuts) if ended else Held(why="until", cuts=cuts)


def _beside(scenario: Scenario, frames: Frames) -> Held:
    """Return a run beside its benchmark, whose solver is loaded only for it."""
    from ecomarket.results.efficiency.beside import beside

    return beside(scenario, frames)
