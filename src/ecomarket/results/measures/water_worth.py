"""What the water that was used was worth, and at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.results.measure import Measure

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames


class WaterWorth(Measure):
    """The worth of the water that users used, and the greatest worth of as much, by zone and year."""

    kind: ClassVar[str] = "water-worth"
    label_en: ClassVar[str] = "The water used, at its greatest worth"
    label_zh: ClassVar[str] = "同等用水的最大价值"
    unit: ClassVar[str] = "1000 m3; CNY; share"
    reference: ClassVar[str] = (
        "Needs the scenario beside the journal: `water_value_cny_m3` and `value_elasticity` of users under the "
        "strategies irrigation and water-buyer. Worth: the integral of the marginal value up to what was used of each "
        "month's need (facts WATER_DEMAND, WATER_USED), iso-elastic for irrigation and at most ten times the value at "
        "full supply, the same for each unit of a water-buyer. `greatest_cny`: the same water of a zone and year among "
        "the same users at one marginal value, or at one that falls from month to month where water came late: none "
        "is used before it was there. `no_trade_cny`: had each used what it bought less and what it sold more, up to "
        "its need. `short_cny`: what the lack of water cost, all need met less worth. `share`: worth / greatest. Who "
        "may not sell (homes, ecology) is left out; water that nobody used, and what a border lets through, are not "
        "asked for. `all`: the zones' sums."
    )
    keys: ClassVar[tuple[str, ...]] = ("zone", "year")
    columns: ClassVar[tuple[str, ...]] = (
        "users",
        "used_1000m3",
        "no_trade_cny",
        "worth_cny",
        "greatest_cny",
        "short_cny",
        "share",
    )
    beside_optimum: ClassVar[bool] = True

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return users, water, its worth without trade, as used and at most, what is short, and worth over the most."""
        return pd.DataFrame(
            frames.held.at_best(self.kind), columns=pd.Index([*self.keys, *self.columns]), dtype=object
        ).sort_values(list(self.keys), ignore_index=True)
