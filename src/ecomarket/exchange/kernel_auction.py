"""The compiled core of the one-way auction, and the settlement of deals and auctions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import bare_entry, kernel
from ecomarket.exchange.kernel_fees import fee
from ecomarket.ledger.postings import release, settle
from ecomarket.model.codes import HoldReason, Mechanism
from ecomarket.model.record import SELLER_HELD

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.ledger.state import LedgerState

(BID_ID, BID_ACCOUNT, BID_PRICE, BID_LOTS, BID_HELD, BID_FILLED, BID_PAID) = range(7)
"""Columns of a bid; the last two are filled by the clearing."""

_BID = int(HoldReason.BID)
_AUCTION = int(Mechanism.ONE_WAY_AUCTION)


@kernel
def allot(bids: NDArray[np.int64], supply: int, reserve_price: int, uniform: bool) -> int:
    """Fill bids (in rank order) at or above the reserve price until the supply is gone; return what is left of it.

    The last winner may get a part. Pay-as-bid winners pay their bid; uniform winners the lowest winning bid.
    """
    lowest = 0
    for row in range(bids.shape[0]):
        if bids[row, BID_PRICE] < reserve_price or supply == 0:
            continue
        lots = min(supply, bids[row, BID_LOTS])
        supply -= lots
        bids[row, BID_FILLED] = lots
        bids[row, BID_PAID] = bids[row, BID_PRICE]
        if lowest == 0 or bids[row, BID_PRICE] < lowest:
            lowest = bids[row, BID_PRICE]
    if uniform:
        for row in range(bids.shape[0]):
            if bids[row, BID_FILLED] > 0:
                bids[row, BID_PAID] = lowest
    return supply


@bare_entry
def clear_bids(
    ledger: LedgerState, t: int, venue: int, instrument: int, seller: int, auction: int, bids: NDArray[np.int64],
    supply: int, reserve_price: int, uniform: bool, buy_ppm: int, sell_ppm: int,
) -> int:  # fmt: skip
    """Clear an auction: settle each winner, release what else each bid holds; return the lots not sold."""
    left = allot(bids, supply, reserve_price, uniform)
    for row in range(bids.shape[0]):
        price = bids[row, BID_PRICE]
        lots = bids[row, BID_FILLED]
        rest = bids[row, BID_HELD]
        account = bids[row, BID_ACCOUNT]
        number = bids[row, BID_ID]
        if lots > 0:
            open_cash = price * (bids[row, BID_LOTS] - lots)
            freed = rest - open_cash - fee(open_cash, buy_ppm)
            paid = bids[row, BID_PAID]
            settle(
                ledger, t, _AUCTION, SELLER_HELD, venue, instrument, account, seller, number, auction, paid, lots,
                freed, fee(paid * lots, buy_ppm), fee(paid * lots, sell_ppm),
            )  # fmt: skip
            rest -= freed
        if rest > 0:
            release(ledger, t, number, account, 0, rest, _BID)
    return left


@bare_entry
def settle_deal(
    ledger: LedgerState, t: int, mechanism: int, venue: int, instrument: int, buyer: int, seller: int, price: int,
    lots: int, buy_ppm: int, sell_ppm: int,
) -> None:  # fmt: skip
    """Settle a deal between two named parties from what they have free."""
    notional = price * lots
    settle(
        ledger, t, mechanism, 0, venue, instrument, buyer, seller, 0, 0, price, lots, 0,
        fee(notional, buy_ppm), fee(notional, sell_ppm),
    )  # fmt: skip
