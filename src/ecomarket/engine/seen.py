"""Which offers of a negotiated venue a party sees, in the terms of its own right, and what its moves say there.

A party deals in the right of its own zone. Where the venue lets sales through to other zones it also sees what is
offered for sale in zones from which its own right may be delivered, and what is asked for in zones into which its own
may be sold: lots and price as they are at its end of the passage, no more than the borders on the way have room for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.model.codes import Side
from ecomarket.model.negotiation import Seen, Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecomarket.exchange.rules import VenueRules
    from ecomarket.exchange.terms import OpenOffer
    from ecomarket.model.negotiation import Move


class Passages:
    """The passages of one venue, by the right that is sold and the right that arrives."""

    def __init__(self, rules: VenueRules) -> None:
        self._ways = {(r.sold, r.delivered): Way(*r, charge=rules.fee_buy_lot_cash) for r in rules.ratios}
        self._tick = rules.tick_cash

    def between(self, sold: int, delivered: int) -> Way | None:
        """Return the passage from one right to another, None if there is none or they are the same."""
        return self._ways.get((sold, delivered))

    def beside(self, own: int) -> list[int]:
        """Return the rights that are delivered as one's own, or as which one's own is delivered, in order."""
        return sorted({sold + delivered - own for sold, delivered in self._ways if own in (sold, delivered)})

    def seen(
        self, t: int, offer: OpenOffer, account: int, own: int, told: tuple[bool, Callable[[int, int], int]]
    ) -> Seen | None:
        """Return an offer as a party sees it, None if it is none of its business.

        own     the right that the party deals in
        told    whether the offer is an answer, and the most lots that may still go from one right to another
        """
        mine, terms = offer.account == account, offer.terms
        if terms.to and not mine and account not in terms.to:
            return None
        is_answer, room = told
        taken, early = offer.taker >= 0, t < terms.window_t and account not in terms.first
        if about(offer, offer.side if mine else 3 - offer.side) != own:
            return None if mine or taken or early else self._elsewhere(offer, own, room)
        fits = not terms.into or room(offer.instrument, terms.into) >= offer.lots
        may_match = taken and account in terms.match_by and account not in (offer.account, offer.taker)
        found = Seen(
            offer=offer.offer,
            maker=offer.account,
            side=offer.side,
            price=offer.price,
            lots=offer.lots,
            mine=mine and not taken,
            to_one=bool(terms.to),
            is_answer=is_answer,
            may_accept=fits and not (mine or taken or early),
            may_match=may_match and offer.side == Side.SELL and t < offer.settle_t,
        )
        if not terms.into:
            return found
        way = self._ways[offer.instrument, terms.into]
        return _arriving(found, way) if own == terms.into else found._replace(even=way.even, fewest=way.fewest)

    def _elsewhere(self, offer: OpenOffer, own: int, room: Callable[[int, int], int]) -> Seen | None:
        """Return an offer to all about another zone's right as it is at the party's end of the passage."""
        if offer.terms.to or offer.terms.into:
            return None
        sells = offer.side == Side.SELL
        way = self.between(*((offer.instrument, own) if sells else (own, offer.instrument)))
        if way is None:
            return None
        most = min(offer.lots if sells else way.sold_for(offer.lots), room(way.sold, way.delivered))
        seen = Seen(offer.offer, offer.account, offer.side, 0, most, may_write=True, way=way, said=offer.price)
        lots, price = seen.part(way.arriving(most) if sells else most, self._tick)
        return seen._replace(lots=lots, price=price) if lots > 0 and price > 0 else None

    def terms(self, move: Move) -> tuple[int, int]:
        """Return price and lots of an offer as the venue takes them: of what is sold, a buyer's price rounded down."""
        way = move.way
        if way is None or move.side == Side.SELL:
            return move.price, move.lots
        sold = way.sold_for(move.lots)
        return (way.earned(move.price, sold) // self._tick * self._tick if sold else 0), sold

    def own_lots(self, offer: OpenOffer, own: int) -> int:
        """Return the lots of an offer at one's own end of the passage."""
        way = self.between(offer.instrument, own)
        return offer.lots if way is None else way.arriving(offer.lots)


def about(offer: OpenOffer, side: int) -> int:
    """Return the right in which one side of an offer deals: what is sold, or what the buyer gets."""
    return offer.terms.into if offer.terms.into and side == Side.BUY else offer.instrument


def _arriving(seen: Seen, way: Way) -> Seen:
    """Return an offer that delivers one's own right in lots that arrive."""
    return seen._replace(lots=way.arriving(seen.lots), price=way.paid(seen.price, seen.lots), way=way, said=seen.price)
