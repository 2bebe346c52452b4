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
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ecomarket.validity.expected import Value

SOLVER: Final = "ecomarket.equilibrium"
"""The package whose `solve_scenario(scenario)` returns a Solved."""


class Solved(Protocol):
    """What the benchmark answers."""

    def names(self) -> Iterable[str]:
        """Return the name of every result."""

    def value(self, name: str) -> float:
        """Return a result by its name (`price.permit.2025`). Raises KeyError if there is none."""


def solve(path: Path, overrides: Sequence[str] = (), names: Iterable[str] = ()) -> dict[str, Value]:
    """Return the results of a scenario's optimum: those named that there are, or all.

    Raises ScenarioError if the scenario cannot be understood, UserError where no solver is installed.
    """
    scenario = load(path, overrides)
    if find_spec(SOLVER) is None:
        raise UserError(*said("no_solver"))
    solved: Solved = importlib.import_module(SOLVER).solve_scenario(scenario)
    there = set(solved.names())
    wanted = [name for name in names if name in there] if names else solved.names()
    return {name: Decimal(repr(solved.value(name))) for name in wanted}
