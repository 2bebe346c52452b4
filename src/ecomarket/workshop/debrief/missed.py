"""The best trade that a seat let pass, and one tip for the next time: both by rule, from its own numbers.

What a unit was worth to a seat: the charge it paid for a missing one; else what its last unit cost to cut; else the
mean price at which it dealt itself. The best trade passed up is that of others, at the day's lowest or highest price.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from ecomarket.workshop.debrief.margins import margins, worth_of_buying, worth_of_selling

if TYPE_CHECKING:
    import pandas as pd

    from ecomarket.workshop.debrief.happened import Happened
    from ecomarket.workshop.debrief.margins import Margin

CENT: Final = 0.01
CLOSE: Final = 0.05
"""Prices as near as this, as a part, are the same for a tip."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A trade of others that a seat would have gained from: when, its price in CNY a unit, what it would have saved.

    `side` is what the seat would have done; `worth` what a unit was worth to it, for the reason `why` (charge, cut,
    own).
    """

    t: int
    right: str
    side: str
    price: float
    units: float
    gain_cny: float
    worth: float
    why: str


class Passed:
    """Finds what seats let pass; built once for a room."""

    def __init__(self, room: Happened) -> None:
        self.room = room
        found = margins(room.scenario, room.frames, room.seats)
        self._margins = {(m.seat, m.right): m for m in sorted(found, key=lambda m: m.year)}
        self._offers = _extremes(room.frames.trades)
        self._charge, self._dealt = cache(self._charged), cache(self._dealt_at)  # asked anew for every trade of others

    def of(self, seat: str) -> Missed | None:
        """Return the best trade that a seat let pass; None if none would have served it by a cent."""
        account = self.room.accounts[seat]
        others = self._offers[(self._offers["buyer"] != account) & (self._offers["seller"] != account)]
        columns = ("t", "right", "price", "lots")
        found = [
            missed
            for t, right, cash, lots in zip(*(others[c] for c in columns), strict=True)
            for missed in self._trade(seat, int(t), str(right), float(cash), float(lots))
        ]
        best = max(found, key=lambda m: m.gain_cny, default=None)
        return best if best is not None and best.gain_cny >= CENT else None

    def margin(self, seat: str) -> Margin | None:
        """Return the seat's margin of its last year, in the right that was traded most."""
        rights = self.room.rights or list(self.room.frames.rights)
        return next((self._margins[seat, r] for r in rights if (seat, r) in self._margins), None)

    def _trade(self, seat: str, t: int, right: str, cash: float, lots: float) -> list[Missed]:
        price, units = self.room.price(right, cash), self.room.units(right, lots)
        margin = self._margins.get((seat, right))
        charge, short = self._charge(seat, right)
        if charge > price:
            most = min(units, short)
            return [Missed(t, right, "buy", price, most, (charge - price) * most, charge, "charge")]
        if margin is not None:
            own = margin.price
            make = worth_of_buying if own > price else worth_of_selling
            amount, gain = make(margin, price, units)
            return [Missed(t, right, "buy" if own > price else "sell", price, amount, gain, own, "cut")]
        return self._beside_own(seat, t, right, price, units)

    def _beside_own(self, seat: str, t: int, right: str, price: float, units: float) -> list[Missed]:
        found = []
        for side, sign in (("buy", 1), ("sell", -1)):
            own, amount = self._dealt(seat, right, side)
            most = min(units, amount)
            if most > 0:
                found.append(Missed(t, right, side, price, most, sign * (own - price) * most, own, "own"))
        return found

    def _dealt_at(self, seat: str, right: str, side: str) -> tuple[float, float]:
        """Return mean price and units that a seat bought or sold."""
        trades = self.room.frames.trades
        party = "buyer" if side == "buy" else "seller"
        own = trades[(trades[party] == self.room.accounts[seat]) & (trades["right"] == right)]
        lots = int(own["lots"].sum())
        return (self.room.price(right, own["value"].sum() / lots), self.room.units(right, lots)) if lots else (0.0, 0.0)

    def _charged(self, seat: str, right: str) -> tuple[float, float]:
        """Return the charge for a missing unit, CNY, and how many units were missing, in all duties of this right."""
        duties = self.room.frames.obligations
        rights = self.room.frames.rights
        own = duties[(duties["account"] == self.room.accounts[seat]) & (duties["shortfall"] > 0)]
        own = own[(own["right"] == right) | ((own["right"] == "") & (len(rights) == 1))]
        lots = int(own["shortfall"].sum())
        units = self.room.units(right, lots)
        return (int(own["charge"].sum()) / 10_000 / units, units) if units else (0.0, 0.0)


def tip(room: Happened, seat: str, margin: Margin | None) -> str:
    """Return the name of the tip for a seat, the first that fits: cover, idle, cut-less, cut-more, timing, well."""
    standing = next(s for s in room.standings if s.seat == seat)
    trades = room.frames.trades
    account = room.accounts[seat]
    own = trades[(trades["buyer"] == account) | (trades["seller"] == account)]
    if standing.complied is False:
        return "cover"
    if len(own) == 0:
        return "idle"
    if margin is not None:
        rows = trades[trades["right"] == margin.right]
        mean = room.price(margin.right, rows["value"].sum() / rows["lots"].sum()) if len(rows) else margin.price
        if margin.price > mean * (1 + CLOSE):
            return "cut-less"
        if margin.price < mean * (1 - CLOSE):
            return "cut-more"
    if standing.saved_cash is not None and standing.saved_cash < 0:
        return "timing"
    return "well"


def _extremes(trades: pd.DataFrame) -> pd.DataFrame:
    """Return of each day and right the trades at the lowest and at the highest price."""
    if trades.empty:
        return trades
    by = trades.groupby(["right", "date"])["price"]
    return trades.loc[sorted({*by.idxmin(), *by.idxmax()})]
