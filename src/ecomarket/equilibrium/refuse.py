"""Say at which line of the scenario the benchmark fails: caps that cannot be met, costs that fall for ever."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecomarket.i18n import tr
from ecomarket.scenario.findings import Findings, told
from ecomarket.scenario.text import read_text

if TYPE_CHECKING:
    from ecomarket.equilibrium.faults import NoPlanError, NotExpressedError, TooManyStepsError
    from ecomarket.errors import ScenarioError
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.nodes import Place


def no_plan(scenario: Scenario, fault: NoPlanError) -> ScenarioError:
    """Return the findings for a scenario that no plan can keep, at the caps and limits that contradict each other."""
    if fault.endless:
        return _error([("E331", _place(scenario, "participants"), {})])
    found: list[tuple[str, Place, dict[str, Any]]] = []
    for row in fault.rows:
        kind, name, year = row
        if kind in ("market", "account"):
            right, _, zone = name.partition("/")
            path = ("rights", right, "cap", zone) if zone else ("rights", right, "cap")
            found.append(("E330", _place(scenario, *path), {"found": name, "year": year}))
        elif kind == "limit":
            found.append(("E330", _place(scenario, "policies"), {"found": name, "year": year}))
    return _error(
        found or [("E330", _place(scenario, "rights"), {"found": scenario.name, "year": scenario.start.year})]
    )


def not_expressed(scenario: Scenario, fault: NotExpressedError) -> ScenarioError:
    """Return the finding for something that has no place in the benchmark."""
    why = {lang: tr(f"equilibrium.no.{fault.code}", lang, **fault.values) for lang in ("en", "zh")}
    place = _place(scenario, "participants" if fault.code != "life" else "rights")
    return _error([("E332", place, {"why": why["en"], "why_zh": why["zh"]})])


def too_many_steps(scenario: Scenario, fault: TooManyStepsError) -> ScenarioError:
    """Return the finding for rights whose lots are too small for curves in steps of one."""
    return _error([("E336", _place(scenario, "rights"), {"found": f"{fault.steps:,}", "expected": f"{fault.most:,}"})])


def _place(scenario: Scenario, *path: str) -> Place:
    node = scenario.tree.nearest(path)
    return node.key or node.place


def _error(found: list[tuple[str, Place, dict[str, Any]]]) -> ScenarioError:
    findings = Findings()
    for file in {place.file for _, place, _ in found}:
        read_text(Path(file), findings)
    for code, place, values in found:
        findings.add(code, place, **values)
    return told(findings.found)
