"""Owners of sink projects: sell what is issued to them on the open market, above cost and waiting."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents import county
from ecomarket.agents.intents import held, write_intents
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key
from ecomarket.model.quantity import Cny, Ratio, Share, Years
from ecomarket.rights.carbon_sink import GRASS, KEY
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

OUTSIDE_PRICE = "outside.ccer"
TRADING_DAYS_A_MONTH = 21


class ProjectOwnerParams(StrategyParams):
    """How an owner reckons and sells; assumptions."""

    rate: Share = Field(default=Decimal("0.08"), description="Discount rate a year, share | 年贴现率")
    wait_years: Years = Field(
        default=Decimal("0.5"), ge=0, description="How long it could wait for a better price, years | 可等待时间，年"
    )
    price_cny_t: Cny = Field(
        default=Decimal(75), ge=0, description="Price expected where nothing is published, CNY a t | 预期价格，元/吨"
    )
    grass_factor: Ratio = Field(
        default=Decimal("0.6"), ge=0, description="Price expected of grass over forest | 草原碳汇预期价格系数"
    )
    opinion_sd: Ratio = Field(
        default=Decimal("0.10"), ge=0, description="Spread of opinions about the price, log | 价格判断差异"
    )
    sell_months: Ratio = Field(
        default=Decimal(4), gt=0, description="Months over which a lot is sold, months | 售出月数"
    )
    looks_a_day: Ratio = Field(default=Decimal("0.4"), ge=0, description="Looks at each market a day | 每日关注次数")
    haggle: Share = Field(default=Decimal("0.5"), description="Share of the surplus asked for at first | 初始议价比例")


class ProjectOwner(Strategy):
    """Sells every credit it holds, no lower than what waiting would bring, over some months; buys nothing."""

    kind: ClassVar[str] = "project-owner"
    label_en: ClassVar[str] = "Owner of a sink project"
    label_zh: ClassVar[str] = "碳汇项目业主"
    reference: ClassVar[str] = "新疆建立健全生态产品价值实现机制实施方案 2022 (十五); MARKETS.md 4.2, 4.3"
    rows: ClassVar[tuple[str, ...]] = ("D4",)
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = ProjectOwnerParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        listed = setting.listed(KEY)
        self.pairs = [(row, credit.index) for row in range(len(self.members)) for credit in listed]
        self.row = np.array([row for row, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([index for _, index in self.pairs], dtype=np.int64)
        self.is_grass = np.array([setting.instruments[i].klass == GRASS for _, i in self.pairs], dtype=bool)
        self.who = np.array([key(m.code) for m in self.members], dtype=np.int64)

    def markets(self) -> list[tuple[int, int]]:
        """Name every class and year of credits."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Aim at holding nothing."""
        position = held(view.posted, self.pairs)
        expected = self._expected(view, draws)
        rate, wait = float(self.params.rate), float(self.params.wait_years)
        write_intents(
            self.intents,
            position,
            np.zeros(len(self.pairs), dtype=np.int64),
            county.reservation(0.0, 1.0, expected, rate, wait),
            looks=float(self.params.looks_a_day * self.params.sell_months) * TRADING_DAYS_A_MONTH,
            expected=expected,
            haggle=float(self.params.haggle),
            urgency=0.2,
        )
        return ()

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Look where there is something to sell."""
        return np.where(held(view.posted, self.pairs) > 0, float(self.params.looks_a_day), 0.0)

    def _expected(self, view: CohortView, draws: Draws) -> NDArray[np.float64]:
        """Return the price expected of each credit in cash a lot: the last close, else that of national credits."""
        outside = view.board.notices.get(OUTSIDE_PRICE, float(self.params.price_cny_t)) * CASH_PER_YUAN
        hoped = np.where(self.is_grass, outside * float(self.params.grass_factor), outside)
        closes = view.board.close[self.instrument].astype(np.float64)
        public = np.where(closes > 0.0, closes, hoped)
        sd = float(self.params.opinion_sd)
        opinion = np.exp(sd * draws.normal(self.who, "sink-opinion") - sd * sd / 2.0)[self.row]
        return np.asarray(public * opinion, dtype=np.float64)
