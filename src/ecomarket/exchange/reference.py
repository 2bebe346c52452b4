"""The plain exchange: the same rules as the kernel, written to be obviously right. Implements protocol.Exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecomarket.errors import InternalError
from ecomarket.exchange.reference_book import Book, Order
from ecomarket.exchange.reference_deals import ReferenceDeals
from ecomarket.exchange.rules import LOTS_LIMIT, NOTIONAL_MAX, check_listings, levels_seen
from ecomarket.model.codes import CancelReason, OrderKind, RecordKind, Refusal, SelfTrade, Side, TimeInForce
from ecomarket.model.order import Draw, MarketView, Outcome, Quote, Quotes
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ecomarket.exchange.rules import Listing, VenueRules


class ReferenceExchange(ReferenceDeals):
    """An exchange in plain Python: the judge of KernelExchange."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int,
    ) -> None:  # fmt: skip
        check_listings(venues, listings, instruments)
        super().__init__(accounts, instruments, venues, listings, system_accounts)
        self.books = {x.instrument: Book(x.venue, venues[x.venue], x.reference_price) for x in listings}
        self.orders: dict[int, Order] = {}
        self.strategies: list[Callable[..., Any]] | None = None

    # --- sessions
    def open_session(self, t: int, instruments: Sequence[int], close_t: int) -> None:
        """Open books; the day's first opening fixes the band and cancels what rests outside it."""
        for instrument in instruments:
            book = self.book(instrument)
            if not book.day_begun:
                book.open_day()
                for order in self.resting([instrument]):
                    if not book.low <= order.price <= book.high:
                        self.take_out(t, order, RecordKind.ORDER_CANCELLED, CancelReason.INSTRUMENT_CLOSED)
            book.is_open, book.close_t = True, close_t

    def close_session(self, t: int, instruments: Sequence[int], *, end_of_day: bool) -> None:
        """Close books; at the end of the day expire day orders, fix closing prices, free what was bought today."""
        for instrument in instruments:
            self.book(instrument).is_open = False
        if not end_of_day:
            return
        for order in self.resting(instruments):
            if order.tif != TimeInForce.GTC:
                self.take_out(t, order, RecordKind.ORDER_EXPIRED, CancelReason.DAY_END)
        for instrument in instruments:
            book = self.book(instrument)
            lots, turnover = (book.day_lots, book.day_turnover) if book.day_begun else (0, 0)
            book.reference = self.references[instrument] = book.closing_price()
            book.day_begun = False
            for account in range(self.accounts):
                self.bought_today.pop((account, instrument), None)
            self.write(
                t, RecordKind.CLOSE, instrument=instrument, venue=book.venue, price=book.reference, amount=lots,
                other=turnover,
            )  # fmt: skip

    def book(self, instrument: int) -> Book:
        """Return the book of a listed instrument."""
        if instrument not in self.books:
            raise InternalError(f"instrument {instrument} is not listed")
        return self.books[instrument]

    def resting(self, instruments: Sequence[int]) -> list[Order]:
        """Return the live orders of some instruments, in order of id."""
        return sorted((o for o in self.orders.values() if o.instrument in instruments), key=lambda o: o.number)

    def take_out(self, t: int, order: Order, kind: RecordKind, reason: CancelReason) -> None:
        """Take a resting order out of its book."""
        self.books[order.instrument].remove(order)
        del self.orders[order.number]
        self.leave(t, order, kind, reason)

    def leave(self, t: int, order: Order, kind: RecordKind, reason: CancelReason) -> None:
        """Give back what an order still holds, and say why it goes."""
        held = self.needs(order)
        self.held_of[order.account, CASH if order.side == Side.BUY else order.instrument] -= held
        self.write(
            t, kind, reason, instrument=order.instrument, account=order.account,
            venue=self.books[order.instrument].venue, flags=order.flags, order=order.number,
            price=order.price, amount=order.lots, hold=held,
        )  # fmt: skip

    def needs(self, order: Order) -> int:
        """Return what an order holds: cash at its limit and the fee, or units."""
        if order.side == Side.SELL:
            return order.lots
        return self.cost(self.books[order.instrument].venue, order.limit, order.lots)

    # --- the market
    def submit(
        self, t: int, account: int, instrument: int, side: int, price: int, lots: int, kind: int = 0, tif: int = 0
    ) -> Outcome:
        """Check, reserve, match, settle, record one order."""
        price = 0 if kind == OrderKind.MARKET else price
        order = Order(self.new_id(), account, instrument, side, price, price, lots, kind, tif)
        book = self.books.get(instrument)
        refusal = self.why_not(order, book)
        if refusal != Refusal.NONE:
            flags = side % 4 + kind % 2 * 4 + tif % 8 * 16
            self.write(
                t, RecordKind.ORDER_REFUSED, refusal, instrument=instrument, account=account,
                venue=book.venue if book else -1, flags=flags, order=order.number, price=price, amount=lots,
            )  # fmt: skip
            return Outcome(order.number, int(refusal), 0, 0)
        assert book is not None
        held = self.needs(order)
        self.held_of[account, CASH if side == Side.BUY else instrument] += held
        self.write(
            t, RecordKind.ORDER_ACCEPTED, instrument=instrument, account=account, venue=book.venue, flags=order.flags,
            order=order.number, price=price, amount=lots, hold=held,
        )  # fmt: skip
        met_own = self.match(t, order, book)
        filled = lots - order.lots
        if order.lots == 0:
            return Outcome(order.number, 0, filled, 0)
        if met_own:
            self.leave(t, order, RecordKind.ORDER_CANCELLED, CancelReason.SELF_TRADE)
        elif kind == OrderKind.MARKET:
            self.leave(t, order, RecordKind.ORDER_CANCELLED, CancelReason.MARKET_REMAINDER)
        elif tif == TimeInForce.IOC:
            self.leave(t, order, RecordKind.ORDER_CANCELLED, CancelReason.IOC_REMAINDER)
        else:
            book.add(order)
            self.orders[order.number] = order
            return Outcome(order.number, 0, filled, order.lots)
        return Outcome(order.number, 0, filled, 0)

    def cancel(self, t: int, account: int, order: int) -> int:
        """Withdraw what is left of an order; return a Refusal."""
        if order not in self.orders:
            return int(Refusal.UNKNOWN_ORDER)
        if self.orders[order].account != account:
            return int(Refusal.NOT_OWNER)
        self.take_out(t, self.orders[order], RecordKind.ORDER_CANCELLED, CancelReason.OWNER)
        return 0

    def match(self, t: int, order: Order, book: Book) -> bool:
        """Trade an order with the makers it reaches; tell whether it met an own order under cancel-newest."""
        fills = 0
        prices = book.best_first(3 - order.side)[: levels_seen(book.rules) or None]
        for price in prices:
            if not order.may_trade_at(price):
                break
            queue = book.queues[3 - order.side][price]
            while order.lots and queue:
                maker = pick(book.rules.pick, queue, order, fills)
                if maker.account != order.account:
                    self.trade(t, order, maker, book)
                    fills += 1
                elif book.rules.self_trade == SelfTrade.CANCEL_NEWEST:
                    return True
                else:
                    self.take_out(t, maker, RecordKind.ORDER_CANCELLED, CancelReason.SELF_TRADE)
        return False

    def trade(self, t: int, taker: Order, maker: Order, book: Book) -> None:
        """Settle one fill at the maker's price."""
        lots = min(taker.lots, maker.lots)
        buy, sell = (taker, maker) if taker.side == Side.BUY else (maker, taker)
        held = self.needs(buy)
        taker.lots -= lots
        maker.lots -= lots
        self.settle(
            t, book.rules.mechanism, book.venue, taker.instrument, buyer=buy.account, seller=sell.account,
            buy_order=buy.number, sell_order=sell.number, price=maker.price, lots=lots, hold=held - self.needs(buy),
            aggressor=taker.side, seller_held=True,
        )  # fmt: skip
        book.last = maker.price
        book.day_lots += lots
        book.day_turnover += lots * maker.price
        if maker.lots == 0:
            book.remove(maker)
            del self.orders[maker.number]

    # --- checks
    def why_not(self, order: Order, book: Book | None) -> Refusal:
        """Return the first rule an order breaks."""
        if not 0 <= order.account < self.accounts:
            return Refusal.UNKNOWN_ACCOUNT
        if book is None:
            return Refusal.UNKNOWN_INSTRUMENT
        if order.side not in (1, 2) or order.kind not in (0, 1) or order.tif not in (0, 1, 2, 3, 4):
            return Refusal.NOT_ELIGIBLE
        if order.account in self.sinks:
            return Refusal.SINK_DEBIT
        if not self.allowed[order.account, order.instrument] & order.side:
            return Refusal.NOT_ELIGIBLE
        if not book.is_open:
            return Refusal.MARKET_CLOSED
        for check in (self.wrong_price, self.wrong_lots, self.not_covered, self.wrong_time_in_force):
            refusal = check(order, book)
            if refusal != Refusal.NONE:
                return refusal
        return Refusal.NONE

    def wrong_price(self, order: Order, book: Book) -> Refusal:
        """Check sign, tick and band; a market order's limit becomes the end of the band."""
        if order.kind == OrderKind.MARKET:
            order.limit = book.high if order.side == Side.BUY else book.low
            return Refusal.NONE
        if order.price < 1:
            return Refusal.PRICE_NOT_POSITIVE
        if order.price % book.rules.tick_cash:
            return Refusal.PRICE_OFF_TICK
        return Refusal.NONE if book.low <= order.price <= book.high else Refusal.PRICE_OUTSIDE_BAND

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

    def not_covered(self, order: Order, book: Book) -> Refusal:
        """Check what the account has, and how much it may come to hold."""
        if order.side == Side.SELL:
            return self.short_of_units(book.venue, order.account, order.instrument, order.lots)
        return self.short_of_cash(book.venue, order.account, order.instrument, order.limit, order.lots)

    def wants(self, account: int, instrument: int) -> int:
        """Return the lots of the account's open bids and buy orders."""
        if not self.limited:
            return 0
        buys = [o for o in self.orders.values() if o.instrument == instrument and o.side == Side.BUY]
        return super().wants(account, instrument) + sum(o.lots for o in buys if o.account == account)

    def wrong_time_in_force(self, order: Order, book: Book) -> Refusal:
        """Check that a fill-or-kill can fill, and that a post-only would not trade."""
        prices = [p for p in book.best_first(3 - order.side) if order.may_trade_at(p)]
        if order.tif == TimeInForce.POST_ONLY and (prices or order.kind == OrderKind.MARKET):
            return Refusal.POST_ONLY_WOULD_TRADE
        if order.tif != TimeInForce.FOK:
            return Refusal.NONE
        found = 0
        for price in prices[: levels_seen(book.rules) or None]:
            queue = book.queues[3 - order.side][price]
            own = any(o.account == order.account for o in queue)
            if own and book.rules.self_trade == SelfTrade.CANCEL_NEWEST:
                break
            found += sum(o.lots for o in queue if o.account != order.account)
            if found >= order.lots:
                return Refusal.NONE
        return Refusal.FOK_NOT_FILLABLE

    # --- arrivals
    def use_strategies(self, quotes: Sequence[Callable[..., Any]]) -> None:
        """Take the strategies' quotes; a strategy's number is its place here."""
        self.strategies = list(quotes)

    def run_arrivals(self, arrivals: NDArray[np.void], intents: NDArray[np.void], start: int, before_t: int) -> int:
        """Run arrivals[start:] with t < before_t through the strategies' quotes; return the next index."""
        if self.strategies is None:
            raise InternalError("run_arrivals needs use_strategies first")
        for number in range(start, len(arrivals)):
            t, intent, venue, u, v, w = arrivals[number].item()
            if t >= before_t:
                return number
            self.run_arrival(t, venue, intent, intents, u, v, w)
        return max(start, len(arrivals))

    def run_arrival(self, t: int, venue: int, intent: int, intents: NDArray[np.void], u: Any, v: Any, w: Any) -> None:
        """Run one arrival of the agent of intents[intent], with its three uniforms."""
        if self.strategies is None:
            raise InternalError("run_arrival needs use_strategies first")
        del venue  # the instrument's listing names the venue
        me = intents[intent]
        account, instrument, strategy = int(me["account"]), int(me["instrument"]), int(me["strategy"])
        book = self.books.get(instrument)
        if book is None or not book.is_open or not 0 <= account < self.accounts:
            return
        live = self.orders.get(int(me["live"]))
        if live is not None and (live.account, live.instrument) != (account, instrument):
            live = None
        quote = Quote(0, 0, 0, 0, 0)
        if 0 <= strategy < len(self.strategies):
            answer = self.strategies[strategy](me, self.look(t, account, instrument, book, live), Draw(u, v, w))
            quote = Quote(*(int(part) for part in answer))
        me["live"] = self.act(t, account, instrument, live, quote)

    def look(self, t: int, account: int, instrument: int, book: Book, live: Order | None) -> MarketView:
        """Return what the agent sees: what it may spend and sell now, its live order's cash or units included."""
        (bid, bid_lots), (ask, ask_lots) = book.touch(Side.BUY), book.touch(Side.SELL)
        cash, units = self.spendable(account, CASH), self.spendable(account, instrument)
        if self.venues[book.venue].bought_today_locked:
            units -= self.bought_today[account, instrument]
        if live is not None and live.side == Side.BUY:
            cash += self.needs(live)
        elif live is not None:
            units += live.lots
        return MarketView(
            t, book.close_t, bid, ask, bid_lots, ask_lots, book.last, book.reference, book.low, book.high,
            book.rules.tick_cash, self.posted(account, instrument), units, cash,
            live.side if live else 0, live.price if live else 0, live.lots if live else 0,
        )  # fmt: skip

    def act(self, t: int, account: int, instrument: int, live: Order | None, quote: Quote) -> int:
        """Keep, replace or withdraw the live order by the quote; return the id of what now rests, else 0."""
        if live is not None:
            if quote.kind == OrderKind.LIMIT and (live.side, live.price, live.lots) == quote[:3]:
                return live.number
            self.cancel(t, account, live.number)
        if quote.side == 0:
            return 0
        outcome = self.submit(t, account, instrument, *quote)
        return outcome.order if outcome.resting_lots else 0

    # --- reading
    def quotes(self, instrument: int) -> Quotes:
        """Return the public state of one market."""
        book = self.book(instrument)
        (bid, bid_lots), (ask, ask_lots) = book.touch(Side.BUY), book.touch(Side.SELL)
        return Quotes(bid, bid_lots, ask, ask_lots, book.last, book.reference, book.day_lots, book.day_turnover)

    def closes(self) -> NDArray[np.int64]:
        """Return (3, instruments): reference price (0: not listed), lots of the last day it traded, last price."""
        closes = np.zeros((3, self.instruments), dtype=np.int64)
        for instrument, book in self.books.items():
            closes[:, instrument] = book.reference, book.day_lots, book.last
        return closes


def pick(rule: str, queue: list[Order], taker: Order, fills: int) -> Order:
    """Return the maker that a taker picks among those at one price."""
    if rule == "random":
        state = (taker.number * 48_271 + fills * 69_621 + 1) % (2**31 - 1)
        return queue[state * 16_807 % (2**31 - 1) % len(queue)]
    if rule == "relation":
        return min(queue, key=lambda o: (abs(o.account - taker.account), o.number))
    if rule == "largest":
        return min(queue, key=lambda o: (-o.lots, o.number))
    return queue[0]
