"""Names of measures -> numbers of a run, by label.

A name is that of a scenario's `expect:` entries, with a year behind it if one is meant: `price.so2.vwap@2025`. What a
name leaves open stands for the total where there is one, else for each of its values; so one name may give several
numbers, and each gets a label that says all: measure, values of the keys but totals, column, year. A measure's name
alone means all of its columns.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from ecomarket.experiments.columns import columns_foreseen
from ecomarket.experiments.faults import unknown_measure
from ecomarket.results.expectations import rows_meant
from ecomarket.results.summary import measure_classes, rows_of
from ecomarket.results.tally import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.results.frames import Frames

HEADLINES: Final = (
    "price.vwap",
    "price.sd",
    "volume.quantity",
    "emissions.emitted_t",
    "abatement.cost_cny",
    "compliance.rate",
    "gains-from-trade.gain_cny",
    "fees.fees_cny",
)
"""What is measured when nothing is named."""


def beside_optimum(names: Sequence[str]) -> bool:
    """Say whether one of these names asks for what the run is held against, which takes a solution of its scenario."""
    return any(measure_classes()[_kind(name)].beside_optimum for name in names)


def check_names(names: Sequence[str]) -> None:
    """Raise UnknownMeasureError for a name whose measure (E901) or column (E902) there is not."""
    _check_kinds(names)
    for name in names:
        if columns := columns_foreseen(_kind(name)):
            _columns(name, {_kind(name): columns})


def _check_kinds(names: Sequence[str]) -> None:
    for name in names:
        kind = _kind(name)
        if kind not in measure_classes():
            raise unknown_measure("E901", kind, list(measure_classes()))


def measured(frames: Frames, names: Sequence[str]) -> dict[str, str]:
    """Return the numbers of a run by label, as exact decimal text, in the order of the names.

    Only measures that are named are computed. What came of nothing (no trade, no price) has no number. Raises
    UnknownMeasureError for a measure (E901) or a column (E902) that there is not.
    """
    _check_kinds(names)
    kinds = dict.fromkeys(map(_kind, names))
    tables = {kind: measure_classes()[kind]().compute(frames) for kind in kinds}
    columns = {kind: [str(c) for c in table.columns] for kind, table in tables.items()}
    document = {kind: rows_of(table) for kind, table in tables.items()}
    found: dict[str, str] = {}
    for name in names:
        for column in _columns(name, columns):
            found |= _numbers(column, document)
    return found


def _kind(name: str) -> str:
    return name.partition("@")[0].partition(".")[0]


def _columns(name: str, columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a name column by column: of a measure alone all that are no keys, else the one it ends with."""
    path, _, year = name.partition("@")
    kind, _, rest = path.partition(".")
    own = [c for c in columns[kind] if c not in measure_classes()[kind].keys]
    column = rest.rpartition(".")[2]
    if rest and column not in own:
        raise unknown_measure("E902", column, own, measure=kind)
    paths = [path] if rest else [f"{kind}.{c}" for c in own]
    return [f"{p}@{year}" if year else p for p in paths]


def _numbers(name: str, document: Mapping[str, Any]) -> dict[str, str]:
    path, _, year = name.partition("@")
    column, rows = rows_meant({"measure": path} | ({"year": year} if year else {}), document)
    kind = path.partition(".")[0]
    found = {}
    for row in rows:
        number = _number(row[column])
        if number is not None:
            found[label(kind, measure_classes()[kind].keys, column, row)] = number
    return found


def label(kind: str, keys: Sequence[str], column: str, row: Mapping[str, Any]) -> str:
    """Return the label of a number of a measure's row.

    >>> label("price", ["right", "year"], "vwap", {"right": "so2", "year": 2025})
    'price.so2.vwap@2025'
    >>> label("compliance", ["scheme", "sector", "year"], "rate", {"scheme": "carbon", "sector": "all", "year": "all"})
    'compliance.carbon.rate'
    """
    told = {key: str(row[key]) for key in keys if row[key] != ALL}
    year = told.pop("year", "")
    return ".".join([kind, *told.values(), column]) + (f"@{year}" if year else "")


def _number(value: object) -> str | None:
    """Return a cell as decimal text: yes and no as 1 and 0, None if it is no finite number."""
    if isinstance(value, bool):
        return str(int(value))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return str(value) if number.is_finite() else None
