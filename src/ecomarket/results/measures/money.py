"""Where cash came from and where it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.coded import slugs
from ecomarket.model.codes import TransferCode
from ecomarket.model.record import CASH
from ecomarket.results.exact import yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.postings import FLOW_TRANSFER
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class Money(Measure):
    """Every change of cash, by party, flow and year."""

    kind: ClassVar[str] = "money"
    label_en: ClassVar[str] = "Money"
    label_zh: ClassVar[str] = "资金流向"
    unit: ClassVar[str] = "CNY"
    reference: ClassVar[str] = (
        "All changes of cash balances: TRADE records (trade, fee) and TRANSFER records by their code. A party is a "
        "kind of participant or a system account. What one gains another loses: the row of party `all` is zero in "
        "every flow and year."
    )
    keys: ClassVar[tuple[str, ...]] = ("flow", "party", "year")
    columns: ClassVar[tuple[str, ...]] = ("change_cny",)

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return the net change of cash; the rows of party `all` are the proof that money is conserved."""
        rows = frames.postings[frames.postings["instrument"] == CASH]
        codes = slugs(TransferCode)
        kind = rows["account"].map(frames.participants["kind"]).fillna("")
        code = rows["account"].map(frames.participants["code"]).fillna("")
        rows = rows.assign(
            flow=rows["code"].map(codes).where(rows["flow"] == FLOW_TRANSFER, rows["flow"]),
            party=kind.where(kind != "system", code.str.lower().str.replace("_", "-")),
        )
        found = tally(rows, self.keys, ["amount"], [["party"]])
        found["change_cny"] = yuan_column(found["amount"])
        return found.drop(columns="amount")
