"""Traders of the theory: they know their own schedule and the book, nothing else (Smith 1962)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field

from ecomarket.agents.schedules import Ladder, Stretch, ladder, purchases, sales
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key as who_is
from ecomarket.model.quantity import Ratio
from ecomarket.model.reference import RightName
from ecomarket.public.lot_prices import traded_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

ROWS_MAX: Final = 64
"""Most stretches of one trader in view at a time; the plan of each day moves on to those that come next."""


class TheoryParams(StrategyParams):
    """What a trader of the theory trades, and how often it looks."""

    right: RightName = Field(description="Right whose schedule it trades | 按其供需表交易的权利")
    looks_a_day: Ratio = Field(
        default=Decimal(100), ge=0, description="Looks a day at the market (assumption) | 每日关注次数"
    )


class TheoryTrader(Strategy):
    """Buys up its demand or sells off its supply, stretch after stretch; members without a schedule stay away.

    Of a right with vintages it trades that of the year, else the first instrument that is listed.
    """

    cadence = "day"
    Params: ClassVar[type[StrategyParams]] = TheoryParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self._rows: list[tuple[int, int]] = []
        self._blocks: list[tuple[int, int, Ladder, slice]] = []
        """Member's row, instrument, ladder, and the rows of the intent table that it fills."""
        for row, member in enumerate(self.members):
            schedule = member.schedules.get(params.right)
            if schedule is None or (schedule.demand is None) == (schedule.supply is None):
                continue
            for traded in traded_for(setting, params.right):
                found = ladder(schedule, float(traded.lot))
                count = min(len(self._todo(found, found.start)), ROWS_MAX)
                start = len(self._rows)
                self._rows += [(row, traded.index)] * count
                self._blocks.append((row, traded.index, found, slice(start, start + count)))
        self.who = np.array([who_is(self.members[row].code) for row, _ in self._rows], dtype=np.int64)
        """Key of each row's member; with the row's place among the member's, `rank`, what its own draws go by."""
        self.rank = np.concatenate([np.arange(b[3].stop - b[3].start) for b in self._blocks] or [np.zeros(0, np.int64)])

    def markets(self) -> list[tuple[int, int]]:
        """Name the instrument once for each stretch of the member's schedule."""
        return self._rows

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Lay out the stretches that are still to come."""
        del draws
        year = view.board.today.year
        for row, instrument, found, rows in self._blocks:
            position = int(view.posted[row, instrument])
            lives = self.setting.instruments[instrument].vintage in (0, year)
            fill(self.intents[rows], self._todo(found, position) if lives else [], position)
        return ()

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Look as often at every stretch: only that in which the position stands trades."""
        del view
        return np.full(len(self._rows), float(self.params.looks_a_day))

    def _todo(self, found: Ladder, position: int) -> list[Stretch]:
        """Return what is still to be traded at a position, the next stretch first."""
        return sales(found, position) if found.start else purchases(found, position)


def fill(rows: NDArray[np.void], stretches: Sequence[Stretch], position: int) -> None:
    """Write stretches into rows of the intent table in order; rows that are left over are at rest."""
    rest = Stretch(position, position, 0, 0)
    for at in range(len(rows)):
        stretch = stretches[at] if at < len(stretches) else rest
        rows[at]["d"], rows[at]["target"] = stretch.first, stretch.end
        rows[at]["reservation"], rows[at]["slope"] = stretch.price, stretch.step
