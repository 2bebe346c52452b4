"""Sweep: points of a design over the same seeds, and what each comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from ecomarket.experiments import given
from ecomarket.experiments.carded import sweep_card
from ecomarket.experiments.designs import gridded, hypercube, planned, pointed, settled_factors, text_of
from ecomarket.experiments.factors import factors
from ecomarket.experiments.faults import fault
from ecomarket.experiments.measured import HEADLINES, check_names
from ecomarket.experiments.settings import settings
from ecomarket.experiments.study import AS_USUAL, RUNS, Study, Way, study_of
from ecomarket.results.counted import unit_of_label
from ecomarket.scenario.given import several, texts, wrong

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from ecomarket.experiments.designs import Points
    from ecomarket.experiments.plan import Plan
    from ecomarket.experiments.statistics import Spread


@dataclass(frozen=True, repr=False)
class Sweep(Study):
    """Points over the same seeds; `points` says what each sets, `rows` what each comes to, both by its name."""

    kind: ClassVar[str] = "sweep"

    @property
    def paths(self) -> tuple[str, ...]:
        """Return what is varied."""
        assert self.plan.design is not None
        return self.plan.design.paths

    @property
    def points(self) -> Mapping[str, Mapping[str, str]]:
        """Return the value of each varied path at each point, as text; "" where the scenario's own value stands."""
        sets = {arm.name: dict(text.split("=", 1) for text in arm.overrides) for arm in self.plan.arms}
        return {name: {path: own.get(path, "") for path in self.paths} for name, own in sets.items()}

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, Spread]]:
        """Return what the runs of each point come to, by label; without labels that no run of the point has."""
        return {arm.name: self.spreads(arm.name) for arm in self.plan.arms}

    @property
    def summary(self) -> pd.DataFrame:
        """Return a row a point and label: the paths (numbers where all values are), measure, n, mean, sd, interval."""
        import pandas as pd  # noqa: PLC0415  (half a second, for those who ask)

        sets = settings(self.plan)
        return pd.DataFrame([
            {**own, "measure": label, **asdict(row), "unit": unit_of_label(label)}
            for name, rows in self.rows.items()
            for own in [{path: sets[path][name] for path in self.paths if path in sets}]
            for label, row in rows.items()
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        """Return the sweep's card for a notebook."""
        return sweep_card(len(self.plan.seeds), self.rows)


def sweep(
    scenario: str | Path,
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
    way: Way = AS_USUAL,
) -> Sweep:
    """Run a scenario at every point of a design with seeds 1 to `runs`, or those named.

    One of: `grid`, values by path; `points`, maps of paths to values; `lhs`, ranges by path ("40..80", "40..80:10",
    "a,b,c"), of which `samples` points are drawn from `design_seed`; `grid` and `lhs` also as the command line takes
    them, "path=a,b". Raises what `replicate` raises, before anything is run; UserError for a design that cannot be
    read.
    """
    designs = [design for design in (grid, points, lhs) if design is not None]
    if len(designs) != 1:
        raise fault("E922", options="grid, points, lhs")
    names = texts("measures", measures)
    check_names(names)
    if grid is not None:
        found = gridded(factors(_written(grid)), "grid")
    elif points is not None:
        found = pointed(points)
    else:
        assert lhs is not None
        n, seed = given.whole("samples", samples), given.whole("design_seed", design_seed, 0, given.SEED_MOST)
        found = drawn(scenario, texts("overrides", overrides), factors(_ranges(lhs)), n, seed)
    chosen = given.seeds(runs, seeds)
    return swept(planned(scenario, texts("overrides", overrides), found, chosen, names or HEADLINES), way)


def _ranges(lhs: Mapping[str, str] | str | Sequence[str]) -> list[str]:
    """Return ranges as the command line takes them; (0, 1) would be two values and no range: it is refused (E965)."""
    if isinstance(lhs, Mapping) and not all(isinstance(told, str) for told in lhs.values()):
        raise wrong("lhs", lhs, "lhs")
    return _written(lhs, "lhs")


def _written(design: Mapping[str, Any] | str | Sequence[str], name: str = "grid") -> list[str]:
    """Return a design as the command line takes it, "path=a,b"; what is written so stays. Raises UserError (E965)."""
    if not isinstance(design, Mapping):
        return list(texts(name, design))
    return [f"{path}={','.join(map(text_of, _several(values)))}" for path, values in design.items()]


def _several(values: Any) -> Sequence[Any]:
    """Return the values of a grid's path; one that stands alone is the only one."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        return (values,)
    return several("grid", values)


def drawn(scenario: str | Path, overrides: Sequence[str], ranges: Sequence[Any], samples: int, seed: int) -> Points:
    """Return a Latin hypercube of ranges, whole numbers where the scenario takes no others."""
    return hypercube(settled_factors(scenario, overrides, ranges, "--lhs"), samples, seed)


def swept(plan: Plan, way: Way) -> Sweep:
    """Carry out the plan of a design."""
    return study_of(Sweep, plan, way)
