"""A market outside the province: price-giving counterparty with finite depth around an exogenous price path."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecomarket.agents.intermediary import rights_of
from ecomarket.agents.quoting import ladder_quote
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.codes import AccountKind, Eligible, TransferCode
from ecomarket.model.command import Transfer
from ecomarket.model.quantity import Ratio, Share
from ecomarket.rights.green_certificate import age_factor, age_months, life_months
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

BUYS, SELLS = 1, 2


class OutsideMarketParams(StrategyParams):
    """Depth, spread and sides; a right named in a map takes that value, others the value of `other`."""

    right: str = Field(default="", description="Right; empty: each member's column `right` | 权利种类，空则取参与者表")
    sides: dict[str, Literal["both", "buys", "sells"]] = Field(
        default={"cea": "both", "ccer": "sells", "gec": "buys", "other": "both"},
        description="What the outside does: MARKETS 0.1 (2), 6 | 省外买卖方向",
    )
    levels: int = Field(
        default=2,
        ge=1,
        le=2,
        description="Price levels a side (assumption; arrivals tell four intents apart) | 每侧档数",
    )
    depth_lots: dict[str, int] = Field(
        default={"cea": 4_000, "ccer": 4_000, "gec": 6_000, "other": 1_000},
        description="Lots offered a level and look (assumption) | 每档每次手数",
    )
    looks_a_day: Ratio = Field(
        default=Decimal(6), ge=0, description="Times a level is renewed a day (assumption) | 每日更新次数"
    )
    spread: Share = Field(
        default=Decimal("0.01"), description="Best bid to best ask, share of price (assumption) | 买卖价差"
    )
    step: Share = Field(default=Decimal("0.01"), description="Between levels, share of price (assumption) | 档间距")
    vintage_discount: Share = Field(
        default=Decimal("0.02"), description="Allowance price lost a year of age (assumption) | 往年配额折价"
    )
    stock_lots: dict[str, int] = Field(
        default={"cea": 3_000_000, "ccer": 200_000, "other": 0},
        description="Lots it can deliver at any time, blocks included (assumption) | 可交付库存",
    )


class OutsideMarket(Strategy):
    """Stands on both sides of the path with a few levels, renewed through the day; certificates by age of vintage.

    The rest of the country is far larger than the province, so its stock is brought in from outside as it is sold.
    """

    kind: ClassVar[str] = "outside-market"
    label_en: ClassVar[str] = "Outside market"
    label_zh: ClassVar[str] = "省外市场"
    reference: ClassVar[str] = "MARKETS 0.1 (2), 3.5, 6: price-taker in national markets; P0 x max(0.15, 1 - age/24)"
    rows: ClassVar[tuple[str, ...]] = ("A4", "C8")
    cadence = "day"
    Params: ClassVar[type[StrategyParams]] = OutsideMarketParams
    quote = staticmethod(ladder_quote)

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.lines: list[tuple[int, Instrument, int, int]] = []
        for row, member in enumerate(self.members):
            for right in (params.right,) if params.right else rights_of(member, ()):
                sides = self._of(params.sides, right)
                for instrument in setting.listed(right):
                    if instrument.venue < 0:
                        continue
                    for level in range(params.levels):
                        self.lines += [(row, instrument, BUYS, level)] if sides != "sells" else []
                        self.lines += [(row, instrument, SELLS, level)] if sides != "buys" else []

    @staticmethod
    def _of(table: dict[str, Any], right: str) -> Any:
        return table.get(right, table.get("other", 0))

    def markets(self) -> list[tuple[int, int]]:
        """Name one pair for each member, instrument, side and level."""
        return [(row, instrument.index) for row, instrument, _, _ in self.lines]

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Set the day's prices and depths; bring in what may be sold."""
        del draws
        p = self.params
        stock: dict[tuple[int, int], int] = {}
        for at, (row, instrument, side, level) in enumerate(self.lines):
            price = self.price(instrument, view)
            away = float(p.spread) / 2.0 + level * float(p.step)
            me = self.intents[at]
            me["a"] = float(side) if price > 0 else 0.0
            me["lots_max"] = self._of(p.depth_lots, instrument.right)
            cash = price * CASH_PER_YUAN * float(instrument.lot) * (1.0 - away if side == BUYS else 1.0 + away)
            me["reservation"] = int(cash) if side == BUYS else -int(-cash // 1)
            me["deadline"] = -1
            if side == SELLS and price > 0:
                stock[row, instrument.index] = self._of(p.stock_lots, instrument.right)
        return [
            Transfer(
                AccountKind.ISSUANCE,
                int(self.accounts[row]),
                index,
                lots - int(view.free[row, index]),
                TransferCode.OPENING,
            )
            for (row, index), lots in stock.items()
            if view.free[row, index] < lots // 2
        ]

    def price(self, instrument: Instrument, view: CohortView) -> float:
        """Return today's outside price in CNY a unit, 0 where the outside does not deal in this vintage."""
        today: date = view.board.today
        path = view.board.notices.get(f"outside.{instrument.right}", 0.0)
        if instrument.kind == "green-certificate":
            age, life = age_months(instrument, today), life_months(self.setting)
            return path * age_factor(age, life) if 1 <= age <= life else 0.0
        if instrument.starts_t > view.board.t or 0 <= instrument.expires_t <= view.board.t:
            return 0.0
        if instrument.vintage and instrument.kind == "carbon-allowance":
            law = self.setting.law_on("carbon-compliance", today)
            if law is not None and today > law.carry_over_on and instrument.vintage <= law.carry_over_last_vintage:
                return 0.0  # they have become the next vintage, or nothing
            age = today.year - 1 - instrument.vintage
            return 0.0 if age < 0 else path * max(1.0 - float(self.params.vintage_discount) * age, 0.0)
        return path

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Return how often each level is renewed today."""
        del view
        return np.where(self.intents["a"] > 0, float(self.params.looks_a_day), 0.0)

    def sides(self) -> NDArray[np.int64]:
        """Return the side of each level."""
        bids = np.array([side == BUYS for _, _, side, _ in self.lines], dtype=bool)
        return np.where(bids, Eligible.BUY.value, Eligible.SELL.value)
