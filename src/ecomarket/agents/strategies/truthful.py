"""Truthful traders: they bid their schedule, at once in a call, with patience in a continuous market."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from ecomarket.agents.negotiating import Wish, moves_of
from ecomarket.agents.schedules import Ladder, Stretch, asked, blocks
from ecomarket.agents.theory import ROWS_MAX, Block, TheoryParams, TheoryTrader
from ecomarket.agents.theory_quotes import truthful_quote
from ecomarket.model.codes import Side
from ecomarket.model.command import Bid
from ecomarket.model.negotiation import Act, Move
from ecomarket.model.quantity import Ratio
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.agents.strategy import StrategyParams
    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction, Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.negotiation import Table
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting


BIDS_MAX: Final = 500
"""Most bids of one trader in an auction: beyond them lots are bid for in blocks."""
OFFERS_LEAST: Final = 128
"""At a negotiated venue no less is offered at once than this part of all lots of worth: a year has so many days."""
CLOSE: Final = 4
"""In the last of so many parts of a year everybody names its limit, and blocks become finer: what gain is left by then
is less than that of a block."""
HALVINGS: Final = 8
"""How often blocks are halved then."""


class TruthfulParams(TheoryParams):
    """How far from its limit it begins in a continuous market, and by when it is there."""

    patience: Ratio = Field(
        default=Decimal(1),
        ge=0,
        description="How far from its limit it begins, share of the reference price (assumption) | 初始报价与底价之差",
    )
    until: Literal["day", "year"] = Field(
        default="day", description="Period at whose last look it names its limit | 报至底价的期限"
    )


class Truthful(TheoryTrader):
    """Bids what its lots are worth, asks what they cost: in a call all of them, else the next.

    In a continuous market it begins `patience` away from its limit and comes nearer in equal steps, look by look. In a
    call of one price nobody gains by anything but the truth, as long as no own bid is the marginal one (Vickrey 1961).
    What it can neither cut nor leave uncovered it buys with all its cash, if it must: dearly only towards the end.
    At a negotiated venue it offers its next block at its limit, and takes what others offer at a price as good.
    """

    kind: ClassVar[str] = "truthful"
    label_en: ClassVar[str] = "Truthful trader"
    label_zh: ClassVar[str] = "如实报价者"
    reference: ClassVar[str] = "Vickrey 1961, Journal of Finance 16: 8-37 (uniform price); CASES P27"
    Params: ClassVar[type[StrategyParams]] = TruthfulParams
    quote = staticmethod(truthful_quote)

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        self._halved = 0
        """How often the blocks have been halved."""
        super().__init__(params, members, setting)
        self._year = 0
        """Year whose looks are being counted."""
        self._days = 0
        """Trading days of that year, as they were counted when it began."""
        self._closing = False
        """Whether this is the last trading day of the year."""

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Lay out the levels and the looks that are left of the period."""
        board = view.board
        looks, left = float(self.params.looks_a_day), board.trading_days_left_in_year
        if self._year != board.today.year:
            self._year, self._days = board.today.year, left + 1
            self.intents["a"] = self.intents["b"] = looks * (self._days - self._days // CLOSE)
        if self.params.until == "day":
            self.intents["a"] = self.intents["b"] = looks
        halved = max(HALVINGS * (self._days - CLOSE * left) // self._days, 0)
        if halved != self._halved:
            self._halved = halved
            for block in self._blocks:
                block.laid = (0, None)
        self._closing = left == 0
        self.intents["c"] = float(self.params.patience)
        commands = super().plan(view, draws)
        for block in self._blocks:
            if block.outlook is not None and not block.sells:
                rows = self.intents[block.rows]
                rows["margin"] = np.maximum(rows["reservation"] - block.outlook.dearest, 0.0)
        return commands

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid what each lot is worth, as far as the cash goes; nothing below the reserve price."""
        del draws
        found: list[Bid] = []
        tick = self.setting.ticks[call.venue]
        for block in self._blocks:
            if block.sells or block.instrument != call.instrument:
                continue
            position, cash = int(view.posted[block.row, block.instrument]), int(view.free[block.row, CASH])
            for s in self._cut(block, self._ladder(block, view.board.today.year), position, BIDS_MAX):
                price = s.price // tick * tick
                lots = min(s.end - s.first, cash // max(price, 1), call.lots_to_win)
                if price < max(call.reserve_price, 1) or lots <= 0:
                    break
                cash -= lots * price
                found.append(Bid(int(self.accounts[block.row]), price, lots))
        return found

    def negotiate(self, at: int, table: Table) -> Sequence[Move]:
        """Deal in the block in which the position stands; what it buys and what it sells are offered side by side.

        On the last trading day of a year it takes back what it has offered: what an offer holds cannot be used.
        """
        if self._closing:
            return [Move(Act.WITHDRAW, o.offer) for o in table.offers if o.mine]
        first, end = int(self.intents["d"][at]), int(self.intents["target"][at])
        sign, side = (1, Side.BUY) if end > first else (-1, Side.SELL)
        if sign * (table.position - first) < 0 or sign * (end - table.position) <= 0:
            return ()
        mine = table._replace(offers=tuple(o for o in table.offers if not o.mine or o.side == side))
        lots, limit = self._offered(at, sign, table.position)
        if side == Side.SELL:  # what is worth nothing to it goes for the least that can be named
            limit = max(limit, float(table.tick))
        most = table.charges.affords(table.free_cash, max(limit, 1.0)) if side == Side.BUY else table.free_units
        lots = min(lots - table.pending, most)
        may = limit > 0.0 and side in table.sides and lots >= table.lots_min
        return moves_of(Wish(side, lots, limit, limit, table.tick, firm=True) if may else None, mine)

    def _offered(self, at: int, sign: int, position: int) -> tuple[int, float]:
        """Return (lots, limit) of what is offered at once: the block of a row, with those after it if it is small."""
        block = next(b for b in self._blocks if b.rows.start <= at < b.rows.stop)
        worth = self._ladders[block.row, block.instrument][1].bid
        least = -(-int((worth > 0).sum()) // (OFFERS_LEAST << self._halved))
        lots, limit = 0, 0.0
        for row in self.intents[at : block.rows.stop]:
            if lots and (lots >= least or row["target"] == row["d"]):
                break
            lots, limit = sign * (int(row["target"]) - position), float(row["reservation"])
        return lots, limit

    def _todo(self, block: Block, found: Ladder, position: int) -> list[Stretch]:
        """Return what is still to be traded, in as many blocks of lots as it has rows."""
        return self._cut(block, found, position, ROWS_MAX, self._halved)

    def _cut(self, block: Block, found: Ladder, position: int, most: int, halved: int = 0) -> list[Stretch]:
        """Return what is still to be traded in blocks of lots: as much as a year's emission, else all of it."""
        prices = asked(found, position) if block.sells else found.bid[position:]
        if block.schedule.demand is not None and not block.sells:
            prices = prices[prices > 0]
        if block.outlook is not None:
            prices = prices[: int(max(max(p.gross.values()) for p in block.prospects)) + 1]
        return blocks(prices, position, -1 if block.sells else 1, most, int(block.charges.order), halved)
