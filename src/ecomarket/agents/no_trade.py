"""What compliance would have cost without any trade: own abatement as far as it goes, then the law's charge.

The yardstick of gains from trade, stated once a year as a fact for each firm and right, with the tax on what would have
been emitted. A permit duty is measured
against the permits granted at the start; a surrender against the free allowances of the year that is assessed. Own
abatement is that of the cost curve of the whole emission: works, and the cost of building them, stand outside it.

Permits must be there while the year goes on, and nobody knows in January what December will emit. So a firm without a
market is followed month by month (Alone): it knows, expects and fears what the trading firm does.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.agents.enterprise import safety_margin
from ecomarket.agents.permit_desk import CASH_PER_LOT, LOT_T, law
from ecomarket.model.command import Fact
from ecomarket.model.stated import FactCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ecomarket.agents.abatement import Curve
    from ecomarket.agents.carbon_desk import CarbonDesk
    from ecomarket.agents.permit_desk import PermitDesk
    from ecomarket.model.command import Command
    from ecomarket.model.observation import CohortView

    Floats = NDArray[np.float64]

MONTHS: Final = 12.0


def own_effort_cny(curve: Curve, gap_t: Floats, charge_cny_t: Floats, fine_cny: float) -> Floats:
    """Return the cost of closing a yearly gap alone: the curve's cost up to its maximum, then charge and fine.

    What pays without any price is cut whatever the gap: it is no gain of trade.

    >>> from ecomarket.agents.abatement import Polynomial
    >>> curve = Polynomial((0.0, 2.0), 10.0)
    >>> own_effort_cny(curve, np.array([12.0]), np.array([50.0]), 7.0).tolist()
    [207.0]
    """
    effort = np.clip(np.maximum(gap_t, curve.abated(0.0)), 0.0, curve.maximum_t)
    short = np.maximum(gap_t - effort, 0.0)
    cost: Floats = curve.cost(effort) + short * charge_cny_t + np.where(short > 0, fine_cny, 0.0)
    return cost


class Alone:
    """The firms of a permit desk as if there were no market; arrays (n,).

    abated    t/yr cut at normal activity, in place      emitted, spent    t and CNY since 1 January
    """

    def __init__(self, desk: PermitDesk) -> None:
        self.desk = desk
        self.abated: Floats | None = None
        self.emitted: Floats = np.zeros(len(desk.home))
        self.spent: Floats = np.zeros(len(desk.home))

    def month(self, month: int, activity: Floats, coming: Floats, safety: tuple[float, float], a_month: float) -> None:
        """Cut what the rest of the year needs and one's caution asks, and go through a month (1 to 12).

        activity  of the month        coming   expected from this month to December       safety   (z, deviation, share)
        a_month   the most that changes in a month, share of the most that can be cut; the first month begins in place
        """
        desk, curve, tax = self.desk, self.desk.gross_curve, self.desk.tax_cny_t
        rest = 1.0 - (month - 1) / MONTHS
        margin = safety_margin(desk.gross * coming, safety[1], safety[0], rest)
        needed = np.maximum(
            desk.gross - desk.granted_t, desk.gross * coming + (self.emitted + margin - desk.granted_t) / rest
        )
        wanted = np.clip(np.maximum(needed, curve.abated(tax)), 0.0, curve.maximum_t)
        before = wanted if self.abated is None else self.abated
        step = a_month * curve.maximum_t
        self.abated = before + np.clip(wanted - before, -step, step)
        left = desk.gross - self.abated
        self.emitted += left * activity / MONTHS
        self.spent += (curve.cost(self.abated) + tax * left) * activity / MONTHS

    def year_cny(self, charge_cny_t: Floats, fine_cny: float) -> Floats:
        """Return the cost of the year, CNY: cuts, tax, charge and fine for what lacked permits; and begin the next."""
        short = np.maximum(self.emitted - self.desk.granted_t, 0.0)
        short = np.where(short >= LOT_T, short, 0.0)
        cost = self.spent + short * charge_cny_t + np.where(short > 0, fine_cny, 0.0)
        self.emitted, self.spent = np.zeros(len(short)), np.zeros(len(short))
        return np.asarray(np.where(self.desk.home >= 0, cost, 0.0))


def no_trade_facts(permits: Iterable[Alone], carbon: CarbonDesk, view: CohortView) -> list[Command]:
    """State each firm's cost of the year without trade, in cash, by right, at the end of December."""
    today = view.board.today
    due = date(today.year, 12, 31)
    facts: list[Command] = []
    for alone in permits:
        desk = alone.desk
        fine = law(desk.setting, "permit-compliance", "fine_cny", today, 0.0, due=due)
        back = law(desk.setting, "permit-compliance", "buy_back_ratio", today, 2.0, due=due)
        price = view.board.mean20[np.maximum(desk.home, 0)] / CASH_PER_LOT
        facts += _facts(view, desk.home, alone.year_cny(back * price, fine))
    facts += _facts(view, *_carbon(carbon, view))
    return facts


def _carbon(desk: CarbonDesk, view: CohortView) -> tuple[NDArray[np.int64], Floats]:
    """Return the instrument and the cost of this year's surrender, which is for the emission of the year before.

    What was emitted before the run began can be cut no more: what lacked allowances for it is charged.
    """
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
    if year - 1 < desk.setting.start.year:
        cost = np.maximum(gap, 0.0) * charge + np.where(gap > 0, rules.fine_cny, 0.0)
    else:
        cost = own_effort_cny(desk.gross_curve, gap, charge, rules.fine_cny)
    return np.where(owed > 0, home, -1), cost


def _facts(view: CohortView, home: NDArray[np.int64], cost_cny: Floats) -> list[Command]:
    year = view.board.today.year
    cash = np.rint(cost_cny * CASH_PER_YUAN).astype(np.int64)
    return [
        Fact(FactCode.NO_TRADE_COST_CASH, int(account), int(home[row]), year, int(cash[row]))
        for row, account in enumerate(view.accounts)
        if home[row] >= 0
    ]
