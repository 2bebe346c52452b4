"""The base of every strategy: how a cohort plans, looks, quotes, bids, negotiates and operates."""

from __future__ import annotations

from abc import ABC
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from ecomarket.agents.negotiating import moves
from ecomarket.agents.quoting import limit_quote
from ecomarket.model.charges import NONE, charges_of
from ecomarket.model.codes import Eligible
from ecomarket.model.order import INTENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.charges import Charges
    from ecomarket.model.command import Auction, Bid, Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.negotiation import Move, Table
    from ecomarket.model.observation import CohortView
    from ecomarket.model.order import Draw, MarketView
    from ecomarket.model.seat import Choice, Need
    from ecomarket.model.setting import Setting

Cadence = Literal["day", "week", "month"]
ROUNDING: Final = 1e-6
"""What rounding of floats may take from a price that comes out whole, cash."""


class StrategyParams(BaseModel):
    """Parameters of a strategy; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Strategy(ABC):
    """Decides for a whole cohort. One file, one class; `kind` is the file's name with hyphens.

    `plan` runs in numpy when the cadence says (before the session) and writes `self.intents`, one row for each pair
    that `markets` named; `quote` is a plain function in the Numba subset, compiled into the arrival loop, using only
    its arguments, + - * / comparisons and int(). A member's rows may depend on its own row and the board alone.
    """

    kind: ClassVar[str]
    label_en: ClassVar[str]
    label_zh: ClassVar[str]
    reference: ClassVar[str]
    rows: ClassVar[tuple[str, ...]] = ()
    """Rows of the requirement tables 1A-1I that the class carries (model/requirements.toml)."""
    cadence: ClassVar[Cadence] = "week"
    Params: ClassVar[type[StrategyParams]] = StrategyParams
    quote: Callable[[Any, MarketView, Draw], tuple[int, int, int, int, int]] = staticmethod(limit_quote)
    """Turns the plan's row and the live book into (side, price, lots, kind, time in force); side 0: no order."""

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        self.params = params
        self.members = tuple(members)
        self.setting = setting
        self.accounts = np.array([m.account for m in members], dtype=np.int64)
        self.intents = np.zeros(0, dtype=INTENT)
        self.kept_out = np.zeros(0)
        """Looks that a bar on its side has kept each intent from since a plan last took note; shape (intents,)."""
        self.driven = np.zeros(len(members), dtype=bool)
        """Members for whom a person decides: a plan leaves undone what it would do for them."""

    def column(self, name: str, default: float = 0.0) -> NDArray[np.float64]:
        """Return a column of the members' table as floats; shape (n,)."""
        return np.array([float(m.facts.get(name, default)) for m in self.members], dtype=np.float64)

    def markets(self) -> list[tuple[int, int]]:
        """Name the (member row, instrument) pairs it may trade; one intent row each, in this order. Here: none."""
        return []

    def bind(self, intents: NDArray[np.void]) -> None:
        """Take over the rows of the run's intent table that belong to this cohort (a view, written in place)."""
        self.intents = intents
        self.kept_out = np.zeros(len(intents))

    @cached_property
    def charges(self) -> Charges:
        """Return what a trade costs in the market of each row of `self.intents`."""
        return charges_of(self.setting.charges, self.intents["instrument"].astype(np.int64))

    def hall(self, call: Auction) -> Charges:
        """Return what the venue of an auction takes of what is won there."""
        return self.setting.venue_charges.get(call.venue, NONE)

    def in_auction(self, call: Auction, limit: int) -> int:
        """Return the bid that is as good as buying at a limit, cash a lot, in the instrument's own market."""
        own, hall = self.setting.charges.get(call.instrument, NONE), self.hall(call)
        return limit if own == hall else int(hall.bids(own.paid(limit)) + ROUNDING)

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Write targets and reservation prices into `self.intents`; return commands about own accounts. Here: none."""
        del view, draws
        return ()

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Return how often each intent looks at its market today (a fraction is a probability); shape (intents,)."""
        del view
        return np.ones(len(self.intents), dtype=np.float64)

    def sides(self) -> NDArray[np.int64]:
        """Return the sides that each intent may take as planned, as bits of Eligible; shape (intents,).

        Who is barred from all of them does not look: it would only be refused. Here: from the position at plan time
        (`d`) towards the target, as limit_quote trades; any side for other quotes, and for who is at its target.
        """
        any_side = np.full(len(self.intents), (Eligible.BUY | Eligible.SELL).value, dtype=np.int64)
        if self.quote is not limit_quote:
            return any_side
        way = self.intents["target"] - self.intents["d"]
        return np.where(way > 0, Eligible.BUY.value, np.where(way < 0, Eligible.SELL.value, any_side))

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Run the month that ends: report facts, receive income, pay costs."""
        del view, draws
        return ()

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid in an auction that opens now."""
        del call, view, draws
        return ()

    def dues(self, row: int, view: CohortView) -> Sequence[Need]:
        """Return what a member will have to hold or hand in, as it stands today. Here: nothing."""
        del row, view
        return ()

    def choices(self, row: int, view: CohortView) -> Sequence[Choice]:
        """Return what a member may decide beside trading. Here: nothing."""
        del row, view
        return ()

    def cut(self, row: int, right: str, cut_t: float, view: CohortView) -> bool:
        """Let a member cut so much, t/yr, along its cost curve from now on; tell whether it can. Here: it cannot."""
        del row, right, cut_t, view
        return False

    def build(self, row: int, option: int, view: CohortView) -> Sequence[Command]:
        """Let a member build the works of an option; return its payments and notes, none if it cannot. Here: none."""
        del row, option, view
        return ()

    def sits(self, at: int, position: int) -> bool:
        """Tell whether intent row `at` may move at a negotiated venue, its member holding so many lots. Here: yes."""
        del at, position
        return True

    def negotiate(self, at: int, table: Table) -> Sequence[Move]:
        """Return what the member of intent row `at` does at a negotiated venue; without a limit_quote: nothing."""
        return moves(self.intents[at], table) if self.quote is limit_quote else ()
