"""What trading saved against the no-trade plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.results.cost_of_firms import PARTS, cost_of_firms
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
        "For firms with a no-trade plan (fact NO_TRADE_COST_CASH: own abatement as far as it goes, then the law's "
        "charge; no works are built), a year at a time. For permits the plan goes from month to month, with the same "
        "expectations, caution and speed as the firm that trades; for carbon it knows the year that is assessed. "
        "actual: abatement (fact ABATEMENT_COST_CASH, with the running cost of works in service and their capital "
        "spread over their life) + permits + carbon + fees + charges + tax. So the gain is that of trade and of what "
        "its prices let firms build. "
        "permits: bought less sold, a fifth in each of five years (排污许可管理条例 art. 14: a licence runs five); "
        "carbon: allowances and sink credits bought less sold in the year; charges: of carbon and permit assessments "
        "in the year; tax: environmental protection tax, which the plan has too. gain: no-trade cost - actual. "
        "Allowances kept for later years count when they are bought. A gain "
        "of one firm from another's payment cancels in the total, unless the other has no plan (reserve, outside "
        "market)."
    )
    keys: ClassVar[tuple[str, ...]] = ("sector", "year")
    columns: ClassVar[tuple[str, ...]] = (
        "firms",
        "gain_share",
        "no_trade_cny",
        "abatement_cny",
        "permits_cny",
        "carbon_cny",
        "fees_cny",
        "charges_cny",
        "tax_cny",
        "actual_cny",
        "gain_cny",
    )

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return no-trade cost, the parts of the actual cost, the gain and its share of the no-trade cost."""
        firms = cost_of_firms(frames)
        found = tally(firms, self.keys, ["firms", *PARTS], [["sector"]])
        found["actual"] = found[PARTS[1:]].sum(axis=1)
        found["gain"] = found["no_trade"] - found["actual"]
        found["gain_share"] = [ratio(g, n) for g, n in zip(found["gain"], found["no_trade"], strict=True)]
        for column in (*PARTS, "actual", "gain"):
            found[f"{column}_cny"] = yuan_column(found.pop(column))
        return found
