"""Turn a venue of the language into the integer rules the exchange reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import Mechanism, SelfTrade
from ecomarket.scenario.schema.base import open_amount
from ecomarket.units import CASH_PER_YUAN, MINUTE, PPM, SECOND

if TYPE_CHECKING:
    from decimal import Decimal

    from ecomarket.model.quantity import Quantity
    from ecomarket.scenario.schema.market import Right, Venue


def mechanism_of(venue: Venue) -> Mechanism:
    """Return the mechanism of a venue as a code."""
    return Mechanism[str(venue.mechanism).upper().replace("-", "_")]


def rules_of(code: str, venue: Venue, right: Right) -> VenueRules:
    """Return the rules of a venue in ledger units; `right` is one of those traded there and says what a lot is."""
    fees = venue.fees
    buys, sells = fees.side in ("both", "buy"), fees.side in ("both", "sell")
    fee = _ppm(fees.ad_valorem)
    by_lot = price_cash_per_lot(fees.per_unit, right)
    maker = -1 if fees.maker is None else _ppm(fees.maker)
    return VenueRules(
        code=code,
        mechanism=mechanism_of(venue),
        tick_cash=max(price_cash_per_lot(venue.tick, right), 1),
        band_ppm=_ppm(venue.price_band),
        lots_min=venue.lots_min,
        lots_max=venue.order_limit,
        block_lots_min=venue.block.lots_min if venue.block else 0,
        block_band_ppm=_ppm(venue.block.band) if venue.block else 0,
        fee_buy_ppm=fee if buys else 0,
        fee_sell_ppm=fee if sells else 0,
        maker_buy_ppm=maker if buys else -1,
        maker_sell_ppm=maker if sells else -1,
        fee_buy_lot_cash=by_lot if buys else 0,
        fee_sell_lot_cash=by_lot if sells else 0,
        fee_fixed_cash=int(fees.fixed * CASH_PER_YUAN),
        fee_min_cash=int(fees.least * CASH_PER_YUAN),
        fee_max_cash=int(fees.most * CASH_PER_YUAN),
        bought_today_locked=venue.bought_today_locked,
        self_trade=SelfTrade[str(venue.self_trade).upper().replace("-", "_")],
        levels_max=venue.levels_max,
        pick=venue.pick,
        closing=venue.closing,
        holding_lots_max=venue.holding_limit,
        report_ppm=_ppm(venue.report_share),
        report_lots=venue.report_lots,
        open_orders_max=venue.open_orders_max,
        order_rate_max=venue.orders_a_second,
        order_rate_window=SECOND,
        dynamic_band_ppm=_ppm(venue.dynamic_band),
        halt_ppm=_ppm(venue.halt.move) if venue.halt else 0,
        halt_time=venue.halt.minutes * MINUTE if venue.halt else MINUTE,
        closing_minutes=venue.closing_minutes,
        call_tie=venue.call_tie,
        call_pricing=venue.call_pricing,
        term_rate_ppm=-1 if venue.remaining_term is None else _ppm(venue.remaining_term.rate),
    )


def price_cash_per_lot(price: Quantity, right: Right) -> int:
    """Turn a price a unit (CNY/t ...) into cash units a lot, rounded down."""
    return int(open_amount(price, f"CNY/{right.amount_unit}") * lot_size(right) * CASH_PER_YUAN)


def lot_size(right: Right) -> Decimal:
    """Return the size of a lot in the right's own unit."""
    return open_amount(right.lot, right.amount_unit)


def _ppm(share: Decimal) -> int:
    return int(share * PPM)
