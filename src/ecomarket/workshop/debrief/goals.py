"""The yardstick of each kind of party: what it would have cost to stay out of the market, in the scenario's own terms.

plan       a firm with a no-trade plan (fact NO_TRADE_COST_CASH): that plan, and what it paid (results.cost_of_firms),
           a permit's price spread over the right's own term; off both what the carbon allowances are worth that are
           kept for later years (results.kept)
quota      who owes certificates: the charge for the whole quota; paid for certificates, and the charge for the rest
project    a new project: not started, 0; what its permits cost, less what it is worth if it started (`npv_cny`)
water      who uses water: what the water that its own allocation lacks is worth to it (`water_value_cny_m3`); what the
           water lacks that it did not use, and what it paid and earned for water. Price elasticity is left out.
delivered  a support province: what came to it at the most it may pay (`cap_cny_t`); what it paid for it
income     a county, an office, a maker of certificates: nothing sold, 0; what its projects and purchases cost, less its
           sales. Gifts and transfer payments, which come without trade too, are left out.
none       nobody to compare with: money paid less earned for rights, and no yardstick
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecomarket.model.codes import TransferCode
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.results.cost_of_firms import PARTS, cost_of_parties
from ecomarket.results.kept import allowances_kept
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario

PLAN, QUOTA, PROJECT, WATER, DELIVERED, INCOME, NONE = (
    "plan", "quota", "project", "water", "delivered", "income", "none",
)  # fmt: skip
GOALS: Final = (PLAN, QUOTA, PROJECT, WATER, DELIVERED, INCOME, NONE)
QUOTA_RULE: Final = "consumption-weight"
SELLERS: Final = ("county", "region", "authority", "intermediary")
WORKS: Final = (TransferCode.INVESTMENT, TransferCode.OPERATING_COST)
M3: Final = 1000
"""Cubic metres in the unit of facts about water."""


class Yardstick(NamedTuple):
    """A party's goal (one of GOALS), its cost, and the cost of staying out (None: not known, or not yet), in cash."""

    goal: str
    cost: int
    no_trade: int | None


