"""Every change of a posted balance as a signed row, by the rules of model.record, and balances over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ecomarket.model.codes import AccountKind
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

COLUMNS = ["seq", "t", "date", "year", "month", "account", "instrument", "amount", "flow", "code"]
FLOW_TRANSFER, FLOW_TRADE, FLOW_FEE = "transfer", "trade", "fee"


def postings(frames: Frames) -> pd.DataFrame:
    """Return one row a change: account, instrument, signed amount (lots or cash), flow, code of the record.

    The sum over all accounts is zero for every record and instrument.
    """
    moved, traded = frames.transfers, frames.trades
    legs = [
        _leg(moved, moved["debit"], moved["instrument"], -moved["amount"], FLOW_TRANSFER, "code"),
        _leg(moved, moved["credit"], moved["instrument"], moved["amount"], FLOW_TRANSFER, "code"),
        _leg(traded, traded["buyer"], traded["instrument"], traded["lots"], FLOW_TRADE),
        _leg(traded, traded["seller"], traded["instrument"], -traded["lots"], FLOW_TRADE),
        _leg(traded, traded["buyer"], CASH, -traded["value"], FLOW_TRADE),
        _leg(traded, traded["seller"], CASH, traded["value"], FLOW_TRADE),
        _leg(traded, traded["buyer"], CASH, -traded["fee_buy"], FLOW_FEE),
        _leg(traded, traded["seller"], CASH, -traded["fee_sell"], FLOW_FEE),
        _leg(traded, int(AccountKind.FEE), CASH, traded["fee_buy"] + traded["fee_sell"], FLOW_FEE),
    ]
    table = pd.concat(legs, ignore_index=True)
    return table[table["amount"] != 0].sort_values(["seq", "flow"], kind="stable").reset_index(drop=True)


def _leg(
    table: pd.DataFrame,
    account: pd.Series[int] | int,
    instrument: pd.Series[int] | int,
    amount: pd.Series[int],
    flow: str,
    code: str = "mechanism",
) -> pd.DataFrame:
    said = table.assign(account=account, instrument=instrument, amount=amount, flow=flow, code=table[code])
    return pd.DataFrame(said[COLUMNS])


def balance_by_month(frames: Frames, account: int) -> pd.DataFrame:
    """Return an account's posted balances at the end of each month in which one changed, by instrument."""
    table = frames.postings
    own = table[table["account"] == account]
    monthly = own.groupby(["instrument", "year", "month"], as_index=False)[["amount"]].sum()
    monthly["balance"] = monthly.groupby("instrument")["amount"].cumsum()
    first = pd.to_datetime(dict(year=monthly["year"], month=monthly["month"], day=1))  # noqa: C408  (pandas' own idiom)
    return monthly.assign(date=first + pd.offsets.MonthEnd(0))
