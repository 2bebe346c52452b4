"""What a firm gets wrong: a report that leaves a part out, a surrender that comes late. Off unless asked for.

Each error is drawn once a firm and year from the firm's own key, so that it falls on the same firms whoever else is
in the cohort. The rates are not motives: a firm does not weigh the fine against the gain.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pydantic import Field

from ecomarket.agents.permit_desk import law
from ecomarket.agents.strategy import StrategyParams
from ecomarket.model.command import Fact
from ecomarket.model.quantity import Share
from ecomarket.model.stated import FactCode
from ecomarket.units import floor_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.agents.carbon_desk import CarbonDesk
    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import CohortView

LEFT_OUT: Final = {
    FactCode.EMISSION_T_MILLI: FactCode.UNREPORTED_T_MILLI,
    FactCode.EMISSION_CO2_T: FactCode.UNREPORTED_CO2_T,
}
"""The fact that holds what a report of emission leaves out, in the same unit."""
_SURRENDER: Final = "carbon-compliance"


class ErrorParams(StrategyParams):
    """How often firms report wrongly or surrender late; 0 switches an error off."""

    misreport_rate: Share = Field(
        default=Decimal(0),
        description="Chance a year that a firm under-reports what it emits (assumption) | 每年漏报排放的概率",
    )
    misreport_size: Share = Field(
        default=Decimal("0.05"), description="Part that such a report leaves out (assumption) | 漏报比例"
    )
    late_rate: Share = Field(
        default=Decimal(0),
        description="Chance a year that a firm misses the surrender's deadline (assumption) | 每年逾期清缴的概率",
    )


def misreporting(who: NDArray[np.int64], year: int, rate: float, draws: Draws) -> NDArray[np.bool_]:
    """Tell which firms (keys, shape (n,)) under-report all they emit in a year."""
    return draws.uniform(who, "compliance.misreport", year) < rate


def as_reported(commands: Iterable[Command], accounts: Iterable[int], size: Decimal) -> list[Command]:
    """Take the part `size`, rounded down, out of the emissions that these accounts report, and state it on its own.

    >>> [(f.code.name, f.amount) for f in as_reported([Fact(FactCode.EMISSION_CO2_T, 15, 1, 202401, 99)], [15],
    ...                                               Decimal("0.05"))]
    [('EMISSION_CO2_T', 95), ('UNREPORTED_CO2_T', 4)]
    """
    wrong = frozenset(accounts)
    told: list[Command] = []
    for command in commands:
        if not isinstance(command, Fact) or command.code not in LEFT_OUT or command.account not in wrong:
            told.append(command)
            continue
        hidden = floor_times(command.amount, size)
        parts = ((command.code, command.amount - hidden), (LEFT_OUT[command.code], hidden))
        where = command.account, command.instrument, command.period
        told += [Fact(code, *where, amount) for code, amount in parts if amount]
    return told


def late_facts(desk: CarbonDesk, who: NDArray[np.int64], view: CohortView, rate: float, draws: Draws) -> list[Command]:
    """State once a year (in January, or in the run's first month) who will miss this year's surrender.

    The fact's period is the year of the deadline. Nothing is said where no such surrender is still to come.
    """
    today, start = view.board.today, desk.setting.start
    opens = today.month == 1 or (today.year, today.month) == (start.year, start.month)
    deadline = desk.deadline(today)
    nobody = float(today.year)
    known = law(desk.setting, _SURRENDER, "first_year", today, nobody, due=deadline) < today.year
    if not opens or not known or deadline.year != today.year or deadline == today:
        return []
    late = (draws.uniform(who, "compliance.late", today.year) < rate) & (desk.owed(today.year - 1, view) > 0)
    return [Fact(FactCode.LATE_SURRENDER, int(a), -1, today.year, 1) for a in view.accounts[late]]
