"""Choose the middle of the price ladder: a book holds at most TICKS_MAX ticks."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from ecomarket.exchange.rules import PRICE_MAX, TICKS_MAX, band, day_band

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.exchange.rules import VenueRules


def middle(rows_at: Mapping[int, int], tick: int) -> int:
    """Return the reference price whose ladder holds the most rows; `rows_at` counts rows by price in cash a lot.

    Where one ladder holds them all, the middle of lowest and highest price; of several equal ladders the lowest.

    >>> middle({4_100: 3, 4_300: 1}, 100)
    4200
    >>> middle({100: 1, 500_000: 2, 900_000: 5, 909_000: 2}, 100)
    704800
    """
    counts: dict[int, int] = {}
    for price, rows in rows_at.items():
        if 0 < price <= PRICE_MAX and price % tick == 0:
            counts[price // tick] = counts.get(price // tick, 0) + rows
    steps = sorted(counts)
    if not steps:
        return min(TICKS_MAX // 2, PRICE_MAX // tick) * tick
    low, high = steps[0], steps[-1]
    if high - low < TICKS_MAX:
        return -(-(low + high) // 2) * tick
    before = [0, *accumulate(counts[step] for step in steps)]
    best, end = (-1, 0), 0
    for start, step in enumerate(steps):
        while end < len(steps) and steps[end] < step + TICKS_MAX:
            end += 1
        best = max(best, (before[end] - before[start], -step))
    return min(-best[1] + TICKS_MAX // 2, PRICE_MAX // tick) * tick


def is_cut(price: int, reference: int, rules: VenueRules) -> bool:
    """Tell whether a price lies within the venue's band, or it has none, and yet off the ladder of the day."""
    low, high = band(reference, rules.band_ppm, rules.tick_cash) if rules.band_ppm else (rules.tick_cash, PRICE_MAX)
    ladder = day_band(reference, rules)
    return low <= price <= high and not ladder[0] <= price <= ladder[1]
