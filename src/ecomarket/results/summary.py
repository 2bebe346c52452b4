"""Every measure of a run as one JSON-able document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomarket.i18n import LANGUAGES
from ecomarket.registry import discover
from ecomarket.results.efficiency.held import KEY
from ecomarket.results.exact import plain
from ecomarket.results.measure import MEASURES, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ecomarket.results.frames import Frames

Rows = list[dict[str, "int | str | bool | None"]]


def measure_tables(frames: Frames) -> dict[str, pd.DataFrame]:
    """Return the table of every measure by its kind."""
    return {kind: measure().compute(frames) for kind, measure in measure_classes().items()}


def measure_classes() -> Mapping[str, type[Measure]]:
    """Return every measure by its kind, in order of name."""
    return discover(MEASURES, Measure)


def rows_of(table: pd.DataFrame) -> Rows:
    """Return a table as rows of whole numbers, decimal texts and nulls."""
    columns: list[str] = [str(c) for c in table.columns]
    values: list[list[Any]] = [list(table[c]) for c in columns]
    return [dict(zip(columns, map(plain, row), strict=True)) for row in zip(*values, strict=True)]


def measures(frames: Frames) -> dict[str, Any]:
    """Return every measure's rows by its kind.

    Beside them stand `journal` (counts), `rights` (unit, lot and name), `names` (of places and people, by code) and
    `benchmark` (why the run is held against none, and the state of the world that it drew).
    Whole numbers are int, every other number is decimal text; money and quantities are exact.
    """
    journal: dict[str, Any] = {
        "records": len(frames.records),
        "trades": len(frames.trades),
        **{f"orders_{k}": n for k, n in frames.orders().items()},
    }
    rights = {
        right: {"unit": frames.unit(right), "lot": str(frames.lot(right))}
        | {lang: frames.right_name(right, lang) for lang in LANGUAGES}
        for right in frames.rights
    }
    tables = {kind: rows_of(table) for kind, table in measure_tables(frames).items()}
    return {"journal": journal, "rights": rights, "names": _names(frames), KEY: frames.held.document(), **tables}


def _names(frames: Frames) -> dict[str, dict[str, str]]:
    """Return the names of zones, counties and provinces by code, for whoever reads the measures without the journal."""
    people = frames.participants
    places = people[people["kind"].isin(["county", "support-province"])].set_index("code")
    named = [*frames.zones[["name_en", "name_zh"]].itertuples(), *places[["name_en", "name_zh"]].itertuples()]
    return {str(code): {"en": en, "zh": zh} for code, en, zh in named}
