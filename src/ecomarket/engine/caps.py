"""The caps of a scenario as the ledger checks them: so many lots of these instruments, in this time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ecomarket.scenario.schema.base import open_amount
from ecomarket.units import DAY

if TYPE_CHECKING:
    from ecomarket.model.setting import Setting
    from ecomarket.scenario import Scenario


def caps(scenario: Scenario, setting: Setting) -> list[dict[str, object]]:
    """Return one entry for each right, zone and year with a cap: instruments, cap_lots, from, to (invariant CAP).

    A cap without a zone holds for all instruments of the right together.
    """
    found: list[dict[str, object]] = []
    for key, right in scenario.config.rights.items():
        lot = open_amount(right.lot, right.amount_unit)
        for zone, yearly in (right.cap or {}).items():
            instruments = [i.index for i in setting.listed(key, zone=zone or None)]
            for year in range(scenario.start.year, scenario.end.year + 1):
                amount = open_amount(yearly.at(year), right.amount_unit, right.unit)
                first, last = max(date(year, 1, 1), scenario.start), date(year + 1, 1, 1)
                found.append(
                    {
                        "instruments": instruments,
                        "cap_lots": int(amount / lot),
                        "from": setting.t_of(first),
                        "to": setting.day_of(last) * DAY,
                    }
                )
    return found
