"""ZIP traders: zero intelligence plus a margin that learns from every price it hears."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.agents.theory import TheoryParams, TheoryTrader
from ecomarket.agents.theory_quotes import zip_quote
from ecomarket.model.quantity import Cny, Ratio, Share
from ecomarket.units import cash_per_lot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.agents.strategy import StrategyParams
    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting


class ZipTraderParams(TheoryParams):
    """Ranges from which each stretch of lots draws its own numbers, once; those of Cliff 1997."""

    learning_min: Share = Field(default=Decimal("0.1"), description="Least rate of learning | 最小学习率")
    learning_max: Share = Field(default=Decimal("0.5"), description="Greatest rate of learning | 最大学习率")
    momentum_min: Share = Field(default=Decimal(0), description="Least weight of momentum | 最小动量系数")
    momentum_max: Share = Field(default=Decimal("0.1"), description="Greatest weight of momentum | 最大动量系数")
    margin_min: Share = Field(default=Decimal("0.05"), description="Least first margin, of the limit | 最小初始利润率")
    margin_max: Share = Field(default=Decimal("0.35"), description="Greatest first margin | 最大初始利润率")
    step_share: Ratio = Field(
        default=Decimal("0.05"), ge=0, description="Widest step beyond a price heard, share | 目标价相对偏移上限"
    )
    step_cny: Cny = Field(
        default=Decimal("0.05"), ge=0, description="Widest step beyond a price heard, CNY per unit | 目标价绝对偏移上限"
    )

    @model_validator(mode="after")
    def _ranges_have_a_number(self) -> Self:
        for what in ("learning", "momentum", "margin"):
            if getattr(self, f"{what}_max") < getattr(self, f"{what}_min"):
                raise PydanticCustomError("E303", "", {"found": f"{what}_max", "expected": f">= {what}_min"})
        return self


class ZipTrader(TheoryTrader):
    """Names its limit with a margin on it; the margin follows the market by Widrow and Hoff's rule with momentum.

    What it has learnt stays with it from day to day. Stretches of lots with prices of their own learn each for itself.
    """

    kind: ClassVar[str] = "zip-trader"
    label_en: ClassVar[str] = "ZIP trader"
    label_zh: ClassVar[str] = "零智能加（ZIP）交易者"
    reference: ClassVar[str] = "Cliff 1997, Minimal-intelligence agents for bargaining behaviors, HP Labs HPL-97-91"
    Params: ClassVar[type[StrategyParams]] = ZipTraderParams
    quote = staticmethod(zip_quote)

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self._has_drawn = False

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Lay out the stretches; on its first day draw what each learns by and the margin it begins with."""
        if not self._has_drawn:
            self._draw(draws)
            self._has_drawn = True
        self.intents["c"] = 0.0
        return super().plan(view, draws)

    def _draw(self, draws: Draws) -> None:
        p = self.params
        for column, what in (("a", "learning"), ("b", "momentum"), ("margin", "margin")):
            low, high = float(getattr(p, f"{what}_min")), float(getattr(p, f"{what}_max"))
            self.intents[column] = low + (high - low) * draws.uniform(self.who, f"zip.{what}", 0, self.rank)
        self.intents["deadline"] = int(p.step_share * 1_000_000)
        for block in self._blocks:
            lot = self.setting.instruments[block.instrument].lot
            self.intents["lots_max"][block.rows] = cash_per_lot(p.step_cny, lot)
