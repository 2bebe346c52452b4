"""What a call auction comes to: price, lots, and who meets whom. Reads the book, changes nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ecomarket.model.codes import Side
from ecomarket.model.order import Cleared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.exchange.reference.book import Book, Order


class Meeting(NamedTuple):
    """Two orders of a call that trade with each other."""

    buy: Order
    sell: Order
    lots: int
    price: int


class Candidate(NamedTuple):
    """What a price would come to: lots that trade, bids - asks that would trade at it."""

    price: int
    lots: int
    surplus: int


def crossed(book: Book) -> bool:
    """Tell whether any buyer of the book would trade with any seller."""
    buys, sells = book.in_turn(Side.BUY), book.in_turn(Side.SELL)
    return bool(buys and sells) and max(o.limit for o in buys) >= min(o.limit for o in sells)


def candidates(book: Book) -> Iterator[Candidate]:
    """Yield every tick of the day's band; a market order's limit is the end of the band."""
    wanted: Counter[int] = Counter()
    offered: Counter[int] = Counter()
    for side, lots in ((Side.BUY, wanted), (Side.SELL, offered)):
        for order in book.in_turn(side):
            lots[order.limit] += order.lots
    bids, asks = sum(wanted.values()), 0
    for price in range(book.low, book.high + 1, book.rules.tick_cash):
        asks += offered[price]
        yield Candidate(price, min(bids, asks), bids - asks)
        bids -= wanted[price]


def best_price(book: Book) -> Candidate | None:
    """Return the price with most lots, then least surplus, then by the venue's rule; None if nothing would trade."""
    if not crossed(book):
        return None
    left = list(candidates(book))
    most = max(c.lots for c in left)
    left = [c for c in left if c.lots == most]
    least = min(abs(c.surplus) for c in left)
    left = [c for c in left if abs(c.surplus) == least]
    if book.rules.call_tie == "highest":
        return left[-1]
    if book.rules.call_tie == "reference":
        return min(left, key=lambda c: (abs(c.price - book.reference), -c.price))
    middle = (left[0].price + left[-1].price) // 2
    return next(c for c in left if c.price == middle - middle % book.rules.tick_cash)


def pair_off(book: Book, price: int | None) -> list[Meeting]:
    """Let buyers meet sellers in turn: those who trade at `price`; without one each pair at the buyer's limit."""
    buys, sells = book.in_turn(Side.BUY), book.in_turn(Side.SELL)
    if price is not None:
        buys = [o for o in buys if o.may_trade_at(price)]
        sells = [o for o in sells if o.may_trade_at(price)]
    left = {o.number: o.lots for o in (*buys, *sells)}
    meetings = []
    while buys and sells and buys[0].limit >= sells[0].limit:
        buy, sell = buys[0], sells[0]
        lots = min(left[buy.number], left[sell.number])
        meetings.append(Meeting(buy, sell, lots, buy.limit if price is None else price))
        for order, queue in ((buy, buys), (sell, sells)):
            left[order.number] -= lots
            if not left[order.number]:
                queue.pop(0)
    return meetings


def clear(instrument: int, book: Book) -> tuple[Cleared, list[Meeting]]:
    """Return what a call comes to, and the trades that make it."""
    if book.rules.call_pricing == "pairs":
        meetings = pair_off(book, None)
        price = meetings[-1].price if meetings else 0
    else:
        best = best_price(book)
        meetings = pair_off(book, best.price) if best else []
        price = best.price if best else 0
    if not meetings:
        return Cleared(instrument, 0, 0, 0), []
    (there,) = (c for c in candidates(book) if c.price == price)
    return Cleared(instrument, price, sum(m.lots for m in meetings), there.surplus), meetings
