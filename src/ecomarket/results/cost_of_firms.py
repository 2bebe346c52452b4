"""What each firm with a no-trade plan paid in a year for permits, carbon and tax, part by part, in cash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ecomarket.model.codes import TransferCode
from ecomarket.model.stated import FactCode, Scheme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.results.frames import Frames

PERMIT_YEARS = 5
"""Years over which the price of a permit is spread: a discharge licence runs five (排污许可管理条例 art. 14)."""
PARTS = ["no_trade", "abatement", "permits", "carbon", "fees", "charges", "tax"]
KEYS = ["account", "year"]


def cost_of_firms(frames: Frames) -> pd.DataFrame:
    """Return account, sector, year and the parts of its cost in cash, one row a firm and year.

    `permits` is a fifth of what the firm paid less what it earned for permits in this and the four years before;
    `carbon` what it paid less what it earned for allowances and sink credits in the year.
    """
    firms = cost_of_parties(frames)
    planning = pd.MultiIndex.from_frame(frames.facts_of(FactCode.NO_TRADE_COST_CASH)[KEYS])
    firms = firms[pd.MultiIndex.from_frame(firms[KEYS]).isin(planning)].reset_index(drop=True)
    return firms.assign(sector=firms["account"].map(frames.participants["sector"]).fillna(""), firms=1)


def cost_of_parties(frames: Frames, lives: Mapping[str, int] | None = None) -> pd.DataFrame:
    """Return the same parts for every account that has one of them, also of years whose plan is not yet stated.

    `lives` are the years over which a permit's price is spread, by right; PERMIT_YEARS for those not named.
    """
    planned = frames.facts_of(FactCode.NO_TRADE_COST_CASH)
    duties = frames.obligations
    judged = duties[duties["scheme"].isin([int(Scheme.CARBON), int(Scheme.PERMIT)])]
    permits = _trades(frames, "emission-permit")
    carbon = _trades(frames, "carbon-allowance", "carbon-sink")
    taxed = frames.transfers[frames.transfers["code"] == TransferCode.ENVIRONMENTAL_TAX]
    parts = [
        _part(planned, "account", "amount", "no_trade"),
        _part(frames.facts_of(FactCode.ABATEMENT_COST_CASH), "account", "amount", "abatement"),
        *_permits(permits, frames.years, lives or {}),
        _net(carbon, "carbon"),
        *(_part(t, side, fee, "fees") for t in (permits, carbon) for side, fee in _FEES),
        _part(judged.assign(year=judged["date"].dt.year), "account", "charge", "charges"),
        _part(taxed, "debit", "amount", "tax"),
    ]
    rows = pd.concat(parts, ignore_index=True).reindex(columns=[*KEYS, *PARTS])
    found: pd.DataFrame = rows.fillna(0).astype("int64").groupby(KEYS, as_index=False).sum()
    return found


def _permits(trades: pd.DataFrame, years: list[int], lives: Mapping[str, int]) -> list[pd.DataFrame]:
    """Return what each account paid for permits, rights of one life together."""
    life = trades["right"].map(lambda right: lives.get(right, PERMIT_YEARS))
    spans = sorted(set(life)) or [PERMIT_YEARS]
    return [_spread(_net(trades[life == span], "permits"), years, span) for span in spans]


_FEES = (("buyer", "fee_buy"), ("seller", "fee_sell"))


def _trades(frames: Frames, *kinds: str) -> pd.DataFrame:
    rights = [r for kind in kinds for r in frames.rights_of_kind(kind)]
    return pd.DataFrame(frames.trades[frames.trades["right"].isin(rights)])


def _part(table: pd.DataFrame, account: str, amount: str, name: str) -> pd.DataFrame:
    return pd.DataFrame({"account": table[account], "year": table["year"], name: table[amount]})


def _net(trades: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return what each account paid less what it earned, by year."""
    bought = _part(trades, "buyer", "value", name)
    sold = _part(trades.assign(value=-trades["value"]), "seller", "value", name)
    return pd.concat([bought, sold], ignore_index=True).groupby(KEYS, as_index=False)[[name]].sum()


def _spread(paid: pd.DataFrame, years: list[int], life: int) -> pd.DataFrame:
    """Spread each year's amount over the life of a permit, as far as the run goes; whole cash units."""
    share = paid["permits"] // life
    later = [paid.assign(permits=share, year=paid["year"] + n) for n in range(life)]
    whole = pd.concat(later, ignore_index=True)
    return pd.DataFrame(whole[whole["year"].isin(years)])
