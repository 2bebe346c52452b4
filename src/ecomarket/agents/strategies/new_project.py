"""A new project that must hold its permits before it starts: buys, waits, starts, or gives up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field

from ecomarket.agents.operation import POLLUTANTS, operate_month
from ecomarket.agents.permit_desk import CASH_PER_LOT, PermitDesk
from ecomarket.agents.quoting import limit_quote
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.codes import FactCode
from ecomarket.model.command import Bid, Fact
from ecomarket.model.quantity import Days, Ratio, Share  # noqa: TC001  (pydantic reads them at run time)
from ecomarket.rights.emission_permit import need_lots
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction, Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

_YEAR_DAYS: Final = 365.25


class NewProjectParams(StrategyParams):
    """How long a project haggles and how much waiting costs it; all assumptions."""

    patience_days: Days = Field(
        default=Decimal(90),
        gt=0,
        description="Days until it pays any price within its worth (assumption) | 议价耐心，日",
    )
    waiting_cost_share: Share = Field(
        default=Decimal("0.15"),
        description="Share of the net present value lost a year of delay (assumption) | 每年延误损失",
    )
    premium_max: Ratio = Field(
        default=Decimal(3), ge=1, description="Most it pays, times the base price (assumption) | 最高出价与基准价之比"
    )
    looks_a_day: Ratio = Field(
        default=Decimal("0.5"), ge=0, description="Mean looks a day while it waits (assumption) | 每日关注次数"
    )
    haggle: Share = Field(
        default=Decimal("0.4"), description="Share of the surplus asked for at first (assumption) | 初始议价比例"
    )


class NewProject(Strategy):
    """Values all its permits together at its net present value, which falls while it waits; spreads it by cost."""

    kind: ClassVar[str] = "new-project"
    label_en: ClassVar[str] = "New project"
    label_zh: ClassVar[str] = "新建项目"
    reference: ClassVar[str] = "MARKETS 2.3 (4), (8); S004 三; 环发〔2014〕197号"
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = NewProjectParams
    quote = staticmethod(limit_quote)

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        rate = self.column("discount_rate", 0.08)
        self.rate = rate
        self.desks = {k: PermitDesk(k, self.members, setting, rate) for k in POLLUTANTS}
        self.appear = np.array([self._day(m) for m in self.members], dtype=np.int64)
        self.worth = self.column("npv_cny") * CASH_PER_YUAN
        self.need = {
            k: np.array(
                [need_lots(setting, k, m) if d.home[r] >= 0 else 0 for r, m in enumerate(self.members)], dtype=np.int64
            )
            for k, d in self.desks.items()
        }
        self.given_up = np.zeros(len(self.members), dtype=bool)
        self.pairs = [(int(r), int(d.home[r])) for d in self.desks.values() for r in np.flatnonzero(d.open)]
        self.row = np.array([r for r, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)

    def _day(self, member: Participant) -> int:
        written = str(member.facts.get("appear", "") or "")
        return self.setting.day_of(date.fromisoformat(written)) if written else 0

    def markets(self) -> list[tuple[int, int]]:
        """Name the permits of each project in a pilot prefecture."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Value what is still lacking; give up when the permits cost more than the project is worth."""
        del draws
        started = self.started(view)
        waiting = (view.board.day >= self.appear) & ~started & ~self.given_up
        waited = np.maximum(view.board.day - self.appear, 0) / _YEAR_DAYS
        lacking, price = {}, {}
        for k, desk in self.desks.items():
            held = desk.own(view.posted)
            lacking[k] = np.where(waiting, np.maximum(self.need[k] - held, 0), 0)
            price[k] = self.price(desk, view)
        bill = sum(lacking[k] * price[k] for k in self.desks)
        left = self.worth * (1.0 - float(self.params.waiting_cost_share) * waited) * (1.0 + self.rate) ** -waited
        leaving = waiting & (bill > 0) & (bill > left)
        self.given_up |= leaving
        factor = np.where(bill > 0, left / np.maximum(bill, 1.0), 1.0)
        hurry = np.clip(waited * _YEAR_DAYS / float(self.params.patience_days), 0.0, 1.0)
        for k, desk in self.desks.items():
            buying = np.where(self.given_up, 0, lacking[k])
            self._write(desk, view, buying, price[k], np.maximum(factor, 0.0), hurry)
        return [
            Fact(FactCode.PROJECT_ABANDONED, int(self.accounts[r]), -1, view.period, 1) for r in np.flatnonzero(leaving)
        ]

    def started(self, view: CohortView) -> NDArray[np.bool_]:
        """Tell which members have been let through the gate so far."""
        years = range(self.setting.start.year, view.board.today.year + 1)
        return np.asarray(sum(view.year_to_date(FactCode.PROJECT_STARTED, year=y) for y in years) > 0)

    def price(self, desk: PermitDesk, view: CohortView) -> Floats:
        """Return the price in cash a lot that a project reckons with: the last one, else the base price."""
        last = view.board.close[np.maximum(desk.home, 0)].astype(np.float64)
        base = view.board.notices.get(f"permit.base.{desk.key}", 0.0) * CASH_PER_LOT
        return np.where(desk.open, np.where(last > 0, last, base), 0.0)

    def _write(
        self,
        desk: PermitDesk,
        view: CohortView,
        buying: NDArray[np.int64],
        price: Floats,
        factor: Floats,
        hurry: Floats,
    ) -> None:
        for instrument in desk.instruments:
            at = np.flatnonzero(np.isin(self.instrument, [instrument]))
            at = at[desk.home[self.row[at]] == instrument]
            row = self.row[at]
            posted = view.posted[row, instrument]
            lost = np.where(self.given_up[row], view.free[row, instrument], 0)
            me = self.intents
            fresh = me["reservation"][at] == 0
            me["margin"][at] = np.where(fresh, float(self.params.haggle), me["margin"][at])
            me["b"][at] = np.where(fresh, posted, me["b"][at])
            me["target"][at] = posted + buying[row] - lost
            base = view.board.notices.get(f"permit.base.{desk.key}", 0.0) * CASH_PER_LOT
            most = np.maximum(base, price[row] if base <= 0 else 0.0) * float(self.params.premium_max)
            sure = np.minimum(price[row] * factor[row], most)
            me["reservation"][at] = np.where(self.given_up[row], np.ceil(price[row] * 0.5), np.floor(sure)).astype(
                np.int64
            )
            me["slope"][at] = 0.0
            me["urgency"][at] = hurry[row]
            me["a"][at] = np.where(hurry[row] >= 1.0, 1.0, 5.0)
            me["c"][at] = price[row]
            me["d"][at] = posted
            me["deadline"][at] = -1

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Return the mean looks today of those who lack permits or have given up and still hold some."""
        busy = self.intents["target"] != view.posted[self.row, self.instrument]
        return np.where(busy, float(self.params.looks_a_day), 0.0)

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid the reservation price for all that is lacking."""
        del draws
        bids = []
        for at in np.flatnonzero(self.instrument == call.instrument).tolist():
            row, me = int(self.row[at]), self.intents[at]
            account = int(self.accounts[row])
            lots = min(int(me["target"] - view.posted[row, call.instrument]), call.lots)
            price = (
                int(me["reservation"])
                if call.uniform
                else int(min(me["reservation"], max(me["c"], call.reserve_price)))
            )
            if lots > 0 and price >= max(call.reserve_price, 1) and (call.invited is None or account in call.invited):
                afforded = min(lots, int(view.free[row, 0]) // price)
                bids += [Bid(account, price, afforded)] if afforded > 0 else []
        return bids

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Run the month of those that have started."""
        del draws
        activity = view.nature.get("activity", np.ones(len(self.members))) * self.started(view)
        return operate_month(
            self.accounts,
            view.period,
            activity,
            {k: d.unabated for k, d in self.desks.items()},
            {k: d.abated for k, d in self.desks.items()},
            {k: d.curve for k, d in self.desks.items()},
            {k: d.home for k, d in self.desks.items()},
            self.column("margin_cny"),
        )
