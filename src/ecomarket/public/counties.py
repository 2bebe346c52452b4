"""What several rules know of a county: pilot coefficient, guards over its land, animals its grass can feed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ecomarket.rights.carbon_sink import CURVES
from ecomarket.units import cash_floor

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

PILOT_LAW: Final = "compensation-pilot"
GUARD_LAW: Final = "eco-guards"


def cash_of(county: Participant, column: str) -> int:
    """Return a column of yuan in cash units, rounded down."""
    return cash_floor(amount_of(county, column))


def amount_of(county: Participant, column: str) -> Decimal:
    """Return a column exactly; 0 where there is none."""
    return Decimal(str(county.facts.get(column, 0) or 0))


def gep_cny(view: PolicyView, county: Participant) -> int:
    """Return a county's gross ecosystem product in whole yuan a year, as published (`gep.<county>`) or in its table."""
    told = view.board.notices.get(f"gep.{county.code}")
    return int(amount_of(county, "gep_cny")) if told is None else int(told)


def pilot_factor(setting: Setting, county: Participant, today: date) -> Decimal:
    """Return the coefficient of a county under the comprehensive pilots in force; 1 outside them."""
    law = setting.law_on(PILOT_LAW, today)
    zone = setting.zones.get(county.zone)
    if law is None or zone is None or law.flag not in zone.flags:
        return Decimal(1)
    return Decimal(law.factor)


def guarded_share(setting: Setting, county: Participant, today: date) -> float:
    """Return the part of a hazard's loss that guards on duty avert, 0 to 1; nothing where no such rule is in force.

    At full cover (`guards` x `mu_per_guard` at least the land of the county's sinks) it is the law's `hazard_cut`.
    """
    law = setting.law_on(GUARD_LAW, today)
    if law is None:
        return 0.0
    land = sum(float(county.facts.get(f"{name}_mu", 0)) for name in CURVES)
    watched = float(county.facts.get("guards", 0)) * float(law.mu_per_guard)
    cover = min(1.0, watched / land) if land > 0.0 else 1.0
    return cover * float(law.hazard_cut)


def capacity_sheep(county: Participant) -> int:
    """Return the sheep units that open grass can feed: `balance_mu` over `mu_per_sheep`, rounded down."""
    need = amount_of(county, "mu_per_sheep")
    return int(amount_of(county, "balance_mu") // need) if need > 0 else 0
