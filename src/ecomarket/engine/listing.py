"""Turn a scenario's rights and venues into numbered instruments, venue rules and listings, all in integers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ecomarket.errors import UserError
from ecomarket.exchange.rules import YEAR, Listing
from ecomarket.model.charges import Charges
from ecomarket.model.codes import Mechanism
from ecomarket.model.entities import Instrument
from ecomarket.scenario.venues import lot_size, mechanism_of, price_cash_per_lot, rules_of
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.exchange.rules import VenueRules
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
SITTING: Final = (Mechanism.CONTINUOUS, Mechanism.LISTED_AGREEMENT, Mechanism.CALL_AUCTION)
"""Mechanisms that sit in sessions; the others are held when a policy or an agent calls them."""


def number_instruments(scenario: Scenario, rights: Mapping[str, Right]) -> tuple[Instrument, ...]:
    """Number cash 0 and then every right's instruments in order of the scenario; each names the venue where it sits.

    A kind of right that has no unit of its own (whatever is capped) takes unit and lot from the scenario.
    """
    seat = {
        right: number
        for number, venue in enumerate(scenario.config.venues.values())
        for right in venue.rights
        if mechanism_of(venue) in SITTING
    }
    listed = [MONEY]
    for key, right in rights.items():
        told = scenario.config.rights[key]
        for instrument in right.instruments(scenario.start, scenario.end):
            placed = replace(instrument, index=len(listed), venue=seat.get(key, -1))
            if not placed.unit:
                placed = replace(placed, unit=told.amount_unit, lot=f"{lot_size(told):f}")
            listed.append(placed)
    return tuple(listed)


def venue_rules(scenario: Scenario) -> list[VenueRules]:
    """Return the rules of every venue in ledger units. Raises UserError if its rights have lots of different size."""
    return [_rules(scenario, key, venue) for key, venue in scenario.config.venues.items()]


def _rules(scenario: Scenario, key: str, venue: Venue) -> VenueRules:
    sizes = {lot_size(scenario.config.rights[right]) for right in venue.rights}
    if len(sizes) > 1:
        raise UserError(
            f"venue '{key}': its rights have lots of different size; one venue, one lot",
            f"场所“{key}”：各权利的每手大小不同；一个场所只能有一种手",
        )
    return rules_of(key, venue, scenario.config.rights[venue.rights[0]])


def listings(scenario: Scenario, instruments: Sequence[Instrument], rules: Sequence[VenueRules]) -> list[Listing]:
    """List each instrument where it sits, at the venue's first reference price for its right."""
    venues = list(scenario.config.venues.values())
    found = []
    for instrument in instruments:
        if instrument.venue < 0:
            continue
        prices = venues[instrument.venue].reference_price
        price = prices.get(instrument.right, prices.get(""))
        cash = price_cash_per_lot(price, scenario.config.rights[instrument.right]) if price else 0
        tick = rules[instrument.venue].tick_cash
        term = _term(scenario, instrument, venues[instrument.venue])
        found.append(Listing(instrument.index, instrument.venue, max(cash // tick * tick, tick), *term))
    return found


def charges(scenario: Scenario, instruments: Sequence[Instrument], rules: Sequence[VenueRules]) -> dict[int, Charges]:
    """Return what trades cost each side, by instrument: where it sits, else where it is negotiated."""
    found: dict[int, Charges] = {}
    for number, venue in reversed(list(enumerate(scenario.config.venues.values()))):
        sits = mechanism_of(venue) in SITTING
        found |= {
            i.index: charges_of_venue(rules[number])
            for i in instruments
            if i.right in venue.rights and (i.venue == number if sits else i.venue < 0)
        }
    return found


def charges_of_venue(rules: VenueRules) -> Charges:
    """Return what a venue takes from each side: the dearer of maker's and taker's fees."""
    return Charges(
        max(rules.fee_buy_ppm, rules.maker_buy_ppm),
        max(rules.fee_sell_ppm, rules.maker_sell_ppm),
        rules.fee_buy_lot_cash,
        rules.fee_sell_lot_cash,
        max(rules.fee_fixed_cash, rules.fee_min_cash),
    )


def _term(scenario: Scenario, instrument: Instrument, venue: Venue) -> tuple[int, int, bool]:
    """Return when the term begins and ends (0, 0: the price does not run down), and whether another follows.

    A right without a day on which it expires is given anew when its term ends.
    """
    years = scenario.config.rights[instrument.right].term
    if venue.remaining_term is None or years is None:
        return 0, 0, False
    since = venue.remaining_term.since
    begins = instrument.starts_t if since is None else (since - scenario.start).days * DAY
    return begins, begins + int(years * YEAR), instrument.expires_t < 0
