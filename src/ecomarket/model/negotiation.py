"""What passes between a party and a negotiated venue: the offers it sees there, and its moves."""

from __future__ import annotations

from enum import Enum, auto
from math import gcd
from typing import NamedTuple

from ecomarket.model.charges import NONE, Charges
from ecomarket.model.codes import Side
from ecomarket.units import PPM


class Act(Enum):
    """What a party does."""

    OFFER = auto()
    COUNTER = auto()
    ACCEPT = auto()
    TAKE_OVER = auto()
    WITHDRAW = auto()


class Way(NamedTuple):
    """A passage: of the lots `sold` of one zone's right `ppm` millionths arrive as another zone's, floored.

    charge   the buyer's fee in cash for each lot that is sold: it pays it on those that are lost, too
    """

    sold: int
    delivered: int
    ppm: int
    charge: int = 0

    @property
    def even(self) -> int:
        """Return the fewest lots of which no part of a lot is lost; nor is it of twice, three times as many."""
        return PPM // gcd(PPM, self.ppm)

    @property
    def fewest(self) -> int:
        """Return the fewest lots of which a lot arrives.

        >>> Way(1, 2, 900_000).fewest, Way(1, 2, 2_000_000).fewest
        (2, 1)
        """
        return -(-PPM // self.ppm)

    def arriving(self, lots: int) -> int:
        """Return what arrives of lots sold.

        >>> Way(1, 2, 900_000).arriving(95)
        85
        """
        return lots * self.ppm // PPM

    def sold_for(self, lots: int) -> int:
        """Return how many lots are best sold if no more than `lots` are to arrive: of them no part of a lot is lost.

        Where so few are sold that this cannot be, the fewest of which as many arrive as can.

        >>> Way(1, 2, 900_000).sold_for(85), Way(1, 2, 900_000).sold_for(8), Way(1, 2, 2_000_000).sold_for(5)
        (90, 9, 2)
        """
        arrive = self.arriving(((lots + 1) * PPM - 1) // self.ppm)
        fewest = -(-arrive * PPM // self.ppm)
        return fewest - fewest % self.even if fewest >= self.even else fewest

    def paid(self, price: int, lots: int) -> int:
        """Return what each lot that arrives costs of lots sold at a price, rounded up; some must arrive.

        >>> Way(1, 2, 900_000).paid(90, 10), Way(1, 2, 900_000, charge=9).paid(90, 10)
        (100, 101)
        """
        arrive = self.arriving(lots)
        return -(-(price * lots + self._more(lots, arrive)) // arrive)

    def earned(self, price: int, lots: int) -> int:
        """Return the price of each lot sold at which a lot that arrives costs no more than `price`, rounded down.

        >>> Way(1, 2, 900_000).earned(100, 10), Way(1, 2, 900_000, charge=9).earned(100, 10)
        (90, 89)
        """
        arrive = self.arriving(lots)
        return (price * arrive - self._more(lots, arrive)) // lots

    def _more(self, lots: int, arrive: int) -> int:
        return self.charge * max(lots - arrive, 0)


class Seen(NamedTuple):
    """An offer as one party sees it: side, price in cash a lot, lots, in lots of the party's own right.

    mine       it is this party's own, and nobody has accepted it
    to_one     it is made to one party alone: to this one, unless it is its own
    is_answer  it is a counter-offer
    may_accept, may_match   this party may accept it now, or take the accepted deal by its right to match
    may_write  it is about another zone's right: an offer to its maker alone may say what is to be delivered
    way        the passage between what its maker deals in and this party's own right; None: they are the same
    said       the price as its maker wrote it
    even       lots that it is dealt in, as far as it can be, so that no part of one is lost on the way
    fewest     of fewer lots nothing would arrive
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
    may_write: bool = False
    way: Way | None = None
    said: int = 0
    even: int = 1
    fewest: int = 1

    def part(self, lots: int, tick: int) -> tuple[int, int]:
        """Return (lots, price) if no more than so many lots are dealt at the maker's price, in own terms.

        What is sold through a passage is no more than has to be for what arrives.
        """
        if self.way is None:
            whole = lots - lots % self.even if lots >= self.even else lots
            return whole if whole >= self.fewest else 0, self.price
        if self.side == Side.SELL:
            sold = self.way.sold_for(lots)
            arrive = self.way.arriving(sold)
            return arrive, self.way.paid(self.said, sold) if arrive else 0
        sold = self.way.sold_for(self.way.arriving(lots))
        return sold, self.way.earned(self.said, sold) // tick * tick if sold else 0


class Table(NamedTuple):
    """What a party sees when it turns to a negotiated venue: the offers of one instrument, and its own account.

    position, free_units, free_cash are its own (what its own offers hold counts as free); pending are lots of deals
    that still wait for those who may match. sides holds the sides on which it may trade, open_sides those on which it
    may make offers. u is a uniform in [0, 1) that belongs to this look, charges what the venue takes beside the price.
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
    charges: Charges = NONE


class Move(NamedTuple):
    """A move: an offer (to one account, -1: to all), an answer to the offer of that id, or its withdrawal.

    Price and lots are in own terms; `way` is the passage that an offer or an answer to another zone goes through.
    """

    act: Act
    offer: int = 0
    side: int = 0
    price: int = 0
    lots: int = 0
    to: int = -1
    way: Way | None = None
