"""Prices of the outside markets, as the journal states them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ecomarket.model.stated import FactCode

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames


def outside_prices(frames: Frames) -> pd.DataFrame:
    """Return date, key (cea, ccer, gec ...) and price in cash a lot, the last of each day."""
    facts = frames.facts_of(FactCode.OUTSIDE_PRICE_CASH)
    code = facts["account"].map(frames.participants["code"]).fillna("")
    of_account = code.str.rsplit(".", n=1).str[-1].str.lower()
    klass = facts["instrument"].map(frames.instruments["klass"]).fillna("")
    key = of_account.where(code.str.startswith("OUT."), facts["right"]).where(klass != "national", "ccer")
    table = pd.DataFrame({"date": facts["date"], "key": key, "price": facts["amount"]})
    return table.groupby(["key", "date"], as_index=False)[["price"]].last()
