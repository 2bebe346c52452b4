"""What trading saved against the no-trade plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.results.cost_of_firms import cost_of_firms
from ecomarket.results.exact import ratio, yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class GainsFromTrade(Measure):
    """No-trade cost less actual cost, by sector and year."""

    kind: ClassVar[str] = "gains-from-trade"
    label_en: ClassVar[str] = "Gains from trade"
    label_zh: ClassVar[str] = "交易节约(对比不交易)"
    unit: ClassVar[str] = "CNY"
    reference: ClassVar[str] = (
        "For firms with a no-trade plan (fact NO_TRADE_COST_CASH), a year at a time. actual: abatement cost (fact "
        "ABATEMENT_COST_CASH) + bought - sold (TRADE records of permits, allowances and sinks) + fees + charges (TRANSFER "
        "records FINE). gain: no-trade cost - actual. Stocks kept for later years count when they are bought."
    )
    keys: ClassVar[tuple[str, ...]] = ("sector", "year")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return no-trade cost, the parts of the actual cost, the gain and its share of the no-trade cost."""
        firms = cost_of_firms(frames)
        sums = ["firms", "no_trade", "abatement", "bought", "sold", "fees", "charges"]
        found = tally(firms, self.keys, sums, [["sector"]])
        found["actual"] = found["abatement"] + found["bought"] - found["sold"] + found["fees"] + found["charges"]
        found["gain"] = found["no_trade"] - found["actual"]
        found["gain_share"] = [ratio(g, n) for g, n in zip(found["gain"], found["no_trade"], strict=True)]
        for column in ("no_trade", "abatement", "bought", "sold", "fees", "charges", "actual", "gain"):
            found[f"{column}_cny"] = yuan_column(found.pop(column))
        return found
