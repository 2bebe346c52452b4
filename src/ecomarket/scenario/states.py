"""States of the world: the scenario as it is in one of them, and which one a seed draws."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.chance import Draws, key
from ecomarket.errors import ScenarioError
from ecomarket.scenario.findings import Findings
from ecomarket.scenario.load import load
from ecomarket.scenario.text import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecomarket.scenario.load import Scenario

WORLD: Final = key("world")


def in_state(scenario: Scenario, name: str) -> Scenario:
    """Return the scenario as it is in a state, read once; its digest stays that of the whole, which holds all."""
    if name not in scenario.in_states:
        state = scenario.config.states[name]
        found = load(scenario.path, [*scenario.overrides, *state.overrides()])
        scenario.in_states[name] = replace(found, digest=scenario.digest, overrides=scenario.overrides)
    return scenario.in_states[name]


def drawn(scenario: Scenario, seed: int) -> tuple[Scenario, str]:
    """Return the scenario in the state that a seed draws, and the state's name ("" where there are none)."""
    name = state_of(scenario, seed)
    return (in_state(scenario, name) if name else scenario), name


def state_of(scenario: Scenario, seed: int) -> str:
    """Return the name of the state that a seed draws, "" where there are none."""
    states = scenario.config.states
    if not states:
        return ""
    weights = np.array([float(state.probability) for state in states.values()])
    luck = float(Draws(seed).uniform(WORLD, "state"))
    at = int(np.searchsorted(np.cumsum(weights) / weights.sum(), luck, side="right"))
    return list(states)[min(at, len(states) - 1)]


def load_whole(path_or_name: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Return a scenario as `load` does, with every state of it tried.

    Raises ScenarioError with every Diagnostic at once; a fault of a state (E333) stands where the state says it.
    """
    scenario = load(path_or_name, overrides)
    findings = Findings()
    for name in scenario.config.states:
        try:
            in_state(scenario, name)
        except ScenarioError as error:
            node = scenario.tree.nearest(("states", name, "set"))
            read_text(scenario.path, findings)
            first = error.diagnostics[0]
            problem = f"{first.code} {first.message}"
            place = node.text_place()
            findings.add("E333", place, found=name, problem=problem, problem_zh=first.message_zh)
    findings.stop_on_errors()
    return scenario
