"""Compliance by scheme, sector and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.model.coded import slug, slugs
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.results.exact import ratio, yuan_column
from ecomarket.results.measure import Measure
from ecomarket.results.tally import tally

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames


class Compliance(Measure):
    """How many parties met their duties, and what was missing."""

    kind: ClassVar[str] = "compliance"
    label_en: ClassVar[str] = "Compliance"
    label_zh: ClassVar[str] = "履约"
    unit: ClassVar[str] = "duties; the scheme's own unit; CNY"
    reference: ClassVar[str] = (
        "OBLIGATION records. rate: duties without shortfall / duties assessed. met_share: amount met, at most what "
        "was required, / amount required. charge_cny: what the assessments charged. late: surrenders settled after "
        "their deadline (facts LATE_SETTLED)."
    )
    keys: ClassVar[tuple[str, ...]] = ("scheme", "sector", "year")
    columns: ClassVar[tuple[str, ...]] = (
        "assessed",
        "compliant",
        "required",
        "met",
        "shortfall",
        "late",
        "rate",
        "met_share",
        "charge_cny",
    )

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return duties assessed and met, their rate, amounts required, met and missing, charges, late surrenders."""
        duties = frames.obligations
        duties = duties.assign(
            scheme=duties["scheme"].map(slugs(Scheme)),
            sector=_sector(frames, duties["account"]),
            assessed=1,
            compliant=(duties["shortfall"] == 0).astype("int64"),
        )
        sums = ["assessed", "compliant", "required", "met", "shortfall", "charge", "late"]
        rows = pd.concat([duties, _late(frames)], ignore_index=True).reindex(columns=[*self.keys, *sums])
        rows[sums] = rows[sums].fillna(0).astype("int64")
        found = tally(rows, self.keys, sums, [["sector"]])
        found["rate"] = found["compliant"] / found["assessed"]
        covered = found["required"] - found["shortfall"]
        found["met_share"] = [ratio(m, r) for m, r in zip(covered, found["required"], strict=True)]
        found["charge_cny"] = yuan_column(found["charge"])
        return found.drop(columns="charge")


def _late(frames: Frames) -> pd.DataFrame:
    """Return late surrenders; a fact's period is the year of the deadline, the duty's that of the emission."""
    facts = frames.facts_of(FactCode.LATE_SETTLED)
    return pd.DataFrame(
        {
            "scheme": slug(Scheme.CARBON),
            "sector": _sector(frames, facts["account"]),
            "year": facts["year"] - 1,
            "late": facts["amount"],
        }
    )


def _sector(frames: Frames, account: pd.Series[int]) -> pd.Series[str]:
    """Return the sector of each account, or its kind where it has none."""
    sector = account.map(frames.participants["sector"]).fillna("")
    return sector.where(sector != "", account.map(frames.participants["kind"]).fillna(""))
