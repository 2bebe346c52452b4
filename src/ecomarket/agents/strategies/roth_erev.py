"""Learning bidders: they try how far beside their limits to bid, and do again what paid (Roth and Erev)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field

from ecomarket.agents.block_trader import BlockTrader
from ecomarket.agents.theory import Block, TheoryParams
from ecomarket.chance import key as who_is
from ecomarket.model.quantity import Ratio, Share
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.agents.strategy import StrategyParams
    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction, Bid, Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

FAINT: Final = 1e-4
"""Least propensity, as a share of the first: what has lost may be tried again, hardly ever."""


class RothErevParams(TheoryParams):
    """What it may choose between, and how it learns: Nicolaisen, Petrov and Tesfatsion's numbers (memory)."""

    looks_a_day: Ratio = Field(
        default=Decimal(1), ge=0, le=10_000, description="Looks a day at the market (assumption) | 每日关注次数"
    )
    reach: Ratio = Field(
        default=Decimal(1),
        ge=0,
        description="Furthest from its limit, share of the reference price (assumption) | 报价偏离底价的幅度",
    )
    choices: int = Field(default=21, ge=3, le=101, description="Prices it chooses between (assumption) | 可选报价数")
    forgetting: Share = Field(default=Decimal("0.1"), description="Part of what it learnt that a day fades | 遗忘率")
    experimentation: Share = Field(
        default=Decimal("0.2"), description="Part of its learning that goes to what it did not choose | 试探率"
    )
    scale: Ratio = Field(
        default=Decimal(9), gt=0, description="First propensities of all choices together, in gains | 初始倾向"
    )
    first_gain: Ratio = Field(
        default=Decimal("0.2"),
        gt=0,
        description="Gain from a lot expected at first, share of the reference price (assumption) | 预期每手收益",
    )


def learnt(
    propensities: NDArray[np.float64], chosen: NDArray[np.int64], gains: NDArray[np.float64], params: RothErevParams
) -> NDArray[np.float64]:
    """Return each member's propensities after a gain from what was chosen; shapes (n, choices), (n,), (n,).

    Source: Nicolaisen, Petrov and Tesfatsion 2001, the modified algorithm: what was not chosen gains a part of itself.

    >>> params = RothErevParams(right="a", choices=3, forgetting="0.5", experimentation="0.2")
    >>> learnt(np.array([[10.0, 10.0, 10.0]]), np.array([1]), np.array([20.0]), params).tolist()
    [[6.0, 21.0, 6.0]]
    """
    tries, rows = float(params.experimentation), np.arange(len(propensities))
    kept = (1.0 - float(params.forgetting)) * propensities
    found = kept + propensities * (tries / (params.choices - 1))
    found[rows, chosen] = kept[rows, chosen] + gains * (1.0 - tries)
    return found


class RothErev(BlockTrader):
    """Shades its limits by one of several amounts, drawn by how well each has paid, for better or worse.

    What a choice has paid is by how much its cash and the worth of what it holds have grown till the next plan. All
    propensities fade by `forgetting`; the part `1 - experimentation` of the gain is added to that of the choice, and of
    the others each gains the part `experimentation / (choices - 1)` of what it was. A loss adds less than nothing, and
    no propensity falls below a trace. A day on which it named no price teaches nothing, nor does a year's end, when
    rights lapse and new ones are given.
    """

    kind: ClassVar[str] = "roth-erev"
    label_en: ClassVar[str] = "Learning bidder"
    label_zh: ClassVar[str] = "强化学习报价者"
    reference: ClassVar[str] = (
        "Erev and Roth 1998, American Economic Review 88: 848-881; Nicolaisen, Petrov and Tesfatsion 2001, IEEE "
        "Transactions on Evolutionary Computation 5: 504-523"
    )
    Params: ClassVar[type[StrategyParams]] = RothErevParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        members = tuple(members)
        self._chosen = np.full(len(members), params.choices // 2)
        """Choice of each member for today; that in the middle shades nothing."""
        self._steps: dict[int, float] = {}
        """Cash a lot from one choice to the next, by instrument; none before the first plan."""
        self._propensities = np.zeros((len(members), params.choices))
        self._least = np.zeros((len(members), 1))
        self._wealth = np.zeros(len(members))
        """Cash and worth of what is held, at the last plan."""
        self._named = np.zeros(len(members), dtype=np.bool_)
        """Whether a member has named a price since."""
        super().__init__(params, members, setting)
        self._keys = np.array([who_is(m.code) for m in self.members], dtype=np.int64)

    def shading(self, block: Block) -> int:
        """Return the amount that was drawn for today."""
        beside: int = int(self._chosen[block.row]) - self.params.choices // 2
        return round(beside * self._steps.get(block.instrument, 0.0))

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Learn from what the last choice has brought, choose anew, and lay out the blocks."""
        if not self._steps:
            self._begin(view)
        wealth = self._wealth_of(view)
        if self.year == view.board.today.year:
            found = learnt(self._propensities, self._chosen, wealth - self._wealth, self.params)
            self._propensities[self._named] = np.maximum(found, self._least)[self._named]
        self._wealth = wealth
        shares = np.cumsum(self._propensities, axis=1)
        drawn = draws.uniform(self._keys, "roth-erev.choice", view.board.day) * shares[:, -1]
        self._chosen = np.minimum((shares <= drawn[:, None]).sum(axis=1), self.params.choices - 1)
        self._named[:] = False
        for block in self._blocks:
            self._named[block.row] |= block.traded.venue >= 0
        self.lay_anew()
        return super().plan(view, draws)

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid as the plan has chosen, and take note of who may learn from it."""
        for block in self._blocks:
            self._named[block.row] |= block.instrument == call.instrument and not block.sells
        return super().bids(call, view, draws)

    def _begin(self, view: CohortView) -> None:
        """Set the size of a step for good, and expect the same of every choice."""
        choices, expected = self.params.choices, np.zeros(len(self.members))
        for block in self._blocks:
            found = self._ladder(block, view.board.today.year)
            price = float(view.board.close[block.instrument]) or float(found.bid.mean() if found.lots else 0.0)
            self._steps[block.instrument] = float(self.params.reach) * price / (choices // 2)
            expected[block.row] = max(expected[block.row], price * found.lots)
        first = float(self.params.scale * self.params.first_gain) * np.maximum(expected, 1.0) / choices
        self._propensities[:], self._least[:] = first[:, None], FAINT * first[:, None]

    def _wealth_of(self, view: CohortView) -> NDArray[np.float64]:
        """Return each member's cash and what the lots that it holds are worth to it, cash; shape (members,)."""
        found = view.posted[:, CASH].astype(np.float64)
        held = {(b.row, b.instrument): b for b in self._blocks if b.traded.vintage in (0, view.board.today.year)}
        for at, block in held.items():
            ladder, lots = self._ladder(block, view.board.today.year), max(int(view.posted[at]), 0)
            found[block.row] += float((ladder.bid[:lots] + ladder.ask[:lots]).sum()) / 2.0  # fees on either side
        return found
