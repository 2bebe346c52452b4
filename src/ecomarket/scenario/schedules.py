"""From the schedules that a scenario writes to numbers: every form of a curve becomes stretches with a price."""

from __future__ import annotations

from itertools import pairwise
from math import comb, inf
from typing import TYPE_CHECKING, Any

from ecomarket.model.quantity import number
from ecomarket.model.schedule import Curve, Piece, Production, Schedule
from ecomarket.scenario.schema.base import open_amount
from ecomarket.scenario.schema.schedules import Curve as Written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from ecomarket.model.quantity import Quantity, Yearly
    from ecomarket.scenario.schema.market import Right
    from ecomarket.scenario.schema.people import Group, Member
    from ecomarket.scenario.schema.schedules import Schedule as WrittenSchedule
    from ecomarket.scenario.schema.whole import Config

CURVES = ("abatement", "supply", "demand")
COLUMNS = ("unabated", "allocation", "duty", *CURVES)
"""Parts of a schedule that a member's own row may state, in columns `<right>_<part>`; a curve by its name."""


def schedules_of(config: Config, group: Group, member: Member) -> dict[str, Schedule]:
    """Return a member's schedules by right: the group's, with what its own row states in place of it.

    Raises UnitError if an amount is not in a unit of the right.
    """
    return {key: _schedule(config, key, written, member) for key, written in group.schedules.items()}


def _schedule(config: Config, key: str, written: WrittenSchedule, member: Member) -> Schedule:
    right = config.rights[key]
    own = {part: member.facts[f"{key}_{part}"] for part in COLUMNS if f"{key}_{part}" in member.facts}
    amounts = {part: _stated(config, key, part, written, member) for part in ("unabated", "duty")}
    amounts["allocation"] = allocation_of(config, key, written, member)
    curves = {part: Written(curve=str(own[part])) if part in own else getattr(written, part) for part in CURVES}
    emitted = next(iter(amounts["unabated"].values()), inf)
    return Schedule(
        **amounts,
        abatement=curve_of(config, curves["abatement"], right, emitted),
        supply=curve_of(config, curves["supply"], right),
        demand=curve_of(config, curves["demand"], right),
        production=_production(config, written, right),
        needs={name: float(ratio) for name, ratio in written.needs.items()},
        serves=tuple(written.serves),
        conduct=written.conduct,
    )


def allocation_of(config: Config, key: str, written: WrittenSchedule, member: Member) -> dict[int, float]:
    """Return what a member is allocated of a right, by year, in its unit: an amount, or its share of the cap."""
    found = _stated(config, key, "allocation", written, member)
    if written.share is None or found:
        return found
    cap = _cap(config.rights[key], member.zone, _years(config))
    return {year: float(written.share) * amount for year, amount in cap.items()}


def _stated(config: Config, key: str, part: str, written: WrittenSchedule, member: Member) -> dict[int, float]:
    """Return an amount by year: that of the member's own row, or else of its group's schedule."""
    own = member.facts.get(f"{key}_{part}")
    if own is not None:
        return dict.fromkeys(_years(config), float(number(own)))
    return _amounts(getattr(written, part), config.rights[key], _years(config))


def _years(config: Config) -> range:
    return range(config.calendar.start.year, config.calendar.end.year + 1)


def _production(config: Config, written: WrittenSchedule, right: Right) -> Production | None:
    goods = written.production
    if goods is None:
        return None
    demand = curve_of(config, goods.demand, right)
    assert demand is not None
    return Production(demand, float(goods.cost), float(goods.rate), float(goods.cut), goods.by_output)


def _amounts(written: Yearly[Quantity] | None, right: Right, years: Sequence[int]) -> dict[int, float]:
    if written is None:
        return {}
    return {year: float(open_amount(written.at(year), right.amount_unit, right.unit)) for year in years}


def _cap(right: Right, zone: str, years: Sequence[int]) -> dict[int, float]:
    cap = right.cap or {}
    return _amounts(cap.get(zone) or cap.get(""), right, years) or dict.fromkeys(years, 0.0)


def curve_of(config: Config, written: Written | None, right: Right, emitted: float = inf) -> Curve | None:
    """Return a curve as stretches, or None without one; `emitted`: what is emitted where nothing is cut."""
    if written is None:
        return None
    found = config.abatement[written.curve] if written.curve else written
    whole = Curve(tuple(_pieces(found, emitted)), float(found.fixed), float(found.max_share))
    if found.most is None:
        return whole
    return whole.upto(float(open_amount(found.most, right.amount_unit, right.unit)))


def _pieces(written: Written, emitted: float) -> list[Piece]:
    if written.steps:
        return [Piece(float(width), ((float(price), 0.0),)) for width, price in written.steps]
    if written.points:
        points = [(float(x), float(p)) for x, p in written.points]
        return [Piece(b - a, ((p, 0.0), ((q - p) / (b - a), 1.0))) for (a, p), (b, q) in pairwise(points)]
    if written.power:
        return [Piece(inf, ((float(written.power[0]), float(written.power[1])),))]
    if written.quantity:
        start, slope = (float(c) for c in written.quantity)
        return [Piece(inf, ((-start / slope, 0.0), (1.0 / slope, 1.0)))]
    if written.at_emission:
        return [Piece(inf, _mirrored(written.at_emission, emitted))]
    return [Piece(inf, tuple((float(c), float(n)) for n, c in enumerate(written.marginal)))]


def _mirrored(coefficients: Sequence[Decimal], emitted: float) -> tuple[tuple[float, float], ...]:
    """Return the terms in a = emitted - e of a polynomial in e."""
    terms = [0.0] * len(coefficients)
    for n, c in enumerate(coefficients):
        for k in range(n + 1):
            terms[k] += float(c) * comb(n, k) * emitted ** (n - k) * (-1) ** k
    return tuple((c, float(n)) for n, c in enumerate(terms))


def written_curves(schedule: WrittenSchedule) -> Mapping[str, Any]:
    """Return the curves that a schedule writes, by part, with the way each must go."""
    goods = schedule.production
    return {
        "abatement": (schedule.abatement, "rising"),
        "supply": (schedule.supply, "rising"),
        "demand": (schedule.demand, "falling"),
        "production": (goods.demand if goods else None, "falling"),
    }
