"""What a condition can never find in a comparison, told before anything is run.

Labels are known only when the runs are there; but each comes of a name that is measured, of a right of the scenario,
and of a year of its calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.experiments.conditions import STATISTICS
from ecomarket.experiments.faults import unknown_measure
from ecomarket.results.summary import measure_classes
from ecomarket.scenario import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.experiments.conditions import Condition
    from ecomarket.experiments.plan import Plan
    from ecomarket.scenario import Scenario


def check_conditions(conditions: Iterable[Condition], plan: Plan) -> None:
    """Raise UserError for a name in a condition of which no run of the plan will have a number.

    E935: nothing measured gives it; E936: its right is no right, or its year no year, of any scenario compared.
    """
    names = dict.fromkeys(name for one in conditions for name in one.names)
    scenarios = [load(arm.source, arm.overrides) for arm in plan.arms] if names else []
    for name in names:
        if not any(_may_give(measure, name) for measure in plan.measures):
            told = [f"{m}{end}" for m in plan.measures for end in ("", *(f".{s}" for s in STATISTICS))]
            raise unknown_measure("E935", name, plan.measures, told)
        _check_world(name, scenarios)


def _may_give(measure: str, name: str) -> bool:
    """Tell whether a number of a measured name may be what another name means.

    >>> _may_give("price.vwap", "price.so2.vwap@2025"), _may_give("price.so2.vwap", "price.nox.vwap")
    (True, False)
    """
    (kind, *known), year = _parts(measure)
    (own, *asked), its_year = _parts(name)
    if kind != own or kind not in measure_classes() or (year and its_year and year != its_year):
        return False
    if known and asked and known[-1] != asked[-1]:
        return False
    room = len([key for key in measure_classes()[kind].keys if key != "year"])
    return len({*known[:-1], *asked[:-1]}) <= room


def _parts(name: str) -> tuple[list[str], str]:
    path, _, year = name.partition("@")
    return path.split("."), year


def _check_world(name: str, scenarios: list[Scenario]) -> None:
    """Raise UserError (E936) if a name's year, or its right where nothing else can be meant, is in no scenario."""
    (kind, *rest), year = _parts(name)
    years = sorted({str(y) for s in scenarios for y in range(s.start.year, s.end.year + 1)})
    if year and year not in years:
        raise unknown_measure("E936", f"@{year}", [f"@{y}" for y in years], name=name)
    if {*measure_classes()[kind].keys} == {"right", "year"}:
        rights = list(dict.fromkeys(right for s in scenarios for right in s.config.rights))
        for value in rest[:-1]:
            if value not in rights:
                raise unknown_measure("E936", value, rights, name=name)
