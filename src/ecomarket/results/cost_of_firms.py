"""What each firm with a no-trade plan paid in a year, part by part, in cash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ecomarket.model.codes import FactCode, TransferCode
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

CHARGES = (int(TransferCode.FINE),)
KINDS = ("emission-permit", "carbon-allowance", "carbon-sink")
"""Kinds of right that permit and carbon duties are met with; what a firm trades else is another business."""
PARTS = ["no_trade", "abatement", "bought", "sold", "fees", "charges"]


def cost_of_firms(frames: Frames) -> pd.DataFrame:
    """Return account, sector, year and the parts of its cost in cash, one row a firm and year."""
    planned = frames.facts_of(FactCode.NO_TRADE_COST_CASH)
    kinds = frames.trades["instrument"].map(frames.instruments["kind"])
    trades, moved = frames.trades[kinds.isin(KINDS)], frames.transfers
    charged = moved[(moved["instrument"] == CASH) & moved["code"].isin(CHARGES)]
    parts = [
        _part(planned, "account", "amount", "no_trade"),
        _part(frames.facts_of(FactCode.ABATEMENT_COST_CASH), "account", "amount", "abatement"),
        _part(trades, "buyer", "value", "bought"),
        _part(trades, "seller", "value", "sold"),
        _part(trades, "buyer", "fee_buy", "fees"),
        _part(trades, "seller", "fee_sell", "fees"),
        _part(charged, "debit", "amount", "charges"),
    ]
    keys = ["account", "year"]
    rows = pd.concat(parts, ignore_index=True).reindex(columns=[*keys, *PARTS])
    firms = rows.fillna(0).astype("int64").groupby(keys, as_index=False).sum()
    planning = pd.MultiIndex.from_frame(planned[keys])
    firms = firms[pd.MultiIndex.from_frame(firms[keys]).isin(planning)].reset_index(drop=True)
    return firms.assign(sector=firms["account"].map(frames.participants["sector"]).fillna(""), firms=1)


def _part(table: pd.DataFrame, account: str, amount: str, name: str) -> pd.DataFrame:
    return pd.DataFrame({"account": table[account], "year": table["year"], name: table[amount]})
