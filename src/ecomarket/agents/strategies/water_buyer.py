"""Industrial users of water: buy what allocation leaves them short of, produce with what they have."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents import water
from ecomarket.agents.going_price import GoingPrice
from ecomarket.agents.intents import held, premium_urgency, write_intents
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.charges import charges_of
from ecomarket.model.command import Bid
from ecomarket.model.quantity import Ratio, Share, Years
from ecomarket.model.record import CASH
from ecomarket.model.seat import Need
from ecomarket.model.stated import FactCode
from ecomarket.rights.water_right import KEY
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction, Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

MONTHS_A_YEAR = 12
TRADING_DAYS_A_MONTH = 21
YEAR = 365 * DAY
ACTIVITY = "activity"
"""Name under which a scenario runs production."""


class WaterBuyerParams(StrategyParams):
    """Attention and caution of industrial water users; assumptions."""

    looks_a_day: Ratio = Field(default=Decimal("0.5"), ge=0, description="Looks at the market a day | 每日关注市场次数")
    haggle: Share = Field(default=Decimal("0.3"), description="Share of the surplus asked for at first | 初始议价比例")
    premium: Ratio = Field(
        default=Decimal("0.05"), ge=0, description="Paid above the going price, sixfold if pressed, share | 加价幅度"
    )
    groping: Share = Field(
        default=Decimal("0.05"),
        description="Move of the price expected after a look in vain, share (assumption) | 未成交后预期价调整幅度",
    )
    pressed: Ratio = Field(
        default=Decimal(2),
        ge=0,
        description="Faster by so many times for who has no water this month (assumption) | 当月无水时加快倍数",
    )
    safety: Share = Field(default=Decimal("0.02"), description="Stock kept above the need, share | 安全储备比例")
    rate: Share = Field(default=Decimal("0.06"), description="Discount rate a year, for licences | 年贴现率")
    certainty: Share = Field(
        default=Decimal("0.5"), description="Paid above the usual price for water that is sure, share | 保证用水加价"
    )
    memory_years: Years = Field(
        default=Decimal(3), gt=0, description="Time over which a usual price is learned (assumption) | 常年价格记忆年数"
    )
    licence_budget: Share = Field(
        default=Decimal("0.25"), description="Part of the cash that may go into a licence | 购买取水权资金占比"
    )


class WaterBuyer(Strategy):
    """Needs water in step with its activity, buys the shortage at no more than its value, makes less otherwise."""

    kind: ClassVar[str] = "water-buyer"
    label_en: ClassVar[str] = "Industrial water user"
    label_zh: ClassVar[str] = "工业用水户"
    reference: ClassVar[str] = "水权交易管理暂行办法 2016 art. 13-15 (water-taking rights); MARKETS.md 5.2 rules 1, 5"
    cadence = "day"
    Params: ClassVar[type[StrategyParams]] = WaterBuyerParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.need = self.column("water_1000m3")
        self.value = self.column("water_value_cny_m3") * water.CASH_PER_LOT
        self.pairs = [
            (row, right.index)
            for row, member in enumerate(self.members)
            if self.need[row] > 0
            for right in setting.listed(KEY, zone=str(member.facts.get("water_zone") or "-"))
        ]
        self.row = np.array([row for row, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.year = np.array([setting.instruments[i].vintage for _, i in self.pairs], dtype=np.int64)
        self.going = GoingPrice(self.instrument)
        self.usual = np.zeros(len(self.members))
        """What a year's water usually costs, cash a lot: a licence outlives a drought, and so must its price."""

    def markets(self) -> list[tuple[int, int]]:
        """Name the water of each year of the member's own zone."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Aim at the need of the rest of the year; the reservation price is what water is worth to production."""
        del draws
        has, month_need = held(view.posted, self.pairs), self._need(view)[self.row]
        lacking = np.clip(1.0 - has / np.maximum(month_need, 1.0), 0.0, 1.0)
        step = float(self.params.groping) * (1.0 + float(self.params.pressed) * lacking)
        tried = np.clip(1.0 - self.intents["a"] / self._looks_a_month(), 0.0, 1.0)
        self.going.learn(has, self.intents["target"], tried, step)
        self.intents["target"] = has
        now = self.year == view.board.today.year
        rows, instruments = self.row[now], self.instrument[now]
        position = view.posted[rows, instruments]
        month = view.board.today.month
        need = self._need(view)[rows] * (MONTHS_A_YEAR + 1 - month) * (1.0 + float(self.params.safety))
        price = self.going.cash(view.board)[now]
        market = view.board.mean20[instruments].astype(np.float64)
        slow = TRADING_DAYS_A_MONTH * MONTHS_A_YEAR * float(self.params.memory_years)
        self.usual[rows] += (market - self.usual[rows]) * np.where(self.usual[rows] > 0.0, 1.0 / slow, 1.0)
        value = charges_of(self.setting.charges, instruments).bids(self.value[rows])
        # What is missing before the year is out can wait; what is missing this month cannot.
        premium = float(self.params.premium) * (1.0 + 5.0 * lacking[now])
        mine = self.intents[now]
        write_intents(
            mine,
            position,
            np.maximum(position, np.ceil(need)),
            value,
            looks=self._looks_a_month(),
            expected=price,
            haggle=float(self.params.haggle),
            urgency=premium_urgency(value, price, premium),
        )
        self.intents[now] = mine
        return ()

    def _looks_a_month(self) -> float:
        return float(self.params.looks_a_day) * TRADING_DAYS_A_MONTH

    def looks(self, view: CohortView) -> Floats:
        """Look now and then while short."""
        wants = self.intents["target"] != held(view.posted, self.pairs)
        return np.where(wants, float(self.params.looks_a_day), 0.0)

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid for saved licence volumes: the year's shortage, at the usual price of as much a year and `certainty`."""
        del draws
        offered = self.setting.instruments[call.instrument]
        if offered.kind != "water-licence":
            return ()
        ends = self.setting.start.year + offered.expires_t // YEAR
        worth = water.annuity(float(self.params.rate), max(0, ends - view.board.today.year - 1))
        bids: list[Bid] = []
        for at in np.flatnonzero(self.year == view.board.today.year).tolist():
            row, year_water = int(self.row[at]), int(self.instrument[at])
            account = int(self.accounts[row])
            if call.invited is None or account not in call.invited:
                continue
            have = view.posted[row, year_water] + view.year_to_date(FactCode.WATER_USED_1000M3)[row]
            sure = float(self.usual[row]) * (1.0 + float(self.params.certainty))
            most = self.hall(call).bids(min(sure, self.value[row]) * worth)
            price = int(most) // CASH_PER_YUAN * CASH_PER_YUAN
            spare = int(view.free[row, CASH] * float(self.params.licence_budget))
            lots = min(int(self.need[row] - have), call.lots, spare // max(price, 1))
            if lots > 0 and price >= call.reserve_price:
                bids.append(Bid(account, price, lots))
        return bids

    def dues(self, row: int, view: CohortView) -> Sequence[Need]:
        """Return the water that the rest of a member's year needs; what is lacking costs production its value."""
        today = view.board.today
        found = np.flatnonzero((self.row == row) & (self.year == today.year))
        if not len(found):
            return ()
        instrument = int(self.instrument[found[0]])
        need = ceil(float(self._need(view)[row]) * (MONTHS_A_YEAR + 1 - today.month))
        have = int(view.posted[row, instrument])
        charge = round(max(need - have, 0) * float(self.value[row]))
        return (Need(KEY, instrument, need, have, today.replace(month=12, day=31), charge),)

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Use the month's need as far as water is held, and earn what it is worth; what is missing earns nothing."""
        del draws
        commands: list[Command] = []
        need, period = self._need(view), view.period
        for at in np.flatnonzero(self.year == view.board.today.year).tolist():
            row, instrument = int(self.row[at]), int(self.instrument[at])
            account, demand = int(self.accounts[row]), int(need[row])
            used = min(demand, int(view.free[row, instrument]))
            self.going.had[at] -= used
            commands += water.use(account, instrument, period, demand, used, float(self.value[row]))
        return commands

    def _need(self, view: CohortView) -> Floats:
        """Return a month's need in lots at this month's activity."""
        need = water.need_left(self.need, self.members, view.board)
        return need / MONTHS_A_YEAR * view.nature.get(ACTIVITY, np.ones(len(self.members)))
