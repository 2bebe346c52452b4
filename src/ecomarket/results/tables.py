"""The tables folder of a run: every measure as CSV, the journal's own tables as Parquet (CSV without pyarrow)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from ecomarket.results.exact import plain
from ecomarket.results.summary import measure_tables

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from ecomarket.results.frames import Frames

JOURNAL = ("trades", "transfers", "closes", "facts", "bindings", "obligations", "refusals")


def write_tables(folder: Path, frames: Frames) -> list[Path]:
    """Write tables/ under a run's folder and return the files, in order of name.

    CSV is UTF-8 with a byte-order mark, so that spreadsheets read the Chinese names; keys are never translated.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {kind: _with_names(table, frames) for kind, table in measure_tables(frames).items()}
    names = {name: getattr(frames, name).reset_index() for name in ("participants", "instruments", "zones")}
    tables = [_csv(folder / f"{name}.csv", table) for name, table in (kinds | names).items()]
    return sorted([*tables, *(_journal(folder / name, getattr(frames, name)) for name in JOURNAL)])


def _with_names(table: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """Put English and Chinese names beside codes of participants and zones."""
    named = table.copy()
    people = frames.participants.set_index("code")[["name_en", "name_zh"]]
    for key, names in (("county", people), ("buyer", people), ("basin", frames.zones)):
        if key in named:
            at = list(named.columns).index(key)
            for offset, name in enumerate(("name_en", "name_zh"), start=1):
                named.insert(at + offset, name, named[key].map(names[name]).fillna(""))
    return named


def _csv(path: Path, table: pd.DataFrame) -> Path:
    exact = table.map(lambda cell: "" if (said := plain(cell)) is None else said)
    exact.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path


def _journal(stem: Path, table: pd.DataFrame) -> Path:
    if find_spec("pyarrow"):
        path = stem.with_suffix(".parquet")
        table.to_parquet(path, index=False)
        return path
    path = stem.with_suffix(".csv")
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n", date_format="%Y-%m-%d")
    return path
