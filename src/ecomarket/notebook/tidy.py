"""Tidy tables for notebooks: a row a fact, names instead of numbers of accounts, floats, a unit for every column.

Floats are for reading and drawing; the exact decimals stand in `Run.document` and in the files of the run's folder.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecomarket.experiments.measured import label
from ecomarket.model.coded import slugs
from ecomarket.model.codes import Mechanism
from ecomarket.results.counted import RIGHT, of_right, unit_of, with_units
from ecomarket.results.summary import measure_classes
from ecomarket.results.tally import ALL
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

LONG: dict[str, str] = {"measure": "str", "of": "str", "column": "str", "year": "Int64", "value": "float64"}
MONEY = ("value", "fee_buy", "fee_sell")


def measure_table(frames: Frames, kind: str) -> pd.DataFrame:
    """Return a measure's table, numbers as float or int, with the unit of each row's right beside it."""
    measure = measure_classes()[kind]
    table = floats(measure().compute(frames))
    if "right" in measure.keys:
        table["unit"] = [frames.unit(right) if right in frames.rights else "" for right in table["right"]]
    return with_units(table, {str(c): unit_of(kind, str(c)) for c in table if c != "unit"})


def all_measures(frames: Frames) -> pd.DataFrame:
    """Return every number of every measure, a row each, by label (`price.so2.vwap@2025`).

    Columns: measure, of (the values of its keys but totals, with dots), column, year (none for a total), value, unit.
    """
    rows = [row for kind in measure_classes() for row in _long(frames, kind)]
    table = pd.DataFrame(rows, columns=pd.Index(["label", *LONG, "unit"])).astype(LONG)
    return with_units(table.set_index("label"), {"value": "see column unit"})


def _long(frames: Frames, kind: str) -> list[tuple[Any, ...]]:
    measure, table = measure_classes()[kind], measure_table(frames, kind)
    rows = []
    for row in table.to_dict("records"):
        named = {str(name): value for name, value in row.items()}
        of = ".".join(str(named[key]) for key in measure.keys if key != "year" and named[key] != ALL)
        year = pd.NA if named.get("year", ALL) == ALL else int(named["year"])
        for column, unit in table.attrs["units"].items():
            if (number := _number(named[column])) is not None:
                own = of_right(unit, named.get("unit", ""))
                rows.append((label(kind, measure.keys, column, named), kind, of, column, year, number, own))
    return rows


def _number(value: Any) -> float | None:
    """Return a cell as float; None if it is no finite number."""
    if isinstance(value, str) or value is None or not np.isfinite(float(value)):
        return None
    return float(value)


def trades(frames: Frames) -> pd.DataFrame:
    """Return every trade: date, right, instrument, mechanism, buyer, seller, quantity, unit, price, value, fees."""
    rows = frames.trades
    table = _named(rows, frames)
    table["mechanism"] = rows["mechanism"].map(slugs(Mechanism))
    for side in ("buyer", "seller"):
        table[side] = rows[side].map(frames.participants["code"])
    return _amounts(table, rows, frames, MONEY)


def prices(frames: Frames) -> pd.DataFrame:
    """Return every closing price: date, right, instrument, close, quantity of the day, unit, turnover.

    A day without trade repeats the close before it, with quantity 0.
    """
    rows = frames.closes
    table = _amounts(_named(rows, frames), rows, frames, ("turnover",)).rename(columns={"price": "close"})
    return with_units(table, {"close": f"CNY/{RIGHT}", "quantity": RIGHT, "turnover": "CNY"})


def _named(rows: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    code = rows["instrument"].map(frames.instruments["code"])
    return pd.DataFrame({"date": rows["date"], "right": rows["right"], "instrument": code})


def _amounts(table: pd.DataFrame, rows: pd.DataFrame, frames: Frames, money: tuple[str, ...]) -> pd.DataFrame:
    lots = {right: float(frames.lot(right)) for right in frames.rights}
    size = rows["right"].map(lots).to_numpy(dtype=float)
    table["quantity"] = rows["lots"].to_numpy() * size
    table["unit"] = rows["right"].map({right: frames.unit(right) for right in frames.rights})
    table["price"] = rows["price"].to_numpy() / (CASH_PER_YUAN * size)
    for column in money:
        table[column] = rows[column] / CASH_PER_YUAN
    return with_units(table, {"quantity": RIGHT, "price": f"CNY/{RIGHT}", **dict.fromkeys(money, "CNY")})


def floats(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its exact decimals as floats."""
    found = table.copy()
    for column in found:
        if found[column].map(lambda cell: isinstance(cell, Decimal)).any():
            found[column] = found[column].astype(float)
    return found
