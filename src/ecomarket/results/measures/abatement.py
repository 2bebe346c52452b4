"""Abatement by pollutant, sector and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.stated import FactCode
from ecomarket.results.exact import ratio, yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.physical import pollution
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class Abatement(Measure):
    """What was abated and what it cost."""

    kind: ClassVar[str] = "abatement"
    label_en: ClassVar[str] = "Abatement"
    label_zh: ClassVar[str] = "减排"
    unit: ClassVar[str] = "t; CNY; CNY a tonne"
    reference: ClassVar[str] = (
        "Facts ABATEMENT_T_MILLI, ABATEMENT_CO2_T and ABATEMENT_COST_CASH, as the firms report them."
    )
    keys: ClassVar[tuple[str, ...]] = ("pollutant", "sector", "year")
    columns: ClassVar[tuple[str, ...]] = ("abated_t", "cost_cny", "mean_cost_cny_t")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return tonnes abated, their cost, and the mean cost of a tonne."""
        rows = pollution(frames, FactCode.ABATEMENT_T_MILLI, FactCode.ABATEMENT_CO2_T, FactCode.ABATEMENT_COST_CASH)
        found = tally(rows, self.keys, ["milli_t", "cash"], [["sector"]])
        found["abated_t"] = [int(n) / 1000 for n in found["milli_t"]]
        found["cost_cny"] = yuan_column(found["cash"])
        pairs = zip(found["cost_cny"], found["abated_t"], strict=True)
        found["mean_cost_cny_t"] = [ratio(float(c), t) for c, t in pairs]
        return found.drop(columns=["milli_t", "cash"])
