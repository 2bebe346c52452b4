"""Who emits, in the markets of theory: what the law lets it do, what may come, and what it says at the year's end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ecomarket.agents.outlook import Law, Outlook, Prospect
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact, Transfer
from ecomarket.model.entities import lies_in
from ecomarket.model.stated import FactCode
from ecomarket.public.lot_prices import lot_prices
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.schedule import Schedule
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

LAW: Final = "cap-and-trade"


def emits(schedule: Schedule) -> bool:
    """Tell whether a schedule is one of emission that can be cut."""
    return schedule.abatement is not None and bool(schedule.unabated)


def outlook_of(setting: Setting, member: Participant, instrument: Instrument) -> Outlook:
    """Return what an emitter makes of an instrument: its schedule in lots, the caps and the law."""
    right, lot = instrument.right, float(instrument.lot)
    schedule = member.schedules[right]
    assert schedule.abatement is not None
    most = max(gross for p in prospects_of(setting, member, instrument) for gross in p.gross.values()) * lot
    caps = setting.caps.get((right, instrument.zone)) or setting.caps.get((right, "")) or {}
    costs = lot_prices(schedule.abatement.upto(most * schedule.abatement.share), lot)
    given = {year: amount / lot for year, amount in _given(setting, member, instrument).items()}
    return Outlook(
        costs,
        schedule.abatement.share,
        _law(setting, right, lot),
        given,
        {year: float(cap) / lot for year, cap in caps.items()},
        _utmost(member, prospects_of(setting, member, instrument), costs, schedule.abatement.share, given),
    )


def _utmost(
    member: Participant, prospects: list[Prospect], costs: Floats, share: float, given: Mapping[int, float]
) -> float:
    """Return what an emitter can pay, cash a lot, for each that it must buy: what its cash leaves beside all others.

    Its worst path counts: in each year what can be cut is bought at most for what cutting it would cost.
    """
    found, cash = np.inf, int(member.facts.get("cash_cny", 0) or 0) * CASH_PER_YUAN
    for path in prospects:
        cut = {year: min(gross * share, float(len(costs))) for year, gross in path.gross.items()}
        forced = {year: gross - cut[year] for year, gross in path.gross.items()}
        if max(forced.values()) >= 1.0:
            left = cash - sum(float(costs[: int(lots)].sum()) for lots in cut.values())
            bought = sum(max(lots - given.get(year, 0.0), 0.0) for year, lots in forced.items())
            found = min(found, max(left, 0.0) / max(bought, 1.0))
    return found if np.isfinite(found) else 0.0


def _given(setting: Setting, member: Participant, instrument: Instrument) -> dict[int, float]:
    """Return what a member gets free by year: its allocation, and its part of a rest of the cap that is not sold."""
    right, zone = instrument.right, instrument.zone
    found = dict(member.schedules[right].allocation)
    told: Any = setting.law.get(LAW)
    if told is None or told.right != right or told.auction:
        return found
    here = [
        p for p in setting.participants if right in p.schedules and (not zone or zone in lies_in(setting.zones, p.zone))
    ]
    for year, cap in (setting.caps.get((right, zone)) or {}).items():
        rest = float(cap) - sum(p.schedules[right].allocation.get(year, 0.0) for p in here)
        gross = sum(p.schedules[right].unabated.get(year, 0.0) for p in here)
        if rest > 0 and gross:
            found[year] = found.get(year, 0.0) + rest * member.schedules[right].unabated.get(year, 0.0) / gross
    return found


def _law(setting: Setting, right: str, lot: float) -> Law:
    """Return the law of a right. What is sold at the ceiling is expected to be shared equally among who emits."""
    told: Any = setting.law.get(LAW)
    if told is None or told.right != right:
        return Law(interest=setting.interest)
    price, most = np.inf, 0.0
    if told.ceiling_cny is not None:
        parties = sum(emits(p.schedules[right]) for p in setting.participants if right in p.schedules)
        price = float(told.ceiling_cny)
        most = np.inf if told.ceiling_most is None else float(int(float(told.ceiling_most) / lot / parties))
    if told.penalty_cny is not None and not told.make_good and float(told.penalty_cny) <= price:
        price, most = float(told.penalty_cny), np.inf
    ceiling = price * lot * CASH_PER_YUAN
    return Law(told.banking, float(told.borrowing_share), ceiling, most, setting.interest)


def prospects_of(setting: Setting, member: Participant, instrument: Instrument) -> list[Prospect]:
    """Return every emission path that the states of the world hold for a member, in lots, its own first."""
    lot, right = float(instrument.lot), instrument.right
    own = member.schedules[right].unabated
    told = [(weight, people[member.code][right].unabated) for weight, people in setting.prospects]
    weights = sum(weight for weight, path in told if path == own) or 1.0
    return [
        Prospect(weight, {year: gross / lot for year, gross in path.items()})
        for weight, path in [(weights, own), *((weight, path) for weight, path in told if path != own)]
    ]


def possible(prospects: list[Prospect], year: int) -> list[Prospect]:
    """Return what may still come in a year: the paths that were like the own one up to now."""
    own = prospects[0].gross
    return [p for p in prospects if all(p.gross[y] == own[y] for y in own if y <= year)]


def abate(schedule: Schedule, account: int, instrument: int, *, gross: float, cut: float, period: int) -> list[Command]:
    """Return the facts of a year (emission and abatement in 0.001 unit, cost in cash) and the payment of the cost.

    `gross` is what it would emit, `cut` what it abates, in the right's unit; `period` yyyymm. It pays the curve's fixed
    cost in any case.
    """
    assert schedule.abatement is not None
    cost = round((schedule.abatement.fixed + schedule.abatement.area(cut)) * CASH_PER_YUAN)
    amounts = (
        (FactCode.EMISSION_T_MILLI, round((gross - cut) * 1000)),
        (FactCode.ABATEMENT_T_MILLI, round(cut * 1000)),
        (FactCode.ABATEMENT_COST_CASH, cost),
    )
    commands: list[Command] = [Fact(code, account, instrument, period, amount) for code, amount in amounts if amount]
    if cost > 0:
        code = TransferCode.ABATEMENT_COST
        commands.append(Transfer(account, AccountKind.WORLD, 0, cost, code, period, up_to=True))
    return commands
