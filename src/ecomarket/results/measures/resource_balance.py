"""The balance sheet of each county: what it had of every right, what came, what went, what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.model.codes import SINK_ACCOUNTS, AccountKind
from ecomarket.model.record import CASH
from ecomarket.results.measure import Measure
from ecomarket.results.tally import quantities

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

FLOWS = ("issued", "bought", "received", "sold", "given", "retired")
"""Signs: the first three come in, the last three go out."""


class ResourceBalance(Measure):
    """Opening + issued + bought + received - sold - given - retired = closing, to the lot."""

    kind: ClassVar[str] = "resource-balance"
    label_en: ClassVar[str] = "Natural-resource balance sheet"
    label_zh: ClassVar[str] = "自然资源资产平衡表"
    unit: ClassVar[str] = "the right's own unit"
    reference: ClassVar[str] = (
        "TRADE and TRANSFER records of rights that a county takes part in. issued: out of the account of issuance; "
        "bought, sold: trades; received, given: other transfers between parties; retired: into an account that only "
        "takes in (surrendered, retired, cancelled, expired, used up). opening + issued + bought + received - sold - "
        "given - retired = closing; a year's closing is the next one's opening. Requirement row A8 (S001 #53, #54)."
    )
    keys: ClassVar[tuple[str, ...]] = ("county", "right", "year")
    columns: ClassVar[tuple[str, ...]] = (
        "opening",
        "issued",
        "bought",
        "received",
        "sold",
        "given",
        "retired",
        "closing",
    )

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return opening, the six flows and closing, one row a county, right and year with anything in it."""
        rows = self._rows(frames)
        sums = rows.pivot_table(index=list(self.keys), columns="what", values="lots", aggfunc="sum", fill_value=0)
        sums = sums.reindex(columns=list(FLOWS), fill_value=0).astype("int64")
        pairs = sorted(set(zip(rows["county"], rows["right"], strict=True)))
        every = [(*pair, year) for pair in pairs for year in frames.years]
        index = pd.MultiIndex.from_frame(pd.DataFrame(every, columns=list(self.keys)))
        found = sums.reindex(index, fill_value=0).sort_index()
        came = found[list(FLOWS[:3])].sum(axis=1) - found[list(FLOWS[3:])].sum(axis=1)
        found["closing"] = came.groupby(level=["county", "right"]).cumsum()
        found.insert(0, "opening", found["closing"] - came)
        found = found.reset_index()
        columns = ["opening", *FLOWS, "closing"]
        found = found[(found[columns] != 0).any(axis=1)].reset_index(drop=True)
        for column in columns:
            found[column] = quantities(frames, found["right"], found[column])
        return found

    def _rows(self, frames: Frames) -> pd.DataFrame:
        """Return one row a record and county that it concerns: county, right, year, what, lots."""
        codes = frames.participants.loc[frames.participants["kind"] == "county", "code"]
        moved = frames.transfers[frames.transfers["instrument"] != CASH]
        issued = moved["debit"] == AccountKind.ISSUANCE
        retired = moved["credit"].isin([int(k) for k in SINK_ACCOUNTS])
        legs = [
            (moved[issued], "credit", "amount", "issued"),
            (moved[~issued], "credit", "amount", "received"),
            (moved[retired], "debit", "amount", "retired"),
            (moved[~retired], "debit", "amount", "given"),
            (frames.trades, "buyer", "lots", "bought"),
            (frames.trades, "seller", "lots", "sold"),
        ]
        parts = [
            pd.DataFrame(
                {"county": table[who].map(codes), "right": table["right"], "year": table["year"], "lots": table[lots]}
            ).assign(what=what)
            for table, who, lots, what in legs
        ]
        return pd.concat(parts, ignore_index=True).dropna(subset=["county"])
