"""The cut that firms made, had it been made at least cost: for worlds whose firms are told by facts alone.

Such a world has no benchmark (chance, works and rules without a place in it), but its menus are known, and what each
firm would have emitted and what it cut are facts of the journal. The same tonnes, cut in the same market and year where
they are cheapest, are what trade in that market could at best have led to.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ecomarket.agents.abatement import Engineering, own_menu
from ecomarket.model.codes import TransferCode
from ecomarket.model.stated import FactCode
from ecomarket.results.exact import plain, ratio
from ecomarket.results.physical import CO2, pollution
from ecomarket.rights.carbon_allowance import is_covered
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from ecomarket.agents.abatement import Menu
    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario

    Floats = NDArray[np.float64]

CUTS: Final = (FactCode.ABATEMENT_T_MILLI, FactCode.ABATEMENT_CO2_T)
GROSS: Final = (*CUTS, FactCode.EMISSION_T_MILLI, FactCode.EMISSION_CO2_T)
FEN: Final = Decimal("0.01")
_STEPS: Final = 100
"""Halvings of the interval of prices: the last bit of a float is reached before."""


def same_cut(scenario: Scenario, frames: Frames) -> tuple[Mapping[str, Any], ...]:
    """Return rows by pollutant and year: firms, t cut, its cost and the least cost of as much, and their ratio.

    Markets are those of an instrument: permits of a zone and class; allowances as a whole, among firms that are covered
    then. Who built works is left out, for works are not on the menu; `built` counts them.
    """
    members = {m.code: m for key, g in scenario.config.participants.items() for m in g.members(key)}
    found = []
    sums = _sums(frames)
    for pollutant, year in sorted(set(zip(sums["pollutant"], sums["year"].astype(int), strict=True))):
        everybody = sums[(sums["pollutant"] == pollutant) & (sums["year"] == year)]
        named = everybody[everybody["firm"].isin(members)]
        under = [pollutant != CO2 or is_covered(members[code].facts, year) for code in named["firm"]]
        rows = named[under]
        plan = rows[~rows["built"]]
        menus = {code: own_menu(members[code], pollutant) for code in plan["firm"]}
        cost = float(plan["cash"].sum()) / CASH_PER_YUAN
        least = sum((_least(menus, part) for _, part in plan.groupby("market")), 0.0)
        if plan["cut_t"].sum() > 0:
            numbers = {
                "firms": len(plan), "built": int(rows["built"].sum()), "cut_t": round(float(plan["cut_t"].sum()), 3),
                "cost_cny": Decimal(cost).quantize(FEN), "least_cny": Decimal(least).quantize(FEN),
                "share": ratio(min(least, cost), cost) if least > 0 else None,
            }  # fmt: skip
            found.append({"pollutant": pollutant, "year": year, **{k: plain(v) for k, v in numbers.items()}})
    return tuple(found)


def _sums(frames: Frames) -> pd.DataFrame:
    """Return for each firm that has a market its gross emission and cut, t, and the cost of the cut, by year."""
    facts = pollution(frames, *GROSS, FactCode.ABATEMENT_COST_CASH)
    carbon = facts["pollutant"] == CO2
    named = facts["pollutant"].isin(frames.rights_of_kind("emission-permit"))
    cut = facts["milli_t"].where(facts["code"].isin([int(c) for c in CUTS]), 0)
    facts = facts.assign(
        cut_t=cut / 1000, gross_t=facts["milli_t"] / 1000, market=facts["instrument"].where(~carbon, 0)
    )[carbon | named]
    sums = facts.groupby(["pollutant", "year", "market", "account"], as_index=False)[["gross_t", "cut_t", "cash"]].sum()
    moved = frames.transfers
    builders = set(moved.loc[moved["code"] == TransferCode.INVESTMENT, "debit"])
    people = frames.participants
    firms = sums["account"].map(people["code"])
    enterprise = sums["account"].map(people["kind"]) == "enterprise"
    return sums.assign(firm=firms, built=sums["account"].isin(builders))[enterprise]


def _least(menus: Mapping[str, Menu], part: pd.DataFrame) -> float:
    """Return the least cost, CNY, of what the firms of one market cut in a year."""
    share, c0, c1, c2 = (np.array([menus[code][k] for code in part["firm"]], dtype=np.float64) for k in range(4))
    return least_cost(Engineering(c0, c1, c2, share * part["gross_t"].to_numpy()), float(part["cut_t"].sum()))


def least_cost(curves: Engineering, total_t: float) -> float:
    """Return the least cost of cutting so much along these curves, CNY; all they can cut if that is less.

    >>> two = Engineering(np.zeros(2), np.array([100.0, 300.0]), np.zeros(2), np.array([10.0, 10.0]))
    >>> round(least_cost(two, 8.0), 6)  # 6 t and 2 t, each at 60 CNY/t for the last
    240.0
    """
    able = curves.maximum_t > 0
    ends = np.concatenate([curves.marginal(0.0)[able], curves.marginal(curves.maximum_t)[able]])
    if not len(ends):
        return 0.0
    low, high = float(ends.min()) - 1.0, float(ends.max())
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if curves.abated(middle).sum() < total_t else (low, middle)
    before = curves.abated(low)
    rest = max(min(total_t, float(curves.maximum_t.sum())) - float(before.sum()), 0.0)
    return float(curves.cost(before).sum()) + rest * high
