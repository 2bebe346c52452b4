"""Deals that two named parties have struck, on the fast exchange: checks here, settlement compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomarket.errors import InternalError
from ecomarket.exchange.kernel.offers import KernelOffers
from ecomarket.exchange.kernel.state import REFERENCE
from ecomarket.exchange.rules import band
from ecomarket.model.codes import Mechanism, Refusal, Side

if TYPE_CHECKING:
    from ecomarket.exchange.kernel.state import BookState


class KernelDeals(KernelOffers):
    """Everything that trades outside the book: deals, one-way auctions, negotiated offers."""

    _book: BookState

    def __init__(self, *shape: Any) -> None:
        super().__init__(*shape)
        self._auctions = {}
        self._offers = {}
        self._limits, self._sold = {}, {}
        self._passages = {(n, r.sold, r.delivered): r.ppm for n, v in enumerate(self._venues) for r in v.ratios}

    def deal(
        self, t: int, mechanism: Mechanism, venue: int, instrument: int, buyer: int, seller: int, price: int, lots: int,
        into: int = 0,
    ) -> int:  # fmt: skip
        """Settle a block agreement or negotiated transfer between two named parties; return a Refusal.

        Raises InternalError for any other mechanism.
        """
        if mechanism not in (Mechanism.BLOCK_AGREEMENT, Mechanism.NEGOTIATED):
            raise InternalError(f"{mechanism!r} is not a deal between named parties")
        refusal = (
            self._refuse_opener(venue, instrument, seller, Side.SELL, into)
            or self._refuse_joiner(buyer, (seller,), into or instrument, Side.BUY)
            or self._refuse_terms(mechanism, venue, instrument, price, lots)
            or self._refuse_delivery(venue, instrument, lots, into)
            or self._refuse_units(venue, seller, instrument, lots)
            or self._refuse_cash(venue, buyer, instrument, price, lots, into)
        )
        if refusal == Refusal.NONE:
            self._cross(instrument, into, lots)
            self._settle(t, int(mechanism), venue, instrument, into, buyer, seller, price, lots)
        return int(refusal)

    def _refuse_terms(self, mechanism: Mechanism, venue: int, instrument: int, price: int, lots: int) -> Refusal:
        refusal = self._refuse_amounts(venue, price, lots)
        if refusal or mechanism != Mechanism.BLOCK_AGREEMENT:
            return refusal
        rules = self._venues[venue]
        reference = int(self._book.markets[instrument, REFERENCE])
        if reference == 0:
            return Refusal.UNKNOWN_INSTRUMENT
        low, high = band(reference, rules.block_band_ppm, rules.tick_cash)
        if rules.block_band_ppm and not low <= price <= high:
            return Refusal.PRICE_OUTSIDE_BAND
        return Refusal.LOTS_BELOW_MINIMUM if lots < rules.block_lots_min else Refusal.NONE
