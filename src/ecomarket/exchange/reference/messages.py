"""The three messages of the reference exchange: a new order, a change, a withdrawal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ecomarket.exchange.reference.book import Order
from ecomarket.exchange.reference.sessions import ReferenceSessions
from ecomarket.model.codes import CancelReason, OrderKind, RecordKind, Refusal, TimeInForce
from ecomarket.model.order import Outcome
from ecomarket.model.record import ICEBERG

if TYPE_CHECKING:
    from ecomarket.exchange.reference.book import Book


class ReferenceMessages(ReferenceSessions):
    """Submit, replace, cancel."""

    def submit(
        self, t: int, account: int, instrument: int, side: int, price: int, lots: int, kind: int = 0, tif: int = 0,
        shown: int = 0, expire_t: int = 0,
    ) -> Outcome:  # fmt: skip
        """Check, reserve, match, settle, record one order."""
        price = 0 if kind == OrderKind.MARKET else price
        order = Order(self.new_id(), account, instrument, side, price, price, lots, kind, tif, shown, expire_t)
        book = self.books.get(instrument)
        refusal = self.why_not(t, order, book)
        if book is None or refusal != Refusal.NONE:
            flags = side % 4 + kind % 2 * 4 + tif % 8 * 16 + (ICEBERG if shown else 0)
            self.write(
                t, RecordKind.ORDER_REFUSED, refusal, instrument=instrument, account=account,
                venue=book.venue if book else -1, flags=flags, order=order.number, other=expire_t, price=price,
                amount=lots, fee_buy=shown,
            )  # fmt: skip
            return Outcome(order.number, int(refusal), 0, 0)
        self.take_in(t, order)
        return self.carry(t, order, book)

    def replace(self, t: int, account: int, order: int, price: int, lots: int, expire_t: int = 0) -> Outcome:
        """Change price, open lots and date of a resting order; fewer lots, all else the same, keep its turn."""
        if order not in self.orders:
            return Outcome(order, int(Refusal.UNKNOWN_ORDER), 0, 0)
        old = self.orders[order]
        book = self.books[old.instrument]
        until = expire_t or old.expire_t
        new = replace(old, price=price, limit=price, lots=lots, hidden=0, expire_t=until)
        fewer = (price, until) == (old.price, old.expire_t) and lots <= old.lots
        refusal = self.why_no_change(t, account, old, lots, book) or self.no_such_date(t, old, expire_t)
        if refusal == Refusal.NONE and not fewer:
            lost = not self.eligible(account, old.instrument) & old.side
            refusal = Refusal.NOT_ELIGIBLE if lost else self.wrong_terms(new, book, old)
        if refusal != Refusal.NONE:
            return Outcome(order, int(refusal), 0, 0)
        if fewer:
            if lots < old.lots:
                self.shrink(t, old, old.lots - lots, RecordKind.ORDER_CANCELLED, CancelReason.REPLACED)
            return Outcome(order, 0, 0, lots)
        self.take_out(t, old, RecordKind.ORDER_CANCELLED, CancelReason.REPLACED)
        self.take_in(t, new)
        return self.carry(t, new, book)

    def why_no_change(self, t: int, account: int, order: Order, lots: int, book: Book) -> Refusal:
        """Return why an order may not be changed at all."""
        if order.account != account:
            return Refusal.NOT_OWNER
        refusal = self.not_now(t, order, book)
        if refusal != Refusal.NONE:
            return refusal
        if order.kind == OrderKind.MARKET:
            return Refusal.NOT_RESTING_KIND
        return Refusal.LOTS_NOT_POSITIVE if lots < 1 else Refusal.NONE

    def no_such_date(self, t: int, order: Order, expire_t: int) -> Refusal:
        """Check a new date: only an order that has one may get another, still to come."""
        if expire_t and order.tif != TimeInForce.GTD:
            return Refusal.NOT_RESTING_KIND
        return Refusal.EXPIRY_PAST if expire_t and expire_t <= t else Refusal.NONE

    def cancel(self, t: int, account: int, order: int) -> int:
        """Withdraw what is left of an order; return a Refusal."""
        if order not in self.orders:
            return int(Refusal.UNKNOWN_ORDER)
        if self.orders[order].account != account:
            return int(Refusal.NOT_OWNER)
        self.take_out(t, self.orders[order], RecordKind.ORDER_CANCELLED, CancelReason.OWNER)
        return 0
