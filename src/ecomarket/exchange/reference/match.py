"""How an accepted order of the reference exchange meets the book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecomarket.exchange.reference.checks import ReferenceChecks
from ecomarket.exchange.rules import levels_seen
from ecomarket.model.codes import CancelReason, HaltReason, OrderKind, RecordKind, SelfTrade, Side, TimeInForce
from ecomarket.model.order import Outcome

if TYPE_CHECKING:
    from ecomarket.exchange.reference.book import Book, Order


@dataclass
class Met:
    """What an order met: lots filled, fills, whether one was far from the halt reference, and whether it must go."""

    lots: int = 0
    fills: int = 0
    far: bool = False
    own: bool = False


class ReferenceMatching(ReferenceChecks):
    """Matching, self-trades, the rest of an order, and the halt that a far price brings."""

    def carry(self, t: int, order: Order, book: Book) -> Outcome:
        """Carry out an order that has been accepted."""
        met = self.meet_own(t, order, book) if book.in_call else self.match(t, order, book)
        if order.lots:
            reason = self.why_leave(order, book, met)
            if reason is None:
                self.rest(order)
            else:
                self.take_out(t, order, RecordKind.ORDER_CANCELLED, reason)
        if met.far:
            self.stop(t, order.instrument, t + book.rules.halt_time, HaltReason.VOLATILITY)
            book.halt_reference = book.last
        return Outcome(order.number, 0, met.lots, order.lots)

    def why_leave(self, order: Order, book: Book, met: Met) -> CancelReason | None:
        """Return why the rest of an order does not stay, None if it does."""
        if met.own:
            return CancelReason.SELF_TRADE
        if order.kind == OrderKind.MARKET and not book.in_call:
            return CancelReason.MARKET_REMAINDER
        return CancelReason.IOC_REMAINDER if order.tif == TimeInForce.IOC else None

    def match(self, t: int, order: Order, book: Book) -> Met:
        """Trade an order with the makers it reaches."""
        met = Met()
        side = 3 - order.side
        for price in book.best_first(side)[: levels_seen(book.rules) or None]:
            if not order.may_trade_at(price):
                break
            queue = book.queues[side][price]
            while order.lots and queue and not met.own:
                maker = pick(book.rules.pick, queue, order, met.fills)
                if maker.account == order.account:
                    met.own = self.avoid(t, order, maker, book)
                else:
                    self.fill(t, order, maker, book, met)
        return met

    def fill(self, t: int, order: Order, maker: Order, book: Book, met: Met) -> None:
        """Trade with one maker what it shows, at its price; then an iceberg shows its next part, behind the others."""
        lots = min(order.lots, maker.visible)
        buy, sell = (order, maker) if order.side == Side.BUY else (maker, order)
        self.trade(t, buy, sell, lots, maker.price, order.side)
        if maker.lots and not maker.visible:
            maker.show()
            book.put_last(maker)
        met.lots += lots
        met.fills += 1
        away = abs(maker.price - book.halt_reference)
        met.far |= book.rules.halt_ppm > 0 and away * 1_000_000 > book.halt_reference * book.rules.halt_ppm

    def avoid(self, t: int, order: Order, own: Order, book: Book) -> bool:
        """Keep an account from trading with itself by the venue's rule; tell whether the new order must go."""
        gone = RecordKind.ORDER_CANCELLED, CancelReason.SELF_TRADE
        if book.rules.self_trade == SelfTrade.CANCEL_OLDEST:
            self.take_out(t, own, *gone)
        elif book.rules.self_trade == SelfTrade.DECREMENT:
            lots = min(order.lots, own.lots)
            self.shrink(t, own, lots, *gone)
            self.shrink(t, order, lots, *gone)
        return book.rules.self_trade == SelfTrade.CANCEL_NEWEST

    def meet_own(self, t: int, order: Order, book: Book) -> Met:
        """Keep an order of a call from meeting own ones that stand against it, the best first."""
        met = Met()
        for other in book.in_turn(3 - order.side):
            own = other.account == order.account and order.may_trade_at(other.limit)
            if own and order.lots and not met.own:
                met.own = self.avoid(t, order, other, book)
        return met

    def stop(self, t: int, instrument: int, until_t: int, reason: HaltReason) -> None:
        """Stop trading of an instrument until a time, and say why."""
        book = self.book(instrument)
        book.halt_t = until_t
        self.write(
            t, RecordKind.HALT, reason, instrument=instrument, venue=book.venue, other=until_t, price=book.last
        )  # fmt: skip


def pick(rule: str, queue: list[Order], taker: Order, fills: int) -> Order:
    """Return the maker that a taker picks among those at one price; the first of equals."""
    if rule == "random":
        state = (taker.number * 48_271 + fills * 69_621 + 1) % (2**31 - 1)
        for shift, factor in ((0, 16_807), (13, 48_271), (16, 16_807)):
            state = (state ^ state >> shift if shift else state) * factor % (2**31 - 1)
        return queue[state % len(queue)]
    if rule == "relation":
        return min(queue, key=lambda o: abs(o.account - taker.account))
    if rule == "largest":
        return min(queue, key=lambda o: -o.visible)
    return queue[0]
