"""What carbon a prefecture or sector emits, who answers for it, and what is not counted."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ecomarket.model.stated import FactCode
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


def lies_in(setting: Setting, place: str, region: str) -> bool:
    """Tell whether a zone is a region or lies in it; everything lies in the region without a name."""
    while place and place != region:
        zone = setting.zones.get(place)
        place = zone.parent if zone else ""
    return place == region


def emitters(setting: Setting, region: str, sector: str = "") -> Iterator[Participant]:
    """Name the enterprises of a region, of one sector if it is given."""
    for firm in setting.of_kind("enterprise"):
        if sector in ("", firm.sector) and lies_in(setting, firm.zone, region):
            yield firm


def emitted_t(view: PolicyView, region: str, year: int, sector: str = "", excluded: str = "") -> int:
    """Return the CO2 reported for a year in t; of each firm the part in its column `excluded` does not count.

    What counts of a firm is rounded down to a tonne.
    """
    reported = view.book.year(FactCode.EMISSION_CO2_T, year)
    return sum(
        floor_times(int(reported[firm.account]), 1 - amount_of(firm, excluded) if excluded else Decimal(1))
        for firm in emitters(view.setting, region, sector)
    )


def amount_of(firm: Participant, column: str) -> Decimal:
    """Return a column exactly; 0 where there is none."""
    return Decimal(str(firm.facts.get(column, 0) or 0))


def answerable(setting: Setting, region: str) -> int:
    """Return the account of the authority of a region; -1 where it has none."""
    return next((p.account for p in setting.of_kind("authority") if p.zone == region), -1)
