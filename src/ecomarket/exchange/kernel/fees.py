"""What an order costs: its fees, which run over all its fills, and what a buy must hold for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import aside, kernel
from ecomarket.exchange.kernel.state import (
    COSTED,
    FEE_BUY,
    FEE_FIXED,
    FEE_HOLD,
    FEE_LOT_BUY,
    FEE_LOT_SELL,
    FEE_MAX,
    FEE_MIN,
    FEE_SELL,
    INSTRUMENT,
    MAKER_BUY,
    MAKER_SELL,
)
from ecomarket.model.codes import Side
from ecomarket.units import PPM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.kernel.state import BookState

_BUY = int(Side.BUY)
_SHORT = 2**43
"""Below this a notional times a rate stays within 63 bits."""


@kernel
def fee(notional: int, ppm: int) -> int:
    """Return floor(notional * ppm / 10**6) without leaving 64 bits; `ppm` is at most 10**6."""
    if notional < _SHORT:
        return notional * ppm // PPM
    return notional // PPM * ppm + notional % PPM * ppm // PPM


@kernel
def accrue(accrued: int, amount: int) -> int:
    """Return what an order has accrued after one more fill: 0 before the first, else 1 and the sum of its fees."""
    return max(accrued, 1) + amount


@kernel
def charge(market: NDArray[np.int64], accrued: int) -> int:
    """Return all fees of an order so far: none before its first fill, then the fixed one and its sum, within bounds."""
    if accrued == 0:
        return 0
    cost = max(market[FEE_FIXED] + accrued - 1, market[FEE_MIN])
    return int(min(cost, market[FEE_MAX]) if market[FEE_MAX] > 0 else cost)


@aside
def dearest_fees(market: NDArray[np.int64], notional: int, lots: int, accrued: int) -> int:
    """Return the most that a buy may still pay in fees for the lots that are open, worth `notional` at its limit."""
    if lots == 0:
        return 0
    dearest = fee(notional, market[FEE_HOLD]) + lots * market[FEE_LOT_BUY]
    return charge(market, accrue(accrued, dearest)) - charge(market, accrued)


@kernel
def spendable(market: NDArray[np.int64], cash: int) -> int:
    """Return what of some cash can go into the price of lots when fees by rate and by order are set aside."""
    left = max(cash - max(market[FEE_FIXED], market[FEE_MIN]), 0)
    base = PPM + market[FEE_HOLD]
    net = left // base * PPM + left % base * PPM // base
    return int(max(net, cash - market[FEE_MAX]) if market[FEE_MAX] > 0 else net)


@kernel
def worst_cost(book: BookState, instrument: int, side: int, limit: int, lots: int, accrued: int) -> int:
    """Return what an order holds: for a buy notional and fee at its limit and dearest rate, for a sell its lots.

    Fees by rate are floors, and a sum of floors is at most the floor of the sum; fees by lot are exact. So fills can
    never cost more than is held.
    """
    if side != _BUY:
        return lots
    market = book.markets[instrument]
    notional = limit * lots
    if market[COSTED] == 0:
        return notional + fee(notional, market[FEE_BUY])
    return notional + dearest_fees(market, notional, lots, accrued)


@kernel
def accrued_by(book: BookState, slot: int) -> int:
    """Return what a resting order has accrued; kept only where fees are more than one rate."""
    if book.markets[book.orders[slot, INSTRUMENT], COSTED] == 0:
        return 0
    return int(book.terms[slot]["accrued"])


@aside
def split_fees(
    market: NDArray[np.int64], side: int, notional: int, lots: int, taker: int, maker: int
) -> tuple[int, int, int, int]:
    """Return the fees of buyer and seller of a fill, and what taker (of this side) and maker have accrued after it."""
    by_lot_buy = lots * market[FEE_LOT_BUY]
    by_lot_sell = lots * market[FEE_LOT_SELL]
    if side == _BUY:
        taker_after = accrue(taker, fee(notional, market[FEE_BUY]) + by_lot_buy)
        maker_after = accrue(maker, fee(notional, market[MAKER_SELL]) + by_lot_sell)
    else:
        taker_after = accrue(taker, fee(notional, market[FEE_SELL]) + by_lot_sell)
        maker_after = accrue(maker, fee(notional, market[MAKER_BUY]) + by_lot_buy)
    by_taker = charge(market, taker_after) - charge(market, taker)
    by_maker = charge(market, maker_after) - charge(market, maker)
    if side == _BUY:
        return by_taker, min(by_maker, notional), taker_after, maker_after
    return by_maker, min(by_taker, notional), taker_after, maker_after
