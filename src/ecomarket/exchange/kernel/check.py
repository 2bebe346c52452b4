"""The compiled checks of an order and of a change to one; the first that fails names the refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import aside, kernel
from ecomarket.exchange.kernel.book import best
from ecomarket.exchange.kernel.fees import worst_cost
from ecomarket.exchange.kernel.leave import price_at
from ecomarket.exchange.kernel.match import fillable, reaches
from ecomarket.exchange.kernel.state import (
    CALL,
    DAY_LOTS,
    DYNAMIC_PPM,
    HALT_T,
    HIGH,
    HOLDING_MAX,
    LAST,
    LOCKED,
    LOTS_MAX,
    LOTS_MIN,
    LOW,
    MESSAGES,
    OPEN,
    OPEN_ORDERS,
    ORDERS_MAX,
    PAIRS,
    RATE_MAX,
    RATE_WINDOW,
    REFERENCE,
    TICK,
    VENUE,
    WINDOW,
)
from ecomarket.exchange.rules import LOTS_LIMIT, NOTIONAL_MAX, band
from ecomarket.ledger.postings import available
from ecomarket.ledger.state import BOUGHT_TODAY, BUYING, POSTED
from ecomarket.model.codes import OrderKind, Refusal, Side, TimeInForce
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from ecomarket.exchange.kernel.state import BookState
    from ecomarket.ledger.state import LedgerState

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)
_MARKET = int(OrderKind.MARKET)
_FOK = int(TimeInForce.FOK)
_POST_ONLY = int(TimeInForce.POST_ONLY)
_IOC = int(TimeInForce.IOC)
_GTD = int(TimeInForce.GTD)
(
    _UNKNOWN_ACCOUNT,
    _UNKNOWN_INSTRUMENT,
    _NOT_ELIGIBLE,
    _MARKET_CLOSED,
    _PRICE_OFF_TICK,
    _PRICE_OUTSIDE_BAND,
    _LOTS_NOT_POSITIVE,
    _LOTS_ABOVE_MAXIMUM,
    _INSUFFICIENT_CASH,
    _INSUFFICIENT_UNITS,
    _BOUGHT_TODAY,
    _HOLDING_LIMIT,
    _POST_ONLY_WOULD_TRADE,
    _FOK_NOT_FILLABLE,
    _UNKNOWN_ORDER,
    _NOT_OWNER,
) = range(1, 17)
assert int(Refusal.NOT_OWNER) == _NOT_OWNER
_SINK_DEBIT = int(Refusal.SINK_DEBIT)
_LOTS_BELOW_MINIMUM = int(Refusal.LOTS_BELOW_MINIMUM)
_PRICE_NOT_POSITIVE = int(Refusal.PRICE_NOT_POSITIVE)
(
    _OPEN_ORDERS_LIMIT,
    _ORDER_RATE_LIMIT,
    _SHOWN_LOTS,
    _EXPIRY_PAST,
    _MARKET_HALTED,
    _NOT_IN_CALL,
    _PRICE_OUTSIDE_DYNAMIC_BAND,
    _NOT_RESTING_KIND,
) = range(27, 35)
assert int(Refusal.NOT_RESTING_KIND) == _NOT_RESTING_KIND

_ALWAYS_SMALL = NOTIONAL_MAX // LOTS_LIMIT
"""Up to this price no order is too large; a division costs more than all other checks of a quantity."""


@kernel
def refused_party(
    ledger: LedgerState, book: BookState, t: int, account: int, instrument: int, side: int, kind: int, tif: int
) -> int:
    """Refuse an unknown party or instrument, a party that may not, a malformed order, a closed or busy market."""
    if account < 0 or account >= ledger.balance.shape[1]:
        return _UNKNOWN_ACCOUNT
    if instrument <= CASH or instrument >= ledger.balance.shape[0] or book.markets[instrument, VENUE] < 0:
        return _UNKNOWN_INSTRUMENT
    if side < _BUY or side > _SELL or kind < 0 or kind > _MARKET or tif < 0 or tif > _GTD:
        return _NOT_ELIGIBLE
    if ledger.sink[account] != 0:
        return _SINK_DEBIT
    if ledger.eligible[instrument, account] & side == 0:
        return _NOT_ELIGIBLE
    refusal = refused_now(book, t, account, instrument)
    most = book.markets[instrument, ORDERS_MAX]
    may_rest = (kind != _MARKET or book.markets[instrument, CALL] != 0) and tif not in (_IOC, _FOK)
    if refusal == 0 and most != 0 and may_rest and book.limits[instrument, account, OPEN_ORDERS] >= most:
        return _OPEN_ORDERS_LIMIT
    return refusal


@kernel
def refused_now(book: BookState, t: int, account: int, instrument: int) -> int:
    """Refuse in a closed or halted market, and an account's message beyond the rate; count one that passes."""
    market = book.markets[instrument]
    if market[OPEN] == 0:
        return _MARKET_CLOSED
    if t < market[HALT_T]:
        return _MARKET_HALTED
    if market[RATE_MAX] != 0:
        rate = book.limits[instrument, account]
        window = t // market[RATE_WINDOW]
        if rate[WINDOW] != window:
            rate[WINDOW] = window
            rate[MESSAGES] = 0
        if rate[MESSAGES] == market[RATE_MAX]:
            return _ORDER_RATE_LIMIT
        rate[MESSAGES] += 1
    return 0


