"""One-way auctions of the fast exchange: who may offer and bid, holds, and the calls; the clearing is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.errors import InternalError, LedgerError
from ecomarket.exchange.kernel.auction import (
    BID_ACCOUNT,
    BID_ID,
    BID_PAID,
    BID_RESERVE,
    BID_WON,
    LOT_LEFT,
    LOT_RESERVE,
    SIDE_HELD,
    clear_purchase,
    clear_sale,
)
from ecomarket.exchange.kernel.parties import KernelParties
from ecomarket.exchange.kernel.turns import Auction, Bid, clock_turns, sealed_turns
from ecomarket.exchange.terms import PLAIN, AuctionTerms
from ecomarket.model.codes import HoldReason, Refusal, Side
from ecomarket.model.order import Fill
from ecomarket.model.record import CASH
from ecomarket.units import PPM

if TYPE_CHECKING:
    from numpy.typing import NDArray


class KernelBidding(KernelParties):
    """One-way auctions: opening, bids, withdrawal, clearing."""

    _auctions: dict[int, Auction]

    def open_auction(
        self, t: int, venue: int, instrument: int, host: int, lots: int, reserve_price: int, *, uniform: bool,
        terms: AuctionTerms = PLAIN,
    ) -> int:  # fmt: skip
        """Offer `lots` of the host's units, or ask for lots; return the auction's id, or minus a Refusal.

        What the host may have to give, units or cash, is held until cleared. Raises InternalError for an ascending
        auction in which each pays its own bid.
        """
        if terms.clock and not uniform:
            raise InternalError("an ascending auction has one price")
        refusal = (
            self._refuse_opener(venue, instrument, host, terms.side)
            or self._refuse_start(venue, reserve_price, terms)
            or self._refuse_lots(venue, lots, reserve_price, terms)
            or self._refuse_reserve(venue, instrument, host, lots, terms)
            or self._refuse_funds(venue, host, instrument, terms.side, reserve_price, lots)
        )
        if refusal:
            return -int(refusal)
        number = self._new_id()
        buying = terms.side == Side.BUY
        held = self._cost(venue, reserve_price, lots) if buying else lots
        auction = Auction(venue, instrument, host, lots, reserve_price, uniform, terms, held)
        self._auctions[number] = auction
        self._post_bid_hold(t, number, host, instrument, terms.side, held, opening=True)
        if buying:
            self._track(host, instrument, lots)
        if terms.contain_lots:
            auction.reserve = self._new_id()
            self._post_bid_hold(
                t, auction.reserve, terms.contain_account, instrument, terms.side, terms.contain_lots, opening=True
            )
        return number

    def bid(
        self, t: int, auction: int, account: int, price: int, lots: int, rank: int = 0, match_ppm: int = 0, *,
        whole: bool = False,
    ) -> tuple[int, int]:  # fmt: skip
        """Bid, cash (or the lots offered) held; return (bid id, Refusal). `whole` wins all or nothing.

        Lower ranks win ties of price; a bid counts as price*(1+match_ppm), an offer of lots as price*(1-match_ppm).
        In an ascending auction the price is the last one at which the bidder stays. Raises InternalError if match_ppm
        is outside 0..1000000, or not 0 where the price does not come from sealed bids alone.
        """
        if not 0 <= match_ppm <= PPM:
            raise InternalError("match_ppm must lie in 0..1000000")
        found = self._auctions.get(auction)
        if found is None:
            return 0, int(Refusal.UNKNOWN_ORDER)
        if match_ppm and not found.terms.by_bids_alone:
            raise InternalError("a right to match needs sealed bids and no triggers")
        side, instrument = 3 - found.terms.side, found.instrument
        refusal = (
            self._refuse_joiner(account, (found.host, found.terms.contain_account), instrument, side)
            or self._refuse_amounts(found.venue, price, lots)
            or self._refuse_bidder(found, account, lots)
            or self._refuse_funds(found.venue, account, instrument, side, price, lots)
        )
        if refusal:
            return 0, int(refusal)
        number = self._new_id()
        held = self._cost(found.venue, price, lots) if side == Side.BUY else lots
        found.bids[number] = Bid(number, account, price, lots, held, rank, match_ppm, whole)
        if side == Side.BUY:
            self._track(account, instrument, lots)
        self._post_bid_hold(t, number, account, instrument, side, held, opening=True)
        return number, 0

    def withdraw_bid(self, t: int, account: int, bid: int) -> int:
        """Take back a bid before the auction is cleared; return a Refusal."""
        auction = next((a for a in self._auctions.values() if bid in a.bids), None)
        if auction is None:
            return int(Refusal.UNKNOWN_ORDER)
        if auction.bids[bid].account != account:
            return int(Refusal.NOT_OWNER)
        gone, side = auction.bids.pop(bid), 3 - auction.terms.side
        if side == Side.BUY:
            self._track(account, auction.instrument, -gone.lots)
        self._post_bid_hold(t, bid, account, auction.instrument, side, gone.held, opening=False)
        return 0

    def clear_auction(self, t: int, auction: int) -> list[Fill]:
        """Settle the winners in their turn, release the rest; what the host did not sell or spend falls free.

        Raises LedgerError if there is no such open auction.
        """
        found = self._auctions.get(auction)
        if found is None:
            raise LedgerError(Refusal.UNKNOWN_ORDER, f"no open auction {auction}")
        self._drop_barred(t, found)
        del self._auctions[auction]
        tranches = found.tranches()
        price, bids = clock_turns(found, tranches) if found.terms.clock else (0, sealed_turns(found))
        self._room(3 * len(bids) + 2)
        parties = np.zeros((3, 3), np.int64)
        parties[0, SIDE_HELD] = found.held
        rates = self._rates(found.venue)
        if found.terms.side == Side.SELL:
            sellers = np.array([(found.host, auction), (found.terms.contain_account, found.reserve)], np.int64)
            clear_sale(
                self._ledger, t, found.venue, found.instrument, sellers, bids, tranches, price, found.uniform, rates,
                parties,
            )  # fmt: skip
        else:
            clear_purchase(
                self._ledger, t, found.venue, found.instrument, found.host, auction, bids, tranches, price,
                found.uniform, rates, parties,
            )  # fmt: skip
        self._end_auction(t, auction, found, tranches, int(parties[0, SIDE_HELD]))
        won = bids[:, BID_WON] + bids[:, BID_RESERVE]
        rows = np.column_stack([bids[:, BID_ID], bids[:, BID_ACCOUNT], won, bids[:, BID_PAID]])[won > 0]
        return [Fill(*row) for row in rows.tolist()]

    def _drop_barred(self, t: int, auction: Auction) -> None:
        """Take back the bids of who may not trade any more; all of them where the host may not."""
        side, instrument = auction.terms.side, auction.instrument
        closed = self._refuse_party(auction.host, instrument, side)
        for bid in list(auction.bids.values()):
            if closed or self._refuse_party(bid.account, instrument, 3 - side):
                self.withdraw_bid(t, bid.account, bid.number)

    def _end_auction(self, t: int, number: int, auction: Auction, tranches: NDArray[np.int64], cash: int) -> None:
        terms, instrument = auction.terms, auction.instrument
        if terms.side == Side.BUY:
            left, reserve = cash, 0
            self._track(auction.host, instrument, -auction.lots)
        else:
            of_reserve = tranches[:, LOT_RESERVE] != 0
            left, reserve = int(tranches[~of_reserve, LOT_LEFT].sum()), int(tranches[of_reserve, LOT_LEFT].sum())
            for bid in auction.bids.values():
                self._track(bid.account, instrument, -bid.lots)
        if left:
            self._post_bid_hold(t, number, auction.host, instrument, terms.side, left, opening=False)
        if reserve:
            self._post_bid_hold(
                t, auction.reserve, terms.contain_account, instrument, terms.side, reserve, opening=False
            )
        self._audit()

    def _post_bid_hold(
        self, t: int, number: int, account: int, instrument: int, side: int, amount: int, *, opening: bool
    ) -> None:
        """Hold or release the cash of a buyer, the units of a seller."""
        if side == Side.BUY:
            self._post_hold(t, number, account, CASH, amount, HoldReason.BID, opening=opening)
        else:
            self._post_hold(t, number, account, instrument, amount, HoldReason.OFFER, opening=opening)

    # --- checks
    def _refuse_start(self, venue: int, reserve_price: int, terms: AuctionTerms) -> Refusal:
        """Check every price that could be paid although nobody bid it."""
        if reserve_price < 0:
            return Refusal.PRICE_NOT_POSITIVE
        clock = [reserve_price, terms.increment] if terms.clock else []
        triggers = [p for p in (terms.contain_price, terms.withhold_price) if p]
        return next((r for r in (self._refuse_price(venue, p) for p in clock + triggers) if r), Refusal.NONE)

    def _refuse_lots(self, venue: int, lots: int, reserve_price: int, terms: AuctionTerms) -> Refusal:
        if terms.side == Side.BUY:
            return self._refuse_amounts(venue, reserve_price, lots)
        if lots <= 0:
            return Refusal.LOTS_NOT_POSITIVE
        return Refusal.LOTS_ABOVE_MAXIMUM if terms.withhold_lots > lots else Refusal.NONE

    def _refuse_reserve(self, venue: int, instrument: int, host: int, lots: int, terms: AuctionTerms) -> Refusal:
        if not terms.contain_lots:
            return Refusal.NONE
        need = terms.contain_lots + (lots if terms.contain_account == host else 0)
        return self._refuse_party(terms.contain_account, instrument, Side.SELL) or self._refuse_units(
            venue, terms.contain_account, instrument, need
        )

    def _refuse_bidder(self, auction: Auction, account: int, lots: int) -> Refusal:
        limit = auction.terms.bidder_lots_max
        if not limit:
            return Refusal.NONE
        so_far = sum(b.lots for b in auction.bids.values() if b.account == account)
        return Refusal.BIDDER_LIMIT if so_far + lots > limit else Refusal.NONE
