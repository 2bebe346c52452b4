"""How far traders of the theory bid beside the truth: prices named, and what their lots are worth or cost."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.model.codes import Side
from ecomarket.model.record import FLAG_SIDE
from ecomarket.public.lot_prices import lot_prices, traded_for, use_prices
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.model.setting import Setting

Key = tuple[int, int, int]
"""Account, instrument, side."""


def distances(orders: NDArray[np.void], setting: Setting) -> NDArray[np.float64]:
    """Return how far the price of each accepted order lay from what its lots are worth to their owner, CNY a lot.

    Of one account, day and side the dearest bid stands for the lot of most worth, the cheapest ask for that of least
    cost, and so on, as in a call. Shape (orders,); nan for who named more lots on a day than it has a schedule for.
    """
    worths, found = _worths(setting), np.full(len(orders), np.nan)
    sides = orders["flags"] & FLAG_SIDE
    better = np.where(sides == Side.BUY, -1, 1) * orders["price"]
    ranked = np.lexsort((orders["seq"], better, sides, orders["instrument"], orders["account"], orders["t"] // DAY))

    def who(at: int) -> tuple[int, Key]:
        one = orders[at]
        return int(one["t"] // DAY), (int(one["account"]), int(one["instrument"]), int(sides[at]))

    for (_, key), group in groupby(ranked.tolist(), key=who):
        rows = list(group)
        ends = np.cumsum(orders["amount"][rows])
        worth = worths.get(key, np.zeros(0))
        if ends[-1] <= len(worth):
            named = np.repeat(orders["price"][rows], orders["amount"][rows])
            apart = np.abs(named - worth[: ends[-1]]) / CASH_PER_YUAN
            found[rows] = np.add.reduceat(apart, ends - orders["amount"][rows]) / orders["amount"][rows]
    return found


def _worths(setting: Setting) -> dict[Key, NDArray[np.float64]]:
    """Return what each lot of a demand is worth and of a supply costs, the first to be traded first, cash a lot."""
    found: dict[Key, NDArray[np.float64]] = {}
    for member in setting.participants:
        for right, schedule in member.schedules.items():
            for traded in traded_for(setting, right, member.zone):
                key, lot = (member.account, traded.index), float(traded.lot)
                if schedule.demand is not None:
                    found[*key, Side.BUY] = use_prices(schedule, right, lot)
                if schedule.supply is not None:
                    found[*key, Side.SELL] = lot_prices(schedule.supply, lot)
    return found
