"""A scenario at any values of its parameters: moments by seed. All points share their seeds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.calibration.words import refuse
from ecomarket.engine.in_memory import run_in_memory
from ecomarket.results.days import MOMENTS, days_of, moments, observed_days
from ecomarket.results.write import load_frames
from ecomarket.scenario import load
from ecomarket.scenario.compose import NAMED_LISTS, entry_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ecomarket.calibration.aim import Aim, Parameter
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.nodes import Node
    from ecomarket.scenario.schema.whole import Observed

    Floats = NDArray[np.float64]

DIGITS = 4
"""Digits that a value keeps, so that the file that is written is the very run that was judged."""


class Model(NamedTuple):
    """A scenario whose parameters can be set; `overrides` are the caller's own, before those of the parameters."""

    source: str | Path
    overrides: tuple[str, ...]
    aim: Aim

    def values_at(self, point: Floats) -> tuple[Decimal, ...]:
        """Return the values of the parameters at a point of the unit cube, rounded to four digits."""
        return tuple(rounded(p, float(x)) for p, x in zip(self.aim.parameters, point, strict=True))

    def point_of(self, values: Sequence[Decimal]) -> Floats:
        """Return where values lie in the unit cube, moved to its nearest face where they lie outside."""
        inside = [(v - p.low) / (p.high - p.low) for p, v in zip(self.aim.parameters, values, strict=True)]
        return np.clip(np.array(inside, dtype=np.float64), 0.0, 1.0)

    def at(self, values: Sequence[Decimal]) -> Scenario:
        """Return the scenario with its parameters set. Raises ScenarioError if they cannot be."""
        own = [f"{p.path}={v:f}" for p, v in zip(self.aim.parameters, values, strict=True)]
        return load(self.source, [*self.overrides, *own])

    def start(self) -> tuple[Decimal, ...]:
        """Return the values that the scenario has. Raises UserError for one that it does not state."""
        tree = load(self.source, self.overrides).tree
        return tuple(stated(tree, parameter) for parameter in self.aim.parameters)


def rounded(parameter: Parameter, share: float) -> Decimal:
    """Return the value at a share of the way between the bounds, with four digits and never past them."""
    exact = float(parameter.low) + share * float(parameter.high - parameter.low)
    return min(max(Decimal(f"{exact:.{DIGITS}g}"), parameter.low), parameter.high)


def stated(tree: Node, parameter: Parameter) -> Decimal:
    """Return a parameter's value as the scenario states it. Raises UserError if it does not."""
    node: Node | None = tree
    name = ""
    for part in parameter.path.split("."):
        if node is not None and isinstance(node.value, list) and name in NAMED_LISTS:
            node = next((entry for entry in node.value if entry_name(entry, name) == part), None)
        else:
            node = node.get(int(part) if part.isdigit() else part) if node is not None else None
        name = part
    value = node.value if node is not None else None
    if isinstance(value, dict):
        value = value["value"].value if "value" in value else None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise refuse("not_stated", path=parameter.path)
    return Decimal(value)


def market_of(scenario: Scenario, name: str) -> Observed:
    """Return the observed market of a name, the first if it is empty. Raises UserError if there is none in its days."""
    known = scenario.config.observed
    if not known or (name and name not in known):
        raise refuse("not_observed", scenario=scenario.name, name=name or "-", options=", ".join(known) or "-")
    found = known[name or next(iter(known))]
    if not observed_days(found, scenario.start, scenario.end).volume.sum() > 0:
        raise refuse("no_days", scenario=scenario.name, start=scenario.start, end=scenario.end)
    return found


def observed_moments(scenario: Scenario, name: str) -> dict[str, float]:
    """Return every moment of the observed market within the days of a scenario."""
    return moments(observed_days(market_of(scenario, name), scenario.start, scenario.end))


def simulated(scenario: Scenario, right: str, seeds: Sequence[int]) -> Floats:
    """Return every moment (columns, as MOMENTS) of runs with these seeds (rows); NaN where it cannot be told."""
    rows = [moments(days_of(load_frames(run_in_memory(scenario, seed).blocks), right)) for seed in seeds]
    return np.array([[row[name] for name in MOMENTS] for row in rows], dtype=np.float64)
