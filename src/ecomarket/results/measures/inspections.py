"""Inspections of reports, what they found, and the fines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ecomarket.model.stated import FactCode
from ecomarket.results.exact import yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames

LEFT_OUT = (FactCode.UNREPORTED_T_MILLI, FactCode.UNREPORTED_CO2_T)
CODES = (FactCode.INSPECTION, FactCode.FALSE_REPORT_CASH, *LEFT_OUT)


class Inspections(Measure):
    """How many reports were wrong, how many were looked at, and how many of the wrong ones were found."""

    kind: ClassVar[str] = "inspections"
    label_en: ClassVar[str] = "Inspections of reports"
    label_zh: ClassVar[str] = "排放报告检查"
    unit: ClassVar[str] = "firms; inspections; CNY"
    reference: ClassVar[str] = (
        "By the year that was reported on. misreporting: firms with a fact UNREPORTED_T_MILLI or UNREPORTED_CO2_T. "
        "inspections: facts INSPECTION, yearly verifications and spot checks. found: facts FALSE_REPORT_CASH, "
        "inspections that found something. fines_cny: what they charged, paid as far as the firm's cash went."
    )
    keys: ClassVar[tuple[str, ...]] = ("sector", "year")
    columns: ClassVar[tuple[str, ...]] = ("misreporting", "inspections", "found", "fines_cny")

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return firms that misreported, inspections, those that found something, and fines."""
        rows = frames.facts_of(*CODES)
        rows = rows.assign(sector=rows["account"].map(frames.participants["sector"]).fillna(""))
        hides = rows["code"].isin([int(c) for c in LEFT_OUT])
        once = ~rows[hides].duplicated(["account", "year"]).reindex(rows.index, fill_value=True)
        fined = rows["code"] == FactCode.FALSE_REPORT_CASH
        rows = rows.assign(
            misreporting=once.astype("int64"),
            inspections=(rows["code"] == FactCode.INSPECTION).astype("int64"),
            found=fined.astype("int64"),
            fines=rows["amount"].where(fined, 0),
        )
        found = tally(rows, self.keys, ["misreporting", "inspections", "found", "fines"], [["sector"]])
        found["fines_cny"] = yuan_column(found.pop("fines"))
        return found
