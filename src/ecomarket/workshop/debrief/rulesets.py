"""The other rules under which bots play the same start again: the plan's alternatives that this scenario can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ecomarket.errors import ScenarioError, UserError
from ecomarket.experiments.variants import arm

if TYPE_CHECKING:
    from ecomarket.experiments.plan import Arm
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan.model import Alternative, RoomPlan

BASE = "same"
"""Code of the rules of the room's own file."""


class RuleSet(NamedTuple):
    """Rules to play by: a code, names by language, and the arm to run."""

    code: str
    name: dict[str, str]
    arm: Arm


def rulesets(scenario: Scenario, plan: RoomPlan) -> tuple[list[RuleSet], list[Alternative]]:
    """Return the room's own rules and those of the plan, and the alternatives that the scenario refuses.

    An alternative that changes nothing is refused too: it would be the same arm twice.
    """
    base = arm(scenario.path, scenario.overrides, BASE)
    found, refused = [RuleSet(BASE, {}, base)], []
    for other in plan.alternatives:
        try:
            own = arm(scenario.path, (*scenario.overrides, *other.set), other.code)
        except (ScenarioError, UserError):
            refused.append(other)
            continue
        if own.digest in {r.arm.digest for r in found} or other.code == BASE:
            refused.append(other)
            continue
        found.append(RuleSet(other.code, {lang: other.name.text(lang) for lang in ("en", "zh")}, own))
    return found, refused
