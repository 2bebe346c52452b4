"""December's share of the compliance firms' volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.results.measure import Measure
from ecomarket.results.tally import quantities, tally

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

DECEMBER = 12


class DecemberShare(Measure):
    """How much of a year's trade of enterprises falls into its last month."""

    kind: ClassVar[str] = "december-share"
    label_en: ClassVar[str] = "Share of December"
    label_zh: ClassVar[str] = "12月成交占比"
    unit: ClassVar[str] = "share; units of the right"
    reference: ClassVar[str] = (
        "Quantity bought plus quantity sold by enterprises (a trade between two enterprises counts on both sides), "
        "December / whole year. National market, 2021: 75.8 %, 2024: 40.0 % (MARKETS.md 0.1)."
    )
    keys: ClassVar[tuple[str, ...]] = ("right", "year")
    columns: ClassVar[tuple[str, ...]] = ("share", "quantity", "december_quantity")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return the enterprises' quantity of the year and of December, and the share."""
        firms = frames.participants.index[frames.participants["kind"] == "enterprise"]
        trades = frames.trades
        rows = pd.concat([trades[trades["buyer"].isin(firms)], trades[trades["seller"].isin(firms)]], ignore_index=True)
        rows["december"] = rows["lots"].where(rows["month"] == DECEMBER, 0)
        found = tally(rows, self.keys, ["lots", "december"])
        found["share"] = found["december"] / found["lots"]
        found["quantity"] = quantities(frames, found["right"], found["lots"])
        found["december_quantity"] = quantities(frames, found["right"], found["december"])
        return found.drop(columns=["lots", "december"])
