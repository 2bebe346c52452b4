"""A month of an enterprise: what it emits, what abatement saves and costs, what it earns; as commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Fact, Transfer
from ecomarket.model.stated import FactCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ecomarket.agents.works import Emitter

    Floats = NDArray[np.float64]

POLLUTANTS: Final = ("so2", "nox", "cod", "nh3n")
"""Pollutants under permits; their columns end in `_t`. Carbon is `co2`."""
CARBON: Final = "co2"
_PER_TONNE: Final = {CARBON: 1}
_MONTHS: Final = 12.0


class Output:
    """A cohort's memory of its own monthly activity, from which it expects the rest of the year."""

    def __init__(self) -> None:
        self._months: dict[int, Floats] = {}

    def remember(self, period: int, activity: Floats) -> None:
        """Keep the activity of a month (yyyymm)."""
        self._months[period] = activity

    def mean(self, year: int, members: int) -> Floats:
        """Return the mean activity of a year's remembered months, 1 where none is; shape (members,)."""
        known = [activity for period, activity in self._months.items() if period // 100 == year]
        mean: Floats = np.mean(known, axis=0) if known else np.ones(members)
        return mean

    def rest(self, period: int, activity: Floats) -> Floats:
        """Return the mean activity expected from this month (known) to December.

        Season: the same months of last year times this year's trend; in the first year what is left of a normal year,
        or the activity of today if that is more.
        """
        year, month = divmod(period, 100)
        ahead = range(month + 1, 13)
        if not ahead:
            return activity
        so_far = np.array([self._months.get(year * 100 + m, activity) for m in range(1, month)] + [activity])
        before = [self._months.get((year - 1) * 100 + m) for m in range(1, 13)]
        last = [a for a in before if a is not None]
        if len(last) == 12:
            season = np.array(last)
            trend = so_far.sum(axis=0) / np.maximum(season[:month].sum(axis=0), 1e-9)
            coming = season[month:].mean(axis=0) * np.clip(trend, 0.5, 2.0)
        else:
            coming = np.maximum((12.0 - so_far.sum(axis=0)) / len(ahead), np.minimum(activity, 1.0))
        expected: Floats = (activity + coming * len(ahead)) / (len(ahead) + 1)
        return expected


def emissions(pollutant: str, unabated_t: Floats, abated_t: Floats, activity: Floats) -> NDArray[np.int64]:
    """Return a month's emission in the fact's unit: 0.001 t of a pollutant, t of CO2; inputs are t/yr.

    >>> emissions("so2", np.array([120.0]), np.array([60.0]), np.array([1.1])).tolist()
    [5500]
    """
    per_tonne = _PER_TONNE.get(pollutant, 1000)
    return np.rint(np.maximum(unabated_t - abated_t, 0.0) * activity / _MONTHS * per_tonne).astype(np.int64)


def operate_month(
    accounts: NDArray[np.int64],
    period: int,
    activity: Floats,
    emitters: Mapping[str, Emitter],
    instruments: Mapping[str, NDArray[np.int64]],
    margin_cny: Floats,
) -> list[Command]:
    """Return the facts and payments of one month for a cohort, firm by firm.

    `instruments` names for each pollutant the right that its emission needs (-1: none); `margin_cny` is the yearly
    operating margin before abatement. Costs are paid to WORLD as far as cash reaches; savings add to the income.
    What works cut counts as abatement. Their running cost is paid and stated; their capital was paid when they were
    built, and is stated again month by month, spread over their life, so that the fact is the cost of having them.
    """
    commands: list[Command] = []
    costs = np.zeros(len(accounts))
    columns = []
    for pollutant, emitter in emitters.items():
        emitted = emissions(pollutant, emitter.unabated, emitter.abated, activity)
        without = emissions(pollutant, emitter.gross, np.zeros_like(activity), activity)
        works = emitter.works
        cost = (emitter.curve.cost(emitter.abated) + works.in_service(period, works.om_cny)) * activity / _MONTHS
        costs += cost
        stated = cost + works.in_service(period, works.capital_cny) / _MONTHS
        columns.append((pollutant, emitted, without - emitted, np.rint(stated * CASH_PER_YUAN).astype(np.int64)))
    income = np.rint(np.maximum(margin_cny * activity, 0.0) / _MONTHS * CASH_PER_YUAN).astype(np.int64)
    paid = np.rint(costs * CASH_PER_YUAN).astype(np.int64)
    for row, account in enumerate(accounts.tolist()):
        for pollutant, emitted, cut, cost_cash in columns:
            commands += _facts(
                pollutant,
                account,
                int(instruments[pollutant][row]),
                period,
                int(emitted[row]),
                int(cut[row]),
                int(cost_cash[row]),
            )
        earned = int(income[row]) + max(-int(paid[row]), 0)
        spent = max(int(paid[row]), 0)
        world = int(AccountKind.WORLD)
        if earned > 0:
            commands.append(Transfer(world, account, 0, earned, TransferCode.INCOME, period))
        if spent > 0:
            commands.append(Transfer(account, world, 0, spent, TransferCode.ABATEMENT_COST, period, up_to=True))
    return commands


def _facts(
    pollutant: str, account: int, instrument: int, period: int, emitted: int, cut: int, cost_cash: int
) -> list[Command]:
    carbon = pollutant == CARBON
    emission = FactCode.EMISSION_CO2_T if carbon else FactCode.EMISSION_T_MILLI
    abatement = FactCode.ABATEMENT_CO2_T if carbon else FactCode.ABATEMENT_T_MILLI
    amounts = ((emission, emitted), (abatement, cut), (FactCode.ABATEMENT_COST_CASH, cost_cash))
    return [Fact(code, account, instrument, period, amount) for code, amount in amounts if amount]
