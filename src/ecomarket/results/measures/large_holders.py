"""Reports of large holdings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.stated import FactCode
from ecomarket.results.measure import Measure
from ecomarket.results.tally import quantities, tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class LargeHolders(Measure):
    """How many accounts came to hold much of a right, how often, and the most that one held."""

    kind: ClassVar[str] = "large-holders"
    label_en: ClassVar[str] = "Large holders"
    label_zh: ClassVar[str] = "大户报告"
    unit: ClassVar[str] = "accounts; reports; the right's unit"
    reference: ClassVar[str] = (
        "Facts LARGE_HOLDING, which the exchange writes at the close of the day on which a holding has reached the "
        "venue's threshold. largest: the greatest holding of one instrument when it was reported."
    )
    keys: ClassVar[tuple[str, ...]] = ("right", "year")
    columns: ClassVar[tuple[str, ...]] = ("holders", "reports", "largest")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return holders, their reports and the largest holding reported."""
        rows = frames.facts_of(FactCode.LARGE_HOLDING)
        first = ~rows.duplicated(["right", "year", "account"])
        counted = tally(rows.assign(holders=first.astype("int64"), reports=1), self.keys, ["holders", "reports"])
        largest = rows.groupby(list(self.keys), as_index=False, sort=True)["amount"].max()
        counted["largest"] = quantities(frames, largest["right"], largest["amount"])
        return counted
