"""Traders of the theory: they know their own schedule and the book, nothing else (Smith 1962)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field

from ecomarket.agents.abating import abate
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
    from ecomarket.model.schedule import Schedule
    from ecomarket.model.setting import Setting

ROWS_MAX: Final = 64
"""Most stretches of one trader in view at a time; the plan of each day moves on to those that come next."""


class TheoryParams(StrategyParams):
    """What a trader of the theory trades, and how often it looks."""

    right: RightName = Field(description="Right whose schedule it trades | 按其供需表交易的权利")
    looks_a_day: Ratio = Field(
        default=Decimal(100), ge=0, le=10_000, description="Looks a day at the market (assumption) | 每日关注次数"
    )


@dataclass
class Block:
    """Rows of the intent table in which one member buys, or sells, one instrument by its schedule."""

    row: int
    instrument: int
    schedule: Schedule
    lot: float
    sells: bool
    rows: slice = field(default_factory=lambda: slice(0))
    ladders: dict[int, Ladder] = field(default_factory=dict)
    """Worth of lots by year, worked out once."""

    def ladder(self, year: int) -> Ladder:
        """Return the worth of the member's lots in a year."""
        if year not in self.ladders:
            self.ladders[year] = ladder(self.schedule, self.lot, year)
        return self.ladders[year]


class TheoryTrader(Strategy):
    """Buys and sells by its schedules, stretch after stretch; members without a schedule stay away.

    A demand buys, a supply sells; who emits does both: a right that it holds saves the cost of abating. In December it
    abates what it holds no right for. Of a right with vintages it trades that of the year, else the first instrument
    that is listed.
    """

    cadence = "day"
    Params: ClassVar[type[StrategyParams]] = TheoryParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self._rows: list[tuple[int, int]] = []
        self._blocks: list[Block] = []
        for row, member in enumerate(self.members):
            schedule = member.schedules.get(params.right)
            for traded in traded_for(setting, params.right) if schedule is not None else ():
                assert schedule is not None
                for sells in sides(schedule):
                    block = Block(row, traded.index, schedule, float(traded.lot), sells)
                    found = block.ladder(traded.vintage or setting.start.year)
                    start, count = len(self._rows), len(self._todo(found, found.lots if sells else 0, sells=sells))
                    block.rows = slice(start, start + min(count, ROWS_MAX))
                    self._rows += [(row, traded.index)] * min(count, ROWS_MAX)
                    self._blocks.append(block)
        self.who = np.array([who_is(self.members[row].code) for row, _ in self._rows], dtype=np.int64)
        """Key of each row's member; with the row's place in its block, `rank`, what its own draws go by."""
        ranks = [np.arange(block.rows.stop - block.rows.start) for block in self._blocks]
        self.rank = np.concatenate([*ranks, np.zeros(0, np.int64)])

    def markets(self) -> list[tuple[int, int]]:
        """Name the instrument once for each stretch of the member's schedule."""
        return self._rows

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Lay out the stretches that are still to come."""
        del draws
        year = view.board.today.year
        for block in self._blocks:
            position = int(view.posted[block.row, block.instrument])
            lives = self.setting.instruments[block.instrument].vintage in (0, year)
            todo = self._todo(block.ladder(year), position, sells=block.sells) if lives else []
            fill(self.intents[block.rows], todo, position)
        return ()

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Look as often at every stretch: only that in which the position stands trades."""
        del view
        return np.full(len(self._rows), float(self.params.looks_a_day))

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Abate in December what rights are missing for; state emission, abatement and its cost, and pay it."""
        del draws
        if view.board.today.month != 12:
            return ()
        year, done = view.board.today.year, dict[tuple[int, int], Block]()
        for block in self._blocks:
            vintage = self.setting.instruments[block.instrument].vintage
            if block.schedule.abatement is not None and vintage in (0, year):
                done[block.row, block.instrument] = block
        return [
            command
            for (row, instrument), block in done.items()
            for command in abate(
                block.schedule,
                int(self.accounts[row]),
                instrument,
                held=float(view.free[row, instrument]) * block.lot,
                period=view.period,
            )
        ]

    def _todo(self, found: Ladder, position: int, *, sells: bool) -> list[Stretch]:
        """Return what is still to be traded at a position, the next stretch first."""
        return sales(found, position) if sells else purchases(found, position)


def sides(schedule: Schedule) -> tuple[bool, ...]:
    """Return whether a schedule buys (False), sells (True), or does both; nothing if it is none for trade."""
    if schedule.abatement is not None and schedule.unabated:
        return False, True
    if (schedule.demand is None) == (schedule.supply is None):
        return ()
    return (schedule.supply is not None,)


def fill(rows: NDArray[np.void], stretches: Sequence[Stretch], position: int) -> None:
    """Write stretches into rows of the intent table in order; rows that are left over are at rest."""
    rest = Stretch(position, position, 0, 0)
    for at in range(len(rows)):
        stretch = stretches[at] if at < len(stretches) else rest
        rows[at]["d"], rows[at]["target"] = stretch.first, stretch.end
        rows[at]["reservation"], rows[at]["slope"] = stretch.price, stretch.step
