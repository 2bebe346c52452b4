"""A calibration in order: start, weights, search, both ends judged on fresh seeds, years that were not aimed at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.calibration.distance import Spread, distance, spread, weights
from ecomarket.calibration.model import Model, market_of, observed_moments, simulated
from ecomarket.calibration.search import search
from ecomarket.calibration.words import refuse
from ecomarket.results.days import MOMENTS
from ecomarket.scenario import load
from ecomarket.scenario.library import locate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from numpy.typing import NDArray

    from ecomarket.calibration.aim import Aim

    Floats = NDArray[np.float64]


class Asked(NamedTuple):
    """What is asked of a calibration: runs of each point, points, and other years to try the end on.

    `fresh`: seeds on which both ends are judged, none of which the search has seen; as many or more make the weights.
    """

    seeds: int
    budget: int
    checks: tuple[str, ...] = ()
    fresh: int = 10


class Judged(NamedTuple):
    """A moment: observed, and simulated at the start and at the end; `aimed`: the search knew of it."""

    name: str
    observed: float
    before: Spread
    after: Spread
    aimed: bool


class Check(NamedTuple):
    """Another year: the scenario's name and its moments, of which the search knew nothing."""

    scenario: str
    moments: tuple[Judged, ...]


class Fit(NamedTuple):
    """What came of it: values in order of the aim's parameters, distances on the seeds of the search."""

    scenario: str
    start: tuple[Decimal, ...]
    values: tuple[Decimal, ...]
    distance_before: float
    distance_after: float
    asked: int
    moments: tuple[Judged, ...]
    checks: tuple[Check, ...]


def calibrate(
    source: str, overrides: Sequence[str], aim: Aim, asked: Asked, move: Callable[[int], None] = lambda _: None
) -> Fit:
    """Return the values between the aim's bounds whose runs come nearest the observed moments.

    `move` hears how many points have been tried. Raises ScenarioError or UserError before anything is run.
    """
    model = Model(source, tuple(overrides), aim)
    start, base = model.start(), load(source, overrides)
    others = [Model(beside(base.path, name), tuple(overrides), aim) for name in asked.checks]
    for other in others:  # a fault of theirs is told now, not after minutes
        observed_moments(other.at(start), aim.observed)
    right = market_of(base, aim.observed).right
    observed = vector(observed_moments(base, aim.observed))
    aimed = [at for at, name in enumerate(MOMENTS) if name in aim.moments]
    if dumb := [name for name in aim.moments if not np.isfinite(observed[list(MOMENTS).index(name)])]:
        raise refuse("not_told", names=", ".join(dumb), scenario=base.name)
    seeds = range(1, asked.seeds + 1)
    weight = weights(simulated(model.at(start), right, range(1, max(asked.seeds, asked.fresh) + 1)), observed)
    tried = 0

    def missed(point: Floats) -> float:
        nonlocal tried
        sample = simulated(model.at(model.values_at(point)), right, seeds)
        tried += 1
        move(tried)
        return distance(sample[:, aimed], observed[aimed], weight[aimed])

    found = search(missed, model.point_of(start), asked.budget)
    values = model.values_at(found.point)
    return Fit(
        base.name,
        start,
        values,
        found.at_start,
        found.value,
        found.asked,
        judged(model, start, values, asked),
        tuple(
            Check(other.at(start).name, tuple(m._replace(aimed=False) for m in judged(other, start, values, asked)))
            for other in others
        ),
    )


def judged(model: Model, start: Sequence[Decimal], values: Sequence[Decimal], asked: Asked) -> tuple[Judged, ...]:
    """Return every moment at both ends, over seeds that the search has not seen."""
    fresh = range(asked.seeds + 1, asked.seeds + 1 + asked.fresh)
    ends = [model.at(at) for at in (start, values)]
    right = market_of(ends[0], model.aim.observed).right
    before, after = (simulated(end, right, fresh) for end in ends)
    observed = observed_moments(ends[0], model.aim.observed)
    return tuple(
        Judged(name, observed[name], spread(before[:, at]), spread(after[:, at]), name in model.aim.moments)
        for at, name in enumerate(MOMENTS)
    )


def vector(found: dict[str, float]) -> Floats:
    """Return moments in the order of MOMENTS."""
    return np.array([found[name] for name in MOMENTS])


def beside(path: Path, name: str) -> Path:
    """Return the file that `--check name` means: <name>.yaml beside the scenario's own, else a scenario by its name."""
    near = path.parent / f"{name}.yaml"
    return near if near.is_file() else Path(locate(name)[0])
