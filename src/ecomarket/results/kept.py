"""Carbon allowances that firms keep for later years, and what they would keep if they never traded, in cash.

Without them a firm that buys cheap credits to keep its allowances would seem to have spent its money for nothing, and
one that sells what it may keep to have been given it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from ecomarket.model.codes import TransferCode
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.results.postings import FLOW_TRANSFER

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

GIVEN: Final = tuple(map(int, (TransferCode.ALLOCATION, TransferCode.OPENING)))


def allowances_kept(frames: Frames) -> pd.DataFrame:
    """Return account, year, and what the year adds to `kept` and to `alone`, cash, of firms with a no-trade plan.

    kept    what the firm holds, less what was given to it for years not yet assessed
    alone   what was given for the years of an assessment and is more than the firm would have emitted without cutting,
            where nobody's allowances of those years have lapsed

    At the mean price of the right's last day with trades in the year, nothing in a year without one; until the last
    year whose plan is stated.
    """
    plans = frames.facts_of(FactCode.NO_TRADE_COST_CASH)
    listed = frames.instruments[frames.instruments["kind"] == "carbon-allowance"]
    firms = pd.Index(plans["account"].unique(), name="account")
    own = frames.postings[frames.postings["account"].isin(firms) & frames.postings["instrument"].isin(listed.index)]
    rows = [pd.DataFrame({"account": [], "year": [], "kept": [], "alone": []}, dtype="int64")]
    for _, market in listed.groupby("right"):
        before: pd.DataFrame | float = 0.0
        for year in (y for y in frames.years if len(plans) and y <= plans["year"].max()):
            stock = _stock(frames, own[own["instrument"].isin(market.index)], market["vintage"], year)
            stock = stock.reindex(firms).fillna(0)
            worth = ((stock - before) * _price(frames, str(market["right"].iloc[0]), year)).round().astype("int64")
            rows.append(worth.reset_index().assign(year=year))
            before = stock
    return pd.concat(rows, ignore_index=True)


def _stock(frames: Frames, own: pd.DataFrame, vintages: pd.Series[int], year: int) -> pd.DataFrame:
    """Return lots kept by account at the end of a year, with trade and without."""
    moved = own[own["year"] <= year]
    given = moved[(moved["flow"] == FLOW_TRANSFER) & moved["code"].isin(GIVEN)]
    vintage = given["instrument"].map(vintages)
    given = given.assign(period=vintage.where(vintage > 0, given["year"]).astype("int64"), given=given["amount"])
    given = given.groupby(["account", "instrument", "period"], as_index=False)[["given"]].sum()
    table = pd.merge_asof(
        given.sort_values("period"), _assessed(frames, year).sort_values("until"),
        left_on="period", right_on="until", by="account", direction="forward",
    )  # fmt: skip
    judged = table.dropna(subset=["until"]).groupby(["account", "until"], as_index=False)
    whole = judged.agg(instrument=("instrument", "max"), given=("given", "sum"), emitted=("emitted", "first"))
    gone = frames.transfers[frames.transfers["year"] <= year]
    lapsed = set(gone.loc[gone["code"] == int(TransferCode.EXPIRE), "instrument"])
    over = (whole["given"] - whole["emitted"]).clip(lower=0).where(~whole["instrument"].isin(lapsed), 0)
    found = pd.DataFrame({"kept": moved.groupby("account")["amount"].sum()})
    later = table[table["until"].isna()].groupby("account")["given"].sum()
    found["kept"] -= later.reindex(found.index).fillna(0)
    return found.assign(alone=over.groupby(whole["account"]).sum().reindex(found.index))


def _assessed(frames: Frames, year: int) -> pd.DataFrame:
    """Return account, last year and lots that would have been owed had nothing been cut, of assessments until a year.

    An assessment is of all years since the one before it.
    """
    duties = frames.obligations
    own = duties[(duties["scheme"] == int(Scheme.CARBON)) & (duties["date"].dt.year <= year)]
    cut = frames.facts_of(FactCode.ABATEMENT_CO2_T).groupby(["account", "year"])["amount"].sum().rename("cut")
    table = own.groupby(["account", "year"], as_index=False)[["required"]].sum()
    table = table.merge(cut, left_on=["account", "year"], right_index=True, how="left")
    emitted = table["required"] + table["cut"].fillna(0)
    return pd.DataFrame({"account": table["account"], "until": table["year"].astype("int64"), "emitted": emitted})


def _price(frames: Frames, right: str, year: int) -> float:
    """Return the mean price of a right's last day with trades in a year, cash a lot; 0 without one."""
    own = frames.trades[(frames.trades["right"] == right) & (frames.trades["year"] == year)]
    last = own[own["date"] == own["date"].max()]
    return float(last["value"].sum() / last["lots"].sum()) if len(last) else 0.0
