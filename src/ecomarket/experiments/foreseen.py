"""What no run can answer, told before anything is run: names of what is measured, and names in conditions.

Labels are known only when the runs are there; but each comes of a column of a measure, of a right of the scenario or a
word of a closed list, and of a year of its calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.experiments.columns import columns_foreseen
from ecomarket.experiments.conditions import STATISTICS
from ecomarket.experiments.faults import unknown_measure
from ecomarket.experiments.measured import check_names
from ecomarket.model.coded import CODED, slugs
from ecomarket.results.summary import measure_classes
from ecomarket.results.tally import ALL
from ecomarket.scenario import load
from ecomarket.scenario.states import in_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ecomarket.experiments.conditions import Condition
    from ecomarket.experiments.plan import Arm, Plan
    from ecomarket.scenario import Scenario


def check_measures(plan: Plan) -> None:
    """Raise UnknownMeasureError for what is to be measured, but of which no run of the plan will have a number.

    E901: there is no such measure; E902: it has no such column; E936: its right is no right, or its year no year, of
    any scenario of the plan.
    """
    check_names(plan.measures)
    worlds = _Worlds(plan.arms)
    for name in plan.measures:
        _check_world(name, worlds)


def check_conditions(conditions: Iterable[Condition], plan: Plan) -> None:
    """Raise UnknownMeasureError for a name in a condition of which no run of the plan will have a number.

    E935: nothing measured gives it; E936: its right is no right, or its year no year, of any scenario compared.
    """
    worlds = _Worlds(plan.arms)
    for name in dict.fromkeys(name for one in conditions for name in one.names):
        if not any(_may_give(measure, name) for measure in plan.measures):
            told = [f"{m}{end}" for m in plan.measures for end in ("", *(f".{s}" for s in STATISTICS))]
            raise unknown_measure("E935", name, plan.measures, told)
        _check_world(name, worlds)


def _may_give(measure: str, name: str) -> bool:
    """Tell whether a number of a measured name may be what another name means.

    >>> _may_give("price.vwap", "price.so2.vwap@2025"), _may_give("price.so2.vwap", "price.nox.vwap")
    (True, False)
    """
    (kind, *known), year = _parts(measure)
    (own, *asked), its_year = _parts(name)
    if kind != own or kind not in measure_classes() or (year and its_year and year != its_year):
        return False
    columns = known[-1:] or columns_foreseen(kind)
    if not asked or (columns and asked[-1] not in columns):
        return False
    room = len([key for key in measure_classes()[kind].keys if key != "year"])
    return len({*known[:-1], *asked[:-1]}) <= room


def _parts(name: str) -> tuple[list[str], str]:
    path, _, year = name.partition("@")
    return path.split("."), year


class _Worlds:
    """The scenarios of arms in all their states, each read when those before it do not have what is meant."""

    def __init__(self, arms: Sequence[Arm]) -> None:
        self._waiting = _worlds(arms)
        self._read: list[Scenario] = []

    def __iter__(self) -> Iterator[Scenario]:
        yield from self._read
        for world in self._waiting:
            self._read.append(world)
            yield world


def _worlds(arms: Sequence[Arm]) -> Iterator[Scenario]:
    for arm in arms:
        scenario = load(arm.source, arm.overrides)
        yield scenario
        for state in scenario.config.states:
            yield in_state(scenario, state)


def _check_world(name: str, worlds: _Worlds) -> None:
    """Raise UnknownMeasureError (E936) if a name's year, or one of its values, is in no scenario."""
    (kind, *rest), year = _parts(name)
    if year and not any(s.start.year <= int(year) <= s.end.year for s in worlds if year.isdecimal()):
        years = sorted({y for s in worlds for y in range(s.start.year, s.end.year + 1)})
        raise unknown_measure("E936", f"@{year}", [f"@{y}" for y in years], name=name)
    keys = [key for key in measure_classes()[kind].keys if key != "year"]
    if not all(key == "right" or key in CODED for key in keys):
        return  # sectors, counties and basins are whatever a scenario's people are
    words = [word for key in keys if key in CODED for word in slugs(CODED[key]).values()]
    for value in rest[:-1]:
        if value not in (ALL, *words) and not any(value in s.config.rights for s in worlds):
            rights = list(dict.fromkeys(right for s in worlds for right in s.config.rights))
            raise unknown_measure("E936", value, [*(rights if "right" in keys else ()), *words], name=name)
