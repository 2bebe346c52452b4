"""Deals that two named parties have struck, on the reference exchange, in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.errors import InternalError
from ecomarket.exchange.reference.offers import ReferenceOffers
from ecomarket.model.codes import Mechanism, Refusal, Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.rules import Listing, VenueRules


class ReferenceDeals(ReferenceOffers):
    """Everything that trades outside the book: deals, one-way auctions, negotiated offers."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int,
    ) -> None:  # fmt: skip
        super().__init__(accounts, instruments, venues, system_accounts)
        self.references = {x.instrument: x.reference_price for x in listings}

    def deal(
        self, t: int, mechanism: Mechanism, venue: int, instrument: int, buyer: int, seller: int, price: int, lots: int,
        into: int = 0,
    ) -> int:  # fmt: skip
        """Settle a block agreement or negotiated transfer between two named parties; return a Refusal."""
        if mechanism not in (Mechanism.BLOCK_AGREEMENT, Mechanism.NEGOTIATED):
            raise InternalError(f"{mechanism!r} is not a deal between named parties")
        refusal = (
            self.bad_host(venue, instrument, seller, Side.SELL, into)
            or self.bad_party(buyer, self.delivery(venue, instrument, lots, into)[0], Side.BUY, [seller])
            or self.bad_terms(mechanism, venue, instrument, price, lots)
            or self.nothing_arrives(venue, instrument, lots, into)
            or self.short(venue, seller, instrument, Side.SELL, price, lots)
            or self.short(venue, buyer, instrument, Side.BUY, price, lots, into)
        )
        if refusal != Refusal.NONE:
            return int(refusal)
        self.take_room(instrument, into, lots)
        fees = (
            self.last_fee(venue, Side.BUY, [(price, lots)]),
            self.last_fee(venue, Side.SELL, [(price, lots)]),
        )
        self.settle(
            t, mechanism, venue, instrument, buyer=buyer, seller=seller, price=price, lots=lots, seller_held=False,
            fees=fees,
        )  # fmt: skip
        self.convert(t, venue, instrument, lots, into, buyer)
        return 0

    def bad_terms(self, mechanism: Mechanism, venue: int, instrument: int, price: int, lots: int) -> Refusal:
        """Return why price and quantity of a deal are not allowed."""
        refusal = self.bad_amounts(venue, price, lots)
        rules = self.venues[venue]
        if refusal != Refusal.NONE or mechanism == Mechanism.NEGOTIATED:
            return refusal
        if instrument not in self.references:
            return Refusal.UNKNOWN_INSTRUMENT
        near = (
            abs(price - self.references[instrument]) * 1_000_000 <= self.references[instrument] * rules.block_band_ppm
        )
        next_tick = abs(price - self.references[instrument]) <= rules.tick_cash
        if rules.block_band_ppm and not (near or next_tick):
            return Refusal.PRICE_OUTSIDE_BAND
        return Refusal.LOTS_BELOW_MINIMUM if lots < rules.block_lots_min else Refusal.NONE
