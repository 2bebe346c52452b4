"""Prices of the outside markets, as the journal states them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ecomarket.model.codes import FactCode

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

MEAN_DAYS = 20


def outside_prices(frames: Frames) -> pd.DataFrame:
    """Return date, key (cea, ccer, gec ...) and price in cash a lot, the last of each day."""
    facts = frames.facts_of(FactCode.OUTSIDE_PRICE_CASH)
    code = facts["account"].map(frames.participants["code"]).fillna("")
    of_account = code.str.rsplit(".", n=1).str[-1].str.lower()
    klass = facts["instrument"].map(frames.instruments["klass"]).fillna("")
    key = of_account.where(code.str.startswith("OUT."), facts["right"]).where(klass != "national", "ccer")
    table = pd.DataFrame({"date": facts["date"], "key": key, "price": facts["amount"]})
    return table.groupby(["key", "date"], as_index=False)["price"].last()


def reference_price(frames: Frames, key: str, dates: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    """Return for each date the mean of the last 20 published prices in cash a lot; NaN before the first."""
    table = outside_prices(frames)
    own = table[table["key"] == key].set_index("date")["price"]
    means = own.rolling(MEAN_DAYS, min_periods=1).mean()
    if means.empty:
        return pd.Series(float("nan"), index=dates.index)
    return pd.Series(means.asof(pd.DatetimeIndex(dates)).to_numpy(dtype=float), index=dates.index)
