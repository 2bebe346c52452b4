"""What the engine states in the journal by itself: the outside markets' prices of a day, and the bids of an auction."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ecomarket.model.codes import FactCode
from ecomarket.model.command import Fact
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ecomarket.model.command import Auction, Bid
    from ecomarket.model.setting import Setting

PREFIX: Final = "outside."


def outside_prices(setting: Setting, notices: Mapping[str, float], period: int) -> Iterator[Fact]:
    """State each outside market's listed price in cash a lot of the right of its name (a unit if there is none)."""
    for name in sorted(notices):
        key = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or "." in key:
            continue
        market = setting.by_code.get(f"OUT.{key.upper()}")
        listed = setting.listed(key)
        lot = Decimal(listed[0].lot) if listed else Decimal(1)
        price = round(Decimal(notices[name]) * lot * CASH_PER_YUAN)
        account, instrument = market.account if market else -1, listed[0].index if listed else -1
        yield Fact(FactCode.OUTSIDE_PRICE_CASH, account, instrument, period, price)


def bids_taken(auction: Auction, bids: Iterable[Bid]) -> dict[str, object]:
    """Return the payload that lays an auction open: offer and bids as [account, price, lots], in order of arrival."""
    return {
        "tag": auction.tag,
        "lots": auction.lots,
        "reserve_price": auction.reserve_price,
        "uniform": auction.uniform,
        "bids": [[b.account, b.price, b.lots] for b in bids],
    }
