"""Traders of the theory: they know their own schedule and the book, nothing else (Smith 1962)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field

from ecomarket.agents.abating import abate, emits, outlook_of, possible, prospects_of
from ecomarket.agents.outlook import Outlook, Prospect
from ecomarket.agents.schedules import Ladder, Stretch, ladder, limits, purchases, sales
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key as who_is
from ecomarket.model.charges import NONE
from ecomarket.model.quantity import Ratio
from ecomarket.model.reference import RightName
from ecomarket.public.lot_prices import traded_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.charges import Charges
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
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
    traded: Instrument
    schedule: Schedule
    sells: bool
    charges: Charges
    outlook: Outlook | None = None
    prospects: list[Prospect] = field(default_factory=list)
    rows: slice = field(default_factory=lambda: slice(0))
    laid: tuple[int, Ladder | None] = (0, None)
    """Position and limits for which the rows were laid out last."""

    @property
    def instrument(self) -> int:
        """Return the number of what is traded."""
        return self.traded.index

    @property
    def lot(self) -> float:
        """Return the size of a lot in the right's unit."""
        return float(self.traded.lot)

    def ladder(self, year: int, carried: float) -> Ladder:
        """Return the limits of the member's lots in a year; `carried` is what it keeps, or owes, of earlier ones."""
        if self.outlook is None:
            return ladder(self.schedule, self.lot, year, self.charges, self.traded.right)
        return limits(self.outlook.worth(year, possible(self.prospects, year), carried), self.charges)


class TheoryTrader(Strategy):
    """Buys and sells by its schedules, stretch after stretch; members without a schedule stay away.

    A demand buys, a supply sells; who emits does both: a right that it holds saves the cost of abating. So does a
    demand that is given rights: it sells those worth less to it. Who emits abates in December what it holds no right
    for. Of a right with vintages it trades that of the year, else the first instrument that is listed.
    """

    cadence = "day"
    Params: ClassVar[type[StrategyParams]] = TheoryParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self._rows: list[tuple[int, int]] = []
        self._carried: dict[tuple[int, int], float] = {}
        """Lots that a member keeps of an instrument from earlier years, below 0: that it owes."""
        self._ladders: dict[tuple[int, int], tuple[int, Ladder]] = {}
        """Limits of a member's lots, and the year for which they were worked out."""
        self._blocks = [
            block for row, member in enumerate(self.members) for block in _blocks(setting, row, member, params.right)
        ]
        for block in self._blocks:
            found = self._ladder(block, block.traded.vintage or setting.start.year)
            start, count = len(self._rows), len(self._todo(block, found, found.lots if block.sells else 0))
            block.rows = slice(start, start + min(count, ROWS_MAX))
            self._rows += [(block.row, block.instrument)] * min(count, ROWS_MAX)
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
            found = self._ladder(block, year) if lives else None
            if block.laid[0] != position or block.laid[1] is not found:
                todo = self._todo(block, found, position) if found is not None else []
                fill(self.intents[block.rows], todo, position)
                block.laid = position, found
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
            if block.outlook is not None and block.traded.vintage in (0, year):
                done[block.row, block.instrument] = block
        return [command for block in done.values() for command in self._abate(block, view)]

    def _abate(self, block: Block, view: CohortView) -> list[Command]:
        """Cut what is dearer to cover than to cut, and remember what is kept or owed for the next year."""
        assert block.outlook is not None
        key, year = (block.row, block.instrument), view.board.today.year
        may = possible(block.prospects, year)
        carried = self._carried.get(key, 0.0)
        held = float(view.free[key]) - max(-carried, 0.0)
        cut, gross = block.outlook.cut(year, may, carried, held), may[0].gross.get(year, 0.0)
        self._carried[key] = block.outlook.left(held - (gross - cut))
        return abate(
            block.schedule,
            int(self.accounts[block.row]),
            block.instrument,
            gross=gross * block.lot,
            cut=cut * block.lot,
            period=view.period,
        )

    def _ladder(self, block: Block, year: int) -> Ladder:
        """Return the limits of a member's lots, worked out once a year."""
        key = block.row, block.instrument
        if self._ladders.get(key, (0, None))[0] != year:
            self._ladders[key] = year, block.ladder(year, self._carried.get(key, 0.0))
        return self._ladders[key][1]

    def _todo(self, block: Block, found: Ladder, position: int) -> list[Stretch]:
        """Return what is still to be traded at a position, the next stretch first."""
        return sales(found, position) if block.sells else purchases(found, position)


def sides(schedule: Schedule) -> tuple[bool, ...]:
    """Return whether a schedule buys (False), sells (True), or does both; nothing if it is none for trade.

    Who emits, and who has a use for rights and is given some, does both.
    """
    if emits(schedule) or (
        schedule.demand is not None and schedule.supply is None and any(schedule.allocation.values())
    ):
        return False, True
    if (schedule.demand is None) == (schedule.supply is None):
        return ()
    return (schedule.supply is not None,)


def _blocks(setting: Setting, row: int, member: Participant, right: str) -> list[Block]:
    """Return where a member buys and sells by its schedule of a right, without rows yet."""
    schedule = member.schedules.get(right)
    found = []
    for traded in traded_for(setting, right, member.zone) if schedule is not None else ():
        assert schedule is not None
        charges, outlook, prospects = setting.charges.get(traded.index, NONE), None, list[Prospect]()
        if emits(schedule):
            outlook, prospects = outlook_of(setting, member, traded), prospects_of(setting, member, traded)
        found += [Block(row, traded, schedule, sells, charges, outlook, prospects) for sells in sides(schedule)]
    return found


def fill(rows: NDArray[np.void], stretches: Sequence[Stretch], position: int) -> None:
    """Write stretches into rows of the intent table in order; rows that are left over are at rest."""
    rest = Stretch(position, position, 0, 0)
    for at in range(len(rows)):
        stretch = stretches[at] if at < len(stretches) else rest
        rows[at]["d"], rows[at]["target"] = stretch.first, stretch.end
        rows[at]["reservation"], rows[at]["slope"] = stretch.price, stretch.step
