"""Load standards of a river's zones: how many rights may be issued in each, and what arrives of one sold elsewhere.

Hung and Shaw 2005 (trading-ratio system): a zone issues what its load standard leaves after what flows in from the
zone just upstream, E_j - t_ij E_i. A zone whose standard lies below that inflow issues nothing, and the zone above it
no more than reaches this standard.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ecomarket.model.quantity import Quantity, Yearly
from ecomarket.rights.water_right import reaches_between
from ecomarket.scenario.schema.base import open_amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.model.entities import Zone
    from ecomarket.scenario.schema.market import Right, ZoneRatios
    from ecomarket.scenario.schema.whole import Config


def arriving(rule: ZoneRatios, zones: Mapping[str, Zone], seller: str, buyer: str) -> Decimal:
    """Return what arrives of a lot sold from one zone into another, 0 where that may not be."""
    for pair in reversed(rule.pairs):
        if (pair.seller, pair.buyer) == (seller, buyer):
            return pair.ratio
    one, two = zones[seller], zones[buyer]
    apart = {"basin": not one.shares_basin(two), "parent": not one.parent or one.parent != two.parent}
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


def with_standards(config: Config) -> Config:
    """Return the scenario in which each right with load standards has the caps that follow from them."""
    zones = {row.code: row.zone() for row in config.zones}
    rights = {
        key: right.model_copy(update={"cap": _issued(config, key, right, zones)}) if right.load_standard else right
        for key, right in config.rights.items()
    }
    return config.model_copy(update={"rights": rights})


def _issued(config: Config, key: str, right: Right, zones: Mapping[str, Zone]) -> dict[str, Yearly[Quantity]]:
    standards = right.load_standard or {}
    rule = next((v.zone_ratios for v in config.venues.values() if key in v.rights and v.zone_ratios), None)
    flows = {
        zone: (above, arriving(rule, zones, above, zone))
        for zone in standards
        if rule and (above := zones[zone].downstream_of) in standards
    }
    caps: dict[str, list[tuple[int, Quantity]]] = {zone: [] for zone in standards}
    for year in range(config.calendar.start.year, config.calendar.end.year + 1):
        loads = {zone: open_amount(by.at(year), right.amount_unit, right.unit) for zone, by in standards.items()}
        for zone, load in _zonal(loads, flows).items():
            caps[zone].append((year, Quantity(load, right.amount_unit, standards[zone].at(year).source)))
    return {zone: Yearly(tuple(steps)) for zone, steps in caps.items()}


def _zonal(loads: dict[str, Decimal], flows: Mapping[str, tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Return what each zone issues, from the load standards and (zone above, part that arrives) of each zone.

    >>> loads = {"one": Decimal(100), "two": Decimal(110)}
    >>> _zonal(loads, {"two": ("one", Decimal("0.6"))})["two"]
    Decimal('50.0')
    """
    for _ in flows:  # a standard reaches one zone further up in each round
        for zone, (above, part) in flows.items():
            if part * loads[above] > loads[zone]:
                loads[above] = loads[zone] / part
    return {
        zone: max(load - flows[zone][1] * loads[flows[zone][0]], Decimal(0)) if zone in flows else load
        for zone, load in loads.items()
    }
