"""Block agreements with the outside market, on the terms that it publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.model.charges import NONE
from ecomarket.model.codes import Mechanism
from ecomarket.model.command import Deal
from ecomarket.units import CASH_PER_YUAN, PPM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.charges import Charges

TICK_CASH: Final = 100
"""Block prices move by 0.01 CNY (MARKETS 3.1)."""


class Terms(NamedTuple):
    """At what price (cash a lot), how much at least, and with whom a block may be agreed."""

    ask: int
    bid: int
    lots_min: int
    party: int


def published(notices: Mapping[str, float], right: str, lots_min: int, party: int) -> Terms | None:
    """Return the outside market's terms for blocks of a right, None if it publishes none.

    >>> published({"outside.block.cea.ask": 79.201, "outside.block.cea.bid": 77.6}, "cea", 100_000, 9)
    Terms(ask=792100, bid=776000, lots_min=100000, party=9)
    """
    ask, bid = (notices.get(f"outside.block.{right}.{side}", 0.0) * CASH_PER_YUAN for side in ("ask", "bid"))
    if min(ask, bid) <= 0:
        return None
    return Terms(-int(-ask // TICK_CASH) * TICK_CASH, int(bid // TICK_CASH) * TICK_CASH, lots_min, party)


def in_band(price: int, close: int, band_ppm: int) -> bool:
    """Tell whether a block may be agreed at a price, at most so many millionths from the last closing price (0: any).

    >>> in_band(623_000, 480_000, 300_000), in_band(625_000, 480_000, 300_000), in_band(625_000, 480_000, 0)
    (True, False, True)
    """
    return not band_ppm or abs(price - close) * PPM <= close * band_ppm


def agree(
    terms: Terms,
    venue: str,
    instrument: int,
    account: int,
    need: int,
    reservation: int,
    cash: int,
    charges: Charges = NONE,
) -> Deal | None:
    """Return the block for all of a need (> 0 buys, < 0 sells) if it is large enough, worth it, and paid for."""
    if need >= terms.lots_min and terms.ask <= reservation and charges.affords(cash, terms.ask) >= need:
        return Deal(Mechanism.BLOCK_AGREEMENT, venue, instrument, account, terms.party, terms.ask, need)
    if -need >= terms.lots_min and terms.bid >= reservation:
        return Deal(Mechanism.BLOCK_AGREEMENT, venue, instrument, terms.party, account, terms.bid, -need)
    return None
