"""One-way auctions of the reference exchange, in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.errors import InternalError, LedgerError
from ecomarket.exchange.reference.parties import ReferenceParties
from ecomarket.exchange.reference.sale import Bid, Sale, allot, one_price
from ecomarket.exchange.terms import PLAIN, AuctionTerms
from ecomarket.model.codes import Mechanism, Refusal, Side
from ecomarket.model.order import Fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.rules import VenueRules


class ReferenceBidding(ReferenceParties):
    """One-way auctions."""

    def __init__(self, accounts: int, instruments: int, venues: Sequence[VenueRules], system_accounts: int) -> None:
        super().__init__(accounts, instruments, venues, system_accounts)
        self.sales: dict[int, Sale] = {}

    def wants(self, account: int, instrument: int) -> int:
        """Return the lots that the account is about to buy in auctions, too."""
        total = super().wants(account, instrument)
        for sale in self.sales.values() if self.limited else ():
            if sale.instrument != instrument:
                continue
            if sale.terms.side == Side.BUY:
                total += sale.lots if sale.host == account else 0
            else:
                total += sum(b.lots for b in sale.bids if b.account == account)
        return total

    def open_auction(
        self, t: int, venue: int, instrument: int, host: int, lots: int, reserve_price: int, *, uniform: bool,
        terms: AuctionTerms = PLAIN,
    ) -> int:  # fmt: skip
        """Offer `lots` of the host's units, or ask for lots; return the auction's id, or minus a Refusal."""
        if terms.clock and not uniform:
            raise InternalError("an ascending auction has one price")
        refusal = (
            self.bad_host(venue, instrument, host, terms.side)
            or self.bad_sale(venue, lots, reserve_price, terms)
            or self.bad_reserve(venue, instrument, host, lots, terms)
            or self.short(venue, host, instrument, terms.side, reserve_price, lots)
        )
        if refusal != Refusal.NONE:
            return -int(refusal)
        number = self.new_id()
        held = self.stake(venue, terms.side, reserve_price, lots)
        sale = Sale(number, venue, instrument, host, lots, reserve_price, uniform, terms, held)
        self.sales[number] = sale
        self.keep(t, number, host, instrument, terms.side, held)
        if terms.contain_lots:
            sale.reserve = self.new_id()
            self.keep(t, sale.reserve, terms.contain_account, instrument, Side.SELL, terms.contain_lots)
        return number

    def bid(
        self, t: int, auction: int, account: int, price: int, lots: int, rank: int = 0, match_ppm: int = 0, *,
        whole: bool = False,
    ) -> tuple[int, int]:  # fmt: skip
        """Bid, cash (or the lots offered) held; return (bid id, Refusal)."""
        if match_ppm < 0 or match_ppm > 1_000_000:
            raise InternalError("match_ppm must lie in 0..1000000")
        if auction not in self.sales:
            return 0, int(Refusal.UNKNOWN_ORDER)
        sale = self.sales[auction]
        terms = sale.terms
        if match_ppm > 0 and (terms.clock or terms.contain_lots > 0 or terms.withhold_lots > 0):
            raise InternalError("a right to match needs sealed bids and no triggers")
        side = Side.BUY if terms.side == Side.SELL else Side.SELL
        so_far = sum(b.lots for b in sale.bids if b.account == account)
        over = terms.bidder_lots_max and so_far + lots > terms.bidder_lots_max
        refusal = (
            self.bad_party(account, sale.instrument, side, [sale.host, terms.contain_account])
            or self.bad_amounts(sale.venue, price, lots)
            or (Refusal.BIDDER_LIMIT if over else Refusal.NONE)
            or self.short(sale.venue, account, sale.instrument, side, price, lots)
        )
        if refusal != Refusal.NONE:
            return 0, int(refusal)
        number = self.new_id()
        held = self.stake(sale.venue, side, price, lots)
        sale.bids.append(Bid(number, account, price, lots, rank, match_ppm, whole, held))
        self.keep(t, number, account, sale.instrument, side, held)
        return number, 0

    def withdraw_bid(self, t: int, account: int, bid: int) -> int:
        """Take back a bid before the auction is cleared; return a Refusal."""
        for sale in self.sales.values():
            for found in sale.bids:
                if found.number != bid:
                    continue
                if found.account != account:
                    return int(Refusal.NOT_OWNER)
                sale.bids.remove(found)
                self.free_up(t, bid, account, sale.instrument, 3 - sale.terms.side, found.held)
                return 0
        return int(Refusal.UNKNOWN_ORDER)

    def clear_auction(self, t: int, auction: int) -> list[Fill]:
        """Settle the winners in their turn, release the rest; what the host did not sell or spend falls free."""
        if auction not in self.sales:
            raise LedgerError(Refusal.UNKNOWN_ORDER, f"no open auction {auction}")
        sale = self.sales[auction]
        closed = self.bad_party(sale.host, sale.instrument, sale.terms.side)
        for bid in list(sale.bids):
            if closed or self.bad_party(bid.account, sale.instrument, 3 - sale.terms.side):
                self.withdraw_bid(t, bid.account, bid.number)
        del self.sales[auction]
        price, turns = sale.turns()
        stock = sale.stock()
        for bid, limit in turns:
            allot(sale, stock, bid, limit)
        winners = [b for b, _ in turns if b.won]
        if sale.uniform and not price:
            price = one_price(sale, stock, winners)
        bids = [b for b, _ in turns]
        if sale.terms.side == Side.BUY:
            self.pay_out(t, sale, bids, price)
        else:
            self.sell_out(t, sale, bids, price)
            for hold, account in ((auction, sale.host), (sale.reserve, sale.terms.contain_account)):
                left = sum(s.left for s in stock if s.hold == hold)
                self.free_up(t, hold, account, sale.instrument, Side.SELL, left)
        return [Fill(b.number, b.account, sum(b.won.values()), price if sale.uniform else b.price) for b in winners]

    def sell_out(self, t: int, sale: Sale, bids: list[Bid], price: int) -> None:
        """Settle the winners of an auction that offers lots, the host's first; release the other cash of each bid."""
        sold: dict[int, list[tuple[int, int]]] = {}
        owners = {sale.number: sale.host, sale.reserve: sale.terms.contain_account}
        for bid in bids:
            paid = price if sale.uniform else bid.price
            held, open_lots = bid.held, bid.lots
            bought: list[tuple[int, int]] = []
            for hold, lots in sorted(bid.won.items()):
                bought.append((paid, lots))
                sold.setdefault(hold, []).append((paid, lots))
                open_lots -= lots
                freed = held - bid.price * open_lots
                held -= freed
                fees = self.last_fee(sale.venue, Side.BUY, bought), self.last_fee(sale.venue, Side.SELL, sold[hold])
                self.settle(
                    t, Mechanism.ONE_WAY_AUCTION, sale.venue, sale.instrument, buyer=bid.account, seller=owners[hold],
                    buy_order=bid.number, sell_order=hold, price=paid, lots=lots, hold=freed, seller_held=True,
                    fees=fees,
                )  # fmt: skip
            self.free_up(t, bid.number, bid.account, sale.instrument, Side.BUY, held)

    def pay_out(self, t: int, sale: Sale, bids: list[Bid], price: int) -> None:
        """Settle the winners of an auction that asks for lots; release their other lots, and the host's other cash."""
        spent: list[tuple[int, int]] = []
        left = sale.held
        for bid in bids:
            lots = sum(bid.won.values())
            if lots:
                paid = price if sale.uniform else bid.price
                spent.append((paid, lots))
                fees = (
                    self.last_fee(sale.venue, Side.BUY, spent),
                    self.last_fee(sale.venue, Side.SELL, [(paid, lots)]),
                )
                left -= paid * lots + fees[0]
                self.settle(
                    t, Mechanism.ONE_WAY_AUCTION, sale.venue, sale.instrument, buyer=sale.host, seller=bid.account,
                    buy_order=sale.number, sell_order=bid.number, price=paid, lots=lots, hold=paid * lots + fees[0],
                    seller_held=True, fees=fees,
                )  # fmt: skip
            self.free_up(t, bid.number, bid.account, sale.instrument, Side.SELL, bid.lots - lots)
        self.free_up(t, sale.number, sale.host, sale.instrument, Side.BUY, left)

    # --- checks
    def bad_sale(self, venue: int, lots: int, reserve_price: int, terms: AuctionTerms) -> Refusal:
        """Return what is wrong with what is offered: first each price that might be paid unbid, then the lots."""
        if reserve_price < 0:
            return Refusal.PRICE_NOT_POSITIVE
        prices = [reserve_price, terms.increment] if terms.clock else []
        prices += [terms.contain_price] if terms.contain_lots else []
        prices += [terms.withhold_price] if terms.withhold_lots else []
        for price in prices:
            refusal = self.bad_price(venue, price)
            if refusal != Refusal.NONE:
                return refusal
        if terms.side == Side.BUY:
            return self.bad_amounts(venue, reserve_price, lots)
        if lots < 1:
            return Refusal.LOTS_NOT_POSITIVE
        return Refusal.LOTS_ABOVE_MAXIMUM if terms.withhold_lots > lots else Refusal.NONE

    def bad_reserve(self, venue: int, instrument: int, host: int, lots: int, terms: AuctionTerms) -> Refusal:
        """Return why the reserve account cannot deliver its lots."""
        if not terms.contain_lots:
            return Refusal.NONE
        lots = terms.contain_lots + lots if terms.contain_account == host else terms.contain_lots
        return self.bad_party(terms.contain_account, instrument, Side.SELL) or self.short_of_units(
            venue, terms.contain_account, instrument, lots
        )
