"""The end of a year of theory: who emits abates what it holds no right for, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact, Transfer
from ecomarket.model.stated import FactCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from ecomarket.model.command import Command
    from ecomarket.model.schedule import Schedule


def abate(schedule: Schedule, account: int, instrument: int, *, held: float, period: int) -> list[Command]:
    """Return the facts of a year (emission and abatement in 0.001 unit, cost in cash) and the payment of the cost.

    `held` is what it holds of the right, in its unit; `period` yyyymm. It abates what is not covered, as far as its
    curve goes, and pays the curve's fixed cost in any case.
    """
    assert schedule.abatement is not None
    gross = schedule.unabated.get(period // 100, 0.0)
    cut = min(max(gross - held, 0.0), schedule.abatement.most, gross * schedule.abatement.share)
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
