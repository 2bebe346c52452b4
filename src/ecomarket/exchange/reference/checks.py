"""What the reference exchange asks of an order before it may stand; the first rule broken names the refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.exchange.reference.orders import ReferenceOrders
from ecomarket.exchange.rules import LOTS_LIMIT, NOTIONAL_MAX, levels_seen
from ecomarket.model.codes import OrderKind, Refusal, SelfTrade, Side, TimeInForce
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.reference.book import Book, Order
    from ecomarket.exchange.rules import Listing, VenueRules

AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)


class ReferenceChecks(ReferenceOrders):
    """The checks of submit and replace."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int,
    ) -> None:  # fmt: skip
        super().__init__(accounts, instruments, venues, listings, system_accounts)
        self.messages: dict[tuple[int, int], tuple[int, int]] = {}

    def why_not(self, t: int, order: Order, book: Book | None) -> Refusal:
        """Return the first rule a new order breaks."""
        if not 0 <= order.account < self.accounts:
            return Refusal.UNKNOWN_ACCOUNT
        if book is None:
            return Refusal.UNKNOWN_INSTRUMENT
        if order.side not in (1, 2) or order.kind not in (0, 1) or order.tif not in (0, 1, 2, 3, 4, 5):
            return Refusal.NOT_ELIGIBLE
        if order.account in self.sinks:
            return Refusal.SINK_DEBIT
        if not self.allowed[order.account, order.instrument] & order.side:
            return Refusal.NOT_ELIGIBLE
        return (
            self.not_now(t, order, book)
            or self.too_many(order, book)
            or self.wrong_form(t, order, book)
            or self.wrong_terms(order, book, None)
            or self.not_fillable(order, book)
        )

    def wrong_terms(self, order: Order, book: Book, old: Order | None) -> Refusal:
        """Check price, lots, balances, and that a post-only would not trade; `old` is the order this one replaces."""
        return (
            self.wrong_price(order, book)
            or self.wrong_lots(order, book)
            or self.not_covered(order, book, old)
            or self.would_trade(order, book)
        )

    def not_now(self, t: int, order: Order, book: Book) -> Refusal:
        """Check that the market works, and that the account does not send too many messages; count this one."""
        if not book.is_open:
            return Refusal.MARKET_CLOSED
        if t < book.halt_t:
            return Refusal.MARKET_HALTED
        most = book.rules.order_rate_max
        if most:
            sender, window = (order.account, order.instrument), t // book.rules.order_rate_window
            counted, sent = self.messages.get(sender, (window, 0))
            sent = sent if counted == window else 0
            if sent >= most:
                return Refusal.ORDER_RATE_LIMIT
            self.messages[sender] = (window, sent + 1)
        return Refusal.NONE

    def too_many(self, order: Order, book: Book) -> Refusal:
        """Check how many orders the account has open already, if this one could stay too."""
        may_stay = order.tif not in AT_ONCE and (order.kind == OrderKind.LIMIT or book.in_call)
        if not book.rules.open_orders_max or not may_stay:
            return Refusal.NONE
        own = [o for o in self.live([order.instrument]) if o.account == order.account]
        return Refusal.OPEN_ORDERS_LIMIT if len(own) >= book.rules.open_orders_max else Refusal.NONE

    def wrong_form(self, t: int, order: Order, book: Book) -> Refusal:
        """Check that kind, time in force, shown part and expiry go together."""
        market = order.kind == OrderKind.MARKET
        if book.in_call and (
            order.tif in (*AT_ONCE, TimeInForce.POST_ONLY) or (market and book.rules.call_pricing == "pairs")
        ):
            return Refusal.NOT_IN_CALL
        dated = order.tif == TimeInForce.GTD
        if (order.shown and (market or order.tif in AT_ONCE)) or (dated and market) or (order.expire_t and not dated):
            return Refusal.NOT_RESTING_KIND
        if order.shown and not book.rules.lots_min <= order.shown < order.lots:
            return Refusal.SHOWN_LOTS
        return Refusal.EXPIRY_PAST if dated and order.expire_t <= t else Refusal.NONE

    def wrong_price(self, order: Order, book: Book) -> Refusal:
        """Check sign, tick and bands; a market order's limit becomes the end of the band."""
        low, high = book.price_range()
        if order.kind == OrderKind.MARKET:
            order.limit = high if order.side == Side.BUY else low
            return Refusal.NONE
        if order.price < 1:
            return Refusal.PRICE_NOT_POSITIVE
        if order.price % book.rules.tick_cash:
            return Refusal.PRICE_OFF_TICK
        if not book.low <= order.price <= book.high:
            return Refusal.PRICE_OUTSIDE_BAND
        return Refusal.NONE if low <= order.price <= high else Refusal.PRICE_OUTSIDE_DYNAMIC_BAND

    def wrong_lots(self, order: Order, book: Book) -> Refusal:
        """Check the quantity."""
        if order.lots < 1:
            return Refusal.LOTS_NOT_POSITIVE
        if order.lots < book.rules.lots_min:
            return Refusal.LOTS_BELOW_MINIMUM
        most = min(book.rules.lots_max or LOTS_LIMIT, LOTS_LIMIT)
        if order.lots > most or order.lots * order.limit > NOTIONAL_MAX:
            return Refusal.LOTS_ABOVE_MAXIMUM
        return Refusal.NONE

    def not_covered(self, order: Order, book: Book, old: Order | None) -> Refusal:
        """Check what the account has, and how much it may come to hold; what `old` holds counts as free."""
        freed, wanted = (self.needs(old), old.lots) if old else (0, 0)
        asset = CASH if order.side == Side.BUY else order.instrument
        free = self.spendable(order.account, asset) + freed
        if order.side == Side.SELL:
            today = self.bought_today[order.account, order.instrument]
            if order.lots > free:
                return Refusal.INSUFFICIENT_UNITS
            late = book.rules.bought_today_locked and order.lots > free - today
            return Refusal.BOUGHT_TODAY if late else Refusal.NONE
        most = book.rules.holding_lots_max
        has = self.posted_of[order.account, order.instrument] + self.wants(order.account, order.instrument) - wanted
        if most and has + order.lots > most:
            return Refusal.HOLDING_LIMIT
        return Refusal.INSUFFICIENT_CASH if self.needs(order) > free else Refusal.NONE

    def would_trade(self, order: Order, book: Book) -> Refusal:
        """Check that a post-only would not trade."""
        if order.tif != TimeInForce.POST_ONLY or book.in_call:
            return Refusal.NONE
        crosses = any(order.may_trade_at(p) for p in book.best_first(3 - order.side))
        return Refusal.POST_ONLY_WOULD_TRADE if crosses or order.kind == OrderKind.MARKET else Refusal.NONE

    def not_fillable(self, order: Order, book: Book) -> Refusal:
        """Check that a fill-or-kill can fill from the levels it sees, hidden lots included, own orders never."""
        if order.tif != TimeInForce.FOK:
            return Refusal.NONE
        prices = [p for p in book.best_first(3 - order.side) if order.may_trade_at(p)]
        found = 0
        for price in prices[: levels_seen(book.rules) or None]:
            queue = book.queues[3 - order.side][price]
            if book.rules.self_trade != SelfTrade.CANCEL_OLDEST and any(o.account == order.account for o in queue):
                break
            found += sum(o.lots for o in queue if o.account != order.account)
            if found >= order.lots:
                return Refusal.NONE
        return Refusal.FOK_NOT_FILLABLE
