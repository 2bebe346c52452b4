"""A variant as it was asked for, and the command that runs the experiment again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ecomarket.experiments.measured import HEADLINES
from ecomarket.experiments.variants import seeds_told
from ecomarket.report.studies.designed import SWEEPS, options, shared

if TYPE_CHECKING:
    from ecomarket.experiments.plan import Arm, Plan


def own_overrides(plan: Plan, arm: Arm) -> tuple[str, ...]:
    """Return what an arm overrides beyond that which all arms override."""
    return arm.overrides[len(plan.arms[0].overrides) :]


def variant(plan: Plan, arm: Arm) -> str:
    """Return a variant as it is written on the command line."""
    sets = ",".join(own_overrides(plan, arm))
    if not sets:
        return arm.source
    return sets if arm.name == sets else f"{arm.name}:{sets}"


def command(plan: Plan) -> str:
    """Return the command that runs the experiment again, as a POSIX shell reads it."""
    base, *variants = plan.arms
    if plan.design:
        verb, overrides = ("sweep" if plan.design.method in SWEEPS else "sensitivity"), shared(plan, plan.design)
        words = ["ecomarket", verb, base.source, *options(plan.design)]
    else:
        verb, overrides = ("compare" if variants else "replicate"), base.overrides
        words = ["ecomarket", verb, base.source, *(variant(plan, arm) for arm in variants)]
    words += ["--seeds", seeds_told(plan.seeds)]
    for text in overrides:
        words += ["--set", text]
    if tuple(plan.measures) != HEADLINES:
        for name in plan.measures:
            words += ["--measure", name]
    return shlex.join(words)
