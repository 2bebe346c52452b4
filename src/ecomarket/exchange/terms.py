"""The terms of one-way auctions and of negotiated offers, and what is told of an offer; both engines read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from ecomarket.model.codes import Side
from ecomarket.units import PPM

AUCTION_FORMS: Final = ("sealed", "ascending")
"""How an auction finds its price: from the bids alone; or by a clock that starts at the reserve price and rises by the
increment until no more is wanted than there is (for a buyer who asks: falls from the ceiling)."""


@dataclass(frozen=True, slots=True)
class AuctionTerms:
    """How a one-way auction is held. Prices are cash a lot; 0 switches a rule off.

    side              SELL: the host offers lots, the others bid; BUY: the host asks for lots, the others offer, the
                      lowest price wins, and the reserve price is a ceiling
    form, increment   one of AUCTION_FORMS, and the step of the clock
    contain_lots      cost-containment reserve: further lots, of `contain_account`, sold only as needed at or above
                      `contain_price` (RGGI, updated Model Rule of 2017)
    withhold_lots     emission-containment reserve: lots of the offer that are sold only as needed at or above
                      `withhold_price` (the same)
    bidder_lots_max   most lots that one bidder's open bids may come to

    Raises ValueError for terms that contradict each other.
    """

    side: Side = Side.SELL
    form: str = "sealed"
    increment: int = 0
    contain_account: int = -1
    contain_lots: int = 0
    contain_price: int = 0
    withhold_lots: int = 0
    withhold_price: int = 0
    bidder_lots_max: int = 0

    def __post_init__(self) -> None:
        """Refuse terms that no auction could keep."""
        if self.form not in AUCTION_FORMS:
            raise ValueError(f"form '{self.form}': options are {', '.join(AUCTION_FORMS)}")
        if self.side not in (Side.BUY, Side.SELL):
            raise ValueError("an auction offers (SELL) or asks (BUY)")
        if self.increment < 0 or (self.increment > 0) != self.clock:
            raise ValueError("an ascending auction needs an increment above 0, a sealed one has none")
        reserves = (self.contain_lots, self.contain_price, self.withhold_lots, self.withhold_price)
        if min(*reserves, self.bidder_lots_max) < 0:
            raise ValueError("lots and prices must be at least 0")
        if (self.contain_lots > 0) != (self.contain_price > 0) or (self.contain_lots > 0) != (
            self.contain_account >= 0
        ):
            raise ValueError("a cost-containment reserve needs an account, lots and a trigger price")
        if (self.withhold_lots > 0) != (self.withhold_price > 0):
            raise ValueError("an emission-containment reserve needs lots and a trigger price")
        if self.side == Side.BUY and any(reserves):
            raise ValueError("only an auction that offers lots has reserves")

    @property
    def clock(self) -> bool:
        """Tell whether the price is found by a clock."""
        return self.form == "ascending"

    @property
    def by_bids_alone(self) -> bool:
        """Tell whether every price paid is a bid; only then can a right to match lift a bid above a higher one."""
        return not (self.clock or self.contain_lots or self.withhold_lots)


def escalated(price: int, growth_ppm: int, unit: int) -> int:
    """Return a reserve or trigger price of the next period: grown, then rounded to the nearest unit, half up.

    California 2017 to 2018, 13.57 by 5 % and 2.07 % of inflation; RGGI's upper trigger 2021 to 2023, 13.00 by 7 %:

    >>> escalated(135_700, 70_700, 100)
    145300
    >>> escalated(130_000, 70_000, 100), escalated(139_100, 70_000, 100)
    (139100, 148800)
    """
    return (price * (PPM + growth_ppm) * 2 + PPM * unit) // (2 * PPM * unit) * unit


PLAIN: Final = AuctionTerms()
"""Sealed bids for what the host offers."""


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """To whom, and until when, a negotiated offer stands. Parties are accounts, times microseconds; 0: no such time.

    to                     who may accept; empty: anyone eligible
    expire_t               from this time on nobody may accept
    first, window_t        before `window_t` only the parties `first` may accept
    into                   what is delivered in place of what is sold, by a ratio of the venue; 0: that itself
    match_by, match_time   who may, within `match_time` after an acceptance, take the accepted deal at the same price

    Raises ValueError if parties are named without a time, or a time without parties.
    """

    to: tuple[int, ...] = ()
    expire_t: int = 0
    first: tuple[int, ...] = ()
    window_t: int = 0
    match_by: tuple[int, ...] = ()
    match_time: int = 0
    into: int = 0

    def __post_init__(self) -> None:
        """Refuse terms that say half of a rule."""
        if min(self.expire_t, self.window_t, self.match_time) < 0:
            raise ValueError("times must be at least 0")
        if bool(self.first) != bool(self.window_t):
            raise ValueError("a priority window needs parties and an end")
        if bool(self.match_by) != bool(self.match_time):
            raise ValueError("a right to match needs parties and a time")


TO_ALL: Final = OfferTerms()
"""An offer to anyone eligible, until it is withdrawn."""


class OpenOffer(NamedTuple):
    """An offer that stands: its id, maker, side, price in cash a lot, lots, terms.

    taker is -1, or the account that accepted: the deal then waits until `settle_t` for those who may match.
    """

    offer: int
    account: int
    venue: int
    instrument: int
    side: int
    price: int
    lots: int
    terms: OfferTerms
    taker: int
    settle_t: int


class Ended(NamedTuple):
    """An offer that time has ended: its id, and the lots that changed hands (0: it lapsed)."""

    offer: int
    lots: int
