"""First sales of sink credits, and the price they are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ecomarket.results.outside import outside_prices

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

MEAN_DAYS = 20


def county_sales(frames: Frames) -> pd.DataFrame:
    """Return the trades in which a county sells sink credits."""
    trades = frames.trades[frames.trades["right"].isin(frames.rights_of_kind("carbon-sink"))]
    sold = trades["seller"].map(frames.participants["kind"]) == "county"
    return pd.DataFrame(trades[sold])


def reference_price(frames: Frames, key: str, dates: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    """Return for each date the mean of the last 20 published prices in cash a lot; NaN before the first."""
    table = outside_prices(frames)
    own = table[table["key"] == key].sort_values("date")
    own["mean"] = own["price"].rolling(MEAN_DAYS, min_periods=1).mean()
    at = own["date"].searchsorted(dates, side="right")
    known = np.concatenate([[np.nan], own["mean"].to_numpy(dtype=float)])
    return pd.Series(known[at], index=dates.index)
