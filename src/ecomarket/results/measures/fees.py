"""Fees of the exchange by right and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.results.exact import yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class Fees(Measure):
    """Fees that buyers and sellers paid."""

    kind: ClassVar[str] = "fees"
    label_en: ClassVar[str] = "Fees"
    label_zh: ClassVar[str] = "手续费"
    unit: ClassVar[str] = "CNY"
    reference: ClassVar[str] = "fee_buy and fee_sell of TRADE records; their sum is what the FEE account received."
    keys: ClassVar[tuple[str, ...]] = ("right", "year")
    columns: ClassVar[tuple[str, ...]] = ("fees_cny", "buyers_cny", "sellers_cny")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return the fees of buyers, of sellers and of both."""
        found = tally(frames.trades, self.keys, ["fee_buy", "fee_sell"], [["right"]])
        found["fees_cny"] = yuan_column(found["fee_buy"] + found["fee_sell"])
        found["buyers_cny"] = yuan_column(found["fee_buy"])
        found["sellers_cny"] = yuan_column(found["fee_sell"])
        return found.drop(columns=["fee_buy", "fee_sell"])
