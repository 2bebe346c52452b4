"""Replicate and compare: run a plan's cells, those that are not there yet, and judge them together."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from math import isnan
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar
from weakref import finalize

from ecomarket.engine.folder import driving_alone, make_folder
from ecomarket.experiments import given, record, table
from ecomarket.experiments.carded import comparison_card, replication_card
from ecomarket.experiments.crew import performed
from ecomarket.experiments.faults import fault
from ecomarket.experiments.foreseen import check_measures
from ecomarket.experiments.measured import HEADLINES
from ecomarket.experiments.plan import Plan
from ecomarket.experiments.statistics import Paired, Spread, paired, spread
from ecomarket.experiments.store import Store
from ecomarket.experiments.variants import arms
from ecomarket.results.counted import unit_of_label
from ecomarket.scenario.given import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from ecomarket.experiments.perform import Result
    from ecomarket.experiments.plan import Cell
    from ecomarket.experiments.table import Numbers

    Heard = Callable[[int, int, int], None]

RUNS: Final = 30
JOBS_MOST: Final = 1024


@dataclass(frozen=True)
class Way:
    """How an experiment is run, none of which changes its table.

    `jobs` processes, or the workers of the Dask `cluster` at an address; cells in `out` (a folder that is gone
    afterwards if None); failed cells once more if `retry_failed`; `heard` hears (cells done, of them failed, cells in
    all) after each cell, `finishing` how many cells still end after Ctrl-C.
    """

    jobs: int = 1
    out: Path | None = None
    retry_failed: bool = False
    heard: Heard = lambda *_: None
    finishing: Callable[[int], None] = lambda _: None
    cluster: str = ""

    def __post_init__(self) -> None:
        """Raise UserError (E939) for a number of processes that is none."""
        given.whole("jobs", self.jobs, most=JOBS_MOST)


S = TypeVar("S", bound="Study")
AS_USUAL: Final = Way()


@dataclass(frozen=True, repr=False)
class Study:
    """An experiment that was run: its plan, every number, and the file of its table."""

    kind: ClassVar[str]

    plan: Plan
    numbers: Numbers
    path: Path

    def __repr__(self) -> str:
        """Return what was run, in a line: every number is in `summary` and `frame`."""
        plan, numbers = self.plan, self.numbers
        of = plan.design.scenario if plan.design else plan.arms[0].name
        size = f"{len(plan.arms)} x {len(plan.seeds)} runs, {len(numbers.failed)} failed, {len(numbers.labels)} numbers"
        return f"<{type(self).__name__} of {of}: {size}>"

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return the table of all cells, a row each."""
        return table.load(self.path)

    def spreads(self, arm: str) -> dict[str, Spread]:
        """Return what each number of an arm comes to over the runs that have it."""
        columns = self.numbers.by_arm.get(arm, {})
        own = ((label, columns[label]) for label in self.numbers.labels if label in columns)
        return {label: spread([x for x in column if not isnan(x)]) for label, column in own}


@dataclass(frozen=True, repr=False)
class Replication(Study):
    """One scenario over many seeds; `rows` by label."""

    kind: ClassVar[str] = "replicate"

    @cached_property
    def rows(self) -> Mapping[str, Spread]:
        """Return what each number comes to over the runs that have it."""
        return self.spreads(self.plan.arms[0].name)

    @property
    def summary(self) -> pd.DataFrame:
        """Return the rows as a table by label."""
        return _table({label: asdict(row) for label, row in self.rows.items()})

    def _repr_html_(self) -> str:
        """Return the study's card for a notebook."""
        return replication_card(self.plan.arms[0].name, len(self.plan.seeds), self.rows)


@dataclass(frozen=True, repr=False)
class Comparison(Study):
    """A base and its variants over the same seeds; `rows` by variant and label, of pairs that both have."""

    kind: ClassVar[str] = "compare"

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, Paired]]:
        """Return what each number's pairs come to."""
        return {arm.name: dict(self._pairs(arm.name)) for arm in self.plan.arms[1:]}

    def _pairs(self, variant: str) -> Iterator[tuple[str, Paired]]:
        base = self.plan.arms[0].name
        for label in self.numbers.labels:
            one, other = (self.numbers.by_arm.get(name, {}).get(label, ()) for name in (base, variant))
            both = [(a, b) for a, b in zip(one, other, strict=False) if not (isnan(a) or isnan(b))]
            if both:
                yield label, paired([a for a, _ in both], [b for _, b in both])

    @property
    def summary(self) -> pd.DataFrame:
        """Return the rows as a table by variant and label."""
        return _table({(name, label): asdict(row) for name, rows in self.rows.items() for label, row in rows.items()})

    def _repr_html_(self) -> str:
        """Return the study's cards for a notebook."""
        return comparison_card(self.plan.arms[0].name, len(self.plan.seeds), self.rows)


