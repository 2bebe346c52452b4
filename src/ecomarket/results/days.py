"""A right's market day by day, simulated or observed, and what is told of its course in a few numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.results.frames import Frames
    from ecomarket.scenario.schema.whole import Observed

    Floats = NDArray[np.float64]

LAST_DAYS: Final = 5
"""Days at the end whose mean price is held against the days before."""
BEFORE_DAYS: Final = 20
SPIKE: Final = 0.114
"""Part of the days that are the last thirteen of 114 (CASES P28)."""
LATE: Final = 0.40


class Days(NamedTuple):
    """Trading days in order; arrays (days,).

    date    datetime64[D]        volume  in units of the right
    price   close, CNY a unit, that of the day before where nothing traded, 0 before the first trade
    value   turnover, CNY
    """

    date: NDArray[np.datetime64]
    price: Floats
    volume: Floats
    value: Floats


def days_of(frames: Frames, right: str) -> Days:
    """Return the trading days of a run: all trades, and the close of the vintage that traded most in the book."""
    closes = frames.closes[frames.closes["right"] == right].sort_values(["date", "lots"], kind="stable")
    trades = frames.trades[frames.trades["right"] == right].groupby("date")[["lots", "value"]].sum()
    close = closes.groupby("date")[["price", "lots"]].last()
    close = close.reindex(close.index.union(trades.index))
    trades = trades.reindex(close.index, fill_value=0)
    lot = float(frames.lot(right))
    mean = trades["value"] / trades["lots"]  # the price of a day whose trades were all outside the book
    traded = close["price"].where(close["lots"] > 0).fillna(mean).ffill().fillna(0.0).to_numpy(dtype=np.float64)
    return Days(
        close.index.to_numpy().astype("datetime64[D]"),
        traded / CASH_PER_YUAN / lot,
        trades["lots"].to_numpy(dtype=np.float64) * lot,
        trades["value"].to_numpy(dtype=np.float64) / CASH_PER_YUAN,
    )


def observed_days(observed: Observed, start: date, end: date) -> Days:
    """Return the observed days from `start` to `end`, both included; a day without a mean price has its close."""
    rows = sorted((r for r in observed.table if start <= r.date <= end), key=lambda r: r.date)
    price = np.array([float(r.price_cny) for r in rows])
    volume = np.array([float(r.volume) for r in rows])
    mean = np.array([float(r.price_cny if r.mean_cny is None else r.mean_cny) for r in rows])
    return Days(np.array([r.date for r in rows], dtype="datetime64[D]"), price, volume, volume * mean)


def share_of_last(part: float) -> Callable[[Days], float]:
    """Return the function that gives the share of all volume in the last `part` of the days, rounded to whole days."""

    def share(days: Days) -> float:
        last = round(part * len(days.date))
        return float(days.volume[len(days.date) - last :].sum() / days.volume.sum())

    return share


def rise_at_the_end(days: Days) -> float:
    """Return the mean price of the last 5 days over the least daily mean price of the 20 before (CASES P28)."""
    volume, value = days.volume, days.value
    before = slice(-LAST_DAYS - BEFORE_DAYS, -LAST_DAYS)
    traded = volume[before] > 0
    least = (value[before][traded] / volume[before][traded]).min()
    return float(value[-LAST_DAYS:].sum() / volume[-LAST_DAYS:].sum() / least)


def returns(days: Days) -> Floats:
    """Return the logarithms of close over close, between days on which something traded. Raises ValueError if none."""
    price = days.price[(days.volume > 0) & (days.price > 0)]
    if len(price) < 2:
        raise ValueError("no returns")
    return np.asarray(np.diff(np.log(price)), dtype=np.float64)


def excess(days: Days) -> float:
    """Return the kurtosis of daily returns; 3 is that of the normal distribution."""
    found = returns(days)
    away = found - found.mean()
    return float((away**4).mean() / (away**2).mean() ** 2)


MOMENTS: Final[Mapping[str, Callable[[Days], float]]] = {
    "last-11": share_of_last(SPIKE),
    "last-40": share_of_last(LATE),
    "busiest-day": lambda days: float(days.volume.max() / days.volume.sum()),
    "rise": rise_at_the_end,
    "return-sd": lambda days: float(returns(days).std()),
    "kurtosis": excess,
    "idle-days": lambda days: float((days.volume == 0).mean()),
}
"""What is told of a year: shares of volume, prices over prices; none has a unit, so that worlds of any size compare."""


def moments(days: Days, names: tuple[str, ...] = tuple(MOMENTS)) -> dict[str, float]:
    """Return moments by name; one that cannot be told (nothing traded, prices that never moved) is not a number."""
    found = {}
    with np.errstate(all="ignore"):
        for name in names:
            try:
                found[name] = MOMENTS[name](days)
            except (ValueError, ZeroDivisionError):
                found[name] = float("nan")
    return found


def weekly(days: Days) -> pd.DataFrame:
    """Return by week its Monday, the mean price (CNY a unit; else the close) and the share of all volume."""
    table = pd.DataFrame(days._asdict() | {"date": days.date.astype("datetime64[s]")})
    table["date"] -= pd.to_timedelta(table["date"].dt.weekday, unit="D")
    found = table.groupby("date", as_index=False).agg(
        price=("price", "last"), volume=("volume", "sum"), value=("value", "sum")
    )
    mean = found["value"] / found["volume"]
    found["price"] = mean.where(found["volume"] > 0, found["price"])
    found["share"] = found["volume"] / found["volume"].sum()
    return found[["date", "price", "share"]]
