"""Sink credits bought, by the buyer's province or group and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.codes import Mechanism
from ecomarket.results.exact import ratio, yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.sinks import county_sales, reference_price
from ecomarket.results.tally import quantities, tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class SinkPurchases(Measure):
    """Who bought Qinghai's sinks, at what premium, and how much of it in a priority window."""

    kind: ClassVar[str] = "sink-purchases"
    label_en: ClassVar[str] = "Sink purchases"
    label_zh: ClassVar[str] = "林草碳汇购买"
    unit: ClassVar[str] = "t; CNY; CNY a tonne"
    reference: ClassVar[str] = (
        "First sales: TRADE records in which a county sells a sink credit. premium: price paid / mean outside CCER "
        "price of the 20 last published days, less 1, weighted by quantity. window_share: share bought by one-way "
        "auction, which is how priority windows sell (MARKETS.md 4.4); the rest is the open market and agreements."
    )
    keys: ClassVar[tuple[str, ...]] = ("buyer", "year")
    columns: ClassVar[tuple[str, ...]] = (
        "trades",
        "quantity_t",
        "paid_cny",
        "mean_price_cny_t",
        "premium",
        "window_share",
    )

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return quantity, money paid, mean price, premium over the reference, and the share bought in windows."""
        trades = county_sales(frames)
        party = trades["buyer"].map(frames.participants["code"])
        kind = trades["buyer"].map(frames.participants["kind"]).fillna("")
        reference = reference_price(frames, "ccer", trades["date"])
        trades = trades.assign(
            buyer=party.where(kind == "support-province", kind),
            window=trades["lots"].where(trades["mechanism"] == int(Mechanism.ONE_WAY_AUCTION), 0),
            priced=trades["value"].where(reference > 0, 0),
            at_reference=(reference.fillna(0) * trades["lots"]).round().astype("int64"),
            trades=1,
        )
        sums = ["trades", "lots", "value", "window", "priced", "at_reference"]
        found = tally(trades, ["right", *self.keys], sums, [["buyer"]])
        found["quantity_t"] = quantities(frames, found["right"], found["lots"])
        found["paid_cny"] = yuan_column(found["value"])
        paid = zip(found["paid_cny"], found["quantity_t"], strict=True)
        found["mean_price_cny_t"] = [ratio(float(c), float(t)) for c, t in paid]
        priced = zip(found["priced"], found["at_reference"], strict=True)
        found["premium"] = [ratio(p, r) - 1 for p, r in priced]
        found["window_share"] = found["window"] / found["lots"]
        return found.drop(columns=["right", "lots", "value", "window", "priced", "at_reference"])
