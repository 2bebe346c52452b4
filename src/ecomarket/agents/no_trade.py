"""What compliance would have cost without any trade: own abatement as far as it goes, then the law's charge.

The yardstick of gains from trade, stated once a year as a fact for each firm and right. A permit duty is measured
against the permits granted at the start; a surrender against the free allowances of the year that is assessed. Own
abatement is that of the cost curve of the whole emission: works, and the cost of building them, stand outside it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.agents.permit_desk import CASH_PER_LOT, LOT_T, law
from ecomarket.model.command import Fact
from ecomarket.model.stated import FactCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ecomarket.agents.abatement import Curve
    from ecomarket.agents.carbon_desk import CarbonDesk
    from ecomarket.agents.permit_desk import PermitDesk
    from ecomarket.model.command import Command
    from ecomarket.model.observation import CohortView

    Floats = NDArray[np.float64]


def own_effort_cny(curve: Curve, gap_t: Floats, charge_cny_t: Floats, fine_cny: float) -> Floats:
    """Return the cost of closing a yearly gap alone: the curve's cost up to its maximum, then charge and fine.

    >>> from ecomarket.agents.abatement import Polynomial
    >>> curve = Polynomial((0.0, 2.0), 10.0)
    >>> own_effort_cny(curve, np.array([12.0]), np.array([50.0]), 7.0).tolist()
    [207.0]
    """
    effort = np.clip(gap_t, 0.0, curve.maximum_t)
    short = np.maximum(gap_t, 0.0) - effort
    cost: Floats = curve.cost(effort) + short * charge_cny_t + np.where(short > 0, fine_cny, 0.0)
    return cost


def no_trade_facts(
    permits: Iterable[PermitDesk],
    carbon: CarbonDesk,
    view: CohortView,
    month: Sequence[Command],
) -> list[Command]:
    """State each firm's cost of the year without trade, in cash, by right; `month` holds December's own facts."""
    today = view.board.today
    due = date(today.year, 12, 31)
    facts: list[Command] = []
    for desk in permits:
        gap = _would_emit_t(desk, view, month) - desk.granted_t
        fine = law(desk.setting, "permit-compliance", "fine_cny", today, 0.0, due=due)
        back = law(desk.setting, "permit-compliance", "buy_back_ratio", today, 2.0, due=due)
        price = view.board.mean20[np.maximum(desk.home, 0)] / CASH_PER_LOT
        cost = own_effort_cny(desk.gross_curve, np.where(desk.home >= 0, gap, 0.0), back * price, fine)
        facts += _facts(view, desk.home, cost)
    facts += _facts(view, *_carbon(carbon, view))
    return facts


def _would_emit_t(desk: PermitDesk, view: CohortView, month: Sequence[Command]) -> Floats:
    """Return each firm's emission of the year as if it had abated nothing, t."""
    codes = (FactCode.EMISSION_T_MILLI, FactCode.ABATEMENT_T_MILLI)
    now: dict[tuple[int, int], int] = {}
    for fact in month:
        if isinstance(fact, Fact) and fact.code in codes:
            key = fact.account, fact.instrument
            now[key] = now.get(key, 0) + fact.amount
    total = np.zeros(len(desk.home))
    for instrument in desk.instruments:
        here = desk.home == instrument
        lots = sum(view.year_to_date(code, instrument) for code in codes)
        december = np.array([now.get((int(a), instrument), 0) for a in view.accounts])
        total[here] = (lots + december)[here] * LOT_T
    return total


def _carbon(desk: CarbonDesk, view: CohortView) -> tuple[NDArray[np.int64], Floats]:
    """Return the instrument and the cost of this year's surrender, which is for the emission of the year before."""
    year = view.board.today.year
    owed = desk.owed(year - 1, view)
    cut = view.year_to_date(FactCode.ABATEMENT_CO2_T, year=year - 1).astype(np.float64)
    gross = np.where(owed > 0, owed + cut, 0.0)
    listed = desk.setting.listed(desk.key, vintage=year - 1)
    home = np.full(len(gross), listed[0].index if listed else -1, dtype=np.int64)
    price = float(view.board.mean20[listed[0].index]) / CASH_PER_YUAN if listed else 0.0
    rules = desk.rules(view.board.today)
    charge = np.full(len(gross), rules.charge(price))
    gap = gross - desk.free_allocation(year - 1, gross)
    return np.where(owed > 0, home, -1), own_effort_cny(desk.gross_curve, gap, charge, rules.fine_cny)


def _facts(view: CohortView, home: NDArray[np.int64], cost_cny: Floats) -> list[Command]:
    year = view.board.today.year
    cash = np.rint(cost_cny * CASH_PER_YUAN).astype(np.int64)
    return [
        Fact(FactCode.NO_TRADE_COST_CASH, int(account), int(home[row]), year, int(cash[row]))
        for row, account in enumerate(view.accounts)
        if home[row] >= 0
    ]
