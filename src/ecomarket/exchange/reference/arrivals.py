"""The arrival loop of the reference exchange: agents look, quote, and keep or replace their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomarket.errors import InternalError
from ecomarket.exchange.reference.fees import spendable
from ecomarket.exchange.reference.messages import ReferenceMessages
from ecomarket.model.codes import OrderKind, Side, TimeInForce
from ecomarket.model.order import Draw, MarketView, Quote
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.reference.book import Book, Order
    from ecomarket.exchange.rules import Listing, VenueRules


class ReferenceArrivals(ReferenceMessages):
    """Arrivals, one after another."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int,
    ) -> None:  # fmt: skip
        super().__init__(accounts, instruments, venues, listings, system_accounts)
        self.strategies: list[Callable[..., Any]] | None = None

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
        if book is None or not book.is_open or t < book.halt_t or not 0 <= account < self.accounts:
            return
        live = self.orders.get(int(me["live"]))
        if live is not None and (live.account, live.instrument) != (account, instrument):
            live = None
        quote = Quote(0, 0, 0, 0, 0)
        if 0 <= strategy < len(self.strategies):
            answer = self.strategies[strategy](me, self.look(t, account, instrument, book, live), Draw(u, v, w))
            quote = Quote(*(int(part) for part in answer))
        me["live"] = self.act(t, me, live, quote)

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
            book.rules.tick_cash, self.posted(account, instrument), units, spendable(book.rules, cash),
            live.side if live else 0, live.price if live else 0, live.lots if live else 0,
            int(book.in_call), book.day_lots, book.last_side, book.rules.fee_buy_lot_cash,
        )  # fmt: skip

    def act(self, t: int, me: np.void, live: Order | None, quote: Quote) -> int:
        """Keep, replace or withdraw the live order by the quote; return the id of what now rests, else 0.

        In a call nothing trades at once: an order that asks for it waits with the others.
        """
        account, instrument = int(me["account"]), int(me["instrument"])
        at_once = quote.tif in (TimeInForce.IOC, TimeInForce.FOK, TimeInForce.POST_ONLY)
        if self.books[instrument].in_call and at_once:
            quote = quote._replace(tif=TimeInForce.DAY)
        if live is not None:
            same = quote.kind == live.kind == OrderKind.LIMIT
            if same and (live.side, live.price, live.lots) == quote[:3]:
                return live.number
            self.cancel(t, account, live.number)
        if quote.side == 0:
            return 0
        shown = self.shown_part(self.books[instrument].rules.lots_min, int(me["shown"]), quote)
        expire_t = int(me["deadline"]) if quote.tif == TimeInForce.GTD else 0
        outcome = self.submit(t, account, instrument, *quote, shown, expire_t)
        return outcome.order if outcome.resting_lots else 0

    @staticmethod
    def shown_part(lots_min: int, shown: int, quote: Quote) -> int:
        """Return how many lots a quote's order shows at a time, 0 for all: only what can rest may hide a part."""
        if shown < 1 or quote.kind != OrderKind.LIMIT or quote.tif in (TimeInForce.IOC, TimeInForce.FOK):
            return 0
        part = max(shown, lots_min)
        return part if part < quote.lots else 0
