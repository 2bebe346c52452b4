"""What the exchange is told of the scenario's instruments."""

from __future__ import annotations

from ecomarket.engine.listing import listings, number_instruments, venue_rules
from ecomarket.engine.world import build
from ecomarket.exchange.rules import YEAR
from ecomarket.scenario import load
from ecomarket.units import DAY


def terms(*changes: str) -> dict[str, set[tuple[int, int, bool]]]:
    """Terms of the listings of each right."""
    scenario = load("qinghai", changes)
    world = build(scenario, 1, lambda *_: None)
    instruments = number_instruments(scenario, world.rights)
    found: dict[str, set[tuple[int, int, bool]]] = {}
    for listing in listings(scenario, instruments, venue_rules(scenario)):
        found.setdefault(instruments[listing.instrument].right, set()).add(
            (listing.from_t, listing.to_t, listing.renewed)
        )
    return found


def test_terms_are_told_where_prices_run_down() -> None:
    """qinghai begins on 2024-01-01; 2022-07-01 is 549 days before. Permits are for 5 years and given anew."""
    assert set.union(*terms().values()) == {(0, 0, False)}
    plain = terms("venues.permit-market.remaining_term={}")
    assert plain["so2"] == plain["cod"] == {(0, 5 * YEAR, True)}
    assert plain["cea"] == {(0, 0, False)}
    since = terms("venues.permit-market.remaining_term={rate: 0.05, since: 2022-07-01}")
    assert since["nox"] == {(-549 * DAY, 5 * YEAR - 549 * DAY, True)}
