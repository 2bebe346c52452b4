"""Prices by right and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.results.exact import price_yuan
from ecomarket.results.measure import Measure

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames


class Price(Measure):
    """First, highest, lowest, last and volume-weighted mean price of a year's trades."""

    kind: ClassVar[str] = "price"
    label_en: ClassVar[str] = "Prices"
    label_zh: ClassVar[str] = "价格"
    unit: ClassVar[str] = "CNY a unit of the right"
    reference: ClassVar[str] = (
        "All trades of a right in a year, every mechanism. vwap: turnover / quantity. sd: population standard "
        "deviation of the daily vwap. prices: number of different trade prices."
    )
    keys: ClassVar[tuple[str, ...]] = ("right", "year")
    columns: ClassVar[tuple[str, ...]] = ("open", "high", "low", "close", "vwap", "sd", "prices")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return open, high, low, close, vwap and sd in CNY a unit, and how many different prices there were."""
        keys = list(self.keys)
        trades = frames.trades
        found = trades.groupby(keys, as_index=False).agg(
            open=("price", "first"), high=("price", "max"), low=("price", "min"), close=("price", "last"),
            value=("value", "sum"), lots=("lots", "sum"), prices=("price", "nunique"),
        )  # fmt: skip
        daily = trades.groupby([*keys, "date"], as_index=False)[["value", "lots"]].sum()
        daily["vwap"] = daily["value"] / daily["lots"]
        found["vwap"] = found["value"] / found["lots"]
        spread = daily.groupby(keys)["vwap"].std(ddof=0)
        found["sd"] = spread.reindex(pd.MultiIndex.from_frame(found[keys])).to_numpy(dtype=float)
        columns = ["open", "high", "low", "close", "vwap", "sd"]
        for column in columns:
            rows = zip(found[column], found["right"], strict=True)
            found[column] = [price_yuan(float(p), frames.lot(r)) for p, r in rows]
        return found[[*keys, *columns, "prices"]]
