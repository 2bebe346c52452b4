"""Which zone's rights may be sold into which other zone, and how much arrives: a venue's rule, pair by pair."""

from __future__ import annotations

from itertools import chain, permutations
from typing import TYPE_CHECKING

from ecomarket.exchange.rules import Ratio
from ecomarket.scenario.standards import arriving
from ecomarket.units import PPM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.model.entities import Instrument, Zone
    from ecomarket.scenario.schema.market import Venue


def passages(venue: Venue, instruments: Sequence[Instrument], zones: Mapping[str, Zone]) -> tuple[Ratio, ...]:
    """Return the ratios between the instruments of a venue: the same right, class and vintage, other zones."""
    rule = venue.zone_ratios
    if rule is None:
        return ()
    alike: dict[tuple[str, str, int], list[Instrument]] = {}
    for i in instruments:
        if i.right in venue.rights and i.zone in zones:
            alike.setdefault((i.right, i.klass, i.vintage), []).append(i)
    found = []
    for sold, delivered in chain.from_iterable(permutations(group, 2) for group in alike.values()):
        ppm = int(arriving(rule, zones, sold.zone, delivered.zone) * PPM)
        if ppm:
            found.append(Ratio(sold.index, delivered.index, ppm))
    return tuple(found)
