"""The table of all cells, a row each, in the order of the plan: Parquet where pyarrow is there, else CSV.

The table holds nothing of how or when the cells were run, so it is the same, byte for byte, however many processes ran
them and however often they were stopped; wall time stands in timing.csv. Cells are read one by one, twice: for the
labels, then for the rows.
"""

from __future__ import annotations

import csv
from array import array
from dataclasses import dataclass, field
from importlib.util import find_spec
from math import nan
from typing import TYPE_CHECKING, Any, Final

from ecomarket.experiments.settings import settings
from ecomarket.experiments.whole import whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from ecomarket.experiments.perform import Result
    from ecomarket.experiments.plan import Cell, Plan
    from ecomarket.experiments.settings import Value
    from ecomarket.experiments.store import Store

    Settings = Mapping[str, Mapping[str, Value]]

STEM: Final = "table"
TIMING: Final = "timing.csv"
WORDS: Final = ("arm", "digest", "key", "version", "status", "message", "head")
ROWS_A_GROUP: Final = 1_000


@dataclass(frozen=True)
class Numbers:
    """Every number of an experiment: by arm and label, one for each seed in the order of the plan, NaN where none is.

    `failed` holds (arm, seed, why in English and Chinese); `seconds` the wall time of all cells together.
    """

    labels: tuple[str, ...]
    by_arm: Mapping[str, Mapping[str, array[float]]]
    failed: tuple[tuple[str, int, tuple[str, str]], ...]
    seconds: float


@dataclass
class _Gathering:
    """Numbers as they are read."""

    plan: Plan
    by_arm: dict[str, dict[str, array[float]]] = field(default_factory=dict)
    failed: list[tuple[str, int, tuple[str, str]]] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, cell: Cell, result: Result, at: int) -> None:
        for label, text in result.numbers.items():
            column = self.by_arm.setdefault(cell.arm.name, {}).get(label)
            if column is None:
                column = self.by_arm[cell.arm.name][label] = array("d", [nan]) * len(self.plan.seeds)
            column[at] = float(text)
        if result.failed:
            en, zh = result.failed
            self.failed.append((cell.arm.name, cell.seed, (en, zh)))
        self.seconds += result.seconds


def read(plan: Plan, store: Store) -> Numbers:
    """Return every number of the cells of a plan that have been run."""
    gathering = _Gathering(plan)
    place = {seed: at for at, seed in enumerate(plan.seeds)}
    for cell, result in _results(plan, store):
        gathering.add(cell, result, place[cell.seed])
    labels = {label for columns in gathering.by_arm.values() for label in columns}
    order = tuple(sorted(labels, key=lambda label: (_rank(label, plan.measures), label)))
    return Numbers(order, gathering.by_arm, tuple(gathering.failed), gathering.seconds)


def _rank(label: str, measures: Sequence[str]) -> int:
    """Return which of the measures wanted a label comes of: same measure, same column."""
    path = label.partition("@")[0]
    for at, name in enumerate(measures):
        kind, _, rest = name.partition("@")[0].partition(".")
        if path.split(".")[0] == kind and (not rest or path.split(".")[-1] == rest.split(".")[-1]):
            return at
    return len(measures)


def _results(plan: Plan, store: Store) -> Iterator[tuple[Cell, Result]]:
    for cell in plan.cells():
        result = store.find(cell.key)
        if result is not None:
            yield cell, result


def _rows(plan: Plan, store: Store, numbers: Numbers, sets: Settings) -> Iterator[dict[str, Any]]:
    """Yield the cells as rows: what was run, how it ended, its numbers."""
    for cell, result in _results(plan, store):
        row: dict[str, Any] = {f"set {path}": values[cell.arm.name] for path, values in sets.items()}
        row |= {name: getattr(result, name) for name in ("seed", "events", "trades", "key", "version", "head")}
        row |= {"arm": cell.arm.name, "digest": cell.arm.digest}
        row |= {"status": "failed" if result.failed else "done", "message": result.failed[0] if result.failed else ""}
        for label in numbers.labels:
            row[label] = float(result.numbers[label]) if label in result.numbers else None
        yield row


def write(plan: Plan, store: Store, numbers: Numbers) -> Path:
    """Write the table and timing.csv into the store's folder, each whole or not at all; return the table's file.

    Raises StorageError.
    """
    parquet = find_spec("pyarrow") is not None
    path = store.folder / f"{STEM}.{'parquet' if parquet else 'csv'}"
    sets = settings(plan)
    columns = _columns(sets, numbers.labels)
    with whole(path) as part:
        write_rows = _write_parquet if parquet else _write_csv
        write_rows(part, columns, _rows(plan, store, numbers, sets))
    with whole(store.folder / TIMING) as part, part.open("w", encoding="utf-8", newline="") as file:
        timing = csv.writer(file, lineterminator="\n")
        timing.writerow(["key", "arm", "seed", "seconds"])
        for cell, result in _results(plan, store):
            timing.writerow([cell.key, cell.arm.name, cell.seed, f"{result.seconds:.6f}"])
    return path


def _columns(sets: Settings, labels: Sequence[str]) -> dict[str, type]:
    """Return the columns in order, with what each holds: which run, how it ended, its numbers."""
    kinds = {f"set {p}": next((type(v) for v in own.values() if v is not None), str) for p, own in sets.items()}
    ended = dict.fromkeys((w for w in WORDS if w != "arm"), str)
    return {"arm": str, "seed": int, **kinds, **ended, "events": int, "trades": int, **dict.fromkeys(labels, float)}


def _write_csv(path: Path, columns: Mapping[str, type], rows: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, lineterminator="\n")
        table.writeheader()
        for row in rows:
            table.writerow({name: "" if cell is None else cell for name, cell in row.items()})


def _write_parquet(path: Path, columns: Mapping[str, type], rows: Iterator[dict[str, Any]]) -> None:
    import pyarrow as pa  # noqa: PLC0415  (an extra)
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    with ParquetWriter(path, schema) as writer:
        group: list[dict[str, Any]] = []
        for row in rows:
            group.append(row)
            if len(group) == ROWS_A_GROUP:
                writer.write_table(pa.Table.from_pylist(group, schema))
                group = []
        writer.write_table(pa.Table.from_pylist(group, schema))


def path_in(folder: Path) -> Path | None:
    """Return the table in a folder, None if there is none."""
    return next((path for path in (folder / f"{STEM}.parquet", folder / f"{STEM}.csv") if path.is_file()), None)


def load(path: Path) -> pd.DataFrame:
    """Return a written table as a DataFrame."""
    import pandas as pd  # noqa: PLC0415  (half a second, for those who ask)

    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype=dict.fromkeys(WORDS, "str"), keep_default_na=False, na_values=[""])
