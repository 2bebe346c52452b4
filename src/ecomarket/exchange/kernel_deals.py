"""Deals between named parties and one-way auctions of the fast exchange: checks here, settlement compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.errors import InternalError, LedgerError
from ecomarket.exchange.kernel_auction import BID_FILLED, BID_PAID, clear_bids, settle_deal
from ecomarket.exchange.kernel_ledger import KernelLedger
from ecomarket.exchange.kernel_state import REFERENCE
from ecomarket.exchange.rules import LOTS_LIMIT, NOTIONAL_MAX, PRICE_MAX, band
from ecomarket.ledger.state import POSTED
from ecomarket.model.codes import Eligible, HoldReason, Mechanism, Refusal
from ecomarket.model.order import Fill
from ecomarket.model.record import CASH
from ecomarket.units import PPM, mul_div_floor

if TYPE_CHECKING:
    from ecomarket.exchange.kernel_state import BookState


@dataclass(slots=True)
class Auction:
    """An open one-way auction; `bids` holds (id, account, price, lots, held cash, rank, match_ppm)."""

    venue: int
    instrument: int
    seller: int
    lots: int
    reserve_price: int
    uniform: bool
    bids: list[tuple[int, int, int, int, int, int, int]] = field(default_factory=list)


class KernelDeals(KernelLedger):
    """Block agreements, negotiated transfers, one-way auctions."""

    _book: BookState
    _auctions: dict[int, Auction]

    def deal(
        self, t: int, mechanism: Mechanism, venue: int, instrument: int, buyer: int, seller: int, price: int, lots: int
    ) -> int:
        """Settle a block agreement or negotiated transfer between two named parties; return a Refusal.

        Raises InternalError for any other mechanism.
        """
        if mechanism not in (Mechanism.BLOCK_AGREEMENT, Mechanism.NEGOTIATED):
            raise InternalError(f"{mechanism!r} is not a deal between named parties")
        refusal = (
            self._refuse_seller(venue, instrument, seller)
            or self._refuse_buyer(buyer, seller, instrument)
            or self._refuse_terms(mechanism, venue, instrument, price, lots)
            or self._refuse_units(venue, seller, instrument, lots)
            or self._refuse_cash(venue, buyer, instrument, price, lots)
        )
        if refusal == Refusal.NONE:
            rules = self._venues[venue]
            self._room(1)
            settle_deal(
                self._ledger, t, int(mechanism), venue, instrument, buyer, seller, price, lots,
                rules.fee_buy_ppm, rules.fee_sell_ppm,
            )  # fmt: skip
            self._audit()
        return int(refusal)

    def open_auction(
        self, t: int, venue: int, instrument: int, seller: int, lots: int, reserve_price: int, *, uniform: bool
    ) -> int:
        """Offer `lots` of the seller's units (held until cleared); return the auction's id, or minus a Refusal."""
        refusal = self._refuse_seller(venue, instrument, seller)
        if not refusal and reserve_price < 0:
            refusal = Refusal.PRICE_NOT_POSITIVE
        if not refusal and lots <= 0:
            refusal = Refusal.LOTS_NOT_POSITIVE
        refusal = refusal or self._refuse_units(venue, seller, instrument, lots)
        if refusal:
            return -int(refusal)
        number = self._new_id()
        self._auctions[number] = Auction(venue, instrument, seller, lots, reserve_price, uniform)
        self._post_hold(t, number, seller, instrument, lots, HoldReason.OFFER, opening=True)
        return number

    def bid(
        self, t: int, auction: int, account: int, price: int, lots: int, rank: int = 0, match_ppm: int = 0
    ) -> tuple[int, int]:
        """Bid, cash held; return (bid id, Refusal). Lower ranks win ties of price; a bid counts as price*(1+match_ppm).

        Raises InternalError if match_ppm is outside 0..1000000.
        """
        if not 0 <= match_ppm <= PPM:
            raise InternalError("match_ppm must lie in 0..1000000")
        offer = self._auctions.get(auction)
        if offer is None:
            return 0, int(Refusal.UNKNOWN_ORDER)
        refusal = (
            self._refuse_buyer(account, offer.seller, offer.instrument)
            or self._refuse_amounts(offer.venue, price, lots)
            or self._refuse_cash(offer.venue, account, offer.instrument, price, lots)
        )
        if refusal:
            return 0, int(refusal)
        number = self._new_id()
        held = self._cost(offer.venue, price, lots)
        offer.bids.append((number, account, price, lots, held, rank, match_ppm))
        self._track(account, offer.instrument, lots)
        self._post_hold(t, number, account, CASH, held, HoldReason.BID, opening=True)
        return number, 0

    def clear_auction(self, t: int, auction: int) -> list[Fill]:
        """Price, then rank, then time; settle the winners, release the rest; unsold lots go back to the seller.

        Raises LedgerError if there is no such open auction.
        """
        offer = self._auctions.pop(auction, None)
        if offer is None:
            raise LedgerError(Refusal.UNKNOWN_ORDER, f"no open auction {auction}")
        offer.bids.sort(key=lambda b: (-b[2] * (PPM + b[6]), b[5], b[0]))
        bids = np.zeros((len(offer.bids), 7), np.int64)
        for row, (number, account, price, lots, held, _, _) in enumerate(offer.bids):
            bids[row, :5] = (number, account, price, lots, held)
            self._track(account, offer.instrument, -lots)
        rules = self._venues[offer.venue]
        self._room(2 * len(bids) + 1)
        left = clear_bids(
            self._ledger, t, offer.venue, offer.instrument, offer.seller, auction, bids, offer.lots,
            offer.reserve_price, offer.uniform, rules.fee_buy_ppm, rules.fee_sell_ppm,
        )  # fmt: skip
        if left:
            self._post_hold(t, auction, offer.seller, offer.instrument, int(left), HoldReason.OFFER, opening=False)
        self._audit()
        won = bids[bids[:, BID_FILLED] > 0][:, [0, 1, BID_FILLED, BID_PAID]]
        return [Fill(*row) for row in won.tolist()]

    # --- checks
    def _refuse_seller(self, venue: int, instrument: int, seller: int) -> Refusal:
        if not self._known(seller):
            return Refusal.UNKNOWN_ACCOUNT
        if not CASH < instrument < self._instruments or not 0 <= venue < len(self._venues):
            return Refusal.UNKNOWN_INSTRUMENT
        return self._refuse_party(seller, instrument, Eligible.SELL)

    def _refuse_buyer(self, buyer: int, seller: int, instrument: int) -> Refusal:
        if not self._known(buyer):
            return Refusal.UNKNOWN_ACCOUNT
        if buyer == seller:
            return Refusal.SAME_PARTY
        return self._refuse_party(buyer, instrument, Eligible.BUY)

    def _refuse_party(self, account: int, instrument: int, what: Eligible) -> Refusal:
        if self._ledger.sink[account]:
            return Refusal.SINK_DEBIT
        if not self._ledger.eligible[account, instrument] & int(what):
            return Refusal.NOT_ELIGIBLE
        return Refusal.NONE

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

    def _refuse_amounts(self, venue: int, price: int, lots: int) -> Refusal:
        if price <= 0:
            return Refusal.PRICE_NOT_POSITIVE
        if price % self._venues[venue].tick_cash:
            return Refusal.PRICE_OFF_TICK
        if price > PRICE_MAX:
            return Refusal.PRICE_OUTSIDE_BAND
        if lots <= 0:
            return Refusal.LOTS_NOT_POSITIVE
        return Refusal.LOTS_ABOVE_MAXIMUM if lots > min(LOTS_LIMIT, NOTIONAL_MAX // price) else Refusal.NONE

    def _refuse_units(self, venue: int, seller: int, instrument: int, lots: int) -> Refusal:
        free = self._available(seller, instrument)
        if free < lots:
            return Refusal.INSUFFICIENT_UNITS
        locked = int(self._ledger.bought_today[seller, instrument]) if self._venues[venue].bought_today_locked else 0
        return Refusal.BOUGHT_TODAY if free - locked < lots else Refusal.NONE

    def _refuse_cash(self, venue: int, buyer: int, instrument: int, price: int, lots: int) -> Refusal:
        limit = self._venues[venue].holding_lots_max
        coming = int(self._ledger.balance[buyer, instrument, POSTED] + self._ledger.buying[buyer, instrument])
        if limit and coming + lots > limit:
            return Refusal.HOLDING_LIMIT
        short = self._available(buyer, CASH) < self._cost(venue, price, lots)
        return Refusal.INSUFFICIENT_CASH if short else Refusal.NONE

    def _cost(self, venue: int, price: int, lots: int) -> int:
        return price * lots + mul_div_floor(price * lots, self._venues[venue].fee_buy_ppm, PPM)

    def _track(self, account: int, instrument: int, lots: int) -> None:
        if any(v.holding_lots_max for v in self._venues):
            self._ledger.buying[account, instrument] += lots
