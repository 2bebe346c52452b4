"""Prices of markets outside the province: a daily table, carried forward, with optional noise."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ecomarket.chance import key
from ecomarket.errors import UserError
from ecomarket.model.quantity import Ratio, Share
from ecomarket.nature.process import Process, ProcessParams

if TYPE_CHECKING:
    from ecomarket.chance import Draws

Day = date
LAGS: Final = 250
"""Days of past luck that count in the noise."""


class PriceRow(BaseModel):
    """The price of one day; further columns are allowed."""

    model_config = ConfigDict(extra="allow", frozen=True)

    date: Day = Field(description="Day | 日期")
    price_cny: Decimal = Field(gt=0, description="Price, CNY a unit | 价格")


class OutsidePriceParams(ProcessParams):
    """Parameters of an outside price."""

    market: str = Field(default="", description="Name on the board; empty: the process's own | 公布名称")
    table: list[PriceRow] = Field(min_length=1, description="Prices by date, a CSV table or a list | 价格表")
    noise_sd: Ratio = Field(default=Decimal(0), ge=0, description="Daily spread of the logarithm, 0: off | 日波动率")
    reversion: Share = Field(default=Decimal("0.05"), gt=0, description="Daily pull back to the table | 日均值回归")
    block_discount: Share = Field(default=Decimal("0.0183"), description="Block price below listed price | 大宗折价")
    block_spread: Share = Field(default=Decimal("0.01"), description="Half distance of block bid and ask | 大宗半价差")


class OutsidePrice(Process):
    """Publishes `outside.<market>` (CNY a unit) each day, and `outside.block.<market>.bid` and `.ask`.

    A day's price is the table's last one on or before it (the first before any). With `noise_sd` its logarithm departs
    by a mean-reverting walk (log-OU), clipped to +-10 % a day's table price. Blocks trade at the median discount to the
    listed price.

    Reference: Qinghai takes national prices (MARKETS.md 0.1 item 2); block discount median -1.83 % (item 6, R4); the
    noise process is that of MARKETS.md 3.5.
    """

    kind: ClassVar[str] = "outside-price"
    label_en: ClassVar[str] = "Price of an outside market"
    label_zh: ClassVar[str] = "省外市场价格"
    reference: ClassVar[str] = "全国碳市场日行情; 大宗协议成交价统计"
    Params: ClassVar[type[ProcessParams]] = OutsidePriceParams

    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return nothing: a price is published daily and belongs to no place."""
        del month, draws
        return {}

    def notices(self, day: date, draws: Draws) -> dict[str, float]:
        """Return today's listed price and block quotes in CNY a unit. Raises UserError if the market has no name."""
        name = self.params.market or self.key
        if not name:
            raise UserError(
                "outside-price: name its market, such as market: cea", "outside-price：请写明市场，例如 market: cea"
            )
        price = self.price(day) * self._noise(name, day, draws)
        middle = price * (1 - float(self.params.block_discount))
        half = float(self.params.block_spread)
        return {
            f"outside.{name}": price,
            f"outside.block.{name}.bid": middle * (1 - half),
            f"outside.block.{name}.ask": middle * (1 + half),
        }

    def price(self, day: date) -> float:
        """Return the table's price of a day, CNY a unit."""
        days, prices = self._table
        return prices[max(bisect_right(days, day) - 1, 0)]

    @cached_property
    def _table(self) -> tuple[list[date], list[float]]:
        rows = sorted((row.date, float(row.price_cny)) for row in self.params.table)
        return [day for day, _ in rows], [price for _, price in rows]

    def _noise(self, name: str, day: date, draws: Draws) -> float:
        """Return the factor of the mean-reverting walk, within 0.9 to 1.1; 1 without noise."""
        if not self.params.noise_sd:
            return 1.0
        weights = (1 - float(self.params.reversion)) ** np.arange(LAGS)
        luck = draws.normal(key(name), "outside-price", day.toordinal() - np.arange(LAGS))
        walk = float(self.params.noise_sd) * float(luck @ weights)
        return float(np.clip(np.exp(walk), 0.9, 1.1))
