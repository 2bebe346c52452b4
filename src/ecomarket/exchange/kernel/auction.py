"""The compiled core of the one-way auction, and the settlement of deals and auctions.

Prices stand here as values: the price itself where lots are offered, minus the price where a buyer asks for lots, so
that a higher value is always the better bid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.compiled import bare_entry, kernel
from ecomarket.exchange.kernel.fees import fee
from ecomarket.ledger.postings import release, settle
from ecomarket.model.codes import HoldReason, Mechanism, Side
from ecomarket.model.record import SELLER_HELD

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.ledger.state import LedgerState

(BID_ID, BID_ACCOUNT, BID_VALUE, BID_REACH, BID_LOTS, BID_HELD, BID_WHOLE, BID_WON, BID_RESERVE, BID_PAID) = range(10)
"""Columns of a bid; the last three are filled by the clearing: lots of the host, lots of the reserve account, price.
REACH is the value up to which it may use lots: its own, or that of the clock."""

(LOT_FROM, LOT_ALL, LOT_RESERVE, LOT_LEFT) = range(4)
"""Columns of a tranche of lots: least value at which it is sold, lots, 1 if they are the reserve account's, lots
not yet sold. Tranches stand by LOT_FROM; the first is what the host offers in any case."""

(SIDE_HELD, SIDE_SUM, SIDE_FILLS) = range(3)
"""Columns of a party of the clearing (host, reserve account): what it still holds, its summed fees, its fills."""

(RATE_BUY, RATE_SELL, FEE_FIXED, FEE_MIN, FEE_MAX, EACH_BUY, EACH_SELL) = range(7)
"""Columns of a venue's fees for deals; EACH_* are cash for each lot."""

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)
_BID = int(HoldReason.BID)
_OFFER = int(HoldReason.OFFER)
_AUCTION = int(Mechanism.ONE_WAY_AUCTION)


@kernel
def due(rates: NDArray[np.int64], summed: int) -> int:
    """Return what an order has to pay in all once its fills' fees by rate and by lot sum to `summed`."""
    total = max(rates[FEE_FIXED] + summed, rates[FEE_MIN])
    if rates[FEE_MAX] > 0:
        total = min(total, rates[FEE_MAX])
    return int(total)


@kernel
def next_fee(rates: NDArray[np.int64], side: int, party: NDArray[np.int64], price: int, lots: int) -> int:
    """Count one more fill of an order; return its fee."""
    before = due(rates, party[SIDE_SUM]) if party[SIDE_FILLS] > 0 else 0
    if side == _BUY:
        party[SIDE_SUM] += fee(price * lots, rates[RATE_BUY]) + lots * rates[EACH_BUY]
    else:
        party[SIDE_SUM] += fee(price * lots, rates[RATE_SELL]) + lots * rates[EACH_SELL]
    party[SIDE_FILLS] += 1
    return due(rates, party[SIDE_SUM]) - before


@kernel
def in_reach(tranches: NDArray[np.int64], value: int) -> int:
    """Return the lots left for a bid of this value."""
    lots = 0
    for row in range(tranches.shape[0]):
        if tranches[row, LOT_FROM] <= value:
            lots += tranches[row, LOT_LEFT]
    return lots


@kernel
def allot(bids: NDArray[np.int64], tranches: NDArray[np.int64]) -> None:
    """Fill bids in turn, each from the cheapest lots; the last may get a part, a whole bid all or nothing."""
    for row in range(bids.shape[0]):
        want = min(bids[row, BID_LOTS], in_reach(tranches, bids[row, BID_REACH]))
        if bids[row, BID_WHOLE] != 0 and want < bids[row, BID_LOTS]:
            continue
        for tranche in range(tranches.shape[0]):
            if tranches[tranche, LOT_FROM] > bids[row, BID_REACH]:
                break
            lots = min(want, tranches[tranche, LOT_LEFT])
            tranches[tranche, LOT_LEFT] -= lots
            want -= lots
            column = BID_RESERVE if tranches[tranche, LOT_RESERVE] != 0 else BID_WON
            bids[row, column] += lots


@kernel
def one_value(bids: NDArray[np.int64], tranches: NDArray[np.int64]) -> int:
    """Return what all winners pay: the trigger of reserve lots sold in part, else the lowest winning bid."""
    for row in range(tranches.shape[0] - 1, 0, -1):
        triggered = tranches[row, LOT_FROM] > tranches[0, LOT_FROM]
        if triggered and 0 < tranches[row, LOT_LEFT] < tranches[row, LOT_ALL]:
            return int(tranches[row, LOT_FROM])
    lowest = 0
    found = False
    for row in range(bids.shape[0]):
        if bids[row, BID_WON] + bids[row, BID_RESERVE] > 0 and (not found or bids[row, BID_VALUE] < lowest):
            lowest = int(bids[row, BID_VALUE])
            found = True
    return lowest


