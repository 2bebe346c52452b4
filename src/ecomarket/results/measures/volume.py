"""Volume and turnover by market and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.coded import slugs
from ecomarket.model.codes import Mechanism
from ecomarket.results.exact import yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.tally import quantities, tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class Volume(Measure):
    """Trades, quantity and turnover by right, mechanism and year."""

    kind: ClassVar[str] = "volume"
    label_en: ClassVar[str] = "Volume and turnover"
    label_zh: ClassVar[str] = "成交量与成交额"
    unit: ClassVar[str] = "units of the right; CNY"
    reference: ClassVar[str] = (
        "Sums over TRADE records; each trade counts once; turnover is price times lots, without fees."
    )
    keys: ClassVar[tuple[str, ...]] = ("right", "mechanism", "year")
    columns: ClassVar[tuple[str, ...]] = ("trades", "quantity", "turnover_cny")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return the number of trades, the quantity and the turnover."""
        names = slugs(Mechanism)
        trades = frames.trades.assign(mechanism=frames.trades["mechanism"].map(names), trades=1)
        found = tally(trades, self.keys, ["trades", "lots", "value"], [["mechanism"]])
        found["quantity"] = quantities(frames, found["right"], found["lots"])
        found["turnover_cny"] = yuan_column(found["value"])
        return found.drop(columns=["lots", "value"])
