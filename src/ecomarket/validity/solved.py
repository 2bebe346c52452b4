"""A scenario as a case: its least-cost optimum, by names of results."""

from __future__ import annotations

import importlib
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Protocol

from ecomarket.errors import UserError
from ecomarket.scenario import load
from ecomarket.validity.words import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ecomarket.validity.expected import Value

SOLVER: Final = "ecomarket.equilibrium"
"""The package whose `solve_scenario(scenario)` returns a Solved."""


class Solved(Protocol):
    """What the benchmark answers: numbers by name, and the prices of which there is more than one."""

    values: Mapping[str, float]
    unsettled: Mapping[str, tuple[float, float]]


def solve(path: Path, overrides: Sequence[str] = ()) -> dict[str, Value]:
    """Return the results of a scenario's optimum.

    `price-low.<pool>.<year>` and `price-high...` are the ends of a price's range, the same where there is one price.
    Raises ScenarioError if the scenario cannot be understood, UserError where no solver is installed.
    """
    scenario = load(path, overrides)
    if find_spec(SOLVER) is None:
        raise UserError(*said("no_solver"))
    solved: Solved = importlib.import_module(SOLVER).solve_scenario(scenario)
    numbers = dict(solved.values)
    for name, value in solved.values.items():
        head, _, rest = name.partition(".")
        if head == "price":
            numbers[f"price-low.{rest}"], numbers[f"price-high.{rest}"] = solved.unsettled.get(name, (value, value))
    return {name: Decimal(repr(value)) for name, value in numbers.items()}
