"""What each whole lot of a schedule costs or is worth, and which instrument is traded for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.model.entities import lies_in
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.model.entities import Instrument
    from ecomarket.model.schedule import Curve, Schedule
    from ecomarket.model.setting import Setting

LOTS_MAX: Final = 100_000
"""Most lots of a schedule that are priced: a curve without an end is cut off here."""
ROUNDING: Final = 1e-9
"""Part of a price that is rounding of binary fractions, not price: 149.9999999999 is 150."""


def lot_prices(curve: Curve, lot: float) -> NDArray[np.float64]:
    """Return the mean price of each whole lot of a curve, in cash a lot; shape (lots,), at most LOTS_MAX.

    `lot` is the size of one in the unit of the right. What is left of the curve beyond whole lots is no lot.
    """
    count = int(min(curve.most / lot * (1.0 + ROUNDING), LOTS_MAX))
    areas = np.array([curve.area(n * lot) for n in range(count + 1)], dtype=np.float64)
    return np.diff(areas) * CASH_PER_YUAN


def use_prices(schedule: Schedule, right: str, lot: float) -> NDArray[np.float64]:
    """Return what each whole lot of a right is worth to who has a demand for its use, in cash a lot; shape (lots,).

    Where a unit of use takes up several of the right (`needs`), a lot covers that much less of the use. Other rights
    that the use takes up beside it are not reckoned.

    Source: CASES P15, k P = v: of k rights for a unit each is worth a k-th of it.
    """
    assert schedule.demand is not None
    return lot_prices(schedule.demand, lot / (schedule.needs.get(right) or 1.0))


def traded_for(setting: Setting, right: str, zone: str = "") -> list[Instrument]:
    """Return the instruments of a right that are traded for its schedules: the first listed one of each vintage.

    A right that sits at no venue is traded in auctions and by agreement. `zone` is the place of who trades: of a right
    with zones it trades that in which it lies.
    """
    first: dict[int, Instrument] = {}
    here = {"", *lies_in(setting.zones, zone)}
    for instrument in sorted(setting.listed(right), key=lambda i: (i.venue < 0, i.index)):
        if instrument.zone in here:
            first.setdefault(instrument.vintage, instrument)
    return [first[vintage] for vintage in sorted(first)]
