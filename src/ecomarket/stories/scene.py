"""A case of a script -> a scene: its world, its acts and looks with every name resolved, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecomarket.stories.happen import act_of, dates_of
from ecomarket.stories.look import look_of
from ecomarket.stories.names import Names, WrongNameError
from ecomarket.stories.stage import play, raise_curtain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from ecomarket.scenario.nodes import Node
    from ecomarket.stories.form import Happening, Outcome
    from ecomarket.stories.look import Look
    from ecomarket.stories.read import Script
    from ecomarket.stories.stage import Played


@dataclass(frozen=True)
class Glance:
    """An outcome, where it is written, and how to look at it."""

    outcome: Outcome
    node: Node
    look: Look


@dataclass(frozen=True)
class Scene:
    """A case as played, and a glance for each outcome."""

    played: Played
    glances: list[Glance]


def play_case(
    script: Script,
    case: int,
    outcomes: Sequence[tuple[Outcome, Node]],
    without: Sequence[str],
    named: Sequence[Outcome] = (),
) -> Scene:
    """Resolve every name of a case, some policies left out, then play it to the latest date of all outcomes `named`.

    Raises ScenarioError with every Diagnostic at once.
    """
    scenario = script.scenario(case, without)
    world, journal = raise_curtain(scenario, script.story.seed)
    names = Names(world, script.findings)
    happenings = list(_happenings(script, case))
    last = _last([h for h, _ in happenings], named or [o for o, _ in outcomes], scenario.end)
    acts, glances = [], []
    for happening, node in happenings:
        try:
            act = act_of(happening, node, names)
        except WrongNameError:
            continue
        acts += [(when, act) for when in dates_of(happening, last)]
    for outcome, node in outcomes:
        try:
            glances.append(Glance(outcome, node, look_of(outcome, node, names)))
        except WrongNameError:
            continue
    script.findings.stop_on_errors()
    days = frozenset(o.date for o, _ in outcomes if o.date)
    return Scene(play(scenario, script.story.seed, world, journal, acts, days, last), glances)


def _happenings(script: Script, case: int) -> Iterator[tuple[Happening, Node]]:
    """Yield what happens in all cases, then what happens in this one."""
    own = script.story.cases[case].when
    for entries, path in ((script.story.when, ("when",)), (own, ("cases", case, "when"))):
        for at, entry in enumerate(entries):
            yield entry, script.node(*path, at)


def _last(happenings: Sequence[Happening], outcomes: Sequence[Outcome], end: date) -> date:
    """Return the scene's last day: the latest named, or the calendar's end if an outcome names none."""
    if not outcomes or any(o.date is None and o.until is None for o in outcomes):
        return end
    named = [day for happening in happenings for day in (happening.date, happening.until)]
    named += [day for outcome in outcomes for day in (outcome.date, outcome.until)]
    return min(max(day for day in named if day is not None), end)
