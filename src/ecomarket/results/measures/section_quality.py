"""Water quality at the sections that counties answer for, and what they treated."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from ecomarket.model.stated import FactCode
from ecomarket.results.exact import ratio
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally
from ecomarket.units import PPM

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames

TREATED: Final = {
    FactCode.TREATED_COD_KG: "treated_cod_kg",
    FactCode.TREATED_NH3N_KG: "treated_nh3n_kg",
    FactCode.TREATED_TP_KG: "treated_tp_kg",
}


class SectionQuality(Measure):
    """How clean the water was that each county passed on."""

    kind: ClassVar[str] = "section-quality"
    label_en: ClassVar[str] = "Water quality at sections"
    label_zh: ClassVar[str] = "断面水质"
    unit: ClassVar[str] = "samples; index (1: at the limits); kg"
    reference: ClassVar[str] = (
        "Facts SECTION_INDEX_PPM by the county above the section: samples of a section and month, those of an index of "
        "at most 1, the mean index; facts TREATED_..._KG, as the counties report them."
    )
    keys: ClassVar[tuple[str, ...]] = ("county", "year")
    columns: ClassVar[tuple[str, ...]] = (
        "samples",
        "good",
        "treated_cod_kg",
        "treated_nh3n_kg",
        "treated_tp_kg",
        "mean_index",
    )

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return samples, good samples, the mean index, and the kilograms treated, by county and year."""
        facts = frames.facts_of(FactCode.SECTION_INDEX_PPM, *TREATED)
        tested = facts["code"] == int(FactCode.SECTION_INDEX_PPM)
        rows = facts.assign(
            county=facts["account"].map(frames.participants["code"]),
            samples=tested.astype("int64"),
            good=(tested & (facts["amount"] <= PPM)).astype("int64"),
            ppm=facts["amount"].where(tested, 0),
        )
        for code, column in TREATED.items():
            rows[column] = rows["amount"].where(rows["code"] == int(code), 0)
        found = tally(rows, self.keys, ["samples", "good", "ppm", *TREATED.values()], [["county"]])
        found["mean_index"] = [ratio(p, n * PPM) for p, n in zip(found["ppm"], found["samples"], strict=True)]
        return found.drop(columns="ppm")
