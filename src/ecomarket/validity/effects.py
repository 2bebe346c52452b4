"""What policies do: pairs of files, solved, and run where agents trade in them (scenarios/validity/effects.toml)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from statistics import stdev
from typing import TYPE_CHECKING, Final

from ecomarket.equilibrium import solve_scenario
from ecomarket.experiments.plan import Plan
from ecomarket.experiments.statistics import paired, spread_change
from ecomarket.experiments.study import compared
from ecomarket.experiments.variants import arm
from ecomarket.scenario import load
from ecomarket.validity.effects_sheet import file_of, questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ecomarket.experiments.study import Comparison, Way
    from ecomarket.validity.effects_sheet import Number, Pair, Question, World

LEAST: Final = 0.5
MOST: Final = 1.5
"""Size of a simulated effect as a share of the optimum's, beyond which the report must say why (CASES section 5)."""
NONE: Final = 0.05
"""Where the optimum does not change, runs may by this much: whole lots, late trades (CASES P03)."""
WITH: Final = "with"
"""Name of a variant that is its base with something set."""
NOTHING: Final = 1e-9
"""An effect of the optimum below this, of the base, is none."""


@dataclass(frozen=True)
class Change:
    """A change from base to variant with its 95 % interval, as a share of the base, absolute if that is 0."""

    size: float
    low: float
    high: float
    pairs: int
    relative: bool


@dataclass(frozen=True)
class Effect:
    """An effect: name in English and Chinese, the optimum's change, the runs' if agents trade, what was published."""

    name: tuple[str, str]
    exact: Change | None
    simulated: Change | None
    published: tuple[float, float] | None = None

    @property
    def verdict(self) -> str:
        """Return `exact` (nothing was run), `as-exact`, `other-size`, `other-sign`, or `seen` (there is no optimum)."""
        if self.exact is None:
            return "seen"
        if self.simulated is None:
            return "exact"
        if abs(self.exact.size) < NOTHING:
            none = abs(self.simulated.size) <= NONE or self.simulated.low <= 0 <= self.simulated.high
            return "as-exact" if none else "other-sign"
        share = self.simulated.size / self.exact.size
        if share <= 0:
            return "other-sign"
        return "as-exact" if LEAST <= share <= MOST else "other-size"

    @property
    def as_published(self) -> bool | None:
        """Tell whether the optimum's change lies where the literature's does; None if nothing is published."""
        if self.published is None or self.exact is None:
            return None
        return self.published[0] <= self.exact.size <= self.published[1]


@dataclass(frozen=True)
class Answer:
    """A question with its effects here, and those in a shipped scenario."""

    name: str
    asked: Question
    effects: tuple[Effect, ...]
    world: tuple[Effect, ...] = ()


def answer(name: str, seeds: Sequence[int], way: Way, *, run: bool = True, world: bool = False) -> Answer:
    """Return the answer to a question: solved; run where agents trade, unless not `run`; in its world if asked for."""
    asked = questions()[name]
    effects = [effect for pair in (asked, *asked.more) for effect in _answered(pair, seeds, way, run=run)]
    seen = _world(asked.world, seeds, way) if world and asked.world is not None else ()
    return Answer(name, asked, tuple(effects), tuple(seen))


def _answered(pair: Pair, seeds: Sequence[int], way: Way, *, run: bool) -> Iterable[Effect]:
    if not pair.numbers:
        return
    same = WITH if pair.base == pair.variant else ""
    arms = [arm(file_of(f"{pair.base}.yaml"), pair.base_set), arm(file_of(f"{pair.variant}.yaml"), pair.set, same)]
    solved = [_solved(Path(one.source), one.overrides) for one in arms]
    wanted = tuple(dict.fromkeys(number.measure for number in pair.numbers if number.measure))
    study = None
    if run and wanted and all(_trades(Path(one.source), one.overrides) for one in arms):
        study = _compared(Plan((arms[0], arms[1]), tuple(seeds), wanted), way)
    for number in pair.numbers:
        before, after = (_of_states(values, number.result, weights) for values, weights in solved)
        exact = _change(before, after - before, after - before, after - before, 0)
        found = _simulated(study, number) if study is not None and number.measure else None
        yield Effect((number.en, number.zh), exact, found, number.published)


def _compared(plan: Plan, way: Way) -> Comparison:
    """Carry out a plan in a folder of its own below the way's."""
    return compared(plan, replace(way, out=way.out / plan.name) if way.out else way)


def _solved(path: Path, overrides: Sequence[str]) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Return the optimum's results, and the probabilities of the states."""
    scenario = load(path, overrides)
    states = {name: float(state.probability) for name, state in scenario.config.states.items()}
    return solve_scenario(scenario).values, states


def _of_states(values: Mapping[str, float], name: str, weights: Mapping[str, float]) -> float:
    """Return a result, its mean over the states if it has one for each; 0 if there is none."""
    if name in values or not weights:
        return values.get(name, 0.0)
    return sum(weight * values[f"{name}@{state}"] for state, weight in weights.items())


def _trades(path: Path, overrides: Sequence[str]) -> bool:
    """Tell whether everybody with a schedule has a strategy."""
    groups = load(path, overrides).config.participants.values()
    return all(group.strategies for group in groups if group.schedules)


def _simulated(study: Comparison, number: Number) -> Change | None:
    """Return the runs' change of a number: of its mean, or of its spread over the seeds."""
    both = [_by_seed(study, one.name, number) for one in study.plan.arms]
    pairs = [(a, b) for a, b in zip(*both, strict=True) if not (isnan(a) or isnan(b))]
    base, variant = [a for a, _ in pairs], [b for _, b in pairs]
    if number.over == "spread":
        if len(pairs) < 3:
            return None
        found = spread_change(base, variant)
        return _change(stdev(base), found.mean, found.low, found.high, len(pairs))
    if not pairs:
        return None
    mean = paired(base, variant)
    return _change(mean.base, mean.diff, mean.low, mean.high, len(pairs))


def _by_seed(study: Comparison, name: str, number: Number) -> list[float]:
    """Return a number of an arm for each seed: its measure, of one year or all, brought to the first."""
    columns = study.numbers.by_arm.get(name, {})
    meant = {label: c for label, c in columns.items() if number.measure in (label, label.partition("@")[0])}
    if not meant:
        return [float("nan")] * len(study.plan.seeds)
    years = {label: int(label.partition("@")[2] or 0) for label in meant}
    first = min(years.values())
    return [
        sum(column[at] / (1 + number.interest) ** (years[label] - first) for label, column in meant.items())
        for at in range(len(study.plan.seeds))
    ]


def _change(base: float, diff: float, low: float | None, high: float | None, pairs: int) -> Change:
    """Return a change as a share of the base; a single pair's interval is all there is."""
    relative = abs(base) > NOTHING
    scale = abs(base) if relative else 1.0
    ends = (float("-inf"), float("inf")) if low is None or high is None else (low, high)
    return Change(diff / scale, ends[0] / scale, ends[1] / scale, pairs, relative)


def _world(world: World, seeds: Sequence[int], way: Way) -> Iterable[Effect]:
    """Yield what a question's measures come to in its shipped scenario."""
    alike = world.base == world.variant
    arms = (arm(world.base, () if alike else world.set), arm(world.variant, world.set, WITH if alike else ""))
    study = _compared(Plan(arms, tuple(seeds), tuple(world.measures)), way)
    for label, row in study.rows[arms[1].name].items():
        yield Effect((label, label), None, _change(row.base, row.diff, row.low, row.high, row.n))
