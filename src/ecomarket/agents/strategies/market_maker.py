"""A market maker: both sides around a running fair value, skewed by inventory, wider when prices move."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents.intents import shown_lots
from ecomarket.agents.intermediary import equity, half_spread, inventory_skew, running_fair, running_variance, tradable
from ecomarket.agents.quoting import maker_quote
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.codes import Eligible
from ecomarket.model.quantity import Ratio, Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting


class MarketMakerParams(StrategyParams):
    """Width, skew and limits; all assumptions."""

    rights: tuple[str, ...] = Field(default=(), description="Rights quoted if the table names none | 做市品种")
    looks_a_day: Ratio = Field(
        default=Decimal(20), ge=0, description="Times a quote is renewed a day (assumption) | 每日更新次数"
    )
    risk_aversion: Ratio = Field(
        default=Decimal("0.5"),
        ge=0,
        description="Half spread for each unit of daily volatility (assumption) | 风险厌恶系数",
    )
    skew: Ratio = Field(
        default=Decimal(2),
        ge=0,
        description="Shift of quotes at the inventory limit, half spreads (assumption) | 库存偏移",
    )
    half_spread_min: Share = Field(default=Decimal("0.005"), description="Least half spread (assumption) | 最小半价差")
    half_spread_max: Share = Field(default=Decimal("0.05"), description="Largest half spread (assumption) | 最大半价差")
    fair_weight: Share = Field(
        default=Decimal("0.2"), description="Weight of today's close in the fair value (assumption) | 公允价更新权重"
    )
    inventory_share: Share = Field(
        default=Decimal("0.5"), description="Most value of all inventory, share of opening cash (assumption) | 库存上限"
    )
    quote_share: Share = Field(
        default=Decimal("0.1"),
        description="Lots a quote, share of the inventory limit (assumption) | 单笔报价占库存上限",
    )
    shown_share: Share = Field(
        default=Decimal(1),
        description="Part of a quote that others see at a time, 1: all | 报价显示比例（冰山委托），1为全部",
    )
    loss_share: Share = Field(
        default=Decimal("0.2"), description="Loss of opening equity at which it only unwinds (assumption) | 止损线"
    )


class MarketMaker(Strategy):
    """Two intents an instrument, bid and ask; hard inventory and loss limits; never holds what it may not."""

    kind: ClassVar[str] = "market-maker"
    label_en: ClassVar[str] = "Market maker"
    label_zh: ClassVar[str] = "做市商"
    reference: ClassVar[str] = "Ho and Stoll 1981; Avellaneda and Stoikov 2008"
    cadence = "day"
    Params: ClassVar[type[StrategyParams]] = MarketMakerParams
    quote = staticmethod(maker_quote)

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        pairs = tradable(setting, self.members, params.rights)
        self.pairs = [pair for pair in pairs for _ in range(2)]
        self.row = np.array([r for r, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.side = np.array([-1.0, 1.0] * len(pairs))
        self.fair = np.zeros(len(self.pairs))
        self.variance = np.zeros(len(self.pairs))
        self.before = np.zeros(len(self.pairs), dtype=np.int64)
        self.opening = np.zeros(0)

    def markets(self) -> list[tuple[int, int]]:
        """Name each instrument of its rights twice: the bid, then the ask."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Update fair values, widths and limits; stop bidding past the loss limit."""
        del draws
        p = self.params
        close = view.board.close[self.instrument]
        self.variance = running_variance(self.variance, self.before, close, float(p.fair_weight))
        self.fair = running_fair(self.fair, close, float(p.fair_weight))
        self.before = close
        worth = equity(view)
        if not self.opening.size:
            self.opening = worth
        half = half_spread(self.variance, float(p.risk_aversion), float(p.half_spread_min), float(p.half_spread_max))
        books = np.maximum(np.bincount(self.row, minlength=len(self.members)) / 2.0, 1.0)
        value = self.opening * float(p.inventory_share) / books
        limit = np.floor(value[self.row] / np.maximum(self.fair, 1.0))
        losing = worth < self.opening * (1.0 - float(p.loss_share))
        bids = self.side < 0
        me = self.intents
        me["a"] = self.side * half
        me["b"] = inventory_skew(float(p.skew), half, limit)
        me["c"] = self.fair
        me["d"] = np.where(bids & losing[self.row], 0.0, 1.0)
        me["target"] = np.where(bids, limit, 0).astype(np.int64)
        me["reservation"] = np.where(bids, self.fair * 1.2, self.fair * 0.8).astype(np.int64)
        me["lots_max"] = np.maximum(limit * float(p.quote_share), 1.0).astype(np.int64)
        me["shown"] = shown_lots(me["lots_max"], float(p.shown_share))
        me["deadline"] = -1
        return ()

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Return how often quotes are renewed today: asks only where there is something to sell."""
        idle = (self.side > 0) & (view.free[self.row, self.instrument] <= 0)
        return np.where(idle, 1.0, float(self.params.looks_a_day))

    def sides(self) -> NDArray[np.int64]:
        """Return that the first row of each pair bids and the second asks."""
        return np.where(self.side < 0, Eligible.BUY.value, Eligible.SELL.value)
