"""Refused orders by reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.coded import slugs
from ecomarket.model.codes import Refusal
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class Refusals(Measure):
    """Why orders were refused."""

    kind: ClassVar[str] = "refusals"
    label_en: ClassVar[str] = "Refused orders"
    label_zh: ClassVar[str] = "被拒委托"
    unit: ClassVar[str] = "orders"
    reference: ClassVar[str] = "ORDER_REFUSED records by their refusal code."
    keys: ClassVar[tuple[str, ...]] = ("refusal", "right", "year")
    columns: ClassVar[tuple[str, ...]] = ("orders",)

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return how many orders were refused."""
        rows = frames.refusals
        names = slugs(Refusal)
        rows = rows.assign(refusal=rows["refusal"].map(names), orders=1)
        return tally(rows, self.keys, ["orders"], [["right"]])
