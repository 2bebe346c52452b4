"""What anybody can reckon of certificates: how likely they run short at a deadline, and what each is worth by that."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from math import erf, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.rights.green_certificate import (
    LIFE_MONTHS,
    MONTHS_A_YEAR,
    duty_mwh,
    life_months,
    months_between,
    own_renewable_mwh,
    weight_of,
)
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ecomarket.model.setting import Setting

DUTY: Final = "consumption-weight"
MINTING: Final = "certificate-minting"
OUTSIDE_PRICE: Final = "outside.gec"
"""Notice of a price outside the province; where there is none, the charge and scarcity make the price."""
HOURS_A_DAY: Final = 24


class Deadline(NamedTuple):
    """A year's end: what a missing certificate costs then (cash), and the chance that certificates run short."""

    period: int
    charge: float
    short: float


def supply_mwh(setting: Setting, notices: Mapping[str, float], period: int) -> float:
    """Return the certificates that the plants' capacity and usual hours make of one month, those that may be sold."""
    law = setting.law.get(MINTING)
    share, excluded = (1.0, ()) if law is None else (float(law.certified_share), law.excluded)
    hours = monthrange(period // 100, period % 100)[1] * HOURS_A_DAY
    found = 0.0
    for plant in setting.participants:
        facts = plant.facts
        if facts.get("tech", "storage") not in excluded and "tech" in facts and int(facts.get("tradable", 1)):
            capacity = notices.get(f"capacity.{plant.code}", float(facts.get("capacity_mw", 0.0)))
            found += capacity * float(facts.get("capacity_factor", 0.0)) * hours * share
    return found


def owed_mwh(setting: Setting, law: Any) -> float:
    """Return the certificates that all together owe in a usual year, what they use of their own power taken off."""
    found = 0
    for party in setting.participants:
        weight = weight_of(law, party)
        if weight > 0 and not (party.kind == "support-province" and party.zone in law.monitored):
            load = int(float(party.facts.get("load_mwh", party.facts.get("power_mwh", 0))))
            duty = duty_mwh(weight, load, int(party.facts.get("exempt_mwh", 0) or 0))
            found += max(duty - own_renewable_mwh(party), 0)
    return float(found)


def deadlines(setting: Setting, notices: Mapping[str, float], today: date, spread: float) -> list[Deadline]:
    """Return the coming deadlines within a certificate's life, each with the chance that certificates run short at it.

    Every year what is valid is used, the oldest first, and the rest is kept as long as it lives. Those made too late to
    be sold before the deadline do not count for it. `spread` is the error of the balance a year ahead, share of what is
    owed or there, whichever is more; it shrinks with the root of the time that is left.
    """
    life, law = life_months(setting), setting.law.get(MINTING)
    lag = 1 if law is None else int(law.lag_months)
    first = setting.start.year * 100 + setting.start.month
    left: dict[int, float] = {}
    found = []
    for year in range(setting.start.year, today.year + life // MONTHS_A_YEAR + 2):
        end = year * 100 + MONTHS_A_YEAR
        for period in range(max(year * 100 + 1, first), end + 1):
            left[period] = supply_mwh(setting, notices, period)
        usable = [p for p in left if lag < months_between(p, end) <= life]
        duty = setting.law_due(DUTY, today, date(year, MONTHS_A_YEAR, 31))
        owed = 0.0 if duty is None else owed_mwh(setting, duty)
        there = sum(left[p] for p in usable)
        if year >= today.year and duty is not None:
            ahead = (months_between(today.year * 100 + today.month, end) + 1) / MONTHS_A_YEAR
            error = max(spread * sqrt(ahead) * max(owed, there), 1.0)
            short = 0.5 * (1.0 + erf((owed - there) / error / sqrt(2.0)))
            found.append(Deadline(end, float(duty.alternative_cny_mwh) * CASH_PER_YUAN, short))
        for period in sorted(usable):
            used = min(left[period], owed)
            left[period], owed = left[period] - used, owed - used
    return found


def worth(
    coming: list[Deadline], vintage: int, today: date, rate_month: float, life: int = LIFE_MONTHS, lag: int = 1
) -> float:
    """Return what a certificate of a month is worth, cash: the dearest deadline it lives to see, discounted.

    The worth at a deadline is the charge times the chance that certificates run short (Coulon, Khazaei and Powell 2015,
    Journal of Environmental Economics and Management 73).

    >>> coming = [Deadline(202412, 400_000, 0.25), Deadline(202512, 400_000, 0.5)]
    >>> [worth(coming, vintage, date(2024, 12, 1), 0.0, life=12) for vintage in (202311, 202401, 202412)]
    [0.0, 100000.0, 200000.0]
    """
    now = today.year * 100 + today.month
    return max(
        (
            end.charge * end.short / (1.0 + rate_month) ** months_between(now, end.period)
            for end in coming
            if lag < months_between(vintage, end.period) <= life
        ),
        default=0.0,
    )
