"""The way in: a scenario solved, with and without trade."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ecomarket.equilibrium.faults import NoPlanError, NotExpressedError, TooManyStepsError
from ecomarket.equilibrium.outcome import find
from ecomarket.equilibrium.outer import changed, equilibrium
from ecomarket.equilibrium.read import in_lots, states_of
from ecomarket.equilibrium.refuse import no_plan, not_expressed, too_many_steps
from ecomarket.equilibrium.result import read
from ecomarket.errors import UserError
from ecomarket.i18n import tr
from ecomarket.scenario.given import one_of
from ecomarket.scenario.menus import told_by_menus

if TYPE_CHECKING:
    from ecomarket.equilibrium.outcome import Outcome
    from ecomarket.equilibrium.result import Result
    from ecomarket.equilibrium.tree import State
    from ecomarket.scenario import Scenario


def solve_scenario(scenario: Scenario, *, safe: str = "", whole_lots: bool = False) -> Result:
    """Return the least-cost benchmark of a scenario.

    `safe` names a pool whose cap falls until all standards hold; with `whole_lots` every curve goes in steps of a lot,
    each at the price of its middle, as an order book sees it.

    Raises ScenarioError, at the line where it fails, if no plan keeps all rules (E330), if cost falls for ever (E331),
    for what the benchmark cannot say (E332) and for more steps of a lot than are solved (E336); UserError (E941) for
    a pool that there is not.
    """
    try:
        states = states_of(scenario)
        if safe:
            one_of("safe", safe, states[0].problem.pools)
            states = changed(states, lambda problem: replace(problem, safe=safe))
        if whole_lots:
            states = changed(states, lambda problem: in_lots(problem, scenario.config))
        return read(states, equilibrium(states), _alone(states))
    except NoPlanError as fault:
        raise no_plan(scenario, fault) from None
    except TooManyStepsError as fault:
        raise too_many_steps(scenario, fault) from None
    except NotExpressedError as fault:
        raise not_expressed(scenario, fault) from None


def check_costs_told(scenario: Scenario) -> None:
    """Raise UserError if the scenario states no costs that a least-cost plan could be reckoned from."""
    if not any(group.schedules for group in scenario.config.participants.values()) and not told_by_menus(scenario):
        raise UserError(*(tr("equilibrium.empty", lang, name=scenario.name) for lang in ("en", "zh")))


def _alone(states: list[State]) -> Outcome | None:
    """Return the plan in which nobody trades, or None where not everybody could keep the rules alone."""
    try:
        return find(states, alone=True)
    except (NoPlanError, NotExpressedError):
        return None
