"""Zero-intelligence traders: random prices, held back by nothing but their budget, or by nothing at all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.agents.theory import TheoryParams, TheoryTrader
from ecomarket.agents.theory_quotes import zero_quote
from ecomarket.model.quantity import Cny
from ecomarket.units import cash_per_lot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.agents.strategy import StrategyParams
    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.observation import CohortView


class ZeroIntelligenceParams(TheoryParams):
    """Whether it may trade at a loss, and the range of its prices."""

    constrained: bool = Field(default=True, description="Never bids above its value, never asks below cost | 预算约束")
    price_min: Cny = Field(default=Decimal(1), gt=0, description="Lowest price, CNY per unit (assumption) | 最低报价")
    price_max: Cny = Field(
        default=Decimal(200), gt=0, description="Highest price, CNY per unit (assumption) | 最高报价"
    )

    @model_validator(mode="after")
    def _the_range_has_a_price(self) -> Self:
        if self.price_max < self.price_min:
            raise PydanticCustomError("E303", "", {"found": "price_max", "expected": ">= price_min"})
        return self


class ZeroIntelligence(TheoryTrader):
    """Quotes one lot at a price uniform on the ticks of a range, drawn anew at each look.

    Constrained, the range ends at the value or cost of the next lot. What the market then achieves is the work of its
    rules alone.
    """

    kind: ClassVar[str] = "zero-intelligence"
    label_en: ClassVar[str] = "Zero-intelligence trader"
    label_zh: ClassVar[str] = "零智能交易者"
    reference: ClassVar[str] = "Gode and Sunder 1993, Journal of Political Economy 101: 119-137"
    Params: ClassVar[type[StrategyParams]] = ZeroIntelligenceParams
    quote = staticmethod(zero_quote)

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Lay out the stretches and the range of prices."""
        for block in self._blocks:
            lot = self.setting.instruments[block.instrument].lot
            self.intents["a"][block.rows] = cash_per_lot(self.params.price_min, lot)
            self.intents["b"][block.rows] = cash_per_lot(self.params.price_max, lot)
        self.intents["c"] = float(self.params.constrained)
        return super().plan(view, draws)
