"""What a person at the place of a complying firm is told, and may decide: its gaps, its cuts, its works."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.agents.operation import CARBON
from ecomarket.agents.permit_desk import LOT_T, law
from ecomarket.model.seat import BuildChoice, Choice, CutChoice, Need
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.agents.carbon_desk import CarbonDesk
    from ecomarket.agents.operation import Output
    from ecomarket.agents.permit_desk import PermitDesk
    from ecomarket.model.observation import CohortView

_POINTS: Final = 8
"""Parts into which a cost curve is cut when it is shown."""


def permit_need(desk: PermitDesk, row: int, view: CohortView, activity: float) -> Need | None:
    """Return what a firm's emission of the year will need of its own permits if it goes on cutting as it does."""
    instrument = int(desk.home[row])
    if instrument < 0:
        return None
    today = view.board.today
    rest = 1.0 - (today.month - 1) / 12.0
    going_on = max(float(desk.unabated[row]) * activity - float(desk.abated[row]), 0.0)
    need = ceil(round((float(desk.emitted(view, today.year)[row]) + going_on * rest) / LOT_T, 6))
    due = date(today.year, 12, 31)
    fine = law(desk.setting, "permit-compliance", "fine_cny", today, 0.0, due=due)
    have = int(view.posted[row, instrument])
    return Need(desk.key, instrument, need, have, due, round(fine * CASH_PER_YUAN) if need > have else 0)


def carbon_need(desk: CarbonDesk, row: int, view: CohortView, output: Output) -> Need | None:
    """Return what a covered firm owes at the coming surrender, offsets counted as far as the law lets them."""
    if not desk.covered[row]:
        return None
    today = view.board.today
    due, rules = desk.due(view, output), desk.rules(today)
    owed = float(due.owed[row])
    offsets = min(float(due.offsets[row]), rules.offset_share * owed)
    need, have = ceil(round(owed, 6)), int(float(due.held[row]) + float(due.awaited[row]) + offsets)
    usable = [i for i in desk.usable(today) if i.venue >= 0]
    short = max(need - have, 0)
    price = int(view.board.close[usable[-1].index]) if usable else 0
    charge = round((rules.charge(price / CASH_PER_YUAN) * short + rules.fine_cny) * CASH_PER_YUAN) if short else 0
    return Need(desk.key, usable[-1].index if usable else -1, need, have, desk.deadline(today), charge)


def cut_choices(desks: Mapping[str, PermitDesk | CarbonDesk], row: int) -> list[Choice]:
    """Return how far a firm may cut each pollutant that it emits, with its marginal cost on the way."""
    found: list[Choice] = []
    for pollutant, desk in desks.items():
        most = float(np.broadcast_to(desk.curve.maximum_t, desk.abated.shape)[row])
        if most <= 0 or not _regulated(pollutant, desk, row):
            continue
        steps = [most * n / _POINTS for n in range(_POINTS + 1)]
        curve = tuple((t, float(desk.curve.marginal(np.full(len(desk.abated), t))[row])) for t in steps)
        cost = float(desk.curve.cost(desk.abated)[row])
        found.append(CutChoice(pollutant, float(desk.abated[row]), 0.0, most, cost, curve))
    return found


def cut_to(desks: Mapping[str, PermitDesk | CarbonDesk], row: int, pollutant: str, cut_t: float) -> bool:
    """Let a firm cut so much from now on, at most all it can; tell whether it has that choice."""
    desk = desks.get(pollutant)
    if (
        desk is None
        or cut_t < 0
        or not any(isinstance(c, CutChoice) and c.right == pollutant for c in cut_choices(desks, row))
    ):
        return False
    most = float(np.broadcast_to(desk.curve.maximum_t, desk.abated.shape)[row])
    if cut_t > most:
        return False
    desk.abated = desk.abated.copy()
    desk.abated[row] = cut_t
    return True


def builds(offers: Sequence[BuildChoice], desks: Mapping[str, PermitDesk | CarbonDesk], row: int) -> list[Choice]:
    """Return the works a firm may build for pollutants that are regulated for it."""
    return [offer for offer in offers if _regulated(offer.pollutant, desks[offer.pollutant], row)]


def _regulated(pollutant: str, desk: PermitDesk | CarbonDesk, row: int) -> bool:
    if pollutant == CARBON:
        return bool(desk.covered[row])  # type: ignore[union-attr]
    return bool(desk.home[row] >= 0)  # type: ignore[union-attr]
