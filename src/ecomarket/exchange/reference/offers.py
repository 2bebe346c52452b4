"""Negotiated transfers of the reference exchange, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecomarket.exchange.reference.bidding import ReferenceBidding
from ecomarket.exchange.terms import TO_ALL, Ended, OfferTerms, OpenOffer
from ecomarket.model.codes import Mechanism, Refusal, Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.rules import VenueRules


@dataclass
class Party:
    """One side of a deal: an account, and its hold (0, 0: it gives from what is free)."""

    account: int
    hold: int = 0
    held: int = 0


@dataclass
class Proposal:
    """An offer that stands. `contested` is the side (Side) whose party others may replace by right to match."""

    number: int
    venue: int
    instrument: int
    side: int
    price: int
    lots: int
    terms: OfferTerms
    contested: int
    parties: dict[int, Party]
    settle_t: int = 0

    @property
    def maker(self) -> Party:
        """Return the party that made it."""
        return self.parties[self.side]

    @property
    def taker(self) -> Party | None:
        """Return the party that accepted it."""
        return self.parties.get(3 - self.side)


class ReferenceOffers(ReferenceBidding):
    """Negotiated transfers."""

    def __init__(self, accounts: int, instruments: int, venues: Sequence[VenueRules], system_accounts: int) -> None:
        super().__init__(accounts, instruments, venues, system_accounts)
        self.proposals: dict[int, Proposal] = {}

    def wants(self, account: int, instrument: int) -> int:
        """Return the lots that the account is about to buy by offers, too."""
        total = super().wants(account, instrument)
        for proposal in self.proposals.values() if self.limited else ():
            buyer = proposal.parties.get(Side.BUY)
            got, arriving = self.gets(proposal)
            if got == instrument and buyer is not None and buyer.account == account:
                total += arriving
        return total

    def gets(self, proposal: Proposal) -> tuple[int, int]:
        """Return what the buyer of a proposal gets."""
        return self.delivery(proposal.venue, proposal.instrument, proposal.lots, proposal.terms.into)

    def concerns(self, proposal: Proposal, side: int) -> int:
        """Return the instrument that a party of a side must be allowed to trade."""
        return self.gets(proposal)[0] if side == Side.BUY else proposal.instrument

    def lacks(self, proposal: Proposal, account: int, side: int) -> Refusal:
        """Return why an account cannot take a side of a proposal."""
        p = proposal
        return self.short(p.venue, account, p.instrument, side, p.price, p.lots, p.terms.into)

    def offer(
        self, t: int, venue: int, instrument: int, account: int, side: int, price: int, lots: int,
        terms: OfferTerms = TO_ALL,
    ) -> tuple[int, int]:  # fmt: skip
        """Offer to buy or sell whole lots at a price, cash or units held; return (offer id, Refusal)."""
        refusal = self.bad_offer(t, venue, instrument, account, side, price, lots, terms)
        if refusal != Refusal.NONE:
            return 0, int(refusal)
        return self.propose(t, venue, instrument, account, side, price, lots, terms, contested=3 - side), 0

    def counter(self, t: int, account: int, offer: int, price: int, lots: int, expire_t: int = 0) -> tuple[int, int]:
        """Answer an offer made to this party alone with one on other terms; return (offer id, Refusal)."""
        refusal = self.bad_answer(t, account, offer)
        if refusal != Refusal.NONE:
            return 0, int(refusal)
        first = self.proposals[offer]
        if len(first.terms.to) != 1:
            return 0, int(Refusal.NO_COUNTER)
        terms = OfferTerms(
            to=(first.maker.account,), expire_t=expire_t, match_by=first.terms.match_by,
            match_time=first.terms.match_time, into=first.terms.into,
        )  # fmt: skip
        side = 3 - first.side
        refusal = self.bad_offer(t, first.venue, first.instrument, account, side, price, lots, terms)
        if refusal != Refusal.NONE:
            return 0, int(refusal)
        self.let_go(t, first, first.side)
        del self.proposals[offer]
        number = self.propose(
            t, first.venue, first.instrument, account, side, price, lots, terms, contested=first.contested
        )
        return number, 0

    def accept(self, t: int, account: int, offer: int) -> int:
        """Accept an offer whole; return a Refusal. Where others may match, the deal waits and both sides are held."""
        refusal = self.bad_answer(t, account, offer)
        if refusal != Refusal.NONE:
            return int(refusal)
        proposal = self.proposals[offer]
        side, way = 3 - proposal.side, (proposal.instrument, proposal.terms.into, proposal.lots)
        refusal = self.no_room(*way) or self.lacks(proposal, account, side)
        if refusal != Refusal.NONE:
            return int(refusal)
        self.take_room(*way)
        proposal.parties[side] = Party(account)
        rights = proposal.terms.match_by
        if not rights or proposal.parties[proposal.contested].account in rights:
            self.conclude(t, proposal)
        else:
            proposal.settle_t = t + proposal.terms.match_time
            self.put_up(t, proposal, side)
        return 0

    def take_over(self, t: int, account: int, offer: int) -> int:
        """Take an accepted deal at its price, by right to match; return a Refusal. The party replaced is released."""
        if not 0 <= account < self.accounts:
            return int(Refusal.UNKNOWN_ACCOUNT)
        if offer not in self.proposals:
            return int(Refusal.UNKNOWN_ORDER)
        proposal = self.proposals[offer]
        side = proposal.contested
        if proposal.taker is None:
            return int(Refusal.NOTHING_TO_MATCH)
        if account not in proposal.terms.match_by:
            return int(Refusal.NO_RIGHT_TO_MATCH)
        if t >= proposal.settle_t:
            return int(Refusal.OFFER_EXPIRED)
        stays = proposal.parties[3 - side].account
        fits = self.bad_party(account, self.concerns(proposal, side), side, [stays])
        refusal = fits or self.bad_side(proposal, 3 - side) or self.lacks(proposal, account, side)
        if refusal == Refusal.NONE:
            self.let_go(t, proposal, side)
            proposal.parties[side] = Party(account)
            self.conclude(t, proposal)
        return int(refusal)

    def withdraw(self, t: int, account: int, offer: int) -> int:
        """Withdraw an offer that nobody has accepted; return a Refusal."""
        if offer not in self.proposals:
            return int(Refusal.UNKNOWN_ORDER)
        proposal = self.proposals[offer]
        if proposal.maker.account != account:
            return int(Refusal.NOT_OWNER)
        if proposal.taker is not None:
            return int(Refusal.OFFER_TAKEN)
        self.let_go(t, proposal, proposal.side)
        del self.proposals[offer]
        return 0

    def expire_offers(self, t: int) -> list[Ended]:
        """End what time has ended, in order of id: offers lapse, deals that nobody matched settle.

        A deal waits while one of its parties may not trade.
        """
        ended = []
        for number, proposal in sorted(self.proposals.items()):
            if proposal.taker is not None:
                barred = any(self.bad_side(proposal, side) for side in proposal.parties)
                if proposal.settle_t <= t and not barred:
                    self.conclude(t, proposal)
                    ended.append(Ended(number, proposal.lots))
            elif proposal.terms.expire_t and proposal.terms.expire_t <= t:
                self.let_go(t, proposal, proposal.side)
                del self.proposals[number]
                ended.append(Ended(number, 0))
        return ended

    def open_offers(self, instrument: int) -> list[OpenOffer]:
        """Return the offers of an instrument that stand, in order of id."""
        found = [p for _, p in sorted(self.proposals.items()) if p.instrument == instrument]
        return [
            OpenOffer(
                p.number, p.maker.account, p.venue, instrument, p.side, p.price, p.lots, p.terms,
                p.taker.account if p.taker else -1, p.settle_t,
            )
            for p in found
        ]  # fmt: skip

    # --- steps
    def propose(
        self, t: int, venue: int, instrument: int, account: int, side: int, price: int, lots: int, terms: OfferTerms,
        *, contested: int,
    ) -> int:  # fmt: skip
        """Write down a new offer; return its id."""
        number = self.new_id()
        parties = {side: Party(account, number)}
        proposal = Proposal(number, venue, instrument, side, price, lots, terms, contested, parties)
        self.proposals[number] = proposal
        self.put_up(t, proposal, side)
        return number

    def put_up(self, t: int, proposal: Proposal, side: int) -> None:
        """Hold what one party has to give."""
        party = proposal.parties[side]
        party.hold = party.hold or self.new_id()
        party.held = self.stake(proposal.venue, side, proposal.price, proposal.lots)
        self.keep(t, party.hold, party.account, proposal.instrument, side, party.held)

    def let_go(self, t: int, proposal: Proposal, side: int) -> None:
        """Release what one party holds."""
        party = proposal.parties[side]
        self.free_up(t, party.hold, party.account, proposal.instrument, side, party.held)

    def conclude(self, t: int, proposal: Proposal) -> None:
        """Settle the deal."""
        del self.proposals[proposal.number]
        buyer, seller = proposal.parties[Side.BUY], proposal.parties[Side.SELL]
        fill = [(proposal.price, proposal.lots)]
        self.settle(
            t, Mechanism.NEGOTIATED, proposal.venue, proposal.instrument, buyer=buyer.account, seller=seller.account,
            buy_order=buyer.hold, sell_order=seller.hold, price=proposal.price, lots=proposal.lots, hold=buyer.held,
            seller_held=seller.hold > 0,
            fees=(
                self.last_fee(proposal.venue, Side.BUY, fill),
                self.last_fee(proposal.venue, Side.SELL, fill),
            ),
        )  # fmt: skip
        self.convert(t, proposal.venue, proposal.instrument, proposal.lots, proposal.terms.into, buyer.account)

    # --- checks
    def bad_offer(
        self, t: int, venue: int, instrument: int, account: int, side: int, price: int, lots: int, terms: OfferTerms
    ) -> Refusal:
        """Return why an offer cannot be made."""
        if side not in (1, 2):
            return Refusal.NOT_ELIGIBLE
        return (
            self.bad_host(venue, instrument, account, side, terms.into)
            or (Refusal.SAME_PARTY if account in terms.to else Refusal.NONE)
            or self.bad_amounts(venue, price, lots)
            or self.nothing_arrives(venue, instrument, lots, terms.into)
            or (Refusal.EXPIRY_PAST if terms.expire_t and terms.expire_t <= t else Refusal.NONE)
            or self.short(venue, account, instrument, side, price, lots, terms.into)
        )

    def bad_side(self, proposal: Proposal, side: int) -> Refusal:
        """Return why the party on a side may not trade any more."""
        return self.bad_party(proposal.parties[side].account, self.concerns(proposal, side), side)

    def bad_answer(self, t: int, account: int, offer: int) -> Refusal:
        """Return why a party may not accept an offer now, nor answer it."""
        if not 0 <= account < self.accounts:
            return Refusal.UNKNOWN_ACCOUNT
        if offer not in self.proposals:
            return Refusal.UNKNOWN_ORDER
        proposal = self.proposals[offer]
        terms = proposal.terms
        if proposal.taker is not None:
            return Refusal.OFFER_TAKEN
        if terms.expire_t and terms.expire_t <= t:
            return Refusal.OFFER_EXPIRED
        side = 3 - proposal.side
        refusal = self.bad_party(account, self.concerns(proposal, side), side, [proposal.maker.account])
        if refusal != Refusal.NONE:
            return refusal
        if terms.to and account not in terms.to:
            return Refusal.NOT_ADDRESSED
        if terms.window_t > t and account not in terms.first:
            return Refusal.PRIORITY_WINDOW
        return Refusal.NONE
