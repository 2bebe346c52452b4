"""Sensitivity: which of several factors what is measured hangs on, over the same seeds at every place of a design."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from math import isnan, nan
from statistics import fmean, pvariance, variance
from typing import TYPE_CHECKING, ClassVar, Final

from ecomarket.experiments import given
from ecomarket.experiments.carded import sensitivity_card
from ecomarket.experiments.designs import placed, planned, settled_factors
from ecomarket.experiments.factors import factors
from ecomarket.experiments.faults import fault
from ecomarket.experiments.indices import METHODS, SAMPLES, Analysis, analysed, places
from ecomarket.experiments.measured import HEADLINES, check_names
from ecomarket.experiments.study import AS_USUAL, Study, Way, study_of
from ecomarket.scenario.given import texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from ecomarket.experiments.designs import Points
    from ecomarket.experiments.factors import Factor
    from ecomarket.experiments.plan import Design, Plan

RUNS: Final = 5


@dataclass(frozen=True, repr=False)
class Sensitivity(Study):
    """Places of a design over the same seeds, and what they say of each factor."""

    kind: ClassVar[str] = "sensitivity"

    @property
    def design(self) -> Design:
        """Return the design."""
        assert self.plan.design is not None
        return self.plan.design

    @cached_property
    def analyses(self) -> Mapping[str, Analysis]:
        """Return what is found of each factor, by label. Raises UserError without SALib (E928)."""
        design = self.design
        return {
            label: analysed(design.method, design.paths, design.rows, self._values(label), design.seed)
            for label in self.numbers.labels
        }

    @property
    def luck(self) -> Mapping[str, float | None]:
        """Return by label which part of the variance between points is left of the seeds' luck, at most.

        The variance of a point's mean over its seeds, on the average of points, over the variance of the means. Points
        that meet the same seeds share some of their luck, and what they share is in neither. None of one seed, or where
        all points are the same.
        """
        return {label: self._luck(label) for label in self.numbers.labels}

    @property
    def summary(self) -> pd.DataFrame:
        """Return a row a label and factor: what is found of it."""
        import pandas as pd  # noqa: PLC0415  (half a second, for those who ask)

        return pd.DataFrame([
            {"measure": label, "factor": path, **asdict(found)}
            for label, analysis in self.analyses.items()
            for path, found in analysis.factors.items()
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        """Return the analysis's card for a notebook."""
        return sensitivity_card(len(self.plan.arms), len(self.plan.seeds), self.analyses)

    def _seeds_of(self, label: str) -> list[list[float]]:
        """Return the numbers of each point over its seeds; none of a point that lacks one of a seed."""
        columns = (self.numbers.by_arm.get(arm.name, {}).get(label) for arm in self.plan.arms)
        return [[] if column is None or any(map(isnan, column)) else list(column) for column in columns]

    def _values(self, label: str) -> list[float]:
        means = [fmean(own) if own else nan for own in self._seeds_of(label)]
        return [means[at] for at in self.design.points]

    def _luck(self, label: str) -> float | None:
        points = [own for own in self._seeds_of(label) if own]
        if not points or len(self.plan.seeds) < 2:
            return None
        between = pvariance([fmean(own) for own in points])
        return fmean(variance(own) / len(own) for own in points) / between if between else None


def sensitivity(
    scenario: str | Path,
    ranges: Mapping[str, str],
    *,
    method: str = "morris",
    samples: int = 0,
    design_seed: int = 1,
    runs: int = RUNS,
    seeds: Sequence[int] = (),
    overrides: Sequence[str] = (),
    measures: Sequence[str] = (),
    way: Way = AS_USUAL,
) -> Sensitivity:
    """Run a scenario at the places of a design of `ranges` ("40..80", by path) and return what each factor does.

    `method` is "morris" (`samples` trajectories, 10 if 0) or "sobol" (`samples` rows, a power of two, 64 if 0). Raises
    what `replicate` raises; UserError without SALib (E928), for ranges that cannot be read, another method (E922).
    """
    if method not in METHODS:
        raise fault("E922", options=", ".join(METHODS))
    names = texts("measures", measures)
    check_names(names)
    found = factors([f"{path}={text}" for path, text in ranges.items()])
    points = spread_out(scenario, overrides, found, method, samples, design_seed)
    chosen = given.seeds(runs, seeds)
    return sensed(planned(scenario, overrides, points, chosen, names or HEADLINES), way)


def spread_out(scenario: str | Path, overrides: Sequence[str], found: Sequence[Factor], method: str, samples: int,
               seed: int, option: str = "--factor") -> Points:  # fmt: skip
    """Return the points of a method's design. Raises UserError for a factor of one value (E930)."""
    for one in found:
        if len(one.values) == 1:
            raise fault("E930", found=f"{one.path}={one.told}")
    n = samples or SAMPLES[method]
    rows = places(method, len(found), n, seed)
    return placed(method, settled_factors(scenario, overrides, found, option), rows, (n, seed), option)


def sensed(plan: Plan, way: Way) -> Sensitivity:
    """Carry out the plan of a design."""
    return study_of(Sensitivity, plan, way)