@kernel
def all_served(bids: NDArray[np.int64], tranches: NDArray[np.int64]) -> bool:
    """Tell whether less is bid for than is offered: lots are left, each bid at the reserve price or above is served."""
    if tranches[0, LOT_LEFT] == 0:
        return False
    for row in range(bids.shape[0]):
        short = bids[row, BID_WON] + bids[row, BID_RESERVE] < bids[row, BID_LOTS]
        if short and bids[row, BID_VALUE] >= tranches[0, LOT_FROM]:
            return False
    return True


@bare_entry
def clear_sale(
    ledger: LedgerState, t: int, venue: int, instrument: int, sellers: NDArray[np.int64], bids: NDArray[np.int64],
    tranches: NDArray[np.int64], price: int, uniform: bool, rates: NDArray[np.int64], parties: NDArray[np.int64],
) -> None:  # fmt: skip
    """Clear an auction that offers lots: settle each winner, release what else each bid holds.

    Where less is bid for than is offered, the one price is the reserve price if there is one, as in the sales of RGGI
    and California (CASES P22, F9). sellers (2, 2): account and hold id of host and reserve account; price > 0: of the
    clock; parties (3, 3): host, reserve account, and room for a bidder.
    """
    allot(bids, tranches)
    if uniform and price == 0:
        floor = tranches[0, LOT_FROM]
        price = floor if floor > 0 and all_served(bids, tranches) else one_value(bids, tranches)
    bidder = parties[2]
    for row in range(bids.shape[0]):
        own = bids[row, BID_VALUE]
        bids[row, BID_PAID] = price if uniform else own
        paid = bids[row, BID_PAID]
        account, number = bids[row, BID_ACCOUNT], bids[row, BID_ID]
        rest = bids[row, BID_HELD]
        open_lots = bids[row, BID_LOTS]
        bidder[:] = 0
        for seller in range(2):
            lots = bids[row, BID_WON + seller]
            if lots == 0:
                continue
            open_lots -= lots
            freed = rest - own * open_lots
            rest -= freed
            fee_buy = next_fee(rates, _BUY, bidder, paid, lots)
            fee_sell = min(next_fee(rates, _SELL, parties[seller], paid, lots), paid * lots)
            settle(
                ledger, t, _AUCTION, SELLER_HELD, venue, instrument, account, sellers[seller, 0], number,
                sellers[seller, 1], paid, lots, freed, fee_buy, fee_sell,
            )  # fmt: skip
        if rest > 0:
            release(ledger, t, number, account, 0, rest, _BID)


@bare_entry
def clear_purchase(
    ledger: LedgerState, t: int, venue: int, instrument: int, host: int, auction: int, bids: NDArray[np.int64],
    tranches: NDArray[np.int64], price: int, uniform: bool, rates: NDArray[np.int64], parties: NDArray[np.int64],
) -> None:  # fmt: skip
    """Clear an auction that asks for lots: the host's hold pays each winner; release what other units are held."""
    allot(bids, tranches)
    if uniform and price == 0:
        price = -one_value(bids, tranches)
    buyer, seller = parties[0], parties[1]
    for row in range(bids.shape[0]):
        bids[row, BID_PAID] = price if uniform else -bids[row, BID_VALUE]
        paid, lots = bids[row, BID_PAID], bids[row, BID_WON]
        account, number = bids[row, BID_ACCOUNT], bids[row, BID_ID]
        if lots > 0:
            seller[:] = 0
            fee_buy = next_fee(rates, _BUY, buyer, paid, lots)
            fee_sell = min(next_fee(rates, _SELL, seller, paid, lots), paid * lots)
            buyer[SIDE_HELD] -= paid * lots + fee_buy
            settle(
                ledger, t, _AUCTION, SELLER_HELD, venue, instrument, host, account, auction, number, paid, lots,
                paid * lots + fee_buy, fee_buy, fee_sell,
            )  # fmt: skip
        if lots < bids[row, BID_LOTS]:
            release(ledger, t, number, account, instrument, bids[row, BID_LOTS] - lots, _OFFER)


@bare_entry
def settle_deal(
    ledger: LedgerState, t: int, mechanism: int, venue: int, instrument: int, buyer: int, seller: int, price: int,
    lots: int, fee_buy: int, fee_sell: int, bid: int, held: int, offer: int,
) -> None:  # fmt: skip
    """Settle a deal between two named parties, from the holds `bid` (of `held` cash) and `offer`, 0 where free."""
    flags = SELLER_HELD if offer != 0 else 0
    settle(
        ledger, t, mechanism, flags, venue, instrument, buyer, seller, bid, offer, price, lots, held, fee_buy, fee_sell,
    )  # fmt: skip
