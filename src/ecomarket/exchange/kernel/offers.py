"""Negotiated transfers of the fast exchange: offer, counter-offer, acceptance, right to match, expiry."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ecomarket.exchange.kernel.bidding import KernelBidding
from ecomarket.exchange.kernel.parties import side_of_passage
from ecomarket.exchange.terms import TO_ALL, Ended, OfferTerms, OpenOffer
from ecomarket.model.codes import Mechanism, Refusal, Side


@dataclass(slots=True)
class Offer:
    """An offer that stands: hold of its maker, and what it holds; who accepted, the same of the taker; when it settles.

    match_side is the side of the deal on which others may match: the one opposite to the first offer's.
    """

    account: int
    venue: int
    instrument: int
    side: int
    price: int
    lots: int
    terms: OfferTerms
    match_side: int
    hold: int = 0
    held: int = 0
    taker: int = -1
    taker_hold: int = 0
    taker_held: int = 0
    settle_t: int = 0

    @property
    def into(self) -> int:
        """Return what is delivered in place of what is sold, 0: that itself."""
        return self.terms.into

    def about(self, side: int) -> int:
        """Return the instrument that a side of the deal is about."""
        return side_of_passage(self.instrument, self.into, side)

    def may_match(self, account: int) -> bool:
        """Tell whether an account holds the right to match."""
        return account in self.terms.match_by

    def replaceable(self, taker: int) -> int:
        """Return the party whose place others may take once `taker` has accepted."""
        return self.account if self.side == self.match_side else taker


class KernelOffers(KernelBidding):
    """Negotiated transfers."""

    _offers: dict[int, Offer]

    def offer(
        self, t: int, venue: int, instrument: int, account: int, side: int, price: int, lots: int,
        terms: OfferTerms = TO_ALL,
    ) -> tuple[int, int]:  # fmt: skip
        """Offer to buy or sell whole lots at a price, cash or units held; return (offer id, Refusal)."""
        refusal = self._refuse_offer(t, venue, instrument, account, side, price, lots, terms)
        if refusal:
            return 0, int(refusal)
        made = Offer(account, venue, instrument, side, price, lots, terms, 3 - side)
        return self._make_offer(t, made), 0

    def counter(self, t: int, account: int, offer: int, price: int, lots: int, expire_t: int = 0) -> tuple[int, int]:
        """Answer an offer made to this party alone with one on other terms; return (offer id, Refusal).

        It replaces the first offer, whose maker alone may accept it; rights to match go on. Refused, the first stands.
        """
        old = self._offers.get(offer)
        refusal = self._refuse_answer(t, account, old)
        if refusal or old is None:
            return 0, int(refusal)
        terms = replace(old.terms, to=(old.account,), expire_t=expire_t, first=(), window_t=0)
        if old.terms.to != (account,):
            refusal = Refusal.NO_COUNTER
        else:
            refusal = self._refuse_offer(t, old.venue, old.instrument, account, 3 - old.side, price, lots, terms)
        if refusal:
            return 0, int(refusal)
        self._drop_offer(t, offer)
        made = Offer(account, old.venue, old.instrument, 3 - old.side, price, lots, terms, old.match_side)
        return self._make_offer(t, made), 0

    def accept(self, t: int, account: int, offer: int) -> int:
        """Accept an offer whole; return a Refusal. Where others may match, the deal waits and both sides are held."""
        found = self._offers.get(offer)
        refusal = self._refuse_answer(t, account, found)
        if refusal or found is None:
            return int(refusal)
        side = 3 - found.side
        refusal = self._refuse_crossing(found.instrument, found.into, found.lots) or self._refuse_funds(
            found.venue, account, found.instrument, side, found.price, found.lots, found.into
        )
        if refusal:
            return int(refusal)
        self._cross(found.instrument, found.into, found.lots)
        found.taker = account
        if not found.terms.match_by or found.may_match(found.replaceable(account)):
            self._settle_offer(t, offer)
            return 0
        found.settle_t = t + found.terms.match_time
        found.taker_hold = self._new_id()
        found.taker_held = self._hold_side(t, found.taker_hold, account, found, side)
        return 0

    def take_over(self, t: int, account: int, offer: int) -> int:
        """Take an accepted deal at its price, by right to match; return a Refusal. The party replaced is released."""
        found = self._offers.get(offer)
        if not self._known(account):
            return int(Refusal.UNKNOWN_ACCOUNT)
        if found is None:
            return int(Refusal.UNKNOWN_ORDER)
        refusal = self._refuse_match(t, account, found)
        if refusal:
            return int(refusal)
        if found.side == found.match_side:
            self._release_side(t, offer, found.account, found, found.side, found.held)
            found.account, found.hold, found.held = account, 0, 0
        else:
            self._release_side(t, found.taker_hold, found.taker, found, found.match_side, found.taker_held)
            found.taker, found.taker_hold, found.taker_held = account, 0, 0
        self._settle_offer(t, offer)
        return 0

    def withdraw(self, t: int, account: int, offer: int) -> int:
        """Withdraw an offer that nobody has accepted; return a Refusal."""
        found = self._offers.get(offer)
        if found is None:
            return int(Refusal.UNKNOWN_ORDER)
        if found.account != account:
            return int(Refusal.NOT_OWNER)
        if found.taker >= 0:
            return int(Refusal.OFFER_TAKEN)
        self._drop_offer(t, offer)
        return 0

    def expire_offers(self, t: int) -> list[Ended]:
        """End what time has ended, in order of id: offers lapse, deals that nobody matched settle.

        A deal waits while one of its parties may not trade.
        """
        ended = []
        for number in sorted(self._offers):
            found = self._offers[number]
            if found.taker >= 0 and t >= found.settle_t and not self._refuse_deal(found):
                self._settle_offer(t, number)
                ended.append(Ended(number, found.lots))
            elif found.taker < 0 and 0 < found.terms.expire_t <= t:
                self._drop_offer(t, number)
                ended.append(Ended(number, 0))
        return ended

    def open_offers(self, instrument: int) -> list[OpenOffer]:
        """Return the offers of an instrument that stand, in order of id."""
        return [
            OpenOffer(n, o.account, o.venue, o.instrument, o.side, o.price, o.lots, o.terms, o.taker, o.settle_t)
            for n, o in sorted((n, o) for n, o in self._offers.items() if o.instrument == instrument)
        ]

    # --- inside
    def _make_offer(self, t: int, made: Offer) -> int:
        number = made.hold = self._new_id()
        made.held = self._hold_side(t, number, made.account, made, made.side)
        self._offers[number] = made
        return number

    def _drop_offer(self, t: int, number: int) -> None:
        gone = self._offers.pop(number)
        self._release_side(t, number, gone.account, gone, gone.side, gone.held)

    def _hold_side(self, t: int, number: int, account: int, offer: Offer, side: int) -> int:
        """Hold what one side of a deal has to give; return how much."""
        held = self._cost(offer.venue, offer.price, offer.lots) if side == Side.BUY else offer.lots
        if side == Side.BUY:
            self._track(account, *self._delivery(offer.venue, offer.instrument, offer.lots, offer.into))
        self._post_bid_hold(t, number, account, offer.instrument, side, held, opening=True)
        return held

    def _release_side(self, t: int, number: int, account: int, offer: Offer, side: int, held: int) -> None:
        if side == Side.BUY:
            self._untrack(account, offer)
        self._post_bid_hold(t, number, account, offer.instrument, side, held, opening=False)

    def _settle_offer(self, t: int, number: int) -> None:
        """Settle an accepted offer from the holds of maker and taker, 0 where one gives from what is free."""
        found = self._offers.pop(number)
        maker = (found.account, found.hold, found.held)
        taker = (found.taker, found.taker_hold, found.taker_held)
        (buyer, bid, cash), (seller, units, _) = (maker, taker) if found.side == Side.BUY else (taker, maker)
        if bid:
            self._untrack(buyer, found)
        self._settle(
            t, int(Mechanism.NEGOTIATED), found.venue, found.instrument, found.into, buyer, seller, found.price,
            found.lots, bid, cash, units,
        )  # fmt: skip

    def _untrack(self, buyer: int, offer: Offer) -> None:
        got, arriving = self._delivery(offer.venue, offer.instrument, offer.lots, offer.into)
        self._track(buyer, got, -arriving)

    # --- checks
    def _refuse_offer(
        self, t: int, venue: int, instrument: int, account: int, side: int, price: int, lots: int, terms: OfferTerms
    ) -> Refusal:
        if side not in (Side.BUY, Side.SELL):
            return Refusal.NOT_ELIGIBLE
        refusal = self._refuse_opener(venue, instrument, account, side, terms.into)
        if not refusal and account in terms.to:
            refusal = Refusal.SAME_PARTY
        refusal = refusal or self._refuse_amounts(venue, price, lots)
        refusal = refusal or self._refuse_delivery(venue, instrument, lots, terms.into)
        if not refusal and 0 < terms.expire_t <= t:
            refusal = Refusal.EXPIRY_PAST
        return refusal or self._refuse_funds(venue, account, instrument, side, price, lots, terms.into)

    def _refuse_answer(self, t: int, account: int, offer: Offer | None) -> Refusal:
        """Check whether a party may accept an offer now, or answer it."""
        if not self._known(account):
            return Refusal.UNKNOWN_ACCOUNT
        if offer is None:
            return Refusal.UNKNOWN_ORDER
        if offer.taker >= 0:
            return Refusal.OFFER_TAKEN
        if 0 < offer.terms.expire_t <= t:
            return Refusal.OFFER_EXPIRED
        refusal = self._refuse_joiner(account, (offer.account,), offer.about(3 - offer.side), 3 - offer.side)
        if not refusal and offer.terms.to and account not in offer.terms.to:
            refusal = Refusal.NOT_ADDRESSED
        if not refusal and t < offer.terms.window_t and account not in offer.terms.first:
            refusal = Refusal.PRIORITY_WINDOW
        return refusal

    def _refuse_match(self, t: int, account: int, offer: Offer) -> Refusal:
        if offer.taker < 0:
            return Refusal.NOTHING_TO_MATCH
        if not offer.may_match(account):
            return Refusal.NO_RIGHT_TO_MATCH
        if t >= offer.settle_t:
            return Refusal.OFFER_EXPIRED
        stays = offer.taker if offer.side == offer.match_side else offer.account
        side = offer.match_side
        return (
            self._refuse_joiner(account, (stays,), offer.about(side), side)
            or self._refuse_party(stays, offer.about(3 - side), 3 - side)
            or self._refuse_funds(offer.venue, account, offer.instrument, side, offer.price, offer.lots, offer.into)
        )

    def _refuse_deal(self, offer: Offer) -> Refusal:
        """Check whether both parties of an accepted offer may still trade."""
        side, other = offer.side, 3 - offer.side
        return self._refuse_party(offer.account, offer.about(side), side) or self._refuse_party(
            offer.taker, offer.about(other), other
        )
