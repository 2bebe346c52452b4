"""Green certificates from minting to retirement, by vintage year and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.model.codes import TransferCode
from ecomarket.results.measure import Measure
from ecomarket.results.tally import quantities, tally

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

STEPS = {TransferCode.ISSUE: "minted", TransferCode.RETIRE: "retired", TransferCode.EXPIRE: "expired"}
COLUMNS = ["minted", "traded", "retired", "expired"]


class Certificates(Measure):
    """How many certificates were minted, traded, retired and expired."""

    kind: ClassVar[str] = "certificates"
    label_en: ClassVar[str] = "Green certificates"
    label_zh: ClassVar[str] = "绿证"
    unit: ClassVar[str] = "MWh (one certificate)"
    reference: ClassVar[str] = (
        "TRANSFER records of codes ISSUE, RETIRE and EXPIRE and TRADE records of green certificates; vintage: year "
        "of production."
    )
    keys: ClassVar[tuple[str, ...]] = ("right", "vintage", "year")
    columns: ClassVar[tuple[str, ...]] = ("minted", "traded", "retired", "expired")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return certificates minted, traded, retired and expired."""
        rights = frames.rights_of_kind("green-certificate")
        moved = frames.transfers
        moved = moved[moved["right"].isin(rights) & moved["code"].isin(list(STEPS))]
        moved = moved.assign(what=moved["code"].map({int(c): name for c, name in STEPS.items()}), lots=moved["amount"])
        trades = frames.trades[frames.trades["right"].isin(rights)].assign(what="traded")
        columns = ["right", "instrument", "year", "what", "lots"]
        rows = pd.concat([moved[columns], trades[columns]], ignore_index=True)
        rows["vintage"] = rows["instrument"].map(frames.instruments["vintage"]).astype("int64") // 100
        for what in COLUMNS:
            rows[what] = rows["lots"].where(rows["what"] == what, 0)
        found = tally(rows.assign(vintage=rows["vintage"].astype(str)), self.keys, COLUMNS, [["vintage"]])
        for what in COLUMNS:
            found[what] = quantities(frames, found["right"], found[what])
        return found
