"""Water by basin and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.model.codes import TransferCode
from ecomarket.model.entities import basins_of
from ecomarket.model.stated import FactCode
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

FACTS = {
    FactCode.WATER_AVAILABLE_1000M3: "available",
    FactCode.WATER_DEMAND_1000M3: "demand",
    FactCode.WATER_USED_1000M3: "used",
    FactCode.WATER_LOSS_1000M3: "lost",
}
SUMS = ["available", "allocated", "demand", "used", "traded", "lost"]
COLUMNS = [*SUMS, "overdrawn"]


class Water(Measure):
    """The year's water of each basin."""

    kind: ClassVar[str] = "water"
    label_en: ClassVar[str] = "Water by basin"
    label_zh: ClassVar[str] = "分流域用水"
    unit: ClassVar[str] = "1000 m3"
    reference: ClassVar[str] = (
        "Facts WATER_AVAILABLE, WATER_DEMAND, WATER_USED and WATER_LOSS; allocated: ALLOCATION transfers of water "
        "rights less what was cancelled of them; traded: TRADE records of water rights; each by the basin of the "
        "instrument's zone, else of the account's. overdrawn: what is allocated beyond what is available, because it "
        "had been used before the year turned out drier: it comes out of the ecological flow."
    )
    keys: ClassVar[tuple[str, ...]] = ("basin", "year")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return water available, allocated, asked for, used, traded, lost on the way, and overdrawn."""
        rights = frames.rights_of_kind("water-right")
        facts = frames.facts_of(*FACTS)
        facts = facts.assign(what=facts["code"].map({int(c): name for c, name in FACTS.items()}))
        moved = frames.transfers
        granted = moved[(moved["code"] == TransferCode.ALLOCATION) & moved["right"].isin(rights)]
        granted = granted.assign(what="allocated", account=granted["credit"])
        cut = moved[(moved["code"] == TransferCode.CANCEL) & moved["right"].isin(rights)]
        cut = cut.assign(what="allocated", account=cut["debit"], amount=-cut["amount"])
        trades = frames.trades[frames.trades["right"].isin(rights)]
        trades = trades.assign(what="traded", account=trades["buyer"], amount=trades["lots"])
        columns = ["account", "instrument", "year", "what", "amount"]
        rows = pd.concat([facts[columns], granted[columns], cut[columns], trades[columns]], ignore_index=True)
        basins = {code: _basin(frames, code) for code in dict.fromkeys(frames.zone_of(rows))}
        rows["basin"] = frames.zone_of(rows).map(basins)
        for what in SUMS:
            rows[what] = rows["amount"].where(rows["what"] == what, 0)
        found = tally(rows, self.keys, SUMS)
        beyond = (found["allocated"] - found["available"]).clip(lower=0)
        found["overdrawn"] = beyond.where(found["available"] > 0, 0)  # nobody states it: nobody knows
        return tally(found, self.keys, COLUMNS, [["basin"]])


def _basin(frames: Frames, zone: str) -> str:
    """Return the first basin a zone names, or the zone itself if it is a basin."""
    if zone not in frames.zones.index:
        return zone
    if frames.zones.loc[zone, "level"] == "basin":
        return zone
    return next(iter(basins_of(str(frames.zones.loc[zone, "basin"]))), zone)
