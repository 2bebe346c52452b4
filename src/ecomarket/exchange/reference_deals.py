"""Deals between named parties and one-way auctions of the reference exchange, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecomarket.errors import InternalError, LedgerError
from ecomarket.exchange.reference_ledger import ReferenceLedger
from ecomarket.exchange.rules import LOTS_LIMIT, NOTIONAL_MAX, PRICE_MAX
from ecomarket.model.codes import Eligible, HoldReason, Mechanism, Refusal
from ecomarket.model.order import Fill
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.rules import Listing, VenueRules


@dataclass
class Bid:
    """One sealed bid."""

    number: int
    account: int
    price: int
    lots: int
    rank: int
    match_ppm: int
    held: int
    won: int = 0


@dataclass
class Offer:
    """What is offered in one auction."""

    venue: int
    instrument: int
    seller: int
    lots: int
    reserve_price: int
    uniform: bool
    bids: list[Bid] = field(default_factory=list)


class ReferenceDeals(ReferenceLedger):
    """Block agreements, negotiated transfers, one-way auctions."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int,
    ) -> None:  # fmt: skip
        super().__init__(accounts, instruments, venues, system_accounts)
        self.references = {x.instrument: x.reference_price for x in listings}
        self.offers: dict[int, Offer] = {}
        self.limited = any(v.holding_lots_max for v in venues)

    def wants(self, account: int, instrument: int) -> int:
        """Return the lots of the account's open bids."""
        if not self.limited:
            return 0
        open_bids = [b for o in self.offers.values() if o.instrument == instrument for b in o.bids]
        return sum(b.lots for b in open_bids if b.account == account)

    def deal(
        self, t: int, mechanism: Mechanism, venue: int, instrument: int, buyer: int, seller: int, price: int, lots: int
    ) -> int:
        """Settle a block agreement or negotiated transfer between two named parties; return a Refusal."""
        if mechanism not in (Mechanism.BLOCK_AGREEMENT, Mechanism.NEGOTIATED):
            raise InternalError(f"{mechanism!r} is not a deal between named parties")
        refusal = (
            self.bad_seller(venue, instrument, seller)
            or self.bad_buyer(buyer, seller, instrument)
            or self.bad_terms(mechanism, venue, instrument, price, lots)
            or self.short_of_units(venue, seller, instrument, lots)
            or self.short_of_cash(venue, buyer, instrument, price, lots)
        )
        if refusal != Refusal.NONE:
            return int(refusal)
        self.settle(
            t, mechanism, venue, instrument, buyer=buyer, seller=seller, price=price, lots=lots, seller_held=False
        )  # fmt: skip
        return 0

    def open_auction(
        self, t: int, venue: int, instrument: int, seller: int, lots: int, reserve_price: int, *, uniform: bool
    ) -> int:
        """Offer `lots` of the seller's units (held until cleared); return the auction's id, or minus a Refusal."""
        refusal = (
            self.bad_seller(venue, instrument, seller)
            or (Refusal.PRICE_NOT_POSITIVE if reserve_price < 0 else Refusal.NONE)
            or (Refusal.LOTS_NOT_POSITIVE if lots < 1 else Refusal.NONE)
            or self.short_of_units(venue, seller, instrument, lots)
        )
        if refusal != Refusal.NONE:
            return -int(refusal)
        number = self.new_id()
        self.offers[number] = Offer(venue, instrument, seller, lots, reserve_price, uniform)
        self.reserve(t, number, seller, instrument, lots, HoldReason.OFFER)
        return number

    def bid(
        self, t: int, auction: int, account: int, price: int, lots: int, rank: int = 0, match_ppm: int = 0
    ) -> tuple[int, int]:
        """Bid, cash held; return (bid id, Refusal)."""
        if match_ppm < 0 or match_ppm > 1_000_000:
            raise InternalError("match_ppm must lie in 0..1000000")
        if auction not in self.offers:
            return 0, int(Refusal.UNKNOWN_ORDER)
        offer = self.offers[auction]
        refusal = (
            self.bad_buyer(account, offer.seller, offer.instrument)
            or self.bad_amounts(offer.venue, price, lots)
            or self.short_of_cash(offer.venue, account, offer.instrument, price, lots)
        )
        if refusal != Refusal.NONE:
            return 0, int(refusal)
        number = self.new_id()
        held = self.cost(offer.venue, price, lots)
        offer.bids.append(Bid(number, account, price, lots, rank, match_ppm, held))
        self.reserve(t, number, account, CASH, held, HoldReason.BID)
        return number, 0

    def clear_auction(self, t: int, auction: int) -> list[Fill]:
        """Price, then rank, then time; settle the winners, release the rest; unsold lots go back to the seller."""
        if auction not in self.offers:
            raise LedgerError(Refusal.UNKNOWN_ORDER, f"no open auction {auction}")
        offer = self.offers.pop(auction)
        in_rank = sorted(offer.bids, key=lambda b: (-b.price * (1_000_000 + b.match_ppm), b.rank, b.number))
        left = offer.lots
        for bid in in_rank:
            if bid.price >= offer.reserve_price:
                bid.won = min(left, bid.lots)
                left -= bid.won
        winners = [b for b in in_rank if b.won]
        lowest = min((b.price for b in winners), default=0)
        fills = []
        for bid in in_rank:
            paid = lowest if offer.uniform else bid.price
            kept = self.cost(offer.venue, bid.price, bid.lots - bid.won)
            if bid.won:
                fills.append(Fill(bid.number, bid.account, bid.won, paid))
                self.settle(
                    t, Mechanism.ONE_WAY_AUCTION, offer.venue, offer.instrument, buyer=bid.account,
                    seller=offer.seller, buy_order=bid.number, sell_order=auction, price=paid, lots=bid.won,
                    hold=bid.held - kept, seller_held=True,
                )  # fmt: skip
            if kept:
                self.give_back(t, bid.number, bid.account, CASH, kept, HoldReason.BID)
        if left:
            self.give_back(t, auction, offer.seller, offer.instrument, left, HoldReason.OFFER)
        return fills

    # --- checks
    def bad_seller(self, venue: int, instrument: int, seller: int) -> Refusal:
        """Return why a party cannot sell at all."""
        if not 0 <= seller < self.accounts:
            return Refusal.UNKNOWN_ACCOUNT
        if not 1 <= instrument < self.instruments or not 0 <= venue < len(self.venues):
            return Refusal.UNKNOWN_INSTRUMENT
        if seller in self.sinks:
            return Refusal.SINK_DEBIT
        return Refusal.NONE if self.allowed[seller, instrument] & Eligible.SELL else Refusal.NOT_ELIGIBLE

    def bad_buyer(self, buyer: int, seller: int, instrument: int) -> Refusal:
        """Return why a party cannot buy from the seller at all."""
        if not 0 <= buyer < self.accounts:
            return Refusal.UNKNOWN_ACCOUNT
        if buyer == seller:
            return Refusal.SAME_PARTY
        if buyer in self.sinks:
            return Refusal.SINK_DEBIT
        return Refusal.NONE if self.allowed[buyer, instrument] & Eligible.BUY else Refusal.NOT_ELIGIBLE

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

    def bad_amounts(self, venue: int, price: int, lots: int) -> Refusal:
        """Return what is wrong with price or lots in themselves."""
        if price < 1:
            return Refusal.PRICE_NOT_POSITIVE
        if price % self.venues[venue].tick_cash != 0:
            return Refusal.PRICE_OFF_TICK
        if price > PRICE_MAX:
            return Refusal.PRICE_OUTSIDE_BAND
        if lots < 1:
            return Refusal.LOTS_NOT_POSITIVE
        return Refusal.LOTS_ABOVE_MAXIMUM if lots > LOTS_LIMIT or lots * price > NOTIONAL_MAX else Refusal.NONE

    def short_of_units(self, venue: int, seller: int, instrument: int, lots: int) -> Refusal:
        """Return why the seller cannot deliver."""
        free = self.spendable(seller, instrument)
        if lots > free:
            return Refusal.INSUFFICIENT_UNITS
        if self.venues[venue].bought_today_locked and lots > free - self.bought_today[seller, instrument]:
            return Refusal.BOUGHT_TODAY
        return Refusal.NONE

    def short_of_cash(self, venue: int, buyer: int, instrument: int, price: int, lots: int) -> Refusal:
        """Return why the buyer may not hold so much, or cannot pay."""
        limit = self.venues[venue].holding_lots_max
        if limit and self.posted_of[buyer, instrument] + self.wants(buyer, instrument) + lots > limit:
            return Refusal.HOLDING_LIMIT
        return (
            Refusal.INSUFFICIENT_CASH if self.cost(venue, price, lots) > self.spendable(buyer, CASH) else Refusal.NONE
        )

    def cost(self, venue: int, price: int, lots: int) -> int:
        """Return the cash that buying takes at most: price x lots and the fee."""
        return price * lots + price * lots * self.venues[venue].fee_buy_ppm // 1_000_000
