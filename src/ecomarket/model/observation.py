"""What agents and policies may see: the public board, and views of it for a cohort and for the authorities."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.model.facts import FactBook
    from ecomarket.model.registry import PledgedLots
    from ecomarket.model.setting import Setting


class Moment(Enum):
    """When a policy may act. A day runs down this list; sessions stand between BEFORE_ and AFTER_SESSION.

    RUN_START comes once to a policy: on the first day of the run on which it is in force.
    """

    RUN_START = "run_start"
    YEAR_START = "year_start"
    QUARTER_START = "quarter_start"
    MONTH_START = "month_start"
    BEFORE_SESSION = "before_session"
    AFTER_SESSION = "after_session"
    MONTH_END = "month_end"
    YEAR_END = "year_end"


@dataclass
class Board:
    """Public information. Prices are in cash a lot, int64 arrays over instruments (0: never priced).

    close          last closing price      mean20     mean of the last 20 trading days' closing prices
    day_lots       listed lots of the last trading day
    notices        what nature, policies and outside markets have published, by name
    """

    t: int
    day: int
    today: date
    close: NDArray[np.int64]
    mean20: NDArray[np.int64]
    day_lots: NDArray[np.int64]
    trading_days_left_in_year: int = 0
    notices: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class CohortView:
    """What a cohort sees when it plans: the board, and for its own members (rows) their balances and facts.

    accounts int64[n]; posted and free int64[n, instruments]; nature maps a process's name to its value for each member
    this month, float64[n] (activity, weather ...). `book` answers for the members only; of others it says 0.
    """

    setting: Setting
    board: Board
    accounts: NDArray[np.int64]
    posted: NDArray[np.int64]
    free: NDArray[np.int64]
    nature: dict[str, NDArray[np.float64]]
    book: FactBook

    @property
    def period(self) -> int:
        """Return this month as yyyymm."""
        return self.board.today.year * 100 + self.board.today.month

    def year_to_date(self, code: int, instrument: int | None = None, year: int | None = None) -> NDArray[np.int64]:
        """Return the members' own sums of a fact this (or the given) year; shape (n,)."""
        return self.book.year(code, year or self.board.today.year, instrument)[self.accounts]


@dataclass(frozen=True)
class PolicyView:
    """What an authority sees: the board, all registered balances (accounts, instruments, 2: posted, held), all reports.

    nature maps a process's name to its value by zone or participant code this month; borders the name of each border
    with a limit to its balance in lots; pledges are those that stand, the oldest first.
    """

    setting: Setting
    board: Board
    balances: NDArray[np.int64]
    book: FactBook
    nature: dict[str, dict[str, float]]
    borders: dict[str, int] = field(default_factory=dict)
    pledges: tuple[PledgedLots, ...] = ()

    @property
    def year(self) -> int:
        """Return the year of today."""
        return self.board.today.year

    @property
    def period(self) -> int:
        """Return this month as yyyymm."""
        return self.board.today.year * 100 + self.board.today.month

    def free(self, account: int, instrument: int) -> int:
        """Return posted minus held."""
        return int(self.balances[account, instrument, 0] - self.balances[account, instrument, 1])

    def pledged(self, account: int, instrument: int) -> int:
        """Return the lots that an account has pledged: locked, but for what it must surrender itself (MARKETS 7.6)."""
        return sum(p.lots for p in self.pledges if (p.account, p.instrument) == (account, instrument))