@aside
def refused_form(
    book: BookState, t: int, instrument: int, lots: int, kind: int, tif: int, shown: int, expire_t: int
) -> int:
    """Refuse what a call cannot take, and terms that make no sense.

    These are a part shown or an expiry of an order that never rests, a part too small or not below the whole, an
    expiry gone by.
    """
    market = book.markets[instrument]
    if market[CALL] != 0 and (tif in (_IOC, _FOK, _POST_ONLY) or (kind == _MARKET and market[PAIRS] != 0)):
        return _NOT_IN_CALL
    passing = kind == _MARKET or tif in (_IOC, _FOK)
    if (shown != 0 and passing) or (tif == _GTD and kind == _MARKET) or (expire_t != 0 and tif != _GTD):
        return _NOT_RESTING_KIND
    if shown != 0 and (shown < market[LOTS_MIN] or shown >= lots):
        return _SHOWN_LOTS
    if tif == _GTD and expire_t <= t:
        return _EXPIRY_PAST
    return 0


@kernel
def refused_price(book: BookState, instrument: int, price: int) -> int:
    """Refuse a limit price that is not positive, off the tick, or outside the day's band."""
    if price <= 0:
        return _PRICE_NOT_POSITIVE
    if price % book.markets[instrument, TICK] != 0:
        return _PRICE_OFF_TICK
    if price < book.markets[instrument, LOW] or price > book.markets[instrument, HIGH]:
        return _PRICE_OUTSIDE_BAND
    if book.markets[instrument, DYNAMIC_PPM] != 0 and book.markets[instrument, CALL] == 0:
        low, high = dynamic_band(book, instrument)
        if price < low or price > high:
            return _PRICE_OUTSIDE_DYNAMIC_BAND
    return 0


band_round = kernel(band)


@aside
def dynamic_band(book: BookState, instrument: int) -> tuple[int, int]:
    """Return the lowest and highest price round the last one of the day, or before a trade round the reference."""
    market = book.markets[instrument]
    anchor = market[LAST] if market[DAY_LOTS] > 0 else market[REFERENCE]
    return band_round(int(anchor), int(market[DYNAMIC_PPM]), int(market[TICK]))


@kernel
def refused_lots(book: BookState, instrument: int, limit: int, lots: int) -> int:
    """Refuse a quantity that is not positive, below the minimum, or too large."""
    if lots <= 0:
        return _LOTS_NOT_POSITIVE
    if lots < book.markets[instrument, LOTS_MIN]:
        return _LOTS_BELOW_MINIMUM
    if lots > book.markets[instrument, LOTS_MAX] or (limit > _ALWAYS_SMALL and lots > NOTIONAL_MAX // limit):
        return _LOTS_ABOVE_MAXIMUM
    return 0


@kernel
def refused_balance(
    ledger: LedgerState, book: BookState, account: int, instrument: int, side: int, lots: int, held: int, back: int,
    less: int,
) -> int:  # fmt: skip
    """Refuse what the account does not have free, may not sell today, or may not come to hold.

    An order that is replaced gives `back` what it holds, and its lots make the account's position `less`.
    """
    market = book.markets[instrument]
    if side == _SELL:
        free = available(ledger, account, instrument) + back
        if free < lots:
            return _INSUFFICIENT_UNITS
        if market[LOCKED] != 0 and free - ledger.balance[instrument, account, BOUGHT_TODAY] < lots:
            return _BOUGHT_TODAY
        return 0
    if market[HOLDING_MAX] != 0:
        row = ledger.balance[instrument, account]
        if row[POSTED] + row[BUYING] - less + lots > market[HOLDING_MAX]:
            return _HOLDING_LIMIT
    if available(ledger, account, CASH) + back < held:
        return _INSUFFICIENT_CASH
    return 0


@kernel
def refused_book(
    book: BookState, account: int, instrument: int, side: int, limit: int, lots: int, kind: int, tif: int
) -> int:
    """Refuse a fill-or-kill that cannot fill, and a post-only that would trade (a market order always would)."""
    if tif == _FOK and not fillable(book, instrument, account, side, limit, lots):
        return _FOK_NOT_FILLABLE
    if tif == _POST_ONLY:
        index = best(book, instrument, 3 - side)
        if kind == _MARKET or (index >= 0 and reaches(side, limit, price_at(book, instrument, index))):
            return _POST_ONLY_WOULD_TRADE
    return 0


@kernel
def limit_of(book: BookState, instrument: int, side: int, price: int, kind: int) -> int:
    """Return the worst price of an order: its limit, or for a market order the end of the narrower band."""
    if kind != _MARKET:
        return price
    low, high = int(book.markets[instrument, LOW]), int(book.markets[instrument, HIGH])
    if book.markets[instrument, DYNAMIC_PPM] != 0 and book.markets[instrument, CALL] == 0:
        lower, upper = dynamic_band(book, instrument)
        low, high = max(low, lower), min(high, upper)
    return high if side == _BUY else low


@kernel
def refused(
    ledger: LedgerState, book: BookState, t: int, account: int, instrument: int, side: int, price: int, lots: int,
    kind: int, tif: int, shown: int, expire_t: int,
) -> int:  # fmt: skip
    """Return the first Refusal an order meets, 0 if none."""
    refusal = refused_party(ledger, book, t, account, instrument, side, kind, tif)
    if refusal == 0 and (shown != 0 or expire_t != 0 or tif == _GTD or book.markets[instrument, CALL] != 0):
        refusal = refused_form(book, t, instrument, lots, kind, tif, shown, expire_t)
    if refusal == 0 and kind != _MARKET:
        refusal = refused_price(book, instrument, price)
    if refusal != 0:
        return refusal
    limit = limit_of(book, instrument, side, price, kind)
    refusal = refused_lots(book, instrument, limit, lots)
    if refusal == 0:
        held = worst_cost(book, instrument, side, limit, lots, 0)
        refusal = refused_balance(ledger, book, account, instrument, side, lots, held, 0, 0)
    if refusal == 0:
        refusal = refused_book(book, account, instrument, side, limit, lots, kind, tif)
    return refusal
