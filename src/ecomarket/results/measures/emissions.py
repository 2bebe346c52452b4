"""Emissions by pollutant, sector and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.stated import FactCode
from ecomarket.results.measure import Measure
from ecomarket.results.physical import pollution
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames

LEFT_OUT = (FactCode.UNREPORTED_T_MILLI, FactCode.UNREPORTED_CO2_T)


class Emissions(Measure):
    """What was emitted."""

    kind: ClassVar[str] = "emissions"
    label_en: ClassVar[str] = "Emissions"
    label_zh: ClassVar[str] = "排放"
    unit: ClassVar[str] = "t"
    reference: ClassVar[str] = (
        "emitted_t: facts EMISSION_T_MILLI and EMISSION_CO2_T, as the firms report them, with what inspections have "
        "found, + facts UNREPORTED_T_MILLI and UNREPORTED_CO2_T, what their meters show beyond that. unreported_t: the "
        "latter alone. Compliance is judged on what is reported."
    )
    keys: ClassVar[tuple[str, ...]] = ("pollutant", "sector", "year")
    columns: ClassVar[tuple[str, ...]] = ("emitted_t", "unreported_t")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return tonnes emitted, and those of them that stand in no report."""
        rows = pollution(frames, FactCode.EMISSION_T_MILLI, FactCode.EMISSION_CO2_T, *LEFT_OUT)
        rows["hidden"] = rows["milli_t"].where(rows["code"].isin([int(c) for c in LEFT_OUT]), 0)
        found = tally(rows, self.keys, ["milli_t", "hidden"], [["sector"]])
        found["emitted_t"] = [int(n) / 1000 for n in found["milli_t"]]
        found["unreported_t"] = [int(n) / 1000 for n in found["hidden"]]
        return found.drop(columns=["milli_t", "hidden"])
