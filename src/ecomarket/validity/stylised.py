"""Stylised facts of a market: when it trades, how unevenly, how its returns are spread, who emits (CASES section 4).

Most take what a run's journal says of the trading days of one right. A number that there is not enough trade for is
nan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.model.codes import AccountKind
from ecomarket.model.stated import FactCode
from ecomarket.results.days import Days, days_of, excess, returns

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ecomarket.results.frames import Frames

    Floats = NDArray[np.float64]

RETURNS: Final = 8
"""Fewest returns of which anything is said."""
BUSIEST: Final = 2
SOON: Final = 5
FEW: Final = 8
"""Fewest months with trade of which a correlation is said."""
FIRMS: Final = 3
"""Fewest firms of which a correlation is said."""
MONTHS: Final = 12
THURSDAY: Final = 3
"""Weekday of 1 January 1970, from which days are counted: weeks begin on Mondays."""


def busiest_months(days: Days) -> float:
    """Return which part of a year's volume its two busiest months have; the mean over the years with trade."""
    months = days.date.astype("datetime64[M]").astype(np.int64)
    shares = []
    for year in np.unique(months // MONTHS):
        lots = np.bincount(months[months // MONTHS == year] % MONTHS, weights=days.volume[months // MONTHS == year])
        if lots.sum() > 0.0:
            shares.append(np.sort(lots)[-BUSIEST:].sum() / lots.sum())
    return float(np.mean(shares)) if shares else float("nan")


def weekly(days: Days) -> Floats:
    """Return the volume of each week from the first day on."""
    weeks = (days.date.astype(np.int64) + THURSDAY) // 7
    sums = np.bincount(weeks - weeks.min(), weights=days.volume) if len(weeks) else np.zeros(0)
    return np.asarray(sums, dtype=np.float64)


def mean_to_median(days: Days) -> float:
    """Return a week's mean volume over the median; nan where the middle week has no trade."""
    lots = weekly(days)
    middle = float(np.median(lots)) if len(lots) else 0.0
    return float(lots.mean() / middle) if middle > 0.0 else float("nan")


def zero_weeks(days: Days) -> float:
    """Return which part of the weeks had no trade."""
    lots = weekly(days)
    return float((lots == 0.0).mean()) if len(lots) else float("nan")


def kurtosis(days: Days) -> float:
    """Return the kurtosis of daily returns, 3 for a normal law; nan of few returns, or of a price that never moves."""
    found = _enough(days)
    return excess(days) if found is not None and found.std() > 0.0 else float("nan")


def _enough(days: Days) -> Floats | None:
    """Return the daily returns, None if they are too few to say anything of."""
    traded = int((days.volume > 0.0).sum())
    return returns(days) if traded > RETURNS else None


def clustering(days: Days) -> float:
    """Return the correlation of a day's absolute return with the next one's."""
    found = _enough(days)
    size = np.zeros(2) if found is None else np.abs(found)
    if min(size[1:].std(), size[:-1].std()) <= 0.0:
        return float("nan")
    return float(np.corrcoef(size[:-1], size[1:])[0, 1])


def five_day_move(days: Days) -> float:
    """Return how far the price moved at most within five trading days, share of where it began."""
    traded = np.flatnonzero(days.volume > 0.0)
    moves = [abs(days.price[b] / days.price[a] - 1.0) for a in traded for b in traded if a < b <= a + SOON]
    return float(max(moves)) if moves else float("nan")


def zone_spread(frames: Frames, right: str) -> float:
    """Return the mean price of the dearest zone over that of the cheapest; nan where fewer than two traded."""
    trades = frames.trades[frames.trades["right"] == right]
    zones = trades["instrument"].map(frames.instruments["zone"])
    sums = trades.groupby(zones)[["value", "lots"]].sum()
    price = (sums["value"] / sums["lots"]).to_numpy(dtype=np.float64)
    return float(price.max() / price.min()) if len(price) > 1 else float("nan")


def emission_follows_allocation(frames: Frames, right: str) -> float:
    """Return the correlation over firms of what each was given of a right and what it emitted under it."""
    moved = frames.transfers
    issued = moved[(moved["debit"] == AccountKind.ISSUANCE) & (moved["right"] == right)]
    given = issued.groupby("credit")["amount"].sum()
    stated = frames.facts_of(FactCode.EMISSION_T_MILLI)
    emitted = stated[stated["right"] == right].groupby("account")["amount"].sum()
    one, other = given.to_numpy(dtype=np.float64), emitted.reindex(given.index, fill_value=0).to_numpy(dtype=np.float64)
    if len(given) < FIRMS or min(one.std(), other.std()) <= 0.0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def price_against_supply(frames: Frames, right: str) -> float:
    """Return the correlation over months with trade of the year's water, as told by then, and of the market's price."""
    stated = frames.facts_of(FactCode.WATER_AVAILABLE_1000M3)
    stated = stated[stated["right"] == right].sort_values("period")
    days = days_of(frames, right)
    months = days.date.astype("datetime64[M]").astype(np.int64)
    there, price = [], []
    for month in np.unique(months):
        mine = (months == month) & (days.volume > 0.0)
        year, period = 1970 + month // MONTHS, (1970 + month // MONTHS) * 100 + month % MONTHS + 1
        told = stated[(stated["year"] == year) & (stated["period"] <= period)]["amount"].sum()
        if mine.any() and told > 0:
            there.append(float(told))
            price.append(float(days.value[mine].sum() / days.volume[mine].sum()))
    if len(price) < FEW or min(np.std(there), np.std(price)) <= 0.0:
        return float("nan")
    return float(np.corrcoef(there, price)[0, 1])


DAYS: Final[dict[str, Callable[[Days], float]]] = {
    "busiest-months": busiest_months,
    "weekly-mean-to-median": mean_to_median,
    "zero-weeks": zero_weeks,
    "kurtosis": kurtosis,
    "clustering": clustering,
    "five-day-move": five_day_move,
}
"""Facts of trading days by name."""
WHOLE: Final[dict[str, Callable[[Frames, str], float]]] = {
    "emission-follows-allocation": emission_follows_allocation,
    "price-against-supply": price_against_supply,
    "zone-spread": zone_spread,
}
"""Facts of a whole run by name."""
FACTS: Final = (*DAYS, *WHOLE)
"""Every name by which a sheet may call a fact."""


def fact_of(frames: Frames, right: str, name: str) -> float:
    """Return a stylised fact of a right by its name."""
    return DAYS[name](days_of(frames, right)) if name in DAYS else WHOLE[name](frames, right)
