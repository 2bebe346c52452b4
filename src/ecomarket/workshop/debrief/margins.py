"""What the next tonne costs each seat, and what two seats could have gained from each other.

The cost curves are those of the scenario's least-cost problem (equilibrium.read); what was cut is a fact of the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.equilibrium.read import problem_of
from ecomarket.errors import EcomarketError
from ecomarket.model.stated import FactCode
from ecomarket.results.efficiency.markets import right_of
from ecomarket.scenario.menus import told_by_menus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.model.schedule import Curve
    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario

MILLI: Final = 1000
HALVES: Final = 50


@dataclass(frozen=True)
class Margin:
    """A seat's cost of cutting in one year: its curve in CNY over units of the right, and what it cut."""

    seat: str
    right: str
    pool: str
    year: int
    curve: Curve
    cut: float

    @property
    def price(self) -> float:
        """Return what the last unit cost, CNY a unit."""
        return self.curve.price(self.cut)

    def saved(self, less: float) -> float:
        """Return what cutting so much less would save, CNY; cutting more (`less` below 0) costs."""
        return self.curve.area(self.cut) - self.curve.area(self.cut - less)


class Pair(NamedTuple):
    """What one seat could have sold another: units, what both together would have gained in CNY, and their margins."""

    seller: Margin
    buyer: Margin
    units: float
    gain: float


def margins(scenario: Scenario, frames: Frames, seats: Iterable[str]) -> list[Margin]:
    """Return the margins of the seats whose costs the scenario tells, for every year of which the run states cuts."""
    if not any(group.schedules for group in scenario.config.participants.values()) and not told_by_menus(scenario):
        return []
    try:
        problem = problem_of(scenario)
    except EcomarketError:
        return []
    people = frames.participants
    codes = dict(zip(people.index, people["code"], strict=True))
    facts = frames.facts_of(FactCode.ABATEMENT_T_MILLI, FactCode.ABATEMENT_CO2_T)
    done: dict[tuple[str, int], float] = {}
    for account, year, code, amount in zip(*(facts[c] for c in ("account", "year", "code", "amount")), strict=True):
        key = str(codes.get(account, "")), int(year)
        done[key] = done.get(key, 0.0) + amount / (MILLI if code == FactCode.ABATEMENT_T_MILLI else 1)
    wanted = set(seats)
    return [
        Margin(e.party, right_of(pool), pool, year, e.cost, done[e.party, year])
        for e in problem.emitters
        if e.party in wanted and len(e.needs) == 1
        for pool, _ in e.needs
        for year in problem.years
        if (e.party, year) in done
    ]


def best_pair(found: list[Margin]) -> Pair | None:
    """Return the two seats of one market and year that could have gained most from each other; None if none could."""
    pairs = (
        pair(one, other) for one, other in permutations(found, 2) if (one.pool, one.year) == (other.pool, other.year)
    )
    return max((p for p in pairs if p is not None), key=lambda p: p.gain, default=None)


def pair(seller: Margin, buyer: Margin) -> Pair | None:
    """Return the best trade of two seats: the seller cuts more until both margins meet. None if it has no gain."""
    most = min(seller.curve.most - seller.cut, buyer.cut)
    if most <= 0 or seller.price >= buyer.price:
        return None
    low, high = 0.0, most
    for _ in range(HALVES):
        middle = (low + high) / 2
        gap = buyer.curve.price(buyer.cut - middle) - seller.curve.price(seller.cut + middle)
        low, high = (middle, high) if gap > 0 else (low, middle)
    gain = buyer.saved(low) + seller.saved(-low)
    return Pair(seller, buyer, low, gain) if gain > 0 else None


def worth_of_buying(margin: Margin, price: float, most: float) -> tuple[float, float]:
    """Return how many units, at most `most`, a seat would best have bought at a price, and what that saves it, CNY."""
    low, high = 0.0, max(min(most, margin.cut), 0.0)
    for _ in range(HALVES):
        middle = (low + high) / 2
        low, high = (middle, high) if margin.curve.price(margin.cut - middle) > price else (low, middle)
    return low, margin.saved(low) - price * low


def worth_of_selling(margin: Margin, price: float, most: float) -> tuple[float, float]:
    """Return how many units a seat would best have cut and sold at a price, and what that earns it, CNY."""
    low, high = 0.0, max(min(most, margin.curve.most - margin.cut), 0.0)
    for _ in range(HALVES):
        middle = (low + high) / 2
        low, high = (middle, high) if margin.curve.price(margin.cut + middle) < price else (low, middle)
    return low, margin.saved(-low) + price * low
