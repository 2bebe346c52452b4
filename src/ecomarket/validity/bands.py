"""Trades whose price lies outside the day's band, reckoned from the journal and the scenario, without the exchange."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.model.codes import RecordKind
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.model.codes import Mechanism
    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario


def outside_band(scenario: Scenario, frames: Frames, mechanisms: Sequence[Mechanism]) -> int:
    """Return how many trades of some mechanisms lie further from the last close than the venue's band and a tick.

    Trades before an instrument's first close are about its first reference price, which is not looked at here.
    """
    bands: dict[object, tuple[Decimal, Decimal]] = {
        right: (venue.price_band, venue.tick.value)
        for venue in scenario.config.venues.values()
        if venue.price_band
        for right in venue.rights
    }
    closes: dict[int, int] = {}
    found = 0
    about = np.isin(frames.records["kind"], (int(RecordKind.TRADE), int(RecordKind.CLOSE)))
    for record in frames.records[about]:
        instrument, price = int(record["instrument"]), int(record["price"])
        if record["kind"] == RecordKind.CLOSE:
            closes[instrument] = price
        elif instrument in closes and int(record["code"]) in mechanisms:
            row = frames.instruments.loc[instrument]
            if row["right"] in bands:
                band, tick = bands[row["right"]]
                far = closes[instrument] * band + tick * Decimal(str(row["lot"])) * CASH_PER_YUAN
                found += int(abs(price - closes[instrument]) > far)
    return found
