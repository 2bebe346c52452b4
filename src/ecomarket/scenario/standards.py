"""Load standards of a river's zones: how many rights may be issued in each, and what arrives of one sold elsewhere.

Hung and Shaw 2005 (trading-ratio system): a zone issues what its load standard leaves after what flows in from the
zones just upstream, E_j - t_ij E_i. A zone whose standard lies below that inflow issues nothing, and the zones above
it no more than reaches this standard: where rivers meet, each the same part of what it might (assumption).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ecomarket.model.entities import is_upstream
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
    if apart.get(rule.within) or (rule.downstream and not is_upstream(zones, seller, buyer)):
        return Decimal(0)
    reaches = reaches_between(zones, seller, buyer) or 0
    return (rule.ratio if two.attained else rule.not_attained) * (1 - rule.loss) ** reaches


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
        zone: {above: arriving(rule, zones, above, zone) for above in zones[zone].above if above in standards}
        for zone in standards
        if rule
    }
    caps: dict[str, list[tuple[int, Quantity]]] = {zone: [] for zone in standards}
    for year in range(config.calendar.start.year, config.calendar.end.year + 1):
        loads = {zone: open_amount(by.at(year), right.amount_unit, right.unit) for zone, by in standards.items()}
        for zone, load in _zonal(loads, flows).items():
            caps[zone].append((year, Quantity(load, right.amount_unit, standards[zone].at(year).source)))
    return {zone: Yearly(tuple(steps)) for zone, steps in caps.items()}


def _zonal(loads: dict[str, Decimal], flows: Mapping[str, Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Return what each zone issues, from the load standards and, of each zone, the part that arrives of those above it.

    >>> loads = {"one": Decimal(100), "two": Decimal(110)}
    >>> _zonal(loads, {"two": {"one": Decimal("0.6")}})["two"]
    Decimal('50.0')
    """

    def inflow(zone: str) -> Decimal:
        return sum((part * loads[above] for above, part in flows.get(zone, {}).items()), Decimal(0))

    for _ in flows:  # a standard reaches one zone further up in each round
        for zone, parts in flows.items():
            coming = inflow(zone)
            if coming > loads[zone]:
                for above in [above for above, part in parts.items() if part]:
                    loads[above] *= loads[zone] / coming
    return {zone: max(load - inflow(zone), Decimal(0)) for zone, load in loads.items()}
