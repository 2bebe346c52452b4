"""Turn a venue of the language into the integer rules the exchange reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import Mechanism, SelfTrade
from ecomarket.scenario.schema.base import open_amount
from ecomarket.units import CASH_PER_YUAN, PPM

if TYPE_CHECKING:
    from decimal import Decimal

    from ecomarket.model.quantity import Quantity
    from ecomarket.scenario.schema.market import Right, Venue


def mechanism_of(venue: Venue) -> Mechanism:
    """Return the mechanism of a venue as a code."""
    return Mechanism[str(venue.mechanism).upper().replace("-", "_")]


def rules_of(code: str, venue: Venue, right: Right) -> VenueRules:
    """Return the rules of a venue in ledger units; `right` is one of those traded there and says what a lot is."""
    fee = _ppm(venue.fees.ad_valorem)
    return VenueRules(
        code=code,
        mechanism=mechanism_of(venue),
        tick_cash=max(price_cash_per_lot(venue.tick, right), 1),
        band_ppm=_ppm(venue.price_band),
        lots_min=venue.lots_min,
        lots_max=venue.order_limit,
        block_lots_min=venue.block.lots_min if venue.block else 0,
        block_band_ppm=_ppm(venue.block.band) if venue.block else 0,
        fee_buy_ppm=fee if venue.fees.side in ("both", "buy") else 0,
        fee_sell_ppm=fee if venue.fees.side in ("both", "sell") else 0,
        bought_today_locked=venue.bought_today_locked,
        self_trade=SelfTrade[str(venue.self_trade).upper().replace("-", "_")],
        levels_max=venue.levels_max,
        pick=venue.pick,
        closing=venue.closing,
        holding_lots_max=venue.holding_limit,
    )


def price_cash_per_lot(price: Quantity, right: Right) -> int:
    """Turn a price a unit (CNY/t ...) into cash units a lot, rounded down."""
    return int(open_amount(price, f"CNY/{right.amount_unit}") * lot_size(right) * CASH_PER_YUAN)


def lot_size(right: Right) -> Decimal:
    """Return the size of a lot in the right's own unit."""
    return open_amount(right.lot, right.amount_unit)


def _ppm(share: Decimal) -> int:
    return int(share * PPM)
