"""Which zone's rights may be sold into which other zone, and how much arrives: a venue's rule, pair by pair."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain, permutations
from typing import TYPE_CHECKING

from ecomarket.exchange.rules import Ratio
from ecomarket.rights.water_right import reaches_between
from ecomarket.units import PPM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.model.entities import Instrument, Zone
    from ecomarket.scenario.schema.market import Venue, ZoneRatios


def passages(venue: Venue, instruments: Sequence[Instrument], zones: Mapping[str, Zone]) -> tuple[Ratio, ...]:
    """Return the ratios between the instruments of a venue: the same right, class and vintage, other zones."""
    rule = venue.zone_ratios
    if rule is None:
        return ()
    named = {(p.seller, p.buyer): p.ratio for p in rule.pairs}
    alike: dict[tuple[str, str, int], list[Instrument]] = {}
    for i in instruments:
        if i.right in venue.rights and i.zone in zones:
            alike.setdefault((i.right, i.klass, i.vintage), []).append(i)
    found = []
    for sold, delivered in chain.from_iterable(permutations(group, 2) for group in alike.values()):
        part = named.get((sold.zone, delivered.zone))
        ppm = int((_part(rule, zones, sold.zone, delivered.zone) if part is None else part) * PPM)
        if ppm:
            found.append(Ratio(sold.index, delivered.index, ppm))
    return tuple(found)


def _part(rule: ZoneRatios, zones: Mapping[str, Zone], seller: str, buyer: str) -> Decimal:
    """Return what arrives of a lot sold from one zone into another, 0 where that may not be."""
    one, two = zones[seller], zones[buyer]
    apart = {"basin": not one.basin or one.basin != two.basin, "parent": not one.parent or one.parent != two.parent}
    if apart.get(rule.within) or (rule.downstream and not _lies_below(zones, seller, buyer)):
        return Decimal(0)
    reaches = reaches_between(zones, seller, buyer) or 0
    return (rule.ratio if two.attained else rule.not_attained) * (1 - rule.loss) ** reaches


def _lies_below(zones: Mapping[str, Zone], seller: str, buyer: str) -> bool:
    """Tell whether the buyer's zone lies downstream of the seller's."""
    seen = {buyer}
    while (above := zones[buyer].downstream_of) in zones and above not in seen:
        if above == seller:
            return True
        seen.add(above)
        buyer = above
    return False
