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
GIVEN = (TransferCode.ALLOCATION, TransferCode.ISSUE, TransferCode.CONVERT_IN)
TAKEN = (TransferCode.CANCEL, TransferCode.CONVERT_OUT)
SHARES = (TransferCode.ALLOCATION, TransferCode.CANCEL)
SUMS = ["available", "allocated", "demand", "used", "traded", "lost"]
COLUMNS = [*SUMS, "overdrawn"]


class Water(Measure):
    """The year's water of each basin."""

    kind: ClassVar[str] = "water"
    label_en: ClassVar[str] = "Water by basin"
    label_zh: ClassVar[str] = "分流域用水"
    unit: ClassVar[str] = "1000 m3"
    reference: ClassVar[str] = (
        "Facts WATER_AVAILABLE, WATER_DEMAND, WATER_USED and WATER_LOSS; allocated: what users of the basin were given "
        "of water rights (ALLOCATION, ISSUE) less what was cancelled, with what was brought in from other zones less "
        "what was sold to them (CONVERT_IN, CONVERT_OUT); traded: TRADE records of water rights; each by the basin of "
        "the instrument's zone, else of the account's. overdrawn: what users' shares exceed what is available by, "
        "because it had been used before the year turned out drier: it comes out of the ecological flow."
    )
    keys: ClassVar[tuple[str, ...]] = ("basin", "year")
    columns: ClassVar[tuple[str, ...]] = ("available", "allocated", "demand", "used", "traded", "lost", "overdrawn")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return water available, allocated, asked for, used, traded, lost on the way, and overdrawn."""
        rights = frames.rights_of_kind("water-right")
        facts = frames.facts_of(*FACTS)
        facts = facts.assign(what=facts["code"].map({int(c): name for c, name in FACTS.items()}))
        given = _given(frames, rights)
        trades = frames.trades[frames.trades["right"].isin(rights)]
        trades = trades.assign(what="traded", account=trades["buyer"], amount=trades["lots"])
        columns = ["account", "instrument", "year", "what", "amount"]
        rows = pd.concat(
            [facts[columns], given[columns], given[given["shared"]].assign(what="shares")[columns], trades[columns]],
            ignore_index=True,
        )
        basins = {code: _basin(frames, code) for code in dict.fromkeys(frames.zone_of(rows))}
        rows["basin"] = frames.zone_of(rows).map(basins)
        for what in (*SUMS, "shares"):
            rows[what] = rows["amount"].where(rows["what"] == what, 0)
        found = tally(rows, self.keys, [*SUMS, "shares"])
        beyond = (found["shares"] - found["available"]).clip(lower=0)
        found["overdrawn"] = beyond.where(found["available"] > 0, 0)  # nobody states it: nobody knows
        return tally(found, self.keys, COLUMNS, [["basin"]])


def _given(frames: Frames, rights: list[str]) -> pd.DataFrame:
    """Return what users were given of water rights, and what was taken; `shared`: in sharing out the year's water."""
    moved = frames.transfers[frames.transfers["right"].isin(rights)]
    offices = frames.participants.index[frames.participants["kind"] == "region"]
    found = []
    for codes, side, sign in ((GIVEN, "credit", 1), (TAKEN, "debit", -1)):
        rows = moved[moved["code"].isin([int(c) for c in codes])]
        shared = rows["code"].isin([int(c) for c in SHARES]) & ~rows[side].isin(
            offices
        )  # an office cancels what it sold
        found.append(rows.assign(what="allocated", account=rows[side], amount=sign * rows["amount"], shared=shared))
    return pd.concat(found, ignore_index=True)


def _basin(frames: Frames, zone: str) -> str:
    """Return the first basin a zone names, or the zone itself if it is a basin."""
    if zone not in frames.zones.index:
        return zone
    if frames.zones.loc[zone, "level"] == "basin":
        return zone
    return next(iter(basins_of(str(frames.zones.loc[zone, "basin"]))), zone)
