"""Governments of water zones: bid for water of other zones when theirs is short, and pass it on at cost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents import water
from ecomarket.agents.going_price import GoingPrice
from ecomarket.agents.intents import held, write_intents
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.command import Bid
from ecomarket.model.quantity import CnyPerCubicMetre, Ratio, Share
from ecomarket.model.record import CASH
from ecomarket.rights._water import users_of
from ecomarket.rights.water_right import KEY, delivered_share, water_of
from ecomarket.units import CASH_PER_YUAN, PPM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction, Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

TRADING_DAYS_A_MONTH = 21
CASH_KEPT = 50
"""One part in so many of the cash stays back for fees."""


class WaterRegionParams(StrategyParams):
    """How a government values water, and how it passes it on; assumptions."""

    elasticity: Ratio = Field(
        default=Decimal("0.4"), gt=0, description="Price elasticity of a zone's demand | 区域需水价格弹性"
    )
    floor_cny_m3: CnyPerCubicMetre = Field(
        default=Decimal("0.10"), ge=0, description="Least price of water passed on, CNY per m3 | 转让底价，元/立方米"
    )
    looks_a_day: Ratio = Field(default=Decimal("0.5"), ge=0, description="Looks at the market a day | 每日关注市场次数")
    haggle: Share = Field(default=Decimal("0.2"), description="Share of the surplus asked for at first | 初始议价比例")
    groping: Share = Field(
        default=Decimal("0.05"),
        description="Move of the price expected after a look in vain, share (assumption) | 未成交后预期价调整幅度",
    )


class WaterRegion(Strategy):
    """Buys in the window until water that arrives is worth what it costs at the source; sells it on at cost.

    Zones are compared by linear values round the public price, at the elasticity given. The cost of water bought is
    forgotten as the year runs out, for what is left then is lost.
    """

    kind: ClassVar[str] = "water-region"
    label_en: ClassVar[str] = "Government of a water zone"
    label_zh: ClassVar[str] = "水资源管理机构"
    reference: ClassVar[str] = "水权交易管理暂行办法 2016 art. 8-12 (regional rights); CASES P12 (marginal condition)"
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = WaterRegionParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.pairs = [
            (row, right.index)
            for row, member in enumerate(self.members)
            for right in setting.listed(KEY, zone=member.code)
        ]
        self.row = np.array([row for row, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.year = np.array([setting.instruments[i].vintage for _, i in self.pairs], dtype=np.int64)
        self.needs = np.array(
            [sum(int(u.facts["water_1000m3"]) for u in users_of(setting, m.code)) for m in self.members], dtype=np.int64
        )
        self.cost = np.zeros(len(self.members))
        self.going = GoingPrice(self.instrument)

    def markets(self) -> list[tuple[int, int]]:
        """Name the water of each year of the own zone: what was bought elsewhere is sold on there."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Offer all that is held, at its cost less what the year has used up of it."""
        del draws
        position = held(view.posted, self.pairs)
        looks = float(self.params.looks_a_day) * TRADING_DAYS_A_MONTH
        tried = np.clip(1.0 - self.intents["a"] / looks, 0.0, 1.0)
        self.going.learn(position, self.intents["target"], tried, np.full(len(self.pairs), float(self.params.groping)))
        now = self.year == view.board.today.year
        left = view.board.trading_days_left_in_year / (12.0 * TRADING_DAYS_A_MONTH)
        floor = float(self.params.floor_cny_m3) * water.CASH_PER_LOT
        write_intents(
            self.intents,
            position,
            np.where(now, 0, position),
            self.charges.asks(np.maximum(floor, self.cost[self.row] * min(1.0, left))),
            looks=looks,
            expected=self.going.cash(view.board),
            haggle=float(self.params.haggle),
            urgency=1.0 - min(1.0, left),
        )
        return ()

    def looks(self, view: CohortView) -> Floats:
        """Look while there is water to pass on."""
        wants = self.intents["target"] != held(view.posted, self.pairs)
        return np.where(wants, float(self.params.looks_a_day), 0.0)

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid for the volume at which water that arrives is worth what it costs at the source."""
        del draws
        offered = self.setting.instruments[call.instrument]
        if offered.right != KEY or offered.vintage != view.board.today.year:
            return ()
        bids: list[Bid] = []
        for row, member in enumerate(self.members):
            account = int(self.accounts[row])
            if call.invited is not None and account in call.invited and member.code != offered.zone:
                price, lots = self.worth(call, view, row, offered.zone)
                if len(call.invited) == 1:
                    # Nobody else may bid, so there is no reason to bid more than the floor.
                    price = min(price, call.reserve_price)
                lots = min(lots, (int(view.free[row, CASH]) * (CASH_KEPT - 1) // CASH_KEPT) // max(price, 1))
                if lots > 0 and price >= call.reserve_price:
                    bids.append(Bid(account, price, lots))
                    self.cost[row] = price * PPM / delivered_share(self.setting, offered.zone, member.code)
        return bids

    def worth(self, call: Auction, view: CohortView, row: int, source: str) -> tuple[int, int]:
        """Return the price in cash for a lot at the source, and the lots, that a zone bids: its marginal condition."""
        member = self.members[row]
        own = water_of(self.setting, member, view.board.today.year)
        share = delivered_share(self.setting, source, member.code)
        needs = float(self.needs[row])
        held_back = 0 if own is None else int(view.posted[row, own.index])
        missing = needs * (1.0 - view.board.notices.get(f"water.share.{member.code}", 1.0)) - held_back
        if own is None or share == 0 or missing < 1.0:
            return 0, 0
        public, elasticity = float(view.board.close[own.index]), float(self.params.elasticity)
        slope = public / (elasticity * needs)
        buyer = water.LinearValue(public + slope * needs, slope)
        seller = water.LinearValue(float(call.reserve_price), 1e-9)
        loss = 1.0 - share / PPM
        limit = min(float(call.lots), missing / (1.0 - loss))
        lots = int(water.best_transfer(seller, buyer, float(call.lots), needs - missing, loss, limit))
        arrived = needs - missing + lots * (1.0 - loss)
        return int(buyer.at(arrived) * (1.0 - loss)) // CASH_PER_YUAN * CASH_PER_YUAN, lots
