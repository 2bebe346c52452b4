"""Emissions by pollutant, sector and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.codes import FactCode
from ecomarket.results.measure import Measure
from ecomarket.results.physical import pollution
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames


class Emissions(Measure):
    """What was emitted."""

    kind: ClassVar[str] = "emissions"
    label_en: ClassVar[str] = "Emissions"
    label_zh: ClassVar[str] = "排放"
    unit: ClassVar[str] = "t"
    reference: ClassVar[str] = "Facts EMISSION_T_MILLI and EMISSION_CO2_T, as the firms report them."
    keys: ClassVar[tuple[str, ...]] = ("pollutant", "sector", "year")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return tonnes emitted."""
        rows = pollution(frames, FactCode.EMISSION_T_MILLI, FactCode.EMISSION_CO2_T)
        found = tally(rows, self.keys, ["milli_t"], [["sector"]])
        found["emitted_t"] = [int(n) / 1000 for n in found["milli_t"]]
        return found.drop(columns="milli_t")
