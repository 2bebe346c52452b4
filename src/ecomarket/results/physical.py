"""Facts about tonnes by pollutant and sector, in one unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.model.stated import FactCode

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.results.frames import Frames

CO2 = "co2"
IN_TONNES = (FactCode.EMISSION_CO2_T, FactCode.ABATEMENT_CO2_T, FactCode.UNREPORTED_CO2_T)


def pollution(frames: Frames, *codes: FactCode) -> pd.DataFrame:
    """Return facts with pollutant, sector, milli_t and cash; a pollutant is its permit's right, or "co2"."""
    facts = frames.facts_of(*codes)
    carbon = facts["code"].isin([int(c) for c in IN_TONNES]) | facts["right"].isin(
        frames.rights_of_kind("carbon-allowance")
    )
    pollutant = facts["right"].where(facts["right"] != "", "unnamed").where(~carbon, CO2)
    is_cost = facts["code"] == FactCode.ABATEMENT_COST_CASH
    tonnes = np.where(facts["code"].isin([int(c) for c in IN_TONNES]), facts["amount"] * 1000, facts["amount"])
    return facts.assign(
        pollutant=pollutant,
        sector=facts["account"].map(frames.participants["sector"]).fillna(""),
        milli_t=np.where(is_cost, 0, tonnes),
        cash=np.where(is_cost, facts["amount"], 0),
    )
