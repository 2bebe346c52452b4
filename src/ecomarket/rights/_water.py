"""What water rules share: who draws, prices by the lot, what a change of efficiency saves and costs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ecomarket.units import CASH_PER_YUAN, floor_times, mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.model.entities import Participant
    from ecomarket.model.setting import Setting

M3_A_LOT: Final = 1000
BARRED: Final = ("domestic", "ecology")
"""Sectors whose water may not be sold."""


def drawing(setting: Setting) -> tuple[Participant, ...]:
    """Return all who draw water from some zone, in order of account."""
    return tuple(
        p
        for p in setting.participants
        if p.kind != "region" and p.facts.get("water_zone") and int(p.facts.get("water_1000m3", 0) or 0) > 0
    )


def column(party: Participant, name: str) -> Decimal:
    """Return a column of a table as an exact number, 0 where it is empty."""
    return Decimal(str(party.facts.get(name, 0) or 0))


def cash_a_lot(cny_m3: Decimal) -> int:
    """Return the cash of a lot of 1000 m3 at a price in CNY per m3, rounded down.

    >>> cash_a_lot(Decimal("1.2"))
    12000000
    """
    return floor_times(M3_A_LOT * CASH_PER_YUAN, cny_m3)


def saved_lots(gross_lots: int, before: Decimal, after: Decimal) -> int:
    """Return what a better coefficient of use saves of a gross take a year, rounded down (MARKETS.md 5.2 rule 9).

    >>> saved_lots(1000, Decimal("0.35"), Decimal("0.57"))
    220
    """
    return floor_times(gross_lots, max(after - before, Decimal(0)))


def floor_price(capex: Decimal, life_years: Decimal, extra_share: Decimal = Decimal(0)) -> Decimal:
    """Return the cost of a saved cubic metre: capex per m3 a year, more for renewal and compensation, over its life.

    >>> round(floor_price(Decimal("4.6"), Decimal(25)), 2)
    Decimal('0.18')
    """
    return capex * (1 + extra_share) / life_years


def users_of(setting: Setting, zone: str) -> tuple[Participant, ...]:
    """Return those who draw water from a zone, in order of account."""
    return tuple(
        p
        for p in setting.participants
        if p.facts.get("water_zone") == zone and p.kind != "region" and int(p.facts.get("water_1000m3", 0)) > 0
    )


def allot_by_rank(available: int, ranks: Sequence[int], needs: Sequence[int]) -> list[int]:
    """Share a volume: the most senior class (lowest rank) first, pro rata and rounded down inside a class.

    Volumes are lots; at most `available` in all, and nobody gets more than it needs.

    >>> allot_by_rank(10, [2, 1, 2], [8, 4, 4])
    [4, 4, 2]
    """
    shares = [0] * len(needs)
    for rank in sorted(set(ranks)):
        members = [i for i, r in enumerate(ranks) if r == rank]
        asked = sum(needs[i] for i in members)
        given = min(available, asked)
        for i in members:
            shares[i] = mul_div_floor(needs[i], given, asked) if asked else 0
        available -= sum(shares[i] for i in members)
    return shares
