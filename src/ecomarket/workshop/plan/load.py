"""Read a room plan: strict YAML as every file of the project, checked against its scenario; every fault at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.scenario.findings import Findings
from ecomarket.scenario.locate import Reader
from ecomarket.scenario.references import Names, check_names
from ecomarket.scenario.text import is_file
from ecomarket.stories.read import read_tree
from ecomarket.workshop.plan.checks import check_plan
from ecomarket.workshop.plan.default import completed
from ecomarket.workshop.plan.model import RoomPlan

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.scenario import Scenario

FILE: Final = "room.yaml"
"""Name of a room plan beside its scenario."""


def plan_file(scenario: Scenario) -> Path | None:
    """Return the room plan beside a scenario's file, None if there is none."""
    beside = scenario.path.parent / FILE
    return beside if is_file(beside) else None


def room_plan(scenario: Scenario, path: Path | None = None) -> RoomPlan:
    """Return the plan of a file, else of the `room.yaml` beside the scenario, else the derived one.

    What the file leaves out is derived (`default.completed`). Raises ScenarioError with every Diagnostic at once, also
    if an alternative of the plan does not load.
    """
    file = path or plan_file(scenario)
    if file is None:
        return completed(RoomPlan(room=1), scenario)
    findings = Findings()
    tree = read_tree(file, findings)
    reader = Reader(findings, file.parent)
    plan = reader.read(RoomPlan, tree, what="the room plan")
    check_names(RoomPlan, tree, Names(scenario.tree), reader)
    findings.stop_on_errors()
    assert plan is not None
    check_plan(plan, tree, scenario, reader)
    findings.stop_on_errors()
    return completed(plan, scenario)
