"""Many runs for Python and notebooks: em.replicate, em.compare and em.sweep, of scenarios by name or loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecomarket.experiments import given, study
from ecomarket.experiments.measured import HEADLINES
from ecomarket.experiments.plan import Arm, Plan
from ecomarket.experiments.study import RUNS, Comparison, Replication, Way
from ecomarket.experiments.sweep import sweep as swept
from ecomarket.experiments.variants import arm, arms, each_of_its_name
from ecomarket.notebook.spoken import spoken
from ecomarket.scenario import Scenario
from ecomarket.scenario.given import place, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.experiments.sweep import Sweep


@spoken
def replicate(
    scenario: str | Path | Scenario,
    runs: int = RUNS,
    *,
    seeds: Sequence[int] = (),
    overrides: Sequence[str] = (),
    measures: Sequence[str] = (),
    jobs: int = 1,
    out: str | Path | None = None,
) -> Replication:
    """Run a scenario with seeds 1 to `runs`, or those named, and return what its measures come to.

    `measures` are named as in `expect:` entries; `summary` has a row a measure, `frame` a row a run. With `out` the
    runs are kept there, and more may be added later; without, they go when the study does. `jobs` processes. Raises
    ScenarioError, UnknownMeasureError, RunError, StorageError, KeyboardInterrupt.

    >>> import ecomarket as em
    >>> study = em.replicate("classroom-sinks", 2, overrides=["calendar.end=2025-01-10"], measures=["money"])
    >>> row = study.summary.loc["money.opening.change_cny@2025"]
    >>> int(row["n"]), float(row["mean"]), row["unit"]
    (2, 0.0, 'CNY')
    """
    base = _arm(scenario, overrides)
    return study.replicated(_plan((base,), runs, seeds, measures), _way(jobs, out))


@spoken
def compare(
    base: str | Path | Scenario,
    *variants: str | Path | Scenario,
    runs: int = RUNS,
    seeds: Sequence[int] = (),
    overrides: Sequence[str] = (),
    measures: Sequence[str] = (),
    jobs: int = 1,
    out: str | Path | None = None,
) -> Comparison:
    """Run a base and its variants with the same seeds, the same luck, and return what the differences come to.

    A variant is a scenario, or overrides of the base in words: `[name:]path=value,...`. `overrides` hold for the
    base and its variants in words, as do those of a base that is loaded; a variant that is loaded is taken as it is.
    Else as `replicate`. Raises UserError for a variant that cannot be read (E904), or two of one name (E908).
    """
    first = _arm(base, overrides)
    found = [first]
    for variant in variants:
        if isinstance(variant, Scenario):
            found.append(_arm(variant))
        else:
            found.append(arms(first.source, (variant,), first.overrides)[1])
    return study.compared(_plan(each_of_its_name(found), runs, seeds, measures), _way(jobs, out))


@spoken
def sweep(
    scenario: str | Path | Scenario,
    *,
    grid: Mapping[str, Sequence[Any]] | str | Sequence[str] | None = None,
    points: Sequence[Mapping[str, Any]] | None = None,
    lhs: Mapping[str, str] | str | Sequence[str] | None = None,
    samples: int = 50,
    design_seed: int = 1,
    runs: int = RUNS,
    seeds: Sequence[int] = (),
    overrides: Sequence[str] = (),
    measures: Sequence[str] = (),
    jobs: int = 1,
    out: str | Path | None = None,
) -> Sweep:
    """Run a scenario at every point of a design: a `grid` of values by path, `points`, or a Latin hypercube `lhs`.

    `summary` has a row a point and measure. Arguments and errors as experiments.sweep.sweep; else as `replicate`.
    """
    more = texts("overrides", overrides)
    own = (*scenario.overrides, *more) if isinstance(scenario, Scenario) else more
    source = scenario.path if isinstance(scenario, Scenario) else scenario
    return swept(
        source, grid=grid, points=points, lhs=lhs, samples=samples, design_seed=design_seed, runs=runs, seeds=seeds,
        overrides=own, measures=measures, way=_way(jobs, out),
    )  # fmt: skip


def _arm(scenario: str | Path | Scenario, overrides: Sequence[str] = ()) -> Arm:
    """Return the arm of a scenario; one that is loaded and changed is named by what changes it."""
    if not isinstance(scenario, Scenario):
        return arm(scenario, overrides)
    own = (*scenario.overrides, *texts("overrides", overrides))
    return arm(scenario.path, own, ",".join((scenario.name, *own)))


def _plan(found: tuple[Arm, ...], runs: int, seeds: Sequence[int], measures: Sequence[str]) -> Plan:
    return Plan(found, given.seeds(runs, seeds), texts("measures", measures) or HEADLINES)


def _way(jobs: int, out: str | Path | None) -> Way:
    return Way(jobs=jobs, out=None if out is None else Path(place("out", out)))
