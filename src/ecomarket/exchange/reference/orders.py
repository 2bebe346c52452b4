"""The orders of the reference exchange: how one enters, shrinks, leaves, and settles a fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.errors import InternalError
from ecomarket.exchange.reference.book import Book, Order
from ecomarket.exchange.reference.deals import ReferenceDeals
from ecomarket.exchange.reference.fees import charge, needs
from ecomarket.model.codes import CancelReason, Mechanism, RecordKind, Side
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.rules import Listing, VenueRules


class ReferenceOrders(ReferenceDeals):
    """Books, live orders by id, and what they hold."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int,
    ) -> None:  # fmt: skip
        super().__init__(accounts, instruments, venues, listings, system_accounts)
        self.books = {
            x.instrument: Book(x.venue, venues[x.venue], x.reference_price, (x.from_t, x.to_t), x.renewed)
            for x in listings
        }
        self.orders: dict[int, Order] = {}

    def book(self, instrument: int) -> Book:
        """Return the book of a listed instrument."""
        if instrument not in self.books:
            raise InternalError(f"instrument {instrument} is not listed")
        return self.books[instrument]

    def live(self, instruments: Sequence[int]) -> list[Order]:
        """Return the live orders of some instruments, in order of id."""
        return sorted((o for o in self.orders.values() if o.instrument in instruments), key=lambda o: o.number)

    def wants(self, account: int, instrument: int) -> int:
        """Return the lots of the account's open bids and buy orders."""
        if not self.limited:
            return 0
        buys = [o for o in self.orders.values() if o.instrument == instrument and o.side == Side.BUY]
        return super().wants(account, instrument) + sum(o.lots for o in buys if o.account == account)

    def needs(self, order: Order) -> int:
        """Return what an order holds: cash at its limit and the fee, or units."""
        return needs(self.books[order.instrument].rules, order)

    def take_in(self, t: int, order: Order) -> None:
        """Hold what an order needs, and say so."""
        held = self.needs(order)
        self.held_of[order.account, CASH if order.side == Side.BUY else order.instrument] += held
        self.write(
            t, RecordKind.ORDER_ACCEPTED, instrument=order.instrument, account=order.account,
            venue=self.books[order.instrument].venue, flags=order.flags, order=order.number, other=order.expire_t,
            price=order.price, amount=order.lots, hold=held, fee_buy=order.shown,
        )  # fmt: skip

    def rest(self, order: Order) -> None:
        """Put an order into its book, behind the others."""
        order.show()
        self.books[order.instrument].add(order)
        self.orders[order.number] = order

    def shrink(self, t: int, order: Order, lots: int, kind: RecordKind, reason: CancelReason) -> None:
        """Take open lots from an order, give back what it held for them, and say why they go."""
        held = self.needs(order)
        order.reduce(lots)
        held -= self.needs(order)
        self.held_of[order.account, CASH if order.side == Side.BUY else order.instrument] -= held
        self.write(
            t, kind, reason, instrument=order.instrument, account=order.account,
            venue=self.books[order.instrument].venue, flags=order.flags, order=order.number,
            price=order.price, amount=lots, hold=held,
        )  # fmt: skip
        if not order.lots and order.number in self.orders:
            self.forget(order)

    def take_out(self, t: int, order: Order, kind: RecordKind, reason: CancelReason) -> None:
        """Take all that is open from an order."""
        self.shrink(t, order, order.lots, kind, reason)

    def forget(self, order: Order) -> None:
        """Take a resting order out of its book."""
        self.books[order.instrument].remove(order)
        del self.orders[order.number]

    def trade(self, t: int, buy: Order, sell: Order, lots: int, price: int, aggressor: int = 0) -> None:
        """Settle one fill; without an aggressor it is one of a call."""
        book = self.books[buy.instrument]
        held = self.needs(buy)
        fees = [charge(book.rules, order, price, lots, maker=aggressor not in (0, order.side)) for order in (buy, sell)]
        buy.lots -= lots
        sell.lots -= lots
        self.settle(
            t, book.rules.mechanism if aggressor else Mechanism.CALL_AUCTION, book.venue, buy.instrument,
            buyer=buy.account, seller=sell.account, buy_order=buy.number, sell_order=sell.number, price=price,
            lots=lots, hold=held - self.needs(buy), aggressor=aggressor, seller_held=True, fees=(fees[0], fees[1]),
        )  # fmt: skip
        book.count(t, price, lots, 3 - aggressor if aggressor else 0)
        for order in (buy, sell):
            if not order.lots and order.number in self.orders:
                self.forget(order)
