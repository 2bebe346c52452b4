"""Traders of the theory who name a price for each block of lots: in calls, auctions, books and negotiations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ecomarket.agents.negotiating import Wish, moves_of
from ecomarket.agents.schedules import Ladder, Stretch, asked, blocks
from ecomarket.agents.theory import ROWS_MAX, Block, TheoryTrader
from ecomarket.agents.theory_quotes import truthful_quote
from ecomarket.model.codes import Side
from ecomarket.model.command import Bid
from ecomarket.model.negotiation import Act, Move
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Sequence

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
"""In the last of so many parts of a year blocks become finer: what gain is left by then is less than a block's."""
HALVINGS: Final = 8
"""How often blocks are halved then."""


class BlockTrader(TheoryTrader):
    """Names one price for each block of lots, its limit less what it `shades`; here nothing.

    At a negotiated venue it offers its next block at that price, and takes what others offer at a price as good.
    """

    quote = staticmethod(truthful_quote)

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        self.year = 0
        """Year that is being traded in."""
        self.days = 0
        """Trading days of that year, as they were counted when it began."""
        self.halved = 0
        """How often the blocks have been halved."""
        self._closing = False
        """Whether this is the last trading day of the year."""
        super().__init__(params, members, setting)

    def shading(self, block: Block) -> int:
        """Return what a member asks beyond its limit, or bids below it, cash a lot; below 0: it gives way. Here: 0."""
        del block
        return 0

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Lay out the blocks, finer ones towards the end of the year."""
        board, left = view.board, view.board.trading_days_left_in_year
        if self.year != board.today.year:
            self.year, self.days = board.today.year, left + 1
        halved = max(HALVINGS * (self.days - CLOSE * left) // self.days, 0)
        if halved != self.halved:
            self.halved = halved
            self.lay_anew()
        self._closing = left == 0
        return super().plan(view, draws)

    def lay_anew(self) -> None:
        """Have every block laid out by the next plan, though neither position nor limits have changed."""
        for block in self._blocks:
            block.laid = (0, None)

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid for each lot, as far as the cash goes; nothing below the reserve price."""
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

    def sits(self, at: int, position: int) -> bool:
        """Tell whether the position stands in the block of the row, or all must take back their offers."""
        first, end = int(self.intents["d"][at]), int(self.intents["target"][at])
        return self._closing or first <= position < end or end < position <= first

    def negotiate(self, at: int, table: Table) -> Sequence[Move]:
        """Deal in the block in which the position stands; what it buys and what it sells are offered side by side.

        On the last trading day of a year it takes back what it has offered: what an offer holds cannot be used.
        """
        if self._closing:
            return [Move(Act.WITHDRAW, o.offer) for o in table.offers if o.mine]
        sign, side = (1, Side.BUY) if self.intents["target"][at] > self.intents["d"][at] else (-1, Side.SELL)
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
        least = -(-int((worth > 0).sum()) // (OFFERS_LEAST << self.halved))
        lots, limit = 0, 0.0
        for row in self.intents[at : block.rows.stop]:
            if lots and (lots >= least or row["target"] == row["d"]):
                break
            lots, limit = sign * (int(row["target"]) - position), float(row["reservation"])
        return lots, limit

    def _todo(self, block: Block, found: Ladder, position: int) -> list[Stretch]:
        """Return what is still to be traded, in as many blocks of lots as it has rows."""
        return self._cut(block, found, position, ROWS_MAX, self.halved)

    def _cut(self, block: Block, found: Ladder, position: int, most: int, halved: int = 0) -> list[Stretch]:
        """Return what is still to be traded in blocks of lots: as much as a year's emission, else all of it."""
        prices = asked(found, position) if block.sells else found.bid[position:]
        if block.schedule.demand is not None and not block.sells:
            prices = prices[prices > 0]
        if block.outlook is not None:
            prices = prices[: int(max(max(p.gross.values()) for p in block.prospects)) + 1]
        way = -1 if block.sells else 1
        return blocks(prices - way * self.shading(block), position, way, most, int(block.charges.order), halved)