class Yards:
    """Yardsticks of a run's parties. `scenario` gives what the journal does not say; without it fewer have one."""

    def __init__(self, frames: Frames, scenario: Scenario | None = None) -> None:
        self.frames = frames
        self._facts = facts_of_members(scenario)
        self._charge = _quota_charge(scenario)
        self._costs = cost_of_parties(frames, lives_of(scenario))
        self._kept = allowances_kept(frames)
        self._planned = frames.facts_of(FactCode.NO_TRADE_COST_CASH)
        self._planners = _planners(frames, scenario)

    def of(self, account: int) -> Yardstick:
        """Return the yardstick of an account."""
        code = str(self.frames.participants.loc[account, "code"])
        kind = str(self.frames.participants.loc[account, "kind"])
        facts = self._facts.get(code, {})
        if account in self._planners:
            return self._plan(account)
        if self._owes(account):
            return self._quota(account)
        if facts.get("npv_cny"):
            return self._project(account, facts)
        if facts.get("water_value_cny_m3"):
            return self._water(account, facts)
        if facts.get("cap_cny_t"):
            return self._delivered(account, facts)
        if kind in SELLERS or facts.get("capacity_mw"):
            return Yardstick(INCOME, self._paid(account) + self._works(account), 0)
        return Yardstick(NONE, self._paid(account), None)

    def _plan(self, account: int) -> Yardstick:
        """Compare the years whose plan is stated; until one is, tell the cost so far."""
        own = self._costs[self._costs["account"] == account]
        years = set(self._planned.loc[self._planned["account"] == account, "year"])
        told = own[own["year"].isin(years)] if years else own[own["year"] <= self._year()]
        cost = int(told[PARTS[1:]].to_numpy().sum())
        if not years:
            return Yardstick(PLAN, cost, None)
        kept = self._kept[(self._kept["account"] == account) & self._kept["year"].isin(years)]
        return Yardstick(PLAN, cost - int(kept["kept"].sum()), int(told["no_trade"].sum() - kept["alone"].sum()))

    def _year(self) -> int:
        """Return the year of the last day that is committed."""
        last = self.frames.start + int(self.frames.records["t"][-1]) // DAY
        return int(str(last)[:4])

    def _owes(self, account: int) -> bool:
        duties = self.frames.obligations
        return bool(((duties["account"] == account) & (duties["scheme"] == Scheme.CONSUMPTION_WEIGHT)).any())

    def _quota(self, account: int) -> Yardstick:
        duties = self.frames.obligations
        own = duties[(duties["account"] == account) & (duties["scheme"] == Scheme.CONSUMPTION_WEIGHT)]
        charge = self._charge or _charge_seen(duties)
        cost = self._paid(account) + int(own["charge"].sum())
        return Yardstick(QUOTA, cost, int(own["required"].sum()) * charge if charge else None)

    def _project(self, account: int, facts: Mapping[str, Any]) -> Yardstick:
        started = self.frames.facts_of(FactCode.PROJECT_STARTED)
        worth = cash(facts["npv_cny"]) if (started["account"] == account).any() else 0
        return Yardstick(PROJECT, self._paid(account) - worth, 0)

    def _water(self, account: int, facts: Mapping[str, Any]) -> Yardstick:
        worth = cash(Decimal(str(facts["water_value_cny_m3"])) * M3)
        wanted, used = (
            self._stated(account, code) for code in (FactCode.WATER_DEMAND_1000M3, FactCode.WATER_USED_1000M3)
        )
        lacking = max(wanted - self._allocated(account), 0)
        cost = max(wanted - used, 0) * worth + self._paid(account)
        return Yardstick(WATER, cost, lacking * worth)

    def _delivered(self, account: int, facts: Mapping[str, Any]) -> Yardstick:
        trades = self.frames.trades
        lots = int(trades.loc[trades["buyer"] == account, "lots"].sum())
        lots -= int(trades.loc[trades["seller"] == account, "lots"].sum())
        return Yardstick(DELIVERED, self._paid(account), max(lots, 0) * cash(facts["cap_cny_t"]))

    def _paid(self, account: int) -> int:
        """Return what an account paid for rights, with fees, less what it earned."""
        trades = self.frames.trades
        bought, sold = trades[trades["buyer"] == account], trades[trades["seller"] == account]
        paid = int(bought["value"].sum() + bought["fee_buy"].sum())
        return paid - int(sold["value"].sum() - sold["fee_sell"].sum())

    def _works(self, account: int) -> int:
        moved = self.frames.transfers
        own = (moved["debit"] == account) & (moved["instrument"] == CASH) & moved["code"].isin([int(c) for c in WORKS])
        return int(moved.loc[own, "amount"].sum())

    def _stated(self, account: int, code: FactCode) -> int:
        facts = self.frames.facts_of(code)
        return int(facts.loc[facts["account"] == account, "amount"].sum())

    def _allocated(self, account: int) -> int:
        """Return the water that came to an account without being paid for, in 1,000 m3."""
        moved = self.frames.transfers
        rights = self.frames.rights_of_kind("water-right")
        given = (TransferCode.ALLOCATION, TransferCode.ISSUE)
        rows = moved[moved["right"].isin(rights) & moved["code"].isin([int(c) for c in given])]
        found = int(rows.loc[rows["credit"] == account, "amount"].sum())
        return found - int(rows.loc[rows["debit"] == account, "amount"].sum())


def cash(yuan: Any) -> int:
    """Return CNY as whole cash units.

    >>> cash("64.6")
    646000
    """
    return int(Decimal(str(yuan)) * CASH_PER_YUAN)


def facts_of_members(scenario: Scenario | None) -> dict[str, dict[str, Any]]:
    """Return by code of a party what its row of the scenario says."""
    if scenario is None:
        return {}
    groups = scenario.config.participants.items()
    return {member.code: member.facts for key, group in groups for member in group.members(key)}


def lives_of(scenario: Scenario | None) -> dict[str, int]:
    """Return the term of each right that has one, in whole years, at least one."""
    if scenario is None:
        return {}
    return {key: max(int(r.term), 1) for key, r in scenario.config.rights.items() if r.term is not None}


def _planners(frames: Frames, scenario: Scenario | None) -> set[int]:
    """Return the accounts that state a no-trade plan, or will at the year's end: those of the strategy `compliance`."""
    found = set(frames.facts_of(FactCode.NO_TRADE_COST_CASH)["account"].tolist())
    if scenario is None:
        return found
    groups = scenario.config.participants.items()
    codes = {
        m.code for key, g in groups if any(use.name == "compliance" for use in g.strategies) for m in g.members(key)
    }
    return found | set(frames.participants.index[frames.participants["code"].isin(codes)].tolist())


def _quota_charge(scenario: Scenario | None) -> int:
    """Return the charge for a missing certificate in cash, 0 if no rule says one."""
    rules = scenario.policies if scenario else ()
    said = (getattr(use.params, "alternative_cny_mwh", None) for use in rules if use.kind == QUOTA_RULE)
    return next((cash(amount) for amount in said if amount), 0)


def _charge_seen(duties: pd.DataFrame) -> int:
    short = duties[(duties["scheme"] == Scheme.CONSUMPTION_WEIGHT) & (duties["shortfall"] > 0)]
    return max((int(c) // int(n) for c, n in zip(short["charge"], short["shortfall"], strict=True)), default=0)
