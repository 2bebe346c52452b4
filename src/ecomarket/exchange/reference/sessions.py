"""Days, sessions, calls and halts of the reference exchange."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ecomarket.errors import InternalError
from ecomarket.exchange.reference.call import clear, crossed
from ecomarket.exchange.reference.match import ReferenceMatching
from ecomarket.exchange.rules import levels_seen
from ecomarket.model.codes import CancelReason, HaltReason, OrderKind, RecordKind, TimeInForce
from ecomarket.model.stated import FactCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.exchange.reference.book import Book, Order
    from ecomarket.exchange.rules import Listing, VenueRules
    from ecomarket.model.order import Cleared


class ReferenceSessions(ReferenceMatching):
    """Opening, uncrossing, halting, closing."""

    def __init__(
        self, accounts: int, instruments: int, venues: Sequence[VenueRules], listings: Sequence[Listing],
        system_accounts: int,
    ) -> None:  # fmt: skip
        super().__init__(accounts, instruments, venues, listings, system_accounts)
        self.system_accounts = system_accounts
        self.large_holders: set[tuple[int, int]] = set()

    def open_session(self, t: int, instruments: Sequence[int], close_t: int, *, call: bool = False) -> None:
        """Open books; the day's first opening fixes the band and cancels what rests outside it."""
        for instrument in instruments:
            book = self.book(instrument)
            if call and levels_seen(book.rules):
                raise InternalError(f"instrument {instrument}: where takers see a few levels there is no call")
            if not book.day_begun:
                book.open_day(t)
                self.references[instrument] = book.reference
                for order in self.live([instrument]):
                    if not book.low <= order.price <= book.high and order.kind == OrderKind.LIMIT:
                        self.take_out(t, order, RecordKind.ORDER_CANCELLED, CancelReason.INSTRUMENT_CLOSED)
            if book.in_call and not call:
                if crossed(book):
                    raise InternalError(f"instrument {instrument}: a crossed call must be uncrossed first")
                self.market_orders_leave(t, instrument)
            book.open_session(close_t, call=call)

    def uncross(self, t: int, instruments: Sequence[int]) -> list[Cleared]:
        """End the call of each book and close it; return what came of each."""
        return [self.end_call(t, instrument, self.book(instrument)) for instrument in instruments]

    def end_call(self, t: int, instrument: int, book: Book) -> Cleared:
        """Trade what a call comes to; limit orders that are left keep their turn, market orders leave."""
        if not (book.is_open and book.in_call):
            raise InternalError(f"instrument {instrument}: no call is open")
        for order in self.live([instrument]):
            if self.bad_party(order.account, instrument, order.side):
                self.take_out(t, order, RecordKind.ORDER_CANCELLED, CancelReason.INSTRUMENT_CLOSED)
        cleared, meetings = clear(instrument, book)
        for buy, sell, lots, price in meetings:
            self.trade(t, buy, sell, lots, price)
            buy.show()
            sell.show()
        if meetings:
            book.call_price = book.halt_reference = cleared.price
        self.market_orders_leave(t, instrument)
        book.is_open = book.in_call = False
        return cleared

    def market_orders_leave(self, t: int, instrument: int) -> None:
        """Cancel the market orders that a call has left over, in order of id."""
        for order in self.live([instrument]):
            if order.kind == OrderKind.MARKET:
                self.take_out(t, order, RecordKind.ORDER_CANCELLED, CancelReason.CALL_REMAINDER)

    def set_band(self, venue: int, band_ppm: int) -> None:
        """Change a venue's price band for the days that open from now on."""
        for book in self.books.values():
            if book.venue == venue:
                book.rules = replace(book.rules, band_ppm=band_ppm)

    def halt(self, t: int, instrument: int, until_t: int) -> None:
        """Stop trading of an instrument until a time."""
        self.stop(t, instrument, until_t, HaltReason.MANUAL)

    def close_session(self, t: int, instruments: Sequence[int], *, end_of_day: bool) -> None:
        """Close books; at the end of the day expire orders, fix closing prices, free what was bought today."""
        for instrument in instruments:
            self.book(instrument).is_open = False
        if not end_of_day:
            return
        for order in self.live(instruments):
            reason = why_expire(t, order)
            if reason is not None:
                self.take_out(t, order, RecordKind.ORDER_EXPIRED, reason)
        for instrument in instruments:
            book = self.book(instrument)
            lots, turnover = (book.day_lots, book.day_turnover) if book.day_begun else (0, 0)
            book.reference = self.references[instrument] = book.closing_price()
            if lots:
                book.made = book.reference, t
            book.day_begun = False
            for account in range(self.accounts):
                self.bought_today.pop((account, instrument), None)
            self.write(
                t, RecordKind.CLOSE, instrument=instrument, venue=book.venue, price=book.reference, amount=lots,
                other=turnover,
            )  # fmt: skip
            self.report_holders(t, instrument, book.rules)

    def report_holders(self, t: int, instrument: int, rules: VenueRules) -> None:
        """Report each holding that has become large since it was last small: by lots, or by its part of the limit."""
        for account in range(self.system_accounts, self.accounts):
            lots, holder = self.posted(account, instrument), (account, instrument)
            share_of_limit = (lots * 1_000_000, rules.holding_lots_max * rules.report_ppm)
            has, least = (lots, rules.report_lots) if rules.report_lots else share_of_limit
            if not least or has < least:
                self.large_holders.discard(holder)
            elif holder not in self.large_holders:
                self.large_holders.add(holder)
                told = rules.report_lots or (least + 999_999) // 1_000_000
                self.fact(t, FactCode.LARGE_HOLDING, account, instrument, 0, lots, told)


def why_expire(t: int, order: Order) -> CancelReason | None:
    """Return why an order does not live through the night, None if it does."""
    if order.kind == OrderKind.LIMIT and order.tif == TimeInForce.GTC:
        return None
    if order.tif == TimeInForce.GTD:
        return CancelReason.DATE_PASSED if order.expire_t <= t else None
    return CancelReason.DAY_END
