"""Truthful traders: they bid their schedule, at once in a call, with patience in a continuous market."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecomarket.agents.block_trader import CLOSE, BlockTrader
from ecomarket.agents.theory import TheoryParams
from ecomarket.model.quantity import Ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.agents.strategy import StrategyParams
    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import CohortView


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


class Truthful(BlockTrader):
    """Bids what its lots are worth, asks what they cost: in a call all of them, else the next.

    In a continuous market it begins `patience` away from its limit and comes nearer in equal steps, look by look; where
    it does so by the year, the last quarter of the year is traded at the limit. In a call of one price nobody gains by
    anything but the truth, as long as no own bid is the marginal one (Vickrey 1961). What it can neither cut nor leave
    uncovered it buys with all its cash, if it must: dearly only towards the end.
    """

    kind: ClassVar[str] = "truthful"
    label_en: ClassVar[str] = "Truthful trader"
    label_zh: ClassVar[str] = "如实报价者"
    reference: ClassVar[str] = "Vickrey 1961, Journal of Finance 16: 8-37 (uniform price); CASES P27"
    Params: ClassVar[type[StrategyParams]] = TruthfulParams

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Lay out the levels and the looks that are left of the period."""
        begins, looks = self.year != view.board.today.year, float(self.params.looks_a_day)
        commands = super().plan(view, draws)
        if self.params.until == "day":
            self.intents["a"] = self.intents["b"] = looks
        elif begins:
            self.intents["a"] = self.intents["b"] = looks * (self.days - self.days // CLOSE)
        self.intents["c"] = float(self.params.patience)
        for block in self._blocks:
            if block.outlook is not None and not block.sells:
                rows = self.intents[block.rows]
                rows["margin"] = np.maximum(rows["reservation"] - block.outlook.dearest, 0.0)
        return commands
