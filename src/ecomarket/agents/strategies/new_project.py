"""A new project that must hold its permits before it starts: buys, waits, starts, or gives up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field

from ecomarket.agents.enterprise import bid_price, on_step
from ecomarket.agents.intents import write_intents
from ecomarket.agents.operation import POLLUTANTS, operate_month
from ecomarket.agents.permit_desk import CASH_PER_LOT, LOT_T, PermitDesk
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key as who_is
from ecomarket.model.command import Bid, Fact
from ecomarket.model.quantity import Days, Ratio, Share
from ecomarket.model.stated import FactCode
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
_SALVAGE: Final = 0.5
"""Least share of the price for which an abandoned project sells what it holds."""
_LOOKS_AHEAD: Final = 5.0
"""Looks over which a project that still haggles spreads its purchases."""


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
        default=Decimal(3), ge=1, description="Mean most paid, times the base price (assumption) | 最高出价与基准价之比"
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
    rows: ClassVar[tuple[str, ...]] = ("B4",)
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = NewProjectParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        rate = self.column("discount_rate", 0.08)
        self.rate = rate
        self.who = np.array([who_is(m.code) for m in self.members], dtype=np.int64)
        self.desks = {k: PermitDesk(k, self.members, setting, rate) for k in POLLUTANTS}
        self.appear = np.array([self._day(m) for m in self.members], dtype=np.int64)
        self.worth = self.column("npv_cny") * CASH_PER_YUAN
        self._needs: dict[bool, NDArray[np.int64]] = {}
        self.given_up = np.zeros(len(self.members), dtype=bool)
        self.pairs = [(int(r), int(d.home[r])) for d in self.desks.values() for r in np.flatnonzero(d.open)]
        self.row = np.array([r for r, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.right = np.repeat(np.arange(len(self.desks)), [int(d.open.sum()) for d in self.desks.values()])

    def need(self, today: date) -> NDArray[np.int64]:
        """Return what each project must hold by the rules of a day, in lots; shape (rights, n)."""
        gated = self.setting.law_on("new-project-gate", today) is not None
        if gated not in self._needs:
            self._needs[gated] = np.array(
                [
                    [need_lots(self.setting, k, m, today) if k in self.setting.rights else 0 for m in self.members]
                    for k in self.desks
                ],
                dtype=np.int64,
            )
        return self._needs[gated]

    def _day(self, member: Participant) -> int:
        written = str(member.facts.get("appear", "") or "")
        return self.setting.day_of(date.fromisoformat(written)) if written else 0

    def markets(self) -> list[tuple[int, int]]:
        """Name the permits of each project in a pilot prefecture."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Value what is still lacking; give up when the permits cost more than the project is worth."""
        nerve = 0.5 + draws.uniform(self.who, "new-project.nerve")
        started = self.started(view)
        waiting = (view.board.day >= self.appear) & ~started & ~self.given_up
        waited = np.maximum(view.board.day - self.appear, 0) / _YEAR_DAYS
        held = np.stack([d.own(view.posted) for d in self.desks.values()])
        price = np.stack([self.price(d, view) for d in self.desks.values()])
        lacking = np.where(waiting, np.maximum(self.need(view.board.today) - held, 0), 0)
        bill = (lacking * np.stack([d.charges.paid(p) for d, p in zip(self.desks.values(), price, strict=True)])).sum(
            axis=0
        )
        left = self.worth * (1.0 - float(self.params.waiting_cost_share) * waited) * (1.0 + self.rate) ** -waited
        leaving = waiting & (bill > 0) & (bill > left)
        self.given_up |= leaving | (view.year_to_date(FactCode.PROJECT_ABANDONED) > 0)
        base = np.stack([self.base(d, view) for d in self.desks.values()])
        most = float(self.params.premium_max) * nerve * np.where(base > 0, base, price)
        worth = np.minimum(price * np.maximum(left, 0.0) / np.maximum(bill, 1.0), most)
        gone = self.given_up[self.row]
        posted = view.posted[self.row, self.instrument]
        hurry = np.clip(waited * _YEAR_DAYS / float(self.params.patience_days), 0.0, 1.0)[self.row]
        write_intents(
            self.intents,
            posted,
            np.where(gone, posted - view.free[self.row, self.instrument], posted + lacking[self.right, self.row]),
            np.where(gone, price[self.right, self.row] * _SALVAGE, worth[self.right, self.row]),
            looks=np.where(hurry >= 1.0, 1.0, _LOOKS_AHEAD),
            expected=price[self.right, self.row],
            haggle=float(self.params.haggle),
            urgency=hurry,
        )
        return [
            Fact(FactCode.PROJECT_ABANDONED, int(self.accounts[r]), -1, view.period, 1) for r in np.flatnonzero(leaving)
        ]

    def started(self, view: CohortView) -> NDArray[np.bool_]:
        """Tell which members have been let through the gate so far."""
        years = range(self.setting.start.year, view.board.today.year + 1)
        return np.asarray(sum(view.year_to_date(FactCode.PROJECT_STARTED, year=y) for y in years) > 0)

    def base(self, desk: PermitDesk, view: CohortView) -> Floats:
        """Return the published base price in cash a lot, 0 if there is none or the project may not trade."""
        return np.where(desk.open, view.board.notices.get(f"permit.base.{desk.key}", 0.0) * CASH_PER_LOT, 0.0)

    def price(self, desk: PermitDesk, view: CohortView) -> Floats:
        """Return the price in cash a lot that a project reckons with: the last one, else the base price."""
        last = view.board.close[np.maximum(desk.home, 0)].astype(np.float64)
        return np.where(desk.open & (last > 0), last, self.base(desk, view))

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Return the mean looks today of those who lack permits or have given up and still hold some."""
        busy = (self.intents["target"] != view.posted[self.row, self.instrument]) & ~self.started(view)[self.row]
        return np.where(busy, float(self.params.looks_a_day), 0.0)

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid the reservation price for all that is lacking."""
        del draws
        bids = []
        for at in np.flatnonzero(self.instrument == call.instrument).tolist():
            row, me = int(self.row[at]), self.intents[at]
            account = int(self.accounts[row])
            lots = min(int(me["target"] - view.posted[row, call.instrument]), call.lots_to_win)
            most = self.in_auction(call, int(me["reservation"]))
            price = on_step(bid_price(most, int(me["c"]), call), call.reserve_price)
            if lots > 0 and price >= max(call.reserve_price, 1) and (call.invited is None or account in call.invited):
                afforded = min(lots, self.hall(call).affords(int(view.free[row, 0]), price))
                bids += [Bid(account, price, afforded)] if afforded > 0 else []
        return bids

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Run the month of those that have started, within what their permits allow a month."""
        del draws
        started = self.started(view)
        activity = view.nature.get("activity", np.ones(len(self.members))) * started
        for desk in self.desks.values():
            permitted = desk.own(view.posted) * LOT_T / np.maximum(activity, 1e-9)
            excess = np.clip(desk.unabated - permitted, 0.0, desk.curve.maximum_t)
            desk.abated = np.where(desk.open & started, excess, 0.0)
        return operate_month(
            self.accounts,
            view.period,
            activity,
            self.desks,
            {k: d.home for k, d in self.desks.items()},
            self.column("margin_cny"),
        )
