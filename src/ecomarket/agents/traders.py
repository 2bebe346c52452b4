"""What trend and value traders have in common: a share of an inventory limit per instrument, sold down before it ends.

Both only ever hold what they have paid for: a position lies between nothing and the limit.
"""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from ecomarket.agents.intents import write_intents
from ecomarket.agents.intermediary import Intermediary, equity
from ecomarket.agents.permit_desk import worn
from ecomarket.agents.strategy import StrategyParams
from ecomarket.model.quantity import Ratio, Share
from ecomarket.rights import green_certificate
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

_DAYS_A_POSITION = 5.0
"""Trading days over which a change of position is spread."""
_PATIENT_LOOKS = 2.0
"""Looks left that keep a quote from crossing at any price within its bounds."""
_RATE = np.array([0.08])
"""Yearly rate at which a permit's worth wears off with its term (assumption)."""


def trend_share(fast: ArrayLike, slow: ArrayLike, deviation: ArrayLike, strength: float) -> Floats:
    """Return the share of the limit a trend is worth: `strength` x log(fast / slow) / daily deviation, 0 to 1.

    >>> trend_share([110.0, 100.0, 90.0], 100.0, 0.05, 0.5).round(3).tolist()
    [0.953, 0.0, 0.0]
    """
    fast, slow = np.asarray(fast, dtype=np.float64), np.asarray(slow, dtype=np.float64)
    known = (fast > 0) & (slow > 0)
    signal = np.log(np.where(known, fast, 1.0) / np.where(known, slow, 1.0))
    return np.asarray(np.clip(strength * signal / np.maximum(deviation, 1e-9), 0.0, 1.0), dtype=np.float64)


