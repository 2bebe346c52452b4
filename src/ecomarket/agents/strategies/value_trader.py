"""A value trader: buys below what it believes a right is worth, sells above."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents.traders import Trader, TraderParams, fundamental, value_share
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


class ValueTraderParams(TraderParams):
    """What it believes and how sure it wants to be; all assumptions."""

    belief_sd: Ratio = Field(
        default=Decimal("0.10"),
        ge=0,
        description="Deviation of its lasting error about the worth, log (assumption) | 价值判断误差",
    )
    margin: Share = Field(
        default=Decimal("0.05"), description="Discount before it buys anything (assumption) | 安全边际"
    )
    width: Share = Field(
        default=Decimal("0.15"),
        gt=0,
        description="Further discount at which it holds its limit (assumption) | 满仓折价宽度",
    )


class ValueTrader(Trader):
    """Holds a share of its limit that grows with the discount of the price to its own belief about the public worth.

    Where no worth is public the 20-day mean stands in. Never buys above, never sells below its belief.
    """

    kind: ClassVar[str] = "value-trader"
    label_en: ClassVar[str] = "Value trader"
    label_zh: ClassVar[str] = "价值交易者"
    reference: ClassVar[str] = "Brock and Hommes 1998 (fundamentalists); margin of safety: Graham and Dodd 1934"
    Params: ClassVar[type[StrategyParams]] = ValueTraderParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.worth = np.zeros(len(self.pairs))

    def shares(self, view: CohortView, draws: Draws, price: Floats) -> Floats:
        """Form the belief about each instrument's worth and measure the discount."""
        p = self.params
        sd = float(p.belief_sd)
        told = {i: fundamental(view, self.setting.instruments[i]) for i in np.unique(self.instrument).tolist()}
        public = np.array([told[i] for i in self.instrument.tolist()])
        mean = view.board.mean20[self.instrument].astype(np.float64)
        belief = np.exp(sd * draws.normal(self.who, "value.belief", 0, self.instrument) - sd**2 / 2.0)
        self.worth = np.where(public > 0, public, mean) * belief
        return value_share(self.worth, price, float(p.margin), float(p.width))

    def bounds(self, price: Floats) -> tuple[Floats, Floats]:
        """Return its belief, for both sides, after fees: less by the margin when buying, at least it when selling."""
        del price
        most = self.charges.bids(self.worth * (1.0 - float(self.params.margin)))
        return most, np.ceil(self.charges.asks(self.worth))
