"""Turn a scenario's rights and venues into numbered instruments, venue rules and listings, all in integers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ecomarket.errors import UserError
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import Mechanism, SelfTrade
from ecomarket.model.entities import Instrument
from ecomarket.scenario.schema.base import open_amount
from ecomarket.units import CASH_PER_YUAN, PPM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from ecomarket.model.quantity import Quantity
    from ecomarket.rights.right import Right
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.schema.market import Venue

MONEY: Final = Instrument(
    index=0,
    code="CNY",
    right="cash",
    kind="cash",
    name_en="Chinese yuan",
    name_zh="人民币",
    unit="CNY",
    lot="0.0001",
)
SITTING: Final = (Mechanism.CONTINUOUS, Mechanism.LISTED_AGREEMENT)
"""Mechanisms that sit in sessions; the others are held when a policy or an agent calls them."""


def number_instruments(scenario: Scenario, rights: Mapping[str, Right]) -> tuple[Instrument, ...]:
    """Number cash 0 and then every right's instruments in order of the scenario; each names the venue where it sits."""
    seat = {
        right: number
        for number, venue in enumerate(scenario.config.venues.values())
        for right in venue.rights
        if mechanism_of(venue) in SITTING
    }
    listed = [MONEY]
    for key, right in rights.items():
        for instrument in right.instruments(scenario.start, scenario.end):
            listed.append(replace(instrument, index=len(listed), venue=seat.get(key, -1)))
    return tuple(listed)


def mechanism_of(venue: Venue) -> Mechanism:
    """Return the mechanism of a venue as a code."""
    return Mechanism[str(venue.mechanism).upper().replace("-", "_")]


def venue_rules(scenario: Scenario) -> list[VenueRules]:
    """Return the rules of every venue in ledger units. Raises UserError if its rights have lots of different size."""
    return [_rules(scenario, key, venue) for key, venue in scenario.config.venues.items()]


def _rules(scenario: Scenario, key: str, venue: Venue) -> VenueRules:
    sizes = {_lot_size(scenario, right) for right in venue.rights}
    if len(sizes) > 1:
        raise UserError(f"venue '{key}': its rights have lots of different size; one venue, one lot")
    fee = _ppm(venue.fees.ad_valorem)
    return VenueRules(
        code=key,
        mechanism=mechanism_of(venue),
        tick_cash=max(price_cash_per_lot(scenario, venue.rights[0], venue.tick), 1),
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


def listings(scenario: Scenario, instruments: Sequence[Instrument], rules: Sequence[VenueRules]) -> list[Listing]:
    """List each instrument where it sits, at the venue's first reference price for its right."""
    venues = list(scenario.config.venues.values())
    found = []
    for instrument in instruments:
        if instrument.venue < 0:
            continue
        prices = venues[instrument.venue].reference_price
        price = prices.get(instrument.right, prices.get(""))
        cash = price_cash_per_lot(scenario, instrument.right, price) if price else 0
        tick = rules[instrument.venue].tick_cash
        found.append(Listing(instrument.index, instrument.venue, max(cash // tick * tick, tick)))
    return found


def price_cash_per_lot(scenario: Scenario, right: str, price: Quantity) -> int:
    """Turn a price a unit (CNY/t ...) into cash units a lot, rounded down."""
    unit = scenario.config.rights[right].amount_unit
    per_unit = open_amount(price, f"CNY/{unit}")
    return int(per_unit * _lot_size(scenario, right) * CASH_PER_YUAN)


def _lot_size(scenario: Scenario, right: str) -> Decimal:
    settings = scenario.config.rights[right]
    return open_amount(settings.lot, settings.amount_unit)


def _ppm(share: Decimal) -> int:
    return int(share * PPM)
