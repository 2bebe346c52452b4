"""A scenario as a case: its least-cost optimum, by names of results."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from ecomarket.equilibrium import solve_scenario
from ecomarket.scenario import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecomarket.validity.expected import Value


@dataclass(frozen=True)
class Way:
    """How a scenario is solved: the right whose cap falls until all standards hold, curves in steps of a lot."""

    safe: str = ""
    whole_lots: bool = False


def solve(path: Path, overrides: Sequence[str] = (), way: Way | None = None) -> dict[str, Value]:
    """Return the results of a scenario's optimum, at most 12 digits of each.

    `price-low.<pool>.<year>` and `price-high...` are the ends of a price's range, the same where there is one price;
    an end that is nowhere is the word `none`. Raises ScenarioError if the scenario cannot be understood or solved.
    """
    way = way or Way()
    solved = solve_scenario(load(path, overrides), safe=way.safe, whole_lots=way.whole_lots)
    numbers = dict(solved.values)
    for name, value in solved.values.items():
        head, _, rest = name.partition(".")
        if head == "price":
            numbers[f"price-low.{rest}"], numbers[f"price-high.{rest}"] = solved.unsettled.get(name, (value, value))
    return {name: Decimal(f"{value:.12g}") if isfinite(value) else "none" for name, value in numbers.items()}
