"""A trend trader: buys what has been rising, sells when it turns."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents.intermediary import running_fair, running_variance
from ecomarket.agents.traders import Trader, TraderParams, trend_share
from ecomarket.model.quantity import Ratio, Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.agents.strategy import StrategyParams
    from ecomarket.chance import Draws
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]


class TrendTraderParams(TraderParams):
    """How it reads a trend; all assumptions."""

    fast_weight: Share = Field(
        default=Decimal("0.2"), gt=0, description="Weight of today's close in the fast mean (assumption) | 快均线权重"
    )
    slow_weight: Share = Field(
        default=Decimal("0.04"), gt=0, description="Weight of today's close in the slow mean (assumption) | 慢均线权重"
    )
    strength: Ratio = Field(
        default=Decimal("0.5"),
        ge=0,
        description="Share of the limit for each daily deviation between the means (assumption) | 趋势强度",
    )
    concession: Share = Field(
        default=Decimal("0.01"), description="Most conceded from the last price (assumption) | 最大让价幅度"
    )


class TrendTrader(Trader):
    """Holds a share of its limit that grows with the gap of a fast over a slow mean, measured in daily deviations.

    Long only: when the fast mean falls below the slow one it sells out. Concedes at most `concession` of the price.
    """

    kind: ClassVar[str] = "trend-trader"
    label_en: ClassVar[str] = "Trend trader"
    label_zh: ClassVar[str] = "趋势交易者"
    reference: ClassVar[str] = "Brock and Hommes 1998 (trend followers); Brock, Lakonishok and LeBaron 1992"
    Params: ClassVar[type[StrategyParams]] = TrendTraderParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        count = len(self.pairs)
        self.fast, self.slow, self.variance = np.zeros(count), np.zeros(count), np.zeros(count)
        self.before = np.zeros(count)

    def shares(self, view: CohortView, draws: Draws, price: Floats) -> Floats:
        """Move the means by today's closing price and read the trend."""
        del view, draws
        p = self.params
        self.fast = running_fair(self.fast, price, float(p.fast_weight))
        self.slow = running_fair(self.slow, price, float(p.slow_weight))
        self.variance = running_variance(self.variance, self.before, price, float(p.fast_weight))
        self.before = price
        return trend_share(self.fast, self.slow, np.sqrt(self.variance), float(p.strength))

    def bounds(self, price: Floats) -> tuple[Floats, Floats]:
        """Return the last price and its concession to either side."""
        part = float(self.params.concession)
        return price * (1.0 + part), price * (1.0 - part)
