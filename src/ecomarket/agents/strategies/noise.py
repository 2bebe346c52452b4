"""A small trader without a plan: comes at random, buys or sells at random near the last price."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents.intermediary import Intermediary, lognormal_lots
from ecomarket.agents.quoting import noise_quote
from ecomarket.agents.strategy import StrategyParams
from ecomarket.model.quantity import Ratio, Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import CohortView


class NoiseParams(StrategyParams):
    """How often, how much and how far from the last price; all assumptions."""

    rights: tuple[str, ...] = Field(default=(), description="Rights traded if the table names none | 交易品种")
    looks_a_day: Ratio = Field(
        default=Decimal("0.15"),
        ge=0,
        description="Mean looks a day at each instrument (assumption) | 每日每品种平均次数",
    )
    order_cash_share: Share = Field(
        default=Decimal("0.01"),
        description="Cash of a median order, share of own cash (assumption) | 单笔中位金额占现金比例",
    )
    size_sd: Ratio = Field(
        default=Decimal("1.0"),
        ge=0,
        description="Deviation of the logarithm of order size (assumption) | 单笔规模对数标准差",
    )
    width: Share = Field(
        default=Decimal("0.03"), description="Largest distance from the last price, share (assumption) | 报价最大偏离"
    )
    holding_share: Share = Field(
        default=Decimal("0.1"),
        description="Most value held of one instrument, share of cash (assumption) | 单品种持仓上限",
    )


class Noise(Intermediary):
    """Poisson arrivals, lognormal sizes, prices uniform around the last one; never sells what it does not hold."""

    kind: ClassVar[str] = "noise"
    label_en: ClassVar[str] = "Small trader"
    label_zh: ClassVar[str] = "散户"
    reference: ClassVar[str] = "Kyle 1985 (noise traders); zero intelligence under a budget, Gode and Sunder 1993"
    cadence = "day"
    Params: ClassVar[type[StrategyParams]] = NoiseParams
    quote = staticmethod(noise_quote)

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Draw today's order sizes."""
        price = np.maximum(view.board.close[self.instrument], 1).astype(np.float64)
        cash = view.posted[self.row, 0].astype(np.float64)
        normal = draws.normal(self.who, "noise.size", view.board.day, self.instrument)
        median = np.maximum(cash * float(self.params.order_cash_share) / price, 1.0)
        self.intents["lots_max"] = lognormal_lots(
            1.0, float(self.params.size_sd), normal + np.log(median) / max(float(self.params.size_sd), 1e-9)
        )
        self.intents["target"] = (cash * float(self.params.holding_share) / price).astype(np.int64)
        self.intents["a"] = float(self.params.width)
        self.intents["b"] = 0.5
        self.intents["deadline"] = -1
        return ()

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Return the mean number of looks today."""
        del view
        return np.full(len(self.pairs), float(self.params.looks_a_day))
