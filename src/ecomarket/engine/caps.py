"""The caps of a scenario as the ledger checks them: so many lots of these instruments, in this time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ecomarket.engine.passages import passages
from ecomarket.registry import find
from ecomarket.rights.right import Right
from ecomarket.scenario.schema.base import open_amount
from ecomarket.units import DAY

if TYPE_CHECKING:
    from ecomarket.model.setting import Setting
    from ecomarket.scenario import Scenario


def caps(scenario: Scenario, setting: Setting) -> list[dict[str, object]]:
    """Return one entry for each right, zone and year with a cap: instruments, cap_lots, from, to (invariant CAP).

    A cap without a zone holds for all instruments of the right together; so do the caps of zones between which a venue
    lets sales through, of which no more arrives than was sold. What a rule may issue beyond the cap counts in addition;
    a right of which it may issue any amount has no entry, nor has a zone into which sales lead from one without a cap.
    """
    found: list[dict[str, object]] = []
    for key, right in scenario.config.rights.items():
        lot = open_amount(right.lot, right.amount_unit)
        beyond = _beyond(scenario, key)
        adds_up = find("ecomarket.rights", Right, right.kind).adds_up
        yearly = right.cap or {}
        for zones in _joined(scenario, setting, key, list(yearly)) if beyond is not None else ():
            instruments = [i.index for zone in zones for i in setting.listed(key, zone=zone or None)]
            out = Decimal(0)
            for year in range(scenario.start.year, scenario.end.year + 1):
                own = (open_amount(yearly[zone].at(year), right.amount_unit, right.unit) for zone in zones)
                here = sum(own, Decimal(0)) + (beyond or 0) * len(zones)
                out = out + here if adds_up else here
                first, last = max(date(year, 1, 1), scenario.start), date(year + 1, 1, 1)
                found.append(
                    {
                        "instruments": instruments,
                        "cap_lots": int(out / lot),
                        "from": setting.t_of(first),
                        "to": setting.day_of(last) * DAY,
                    }
                )
    return found


def _joined(scenario: Scenario, setting: Setting, right: str, zones: list[str]) -> list[list[str]]:
    """Return a right's zones with caps, those that sales lead into together with those that they come from."""
    groups, listed = {zone: [zone] for zone in zones}, setting.instruments
    uncapped: set[str] = set()
    for way in (w for venue in scenario.config.venues.values() for w in passages(venue, listed, setting.zones)):
        if listed[way.sold].right != right or listed[way.delivered].zone not in groups:
            continue
        source, target = listed[way.sold].zone, listed[way.delivered].zone
        if source not in groups:
            uncapped.add(target)
        elif groups[source] is not groups[target]:
            groups[source] += groups[target]
            groups |= dict.fromkeys(groups[target], groups[source])
    whole = {id(group): group for group in groups.values()}
    return [group for group in whole.values() if not uncapped.intersection(group)]


def _beyond(scenario: Scenario, right: str) -> Decimal | None:
    """Return what the policies together may issue beyond a cap in a year, None if one of them may issue any amount."""
    total = Decimal(0)
    for use in scenario.policies:
        more = use.rule.beyond_cap(use.params, right)
        if more is None:
            return None
        total += more
    return total
