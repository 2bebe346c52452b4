"""What agents and policies ask for. The engine carries them out through the exchange, which may refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecomarket.model.registry import RegistryCommand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.codes import Eligible, FactCode, Mechanism, NoteCode, Rule, Scheme, TransferCode


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
class Deal:
    """A block agreement or negotiated transfer between two named parties at a price in cash a lot."""

    mechanism: Mechanism
    venue: str
    instrument: int
    buyer: int
    seller: int
    price: int
    lots: int


@dataclass(frozen=True, slots=True)
class Auction:
    """Offer units of `seller` in a one-way auction that opens and clears at this instant.

    `invited` limits who may bid (None: everybody eligible); `rank` orders equal prices; `match_ppm` raises a bidder's
    standing (right to match). `tag` comes back to the policy in AuctionResult.
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


@dataclass(frozen=True, slots=True)
class Bid:
    """A bid in an auction by a member of a cohort: account, price in cash a lot, lots."""

    account: int
    price: int
    lots: int


@dataclass(frozen=True, slots=True)
class AuctionResult:
    """What came of an Auction: fills as (account, lots, price), lots left, all bid lots."""

    auction: Auction
    fills: tuple[tuple[int, int, int], ...]
    unsold_lots: int
    bid_lots: int


Command = Transfer | Fact | Bound | Assess | Note | Allow | Deal | Auction | RegistryCommand