def _table(rows: Mapping[Any, dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  (half a second, for those who ask)

    table = pd.DataFrame.from_dict(dict(rows), orient="index")
    table["unit"] = [unit_of_label(key if isinstance(key, str) else key[-1]) for key in rows]
    return table


def replicate(
    scenario: str | Path,
    runs: int = RUNS,
    *,
    seeds: Sequence[int] = (),
    overrides: Sequence[str] = (),
    measures: Sequence[str] = (),
    way: Way = AS_USUAL,
) -> Replication:
    """Run a scenario with seeds 1 to `runs`, or those named, and return what its measures come to.

    `measures` are named as in `expect:` entries (experiments.measured). Raises ScenarioError, UnknownMeasureError,
    RunError if another process works in the folder, StorageError, KeyboardInterrupt; what was run is kept.
    """
    plan = Plan(arms(scenario, (), overrides), given.seeds(runs, seeds), texts("measures", measures) or HEADLINES)
    return replicated(plan, way)


def compare(
    base: str | Path,
    *variants: str | Path,
    runs: int = RUNS,
    seeds: Sequence[int] = (),
    overrides: Sequence[str] = (),
    measures: Sequence[str] = (),
    way: Way = AS_USUAL,
) -> Comparison:
    """Run a base and its variants with the same seeds, the same luck, and return what the differences come to.

    A variant is a scenario or `[name:]path=value,...` (experiments.variants); `overrides` hold for all. Raises what
    `replicate` raises, and UserError for a variant that cannot be read.
    """
    plan = Plan(arms(base, variants, overrides), given.seeds(runs, seeds), texts("measures", measures) or HEADLINES)
    return compared(plan, way)


def replicated(plan: Plan, way: Way) -> Replication:
    """Carry out a plan of one arm."""
    return study_of(Replication, plan, way)


def compared(plan: Plan, way: Way) -> Comparison:
    """Carry out a plan of a base and its variants. Raises UserError without a variant (E940)."""
    if len(plan.arms) < 2:
        raise fault("E940", base=plan.arms[0].name)
    return study_of(Comparison, plan, way)


def study_of(kind: type[S], plan: Plan, way: Way) -> S:
    """Carry out a plan in the way's folder, or in one that goes when the study does."""
    check_measures(plan)
    if way.out is not None:
        return kind(plan, *_carried_out(plan, way, way.out, kind.kind))
    folder = Path(mkdtemp(prefix="ecomarket-"))
    try:
        study = kind(plan, *_carried_out(plan, way, folder, kind.kind))
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    finalize(study, rmtree, folder, ignore_errors=True)
    return study


def _carried_out(plan: Plan, way: Way, folder: Path, kind: str) -> tuple[Numbers, Path]:
    """Run what has not been run, write the table and what it is of, and return the numbers and the table's file."""
    store, tally = Store(folder), _Tally(len(plan.arms) * len(plan.seeds), way.heard)
    with _crew(way) as performing, _folder_of_ours(folder):
        for result in performing(_missing(plan, store, tally, retry_failed=way.retry_failed)):
            store.keep(result)
            tally.count(failed=bool(result.failed))
        numbers = table.read(plan, store)
        path = table.write(plan, store, numbers)
        record.write(folder, kind, plan)
        return numbers, path


@contextmanager
def _folder_of_ours(folder: Path) -> Iterator[None]:
    make_folder(folder)
    with driving_alone(folder):
        yield


@contextmanager
def _crew(way: Way) -> Iterator[Callable[[Iterator[Cell]], Iterator[Result]]]:
    """Yield what runs cells: processes of ours, or a cluster's workers."""
    if not way.cluster:
        yield lambda cells: performed(cells, way.jobs, way.finishing)
        return
    from ecomarket.experiments.cluster import connected  # noqa: PLC0415  (a second, for those who ask)

    with connected(way.cluster) as performing:
        yield performing


class _Tally:
    """Cells done and failed so far, told on."""

    def __init__(self, total: int, heard: Heard) -> None:
        self.done = self.failed = 0
        self.total = total
        self.heard = heard

    def count(self, *, failed: bool) -> None:
        self.done += 1
        self.failed += failed
        self.heard(self.done, self.failed, self.total)


def _missing(plan: Plan, store: Store, tally: _Tally, *, retry_failed: bool) -> Iterator[Cell]:
    """Yield the cells that have not been run; of cells of one key, which are the same run, the first."""
    seed, seen = -1, set[str]()
    for cell in plan.cells():
        if cell.seed != seed:
            seed, seen = cell.seed, set()
        found = store.find(cell.key)
        if cell.key in seen or (found is not None and not (found.failed and retry_failed)):
            tally.count(failed=found is not None and bool(found.failed))
        else:
            yield cell
        seen.add(cell.key)
