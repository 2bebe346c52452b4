"""Going price of power (电力市场价格): a yearly level, the season, the kind of day, optional noise."""

from __future__ import annotations

from calendar import monthrange
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

import numpy as np
from pydantic import Field

from ecomarket.chance import key
from ecomarket.model.quantity import CnyPerMwh, Ratio, Yearly
from ecomarket.nature.process import Process, ProcessParams

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.chance import Draws

MONTHS_A_YEAR: Final = 12
SATURDAY: Final = 5
Factors = Annotated[tuple[Ratio, ...], Field(min_length=MONTHS_A_YEAR, max_length=MONTHS_A_YEAR)]


class PowerPriceParams(ProcessParams):
    """Level and shape of the price; assumptions unless a source is named."""

    base_cny_mwh: Yearly[CnyPerMwh] = Field(
        default=Yearly.of(Decimal("227.7")),
        description="Mean of working days, CNY per MWh (Qinghai, 2021 on) | 工作日均价，元/兆瓦时",
    )
    weekend: Ratio = Field(default=Decimal("0.85"), ge=0, description="Price of a weekend day over it | 周末价格系数")
    valley: Ratio = Field(
        default=Decimal("0.6"), ge=0, description="Price of a day's cheapest hours over its mean | 谷段价格系数"
    )
    season: Factors = Field(
        default=(Decimal(1),) * MONTHS_A_YEAR, description="Price of each month over the year's | 月度价格系数"
    )
    noise_sd: Ratio = Field(default=Decimal(0), ge=0, description="Daily spread of the logarithm, 0: off | 日波动率")


class PowerPrice(Process):
    """Publishes `power.price` (today), `power.month` (mean of the month) and `power.valley`, CNY/MWh.

    A day's price is the year's level x the month's factor x the weekend's x luck. The month's mean takes in all its
    days, their luck included: it is what a month is settled at, and known in advance (a medium-term contract).
    """

    kind: ClassVar[str] = "power-price"
    label_en: ClassVar[str] = "Going price of power"
    label_zh: ClassVar[str] = "电力市场价格"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (62) (medium-term, spot and ancillary markets); exogenous price "
        "with day types: model (MARKETS.md 1F)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F4",)
    Params: ClassVar[type[ProcessParams]] = PowerPriceParams

    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return nothing: the price belongs to no place."""
        del month, draws
        return {}

    def notices(self, day: date, draws: Draws) -> dict[str, float]:
        """Return today's price, the month's mean and the price of cheap hours, CNY/MWh."""
        days = [day.replace(day=n + 1) for n in range(monthrange(day.year, day.month)[1])]
        luck = np.ones(len(days))
        if sd := float(self.params.noise_sd):
            ordinals = np.array([d.toordinal() for d in days])
            luck = np.exp(sd * draws.normal(key(self.key), "power-price", ordinals) - sd * sd / 2.0)
        prices = [self.level(d) * float(x) for d, x in zip(days, luck, strict=True)]
        mean = sum(prices) / len(prices)
        return {
            "power.price": prices[day.day - 1],
            "power.month": mean,
            "power.valley": mean * float(self.params.valley),
        }

    def level(self, day: date) -> float:
        """Return the price of a day before luck, CNY/MWh."""
        kind = self.params.weekend if day.weekday() >= SATURDAY else Decimal(1)
        return float(self.params.base_cny_mwh.at(day.year) * self.params.season[day.month - 1] * kind)
