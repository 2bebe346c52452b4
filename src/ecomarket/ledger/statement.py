"""Statements of an account or a zone: for each year and instrument, how the opening balance became the closing one."""

from __future__ import annotations

from collections import Counter, defaultdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.errors import IntegrityError
from ecomarket.ledger.effects import effects
from ecomarket.ledger.faults import unfound
from ecomarket.ledger.query import open_ledger
from ecomarket.model.codes import SINK_ACCOUNTS, AccountKind, RecordKind, TransferCode
from ecomarket.model.entities import basins_of
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ecomarket.ledger.query import Ledger

ISSUED, BOUGHT, SOLD, RETIRED, RECEIVED, GIVEN = range(6)
_ISSUES = (TransferCode.OPENING, TransferCode.ISSUE, TransferCode.ALLOCATION)


class Line(NamedTuple):
    """One year of one instrument, in lots or cash units.

    opening + issued + bought - sold - retired + received - given = closing. `issued` is what came from the issuance
    account, as opening balance or as allocation; `bought` and `sold` are the sides of trades (for cash: money in and
    out of trades, fees included); `retired` went to a sink; `received` and `given` are all other transfers,
    a reversed retirement among them.
    """

    year: int
    instrument: int
    code: str
    opening: int
    issued: int
    bought: int
    sold: int
    retired: int
    received: int
    given: int
    closing: int


def statement(path: str | Path, account: str) -> list[Line]:
    """Return the statement of the account with this code, by year and instrument.

    Raises RunError if there is no such account, IntegrityError if the last closing is not the stored balance.
    """
    with open_ledger(path) as ledger:
        return statement_of(ledger, [ledger.account(account)], account)


def zone_statement(path: str | Path, zone: str) -> list[Line]:
    """Return the statement of all participants of a zone together, by year and instrument.

    Trades among them count as bought and as sold. Raises RunError if there is no such zone, IntegrityError as above.
    """
    with open_ledger(path) as ledger:
        return statement_of(ledger, accounts_in(ledger, zone), zone)


def accounts_in(ledger: Ledger, zone: str) -> list[int]:
    """Return the accounts of participants in a zone, in zones below it, or in zones of the basin it is.

    A zone that drains into two basins (HS;YM) counts in each. Raises RunError with the nearest codes if it is unknown.
    """
    zones = {z["code"]: z for z in ledger.started.get("zones", ())}
    if zone not in zones:
        parties = [a.code for a in ledger.accounts.values()]
        raise unfound("zone", zone, get_close_matches(zone, [*zones, *parties], n=3))
    inside = {zone} | {code for code, z in zones.items() if zone in basins_of(str(z.get("basin", "")))}
    for _ in zones:
        inside |= {code for code, z in zones.items() if z.get("parent") in inside}
    return [a.account for a in ledger.accounts.values() if a.kind != "system" and a.zone in inside]


def statement_of(ledger: Ledger, accounts: Sequence[int], name: str) -> list[Line]:
    """Return the joint statement of accounts. Raises IntegrityError if it does not end in the stored balances."""
    lines = _lines(ledger, _flows(ledger, accounts))
    stored: Counter[int] = Counter()
    for account, instrument, posted, _ in ledger.table("balance")[1]:
        stored[instrument] += posted if account in accounts else 0
    last = {line.instrument: line.closing for line in lines}
    wrong = [i for i in sorted({*stored, *last}) if stored[i] != last.get(i, 0)]
    if wrong:
        raise IntegrityError(f"{name}: the balance of instruments {wrong} is not what the journal says")
    return lines


def _flows(ledger: Ledger, accounts: Sequence[int]) -> dict[tuple[int, int], NDArray[np.int64]]:
    """Return for each (year, instrument) the six sums of what came and went."""
    flows: dict[tuple[int, int], NDArray[np.int64]] = defaultdict(lambda: np.zeros(6, dtype=np.int64))
    start = np.datetime64(ledger.start)
    records = ledger.load().records
    party = np.isin(records["account"], accounts) | np.isin(records["counter"], accounts)
    mine = records.take(np.flatnonzero(party | (AccountKind.FEE in accounts)))
    moved = effects(mine)
    own = np.flatnonzero(np.isin(moved.account, accounts) & (moved.posted != 0))
    of = mine.take(moved.row[own])
    year = (start + (of["t"] // DAY).astype("timedelta64[D]")).astype("datetime64[Y]").astype(np.int64) + 1970
    column = _columns(of, moved.posted[own], moved.account[own])
    entries = zip(
        year.tolist(), moved.instrument[own].tolist(), column.tolist(), moved.posted[own].tolist(), strict=True
    )
    for y, instrument, c, amount in entries:
        flows[y, instrument][c] += amount
    return flows


def _columns(records: NDArray[np.void], posted: NDArray[np.int64], who: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which of the six sums each change of a posted balance belongs to."""
    party = (records["account"] == who) | (records["counter"] == who)
    trade = (records["kind"] == RecordKind.TRADE) & party
    transfer = records["kind"] == RecordKind.TRANSFER
    issued = transfer & (np.isin(records["code"], _ISSUES) | (records["account"] == AccountKind.ISSUANCE))
    column = np.where(posted > 0, RECEIVED, GIVEN)
    column[np.isin(records["counter"], SINK_ACCOUNTS) & (posted < 0)] = RETIRED
    column[issued & (posted > 0)] = ISSUED
    column[trade] = np.where(posted > 0, BOUGHT, SOLD)[trade]
    return column


def _lines(ledger: Ledger, flows: dict[tuple[int, int], NDArray[np.int64]]) -> list[Line]:
    lines: list[Line] = []
    years = range(ledger.start.year, ledger.day(ledger.t).year + 1)
    for instrument in sorted({i for _, i in flows}):
        opening = 0
        for year in years:
            change = flows.get((year, instrument), np.zeros(6, dtype=np.int64))
            closing = opening + int(change.sum())
            if opening or change.any():
                code = ledger.instruments[instrument].code if instrument in ledger.instruments else str(instrument)
                issued, bought, sold, retired, received, given = np.abs(change).tolist()
                lines.append(
                    Line(year, instrument, code, opening, issued, bought, sold, retired, received, given, closing)
                )
            opening = closing
    return sorted(lines)
