"""Price of green certificates by age and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.results.exact import price_yuan
from ecomarket.results.measure import Measure
from ecomarket.results.tally import quantities, tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class CertificatePrice(Measure):
    """What a certificate costs as it grows old."""

    kind: ClassVar[str] = "certificate-price"
    label_en: ClassVar[str] = "Certificate price by age"
    label_zh: ClassVar[str] = "绿证价格与票龄"
    unit: ClassVar[str] = "CNY a certificate"
    reference: ClassVar[str] = (
        "TRADE records of green certificates; age: months from the month of production to the trade."
    )
    keys: ClassVar[tuple[str, ...]] = ("right", "age_months", "year")
    columns: ClassVar[tuple[str, ...]] = ("vwap", "quantity")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return the volume-weighted mean price and the quantity."""
        trades = frames.trades[frames.trades["right"].isin(frames.rights_of_kind("green-certificate"))]
        vintage = trades["instrument"].map(frames.instruments["vintage"]).astype("int64")
        age = trades["date"].dt.year * 12 + trades["month"] - (vintage // 100 * 12 + vintage % 100)
        found = tally(trades.assign(age_months=age), self.keys, ["lots", "value"])
        vwap = found["value"] / found["lots"]
        found["vwap"] = [price_yuan(p, frames.lot(r)) for p, r in zip(vwap, found["right"], strict=True)]
        found["quantity"] = quantities(frames, found["right"], found["lots"])
        return found.drop(columns=["lots", "value"])
