"""What passes between a party and a negotiated venue: the offers it sees there, and its moves."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Act(Enum):
    """What a party does."""

    OFFER = auto()
    COUNTER = auto()
    ACCEPT = auto()
    TAKE_OVER = auto()
    WITHDRAW = auto()


class Seen(NamedTuple):
    """An offer as one party sees it; side, price in cash a lot, lots as its maker wrote them.

    mine       it is this party's own, and nobody has accepted it
    to_one     it is made to one party alone: to this one, unless it is its own
    is_answer  it is a counter-offer
    may_accept, may_match   this party may accept it now, or take the accepted deal by its right to match
    """

    offer: int
    maker: int
    side: int
    price: int
    lots: int
    mine: bool = False
    to_one: bool = False
    is_answer: bool = False
    may_accept: bool = False
    may_match: bool = False


class Table(NamedTuple):
    """What a party sees when it turns to a negotiated venue: the offers of one instrument, and its own account.

    position, free_units, free_cash are its own (what its own offers hold counts as free); pending are lots of deals
    that still wait for those who may match. sides holds the sides on which it may trade, open_sides those on which it
    may make offers. u is a uniform in [0, 1) that belongs to this look.
    """

    offers: tuple[Seen, ...]
    position: int
    free_units: int
    free_cash: int
    pending: int
    tick: int
    lots_min: int
    lots_max: int
    sides: frozenset[int]
    open_sides: frozenset[int]
    u: float


class Move(NamedTuple):
    """A move: an offer (to one account, -1: to all), an answer to the offer of that id, or its withdrawal."""

    act: Act
    offer: int = 0
    side: int = 0
    price: int = 0
    lots: int = 0
    to: int = -1
