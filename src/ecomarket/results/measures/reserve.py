"""The government's reserve of emission permits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.model.codes import AccountKind
from ecomarket.model.record import CASH
from ecomarket.results.exact import exact_column, yuan, yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.tally import quantities, tally

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

RESERVE = int(AccountKind.RESERVE)
SUMS = ["bought", "released", "spent", "earned", "net"]


class Reserve(Measure):
    """What the reserve bought and released, and what it has left."""

    kind: ClassVar[str] = "reserve"
    label_en: ClassVar[str] = "Reserve"
    label_zh: ClassVar[str] = "政府储备(收储)"
    unit: ClassVar[str] = "units of the right; CNY"
    reference: ClassVar[str] = (
        "Changes of the RESERVE account. bought and released: its TRADE records; stock: its balance at the year's "
        "end, transfers included; rights it never traded are left out; cash_cny: its cash at the year's end, one "
        "sum for all rights."
    )
    keys: ClassVar[tuple[str, ...]] = ("right", "year")
    columns: ClassVar[tuple[str, ...]] = ("bought", "released", "stock", "spent_cny", "earned_cny", "cash_cny")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return purchases, releases, stock and cash by right and year."""
        found = tally(_rows(frames), self.keys, SUMS)
        grid = pd.MultiIndex.from_product([list(dict.fromkeys(found["right"])), frames.years], names=list(self.keys))
        found = found.set_index(list(self.keys)).reindex(grid, fill_value=0).reset_index()
        found["stock"] = found.groupby("right")["net"].cumsum()
        used = found.groupby("right")[["bought", "released"]].transform("max").any(axis=1)
        found = found[used].reset_index(drop=True)
        for column in ("bought", "released", "stock"):
            found[column] = quantities(frames, found["right"], found[column])
        for column in ("spent", "earned"):
            found[f"{column}_cny"] = yuan_column(found.pop(column))
        cash = _cash_by_year(frames)
        found["cash_cny"] = exact_column(yuan(cash[year]) for year in found["year"])
        return found.drop(columns="net")


def _rows(frames: Frames) -> pd.DataFrame:
    """Return one row a change of the reserve's units, by the calendar year in which it happened."""
    trades, changes = frames.trades, frames.postings
    bought = trades[trades["buyer"] == RESERVE]
    sold = trades[trades["seller"] == RESERVE]
    held = changes[(changes["account"] == RESERVE) & (changes["instrument"] != CASH)]
    parts = [
        pd.DataFrame(
            {"right": bought["right"], "year": bought["year"], "bought": bought["lots"], "spent": bought["value"]}
        ),
        pd.DataFrame({"right": sold["right"], "year": sold["year"], "released": sold["lots"], "earned": sold["value"]}),
        pd.DataFrame(
            {"right": held["instrument"].map(frames.instruments["right"]), "year": held["year"], "net": held["amount"]}
        ),
    ]
    rows = pd.concat(parts, ignore_index=True).reindex(columns=["right", "year", *SUMS])
    return rows.fillna(dict.fromkeys(SUMS, 0)).astype(dict.fromkeys(SUMS, "int64"))


def _cash_by_year(frames: Frames) -> dict[int, int]:
    """Return the reserve's cash at each year's end."""
    changes = frames.postings
    cash = changes[(changes["account"] == RESERVE) & (changes["instrument"] == CASH)]
    return {year: int(cash.loc[cash["year"] <= year, "amount"].sum()) for year in frames.years}
