"""What each party did, and what became of the rights, read from the journal."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.stated import FactCode
from ecomarket.results.efficiency.markets import right_of
from ecomarket.results.postings import FLOW_TRANSFER
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ecomarket.model.benchmark import Benchmark, Path
    from ecomarket.results.frames import Frames

MILLI: Final = 1000
STATED: Final = ("code", "account", "right", "year", "amount")
USED: Final = (TransferCode.SURRENDER, TransferCode.EXPIRE, TransferCode.CONSUME, TransferCode.RETIRE)
GIVEN: Final = (TransferCode.ISSUE, TransferCode.ALLOCATION, TransferCode.OPENING)


class Deeds:
    """The deeds of a run; `every` is the length of a period (day, month) by right, a year for those not named."""

    def __init__(self, frames: Frames, problem: Benchmark, every: Mapping[str, str]) -> None:
        self.frames, self.problem, self.every = frames, problem, every
        people = frames.participants
        self._accounts = dict(zip(people["code"], people.index, strict=True))

    def account(self, party: str) -> int:
        """Return a party's account."""
        return int(self._accounts[party.partition("/")[0]])

    def lot(self, pool: str) -> float:
        """Return the size of a lot in a pool."""
        return float(self.frames.lot(right_of(pool)))

    def stated(self, code: FactCode, party: str) -> dict[int, int]:
        """Return the sum of a party's facts of one code by year; years of which nothing is stated are left out."""
        return self._stated[int(code)].get(party, {})

    def traded(self, party: str, pool: str, *, makes: bool) -> dict[int, list[float]]:
        """Return by year, for each period in it, what came to a party in a pool, or what it made: gave away.

        What was used up does not count, nor what a maker was given to sell.
        """
        rows = self._moves[(self._moves["account"] == self.account(party)) & (self._moves["pool"] == pool)]
        left_out = [*USED, *GIVEN] if makes else USED
        rows = rows[~((rows["flow"] == FLOW_TRANSFER) & rows["code"].isin([int(c) for c in left_out]))]
        length = self.every.get(right_of(pool), "year")
        period = {"day": rows["date"], "month": rows["month"], "year": rows["year"]}[length]
        sums = rows.assign(period=period).groupby(["year", "period"], as_index=False)["units"].sum()
        found: dict[int, list[float]] = defaultdict(list)
        for year, amount in zip(sums["year"], sums["units"], strict=True):
            found[int(year)].append(max(float(-amount if makes else amount), 0.0))
        return found

    def given(self, pool: str) -> Path:
        """Return what parties were given, year by year."""
        return self._by_year(self._transfers(pool, *GIVEN), 1.0)

    def issued(self, pool: str) -> Path:
        """Return what parties were issued, year by year: their allocation, and what was sold at a ceiling."""
        return self._by_year(self._transfers(pool, TransferCode.ISSUE), 1.0)

    def supported(self, pool: str) -> Path:
        """Return what the authority bought at its support price."""
        return self._by_year(self._transfers(pool, TransferCode.RESERVE_PURCHASE), -1.0)

    def auctioned(self, pool: str) -> Path:
        """Return what the authority sold in auctions."""
        rows = self._in_pool[self._in_pool["pool"] == pool]
        sold = (rows["account"] == int(AccountKind.ALLOCATION)) & (rows["flow"] != FLOW_TRANSFER)
        return self._by_year(rows[sold], -1.0)

    def released(self, pool: str) -> Path:
        """Return what a reserve sold."""
        rows = self._in_pool[self._in_pool["pool"] == pool]
        sold = (rows["account"] == int(AccountKind.RESERVE)) & (rows["flow"] != FLOW_TRANSFER) & (rows["units"] < 0)
        return self._by_year(rows[sold], -1.0)

    def kept(self, pool: str) -> Path:
        """Return what parties still hold at the end of each year; to buy with a demand is to use, to sell to make."""
        users = {self.account(party.party) for party in self.problem.demanders}
        users |= {self.account(party.party) for party in self.problem.suppliers}
        rows = self._moves[(self._moves["pool"] == pool) & ~self._moves["account"].isin(users)]
        moved = self._by_year(rows, 1.0)
        return tuple(sum(moved[: t + 1]) for t in range(len(moved)))

    def idle(self, party: str, pool: str) -> dict[int, float]:
        """Return by year what a party held in vain: what lapsed; where nothing is surrendered, what it did not emit."""
        rows = self._transfers(pool, TransferCode.EXPIRE)
        if rows.empty and self._transfers(pool, TransferCode.SURRENDER).empty:
            own = self._moves[(self._moves["account"] == self.account(party)) & (self._moves["pool"] == pool)]
            came, emitted = self._by_year(own, 1.0), self.stated(FactCode.EMISSION_T_MILLI, party)
            held = {year: sum(came[: t + 1]) for t, year in enumerate(self.problem.years)}
            return {year: max(amount - emitted.get(year, 0) / MILLI, 0.0) for year, amount in held.items()}
        rows = rows[rows["account"] == self.account(party)]
        sums = rows.groupby("year", as_index=False)["units"].sum()
        return {int(year): -float(amount) for year, amount in zip(sums["year"], sums["units"], strict=True)}

    def borrowed(self, pool: str) -> Path:
        """Return what was borrowed from the next year."""
        return self._by_year(self._units(self.frames.facts_of(FactCode.BORROWED_LOTS), "amount", pool), 1.0)

    def missing(self, pool: str) -> Path:
        """Return what parties fell short of."""
        return self._by_year(self._units(self.frames.obligations, "shortfall", pool), 1.0)

    def charged(self, pool: str) -> Path:
        """Return what they were charged for it, CNY."""
        rows = self._units(self.frames.obligations, "charge", pool)
        return self._by_year(rows.assign(units=rows["charge"] / CASH_PER_YUAN), 1.0)

    @cached_property
    def assessed(self) -> set[str]:
        """Return the parties of whom a duty was demanded."""
        accounts = set(self.frames.obligations["account"])
        return {h.party for h in self.problem.holdings if self.account(h.party) in accounts}

    @cached_property
    def _stated(self) -> dict[int, dict[str, dict[int, int]]]:
        facts = self.frames.facts
        codes = (FactCode.EMISSION_T_MILLI, FactCode.ABATEMENT_T_MILLI, FactCode.ABATEMENT_COST_CASH)
        found: dict[int, dict[str, dict[int, int]]] = {int(code): {} for code in codes}
        own = {account: [p for p in self._parties() if self.account(p) == account] for account in self._known()}
        rows = facts[facts["code"].isin(list(found)) & facts["account"].isin(list(own))]
        for code, account, right, year, amount in zip(*(rows[c] for c in STATED), strict=True):
            for party in own[int(account)]:
                if "/" not in party or party.partition("/")[2] == right:
                    years = found[int(code)].setdefault(party, {})
                    years[int(year)] = years.get(int(year), 0) + int(amount)
        return found

    def _parties(self) -> list[str]:
        return [emitter.party for emitter in self.problem.emitters]

    def _known(self) -> set[int]:
        return {self.account(party) for party in self._parties()}

    @cached_property
    def _in_pool(self) -> pd.DataFrame:
        """Return every change of a balance in rights, in units, with its pool."""
        rows = self.frames.postings
        return self._units(rows[rows["instrument"] > 0], "amount")

    @cached_property
    def _moves(self) -> pd.DataFrame:
        """Return those of participants."""
        rows = self._in_pool
        return rows[rows["account"] > int(max(AccountKind(k) for k in AccountKind if k < AccountKind.HOLDING))]

    def _transfers(self, pool: str, *codes: TransferCode) -> pd.DataFrame:
        rows = self._moves
        own = (rows["pool"] == pool) & (rows["flow"] == FLOW_TRANSFER) & rows["code"].isin([int(c) for c in codes])
        return rows[own]

    def _units(self, rows: pd.DataFrame, amount: str, pool: str = "") -> pd.DataFrame:
        """Return rows with lots in units of the right, of one pool or with the pool of each."""
        known = self.frames.instruments
        pools = {i: f"{r}/{z}" if z else r for i, r, z in zip(known.index, known["right"], known["zone"], strict=True)}
        found = rows.assign(pool=rows["instrument"].map(pools))
        found["units"] = found[amount] * found["instrument"].map(known["lot"]).astype(float)
        return found[found["pool"] == pool] if pool else found

    def _by_year(self, rows: pd.DataFrame, sign: float) -> Path:
        sums = rows.groupby("year")["units"].sum()
        return tuple(sign * float(sums.get(year, 0.0)) for year in self.problem.years)
