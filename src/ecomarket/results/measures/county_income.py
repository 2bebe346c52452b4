"""Money that reached counties, by source and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.model.codes import TransferCode
from ecomarket.model.record import CASH
from ecomarket.results.exact import yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

GIFTS = {
    TransferCode.SUPPORT_FUND: "support-fund",
    TransferCode.COMPENSATION: "compensation",
    TransferCode.FISCAL_TRANSFER: "fiscal-transfer",
    TransferCode.VERTICAL_COMPENSATION: "vertical-compensation",
    TransferCode.GUARD_PAY: "guard-pay",
    TransferCode.GRASS_SUBSIDY: "grass-subsidy",
    TransferCode.WILDLIFE_PAYOUT: "wildlife-payout",
    TransferCode.PARK_SHARE: "park-share",
}


class CountyIncome(Measure):
    """What each county received for its ecology."""

    kind: ClassVar[str] = "county-income"
    label_en: ClassVar[str] = "Money to counties"
    label_zh: ClassVar[str] = "县域生态收入"
    unit: ClassVar[str] = "CNY"
    reference: ClassVar[str] = (
        "sales: TRADE records in which the county sells, without fees; support-fund, compensation, fiscal-transfer, "
        "vertical-compensation, guard-pay, grass-subsidy, wildlife-payout, park-share: TRANSFER records of cash "
        "credited to the county."
    )
    keys: ClassVar[tuple[str, ...]] = ("county", "source", "year")
    columns: ClassVar[tuple[str, ...]] = ("income_cny",)

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return the money by county, source and year."""
        counties = frames.participants[frames.participants["kind"] == "county"]
        trades = frames.trades[frames.trades["seller"].isin(counties.index)]
        sales = pd.DataFrame(
            {"account": trades["seller"], "year": trades["year"], "source": "sales", "cash": trades["value"]}
        )
        moved = frames.transfers
        paid = moved[
            (moved["instrument"] == CASH) & moved["credit"].isin(counties.index) & moved["code"].isin(list(GIFTS))
        ]
        gifts = pd.DataFrame(
            {
                "account": paid["credit"],
                "year": paid["year"],
                "source": paid["code"].map({int(c): name for c, name in GIFTS.items()}),
                "cash": paid["amount"],
            }
        )
        rows = pd.concat([sales, gifts], ignore_index=True)
        rows["county"] = rows["account"].map(counties["code"])
        found = tally(rows, self.keys, ["cash"], [["county"]])
        found["income_cny"] = yuan_column(found["cash"])
        return found.drop(columns="cash")
