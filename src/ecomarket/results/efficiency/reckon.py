"""The way in: what a run is held against, from its frames and the scenario that was run."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ecomarket.results.efficiency.held import SAME, Held
from ecomarket.results.efficiency.same_cut import same_cut
from ecomarket.results.efficiency.same_water import same_water
from ecomarket.scenario.menus import told_by_menus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario


def same_projects(scenario: Scenario, frames: Frames) -> Sequence[Mapping[str, Any]]:
    """Return the rows of `project-worth`; its solver is loaded only where there are projects."""
    groups = scenario.config.participants.items()
    if not any(member.facts.get("npv_cny") for key, group in groups for member in group.members(key)):
        return ()
    from ecomarket.results.efficiency.same_projects import same_projects as ask

    return ask(scenario, frames)


ASKED: Final = dict(zip(SAME, (same_cut, same_water, same_projects), strict=True))
"""Who reckons which measure."""


def reckon(scenario: Scenario, frames: Frames, *, ended: bool = True) -> Held:
    """Return what a run is held against; a run of a scenario without schedules is told so at once.

    `ended`: the run went to the scenario's end. Nothing here enters the journal.
    """
    if any(group.schedules for group in scenario.config.participants.values()):
        return _beside(scenario, frames) if ended else Held(why="until")
    same = {measure: partial(ask, scenario, frames) for measure, ask in ASKED.items()}
    if not told_by_menus(scenario):
        return Held(why="schedules", same=same)
    return replace(_beside(scenario, frames), same=same) if ended else Held(why="until", same=same)


def _beside(scenario: Scenario, frames: Frames) -> Held:
    """Return a run beside its benchmark, whose solver is loaded only for it."""
    from ecomarket.results.efficiency.beside import beside

    return beside(scenario, frames)