def value_share(value: ArrayLike, price: ArrayLike, margin: float, width: float) -> Floats:
    """Return the share of the limit a discount is worth: 0 up to `margin` below its value, all of it `width` further.

    >>> value_share(100.0, [100.0, 90.0, 80.0, 60.0], 0.1, 0.2).round(3).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    value, price = np.asarray(value, dtype=np.float64), np.asarray(price, dtype=np.float64)
    known = (value > 0) & (price > 0)
    discount = 1.0 - np.where(known, price, 1.0) / np.where(known, value, 1.0)
    return np.asarray(np.clip((discount - margin) / width, 0.0, 1.0), dtype=np.float64)


def held_still(share: Floats, before: Floats, dead_band: float) -> Floats:
    """Return the new shares, the old ones where they would move by less than `dead_band` without going to an end.

    >>> held_still(np.array([0.5, 0.58, 0.0]), np.array([0.55, 0.2, 0.05]), 0.1).tolist()
    [0.55, 0.58, 0.0]
    """
    moves = (np.abs(share - before) >= dead_band) | (share <= 0.0) | (share >= 1.0)
    return np.where(moves, share, before)


def fundamental(view: CohortView, instrument: Instrument) -> float:
    """Return the public worth of an instrument in cash a lot: a base or reference price told on the board, else 0.

    Permits: the base price, worn off with the term; credits: the window's reference, else the national price;
    certificates: the outside price by age (MARKETS 6); allowances: the outside price.
    """
    told, setting, today = view.board.notices, view.setting, view.board.today
    cash_per_lot = float(instrument.lot) * CASH_PER_YUAN
    price = told.get(f"reference.{instrument.code}", told.get(f"outside.{instrument.right}", 0.0))
    if instrument.kind == "emission-permit":
        price = told.get(f"permit.base.{instrument.right}", 0.0) * float(worn(setting, today, _RATE)[0])
    elif instrument.kind == "green-certificate":
        age = max(green_certificate.age_months(instrument, today), 0)
        price *= green_certificate.age_factor(age, green_certificate.life_months(setting))
    elif instrument.kind == "carbon-sink" and price <= 0.0:
        price = told.get("outside.ccer", 0.0)
    return price * cash_per_lot


class TraderParams(StrategyParams):
    """Limits and habits of a trader on its own account; all assumptions."""

    rights: tuple[str, ...] = Field(default=(), description="Rights traded if the table names none | 交易品种")
    looks_a_day: Ratio = Field(
        default=Decimal("0.5"), ge=0, description="Looks a day at each instrument (assumption) | 每日每品种关注次数"
    )
    inventory_share: Share = Field(
        default=Decimal("0.5"), description="Most value of all inventory, share of opening cash (assumption) | 库存上限"
    )
    loss_share: Share = Field(
        default=Decimal("0.2"), description="Loss of opening equity at which it only sells (assumption) | 止损线"
    )
    dead_band: Share = Field(
        default=Decimal("0.1"), description="Least change of a position, share of its limit (assumption) | 最小调仓幅度"
    )
    wind_down_days: int = Field(
        default=30, ge=1, description="Days before its end in which a holding is sold off, days | 到期前清仓期，日"
    )
    shown_share: Share = Field(
        default=Decimal(1),
        description="Part of an order that others see at a time, 1: all | 委托显示比例（冰山委托），1为全部",
    )
    haggle: Share = Field(default=Decimal("0.4"), description="Share of the surplus asked for at first | 初始议价比例")


class Trader(Intermediary):
    """Trades on its own account: each day a share of its limit, by its own `shares` and up to its own `bounds`."""

    cadence = "day"

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        ends = np.array([setting.instruments[i].expires_t for i in self.instrument], dtype=np.float64)
        self.ends = np.where(ends < 0, np.inf, ends)
        self.share = np.zeros(len(self.pairs))
        self.opening = np.zeros(0)

    @abstractmethod
    def shares(self, view: CohortView, draws: Draws, price: Floats) -> Floats:
        """Return the share of its limit each intent wants to hold, 0 to 1; `price` is the last one in cash a lot."""

    @abstractmethod
    def bounds(self, price: Floats) -> tuple[Floats, Floats]:
        """Return the most it pays and the least it takes, in cash a lot; after `shares`."""

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Turn shares into targets inside the inventory limit; sell off what ends soon, and all past the loss limit."""
        p = self.params
        price = view.board.close[self.instrument].astype(np.float64)
        position = view.posted[self.row, self.instrument]
        limit = self._limits(view, price)
        self.share = held_still(self.shares(view, draws, price), self.share, float(p.dead_band))
        target = np.floor(limit * self.share)
        most, least = self.bounds(price)
        write_intents(
            self.intents,
            position,
            target,
            np.where(target > position, most, least),
            looks=max(float(p.looks_a_day) * _DAYS_A_POSITION, _PATIENT_LOOKS),
            expected=price,
            haggle=float(p.haggle),
            urgency=1.0,
            shown_share=float(p.shown_share),
        )
        return ()

    def looks(self, view: CohortView) -> Floats:
        """Look where there is something to trade."""
        wants = self.intents["target"] != view.posted[self.row, self.instrument]
        return np.where(wants, float(self.params.looks_a_day), 0.0)

    def _limits(self, view: CohortView, price: Floats) -> Floats:
        """Return the most lots of each instrument: an even part of the member's limit, less as its end draws near."""
        p = self.params
        worth = equity(view)
        if not self.opening.size:
            self.opening = worth
        losing = worth < self.opening * (1.0 - float(p.loss_share))
        started = np.array([self.setting.instruments[i].lives(view.board.t) for i in self.instrument], dtype=bool)
        live = started & (price > 0)
        books = np.maximum(np.bincount(self.row[live], minlength=len(self.members)), 1)
        value = (self.opening * float(p.inventory_share) / books)[self.row]
        left = np.clip((self.ends - view.board.t) / DAY / p.wind_down_days - 1.0, 0.0, 1.0)
        usable = live & ~losing[self.row]
        return np.where(usable, np.floor(value / np.maximum(price, 1.0) * left), 0.0)
