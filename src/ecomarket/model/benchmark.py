"""The least-cost problem of a scenario in market words: what `equilibrium` solves, and what policies add to it.

Every amount that changes with time is a tuple with one entry a year. A pool is a market of one price: a right, or a
right of one zone; its name is `right` or `right/zone`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ecomarket.model.schedule import Curve, Production

Path = tuple[float, ...]
"""An amount or a price for each year."""


@dataclass(frozen=True, slots=True)
class Emitter:
    """A party whose emission, `unabated` less what it cuts, uses up rights: `needs` of each pool for a unit."""

    party: str
    needs: tuple[tuple[str, float], ...]
    unabated: Path
    cost: Curve


@dataclass(frozen=True, slots=True)
class Supplier:
    """A party that makes units of a pool at a rising cost."""

    party: str
    pool: str
    cost: Curve


@dataclass(frozen=True, slots=True)
class Demander:
    """A party that uses rights as far as they are worth it: `needs` of each pool for a unit."""

    party: str
    needs: tuple[tuple[str, float], ...]
    worth: Curve


@dataclass(frozen=True, slots=True)
class Producer:
    """A party whose goods emit."""

    party: str
    needs: tuple[tuple[str, float], ...]
    goods: Production


@dataclass(frozen=True, slots=True)
class Holding:
    """Rights that a party gets free (`amount` > 0), or must hold and use up (a duty, `amount` < 0)."""

    party: str
    pool: str
    amount: Path


@dataclass(frozen=True, slots=True)
class Sale:
    """What the authority sells into a pool: up to `amount` a year at no less than `price`, CNY a unit."""

    pool: str
    amount: Path
    price: float = 0.0
    kind: Literal["auction", "reserve"] = "auction"


@dataclass(frozen=True, slots=True)
class Purchase:
    """What the authority buys from a pool: up to `amount` a year at no more than `price`, CNY a unit."""

    pool: str
    amount: Path
    price: float


@dataclass(frozen=True, slots=True)
class Bank:
    """Rights of a pool kept for later years, and borrowed: at most `borrowing` in a year, of the next year's.

    `life` is the number of years in which a right is usable, the year of its issue included; 0: for ever.
    """

    pool: str
    keeps: bool = True
    borrowing: Path = ()
    life: int = 0


@dataclass(frozen=True, slots=True)
class Penalty:
    """What a missing unit of a pool costs, CNY; with `make_good` it is owed in the next year as well."""

    pool: str
    price: float
    make_good: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Units of `source` that serve in `target`: each as `ratio` units there. `most` a year, in units of the source."""

    source: str
    target: str
    ratio: float = 1.0
    most: Path = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on what arrives by several links of one target: `amount` a year and a `share` of the emission there."""

    name: str
    target: str
    sources: tuple[str, ...]
    amount: Path
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Fee:
    """What buyer and seller pay to a venue for a unit, CNY, and as a share of the price."""

    pool: str
    buyer: float = 0.0
    seller: float = 0.0
    buyer_share: float = 0.0
    seller_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Standard:
    """A pool that is watched, not traded: what is used of it stands beside `amount`."""

    pool: str
    amount: Path


@dataclass(slots=True)
class Benchmark:
    """The whole problem. Policies append to its lists (`Policy.benchmark`), in the order of the scenario.

    years, interest   the calendar years, and the yearly rate at which later money counts less
    pools             names of the markets                based    pools whose allocation follows output
    price_setter      the party that knows that it moves the price, or ""
    standards         pools that are only watched; with `safe` the cap of that pool falls until they all hold
    units             unit of each right's amounts, by right
    lives             years in which a right counts, by right; none: for ever
    base_prices       published price of a right by right, CNY a unit        held_back    what a reserve has, by pool
    left_out          policies of the scenario that say nothing of the least cost
    """

    years: tuple[int, ...]
    interest: float = 0.0
    pools: list[str] = field(default_factory=list)
    emitters: list[Emitter] = field(default_factory=list)
    suppliers: list[Supplier] = field(default_factory=list)
    demanders: list[Demander] = field(default_factory=list)
    producers: list[Producer] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    banks: dict[str, Bank] = field(default_factory=dict)
    penalties: dict[str, Penalty] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    fees: dict[str, Fee] = field(default_factory=dict)
    standards: list[Standard] = field(default_factory=list)
    safe: str = ""
    units: dict[str, str] = field(default_factory=dict)
    lives: dict[str, int] = field(default_factory=dict)
    based: set[str] = field(default_factory=set)
    price_setter: str = ""
    base_prices: dict[str, float] = field(default_factory=dict)
    held_back: dict[str, float] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def flat(self, value: float) -> Path:
        """Return a path that is the same in every year."""
        return (value,) * len(self.years)

    def endless(self) -> Path:
        """Return a path without a limit."""
        return self.flat(inf)

    def allocated(self, pool: str) -> Path:
        """Return what is given away in a pool, all parties together."""
        given = [h.amount for h in self.holdings if h.pool == pool]
        return tuple(sum(max(path[t], 0.0) for path in given) for t in range(len(self.years)))
