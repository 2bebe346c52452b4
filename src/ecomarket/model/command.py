"""What agents and policies ask for. The engine carries them out through the exchange, which may refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecomarket.model.registry import RegistryCommand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.codes import Eligible, Mechanism, TransferCode
    from ecomarket.model.stated import FactCode, NoteCode, Rule, Scheme


@dataclass(frozen=True, slots=True)
class Transfer:
    """Move lots (or cash, instrument 0) between two accounts; `up_to` moves what is free if there is less."""

    debit: int
    credit: int
    instrument: int
    amount: int
    code: TransferCode
    ref: int = 0
    up_to: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """State a physical or regulatory quantity; `period` is yyyymm or yyyy."""

    code: FactCode
    account: int
    instrument: int
    period: int
    amount: int
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Bound:
    """State that a rule bound: it changed what would have happened without it; counted in the report."""

    rule: Rule
    account: int
    instrument: int
    amount: int = 1


@dataclass(frozen=True, slots=True)
class Assess:
    """Assess a duty: required and met in lots (or the scheme's unit), the charge in cash."""

    scheme: Scheme
    account: int
    instrument: int
    period: int
    required: int
    met: int
    charge: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """Journal a statement with a JSON payload (str, int, bool, None, list, dict only)."""

    code: NoteCode
    payload: Mapping[str, object]
    account: int = -1
    instrument: int = -1


@dataclass(frozen=True, slots=True)
class Allow:
    """Change what an account may do with an instrument."""

    account: int
    instrument: int
    what: Eligible


@dataclass(frozen=True, slots=True)
class Bar:
    """Bar an account from a part of what it may do with an instrument; `by` names the rule, NOTHING lifts its bar.

    Bars of several rules add up, and last through any `Allow`.
    """

    by: str
    account: int
    instrument: int
    what: Eligible


@dataclass(frozen=True, slots=True)
class Deal:
    """A block agreement or negotiated transfer between two named parties at a price in cash a lot.

    `into` is what the buyer gets in place of `instrument`, by a ratio of the venue (0: that itself).
    """

    mechanism: Mechanism
    venue: str
    instrument: int
    buyer: int
    seller: int
    price: int
    lots: int
    into: int = 0


@dataclass(frozen=True, slots=True)
class BorderLimit:
    """Keep what is sold across a border, on balance, between two bounds in lots; it replaces the border's former limit.

    A pair is (instrument sold, instrument delivered). A sale through a pair of `out` raises the balance by the lots
    sold, one through a pair of `back` lowers it. A sale that would carry it above `most`, or below `least`, is refused,
    even where it lies beyond already; what leads back is free. Without pairs the border is open again.
    """

    border: str
    balance: int
    least: int
    most: int
    out: frozenset[tuple[int, int]] = frozenset()
    back: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Lease:
    """Lend lots of a right until `until_t` for a rent in cash, paid at once; they come back by themselves."""

    lessor: int
    lessee: int
    instrument: int
    lots: int
    rent: int
    until_t: int


@dataclass(frozen=True, slots=True)
class EndLease:
    """Give the lots of a lease back before their time; `account` is the lessee."""

    account: int
    lease: int


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """How an auction is held; 0 switches a rule off. Prices are cash a lot, times microseconds.

    increment, round_time         step of a rising clock, and the time between its rounds; 0: sealed bids
    contain_lots, contain_price   further lots of the seller, sold only as needed at or above the price
    withhold_lots, withhold_price lots of the offer, sold only as needed at or above the price
    bidder_lots_max               most lots that one bidder may bid for
    whole                         each bid wins all its lots or none
    larger_first                  of equal bids the larger wins; else the earlier
    """

    increment: int = 0
    round_time: int = 0
    contain_lots: int = 0
    contain_price: int = 0
    withhold_lots: int = 0
    withhold_price: int = 0
    bidder_lots_max: int = 0
    whole: bool = False
    larger_first: bool = False


@dataclass(frozen=True, slots=True)
class Auction:
    """Offer units of `seller` in a one-way auction: sealed bids at this instant, or a clock that rises from now on.

    `invited` limits who may bid (None: everybody eligible); `rank` orders equal prices; `match_ppm` raises a bidder's
    standing (right to match). `tag` comes back to the policy in AuctionResult. `standing` is the price at which its
    clock stands when bidders are asked; 0 for sealed bids.
    """

    venue: str
    instrument: int
    seller: int
    lots: int
    reserve_price: int
    uniform: bool = True
    invited: frozenset[int] | None = None
    rank: Mapping[int, int] = field(default_factory=dict)
    match_ppm: Mapping[int, int] = field(default_factory=dict)
    tag: str = ""
    terms: SaleTerms = SaleTerms()
    standing: int = 0

    @property
    def lots_to_win(self) -> int:
        """Return the most lots that one bidder can win."""
        every = self.lots + self.terms.contain_lots
        return min(every, self.terms.bidder_lots_max or every)

    def there(self, price: int) -> int:
        """Return the lots for sale at a price: what is withheld or held in reserve comes at its trigger.

        >>> terms = SaleTerms(contain_lots=5, contain_price=30, withhold_lots=2, withhold_price=20)
        >>> call = Auction("hall", 1, 11, 10, 10, terms=terms)
        >>> [call.there(price) for price in (10, 20, 30)]
        [8, 10, 15]
        """
        terms = self.terms
        held_back = terms.withhold_lots if price < terms.withhold_price else 0
        return self.lots - held_back + (terms.contain_lots if price >= terms.contain_price else 0)

    def step_after(self, price: int) -> int:
        """Return the next price of the clock: a step from the reserve price, or a trigger on the way.

        >>> call = Auction("hall", 1, 11, 10, 10, terms=SaleTerms(increment=7, withhold_lots=2, withhold_price=20))
        >>> [call.step_after(price) for price in (10, 17, 20)]
        [17, 20, 24]
        """
        terms, start = self.terms, self.reserve_price
        triggers = ((terms.contain_lots, terms.contain_price), (terms.withhold_lots, terms.withhold_price))
        grid = start + ((price - start) // terms.increment + 1) * terms.increment
        return min([grid, *(trigger for lots, trigger in triggers if lots and trigger > price)])


@dataclass(frozen=True, slots=True)
class Bid:
    """A bid in an auction by a member of a cohort: account, price in cash a lot, lots."""

    account: int
    price: int
    lots: int


@dataclass(frozen=True, slots=True)
class AuctionResult:
    """What came of an Auction: fills as (account, lots, price), lots of the offer left, all bid lots."""

    auction: Auction
    fills: tuple[tuple[int, int, int], ...]
    unsold_lots: int
    bid_lots: int


Command = (
    Transfer
    | Fact
    | Bound
    | Assess
    | Note
    | Allow
    | Bar
    | Deal
    | BorderLimit
    | Lease
    | EndLease
    | Auction
    | RegistryCommand
)
