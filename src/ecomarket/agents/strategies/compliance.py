"""An enterprise that holds permits for what it emits and surrenders allowances and offsets for its carbon."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

import numpy as np
from pydantic import Field

from ecomarket.agents import enterprise as firm
from ecomarket.agents.blocks import agree, published
from ecomarket.agents.carbon_desk import CarbonDesk
from ecomarket.agents.errors import ErrorParams, as_reported, late_facts, misreporting
from ecomarket.agents.no_trade import no_trade_facts
from ecomarket.agents.operation import CARBON, POLLUTANTS, Output, operate_month
from ecomarket.agents.permit_desk import PermitDesk, Wish
from ecomarket.agents.quoting import limit_quote
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key as who_is
from ecomarket.model.command import Bid
from ecomarket.model.distribution import Distribution, SpreadDays
from ecomarket.model.quantity import Ratio, Share
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction, Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]


_SELLING_LOOKS: Final = 5.0
"""A seller has no deadline: it spreads a sale over at least so many looks."""


_LATE: Final = 0.5
"""Closeness of the deadline from which a firm stops spreading its purchases over markets."""
_LAST_LOOK: Final = 1.5
"""Looks left at which a firm reckons this is the last."""


class ComplianceParams(ErrorParams):
    """How compliance enterprises forecast, time and price; every default is an assumption unless a source is named."""

    permits: tuple[str, ...] = Field(default=POLLUTANTS, description="Keys of permit rights | 排污权种类")
    carbon: str = Field(default="cea", description="Key of the allowance | 碳配额")
    offsets: tuple[str, ...] = Field(default=("ccer", "sink"), description="Keys of offsets | 可抵销的减排量")
    patience_days: SpreadDays = Field(
        default=Distribution("lognormal", (Decimal(30), Decimal("0.6"))),
        description="Trading days in which attention rises e-fold (assumption, see P28) | 履约耐心，日",
    )
    attention_small: Share = Field(
        default=Decimal("0.03"),
        description="Chance of a look on a quiet day, smallest firm (assumption) | 小企业日常关注概率",
    )
    attention_large: Share = Field(
        default=Decimal("0.15"),
        description="Chance of a look on a quiet day, largest firm (assumption) | 大企业日常关注概率",
    )
    naive: Share = Field(
        default=Decimal("0.4"), description="Share that forecasts the last price (assumption) | 朴素预期占比"
    )
    adaptive: Share = Field(
        default=Decimal("0.35"), description="Share that forecasts the 20-day mean (assumption) | 适应性预期占比"
    )
    fundamental: Share = Field(
        default=Decimal("0.25"),
        description="Share that knows the fundamental with an error (assumption) | 基本面预期占比",
    )
    belief_sd: Ratio = Field(
        default=Decimal("0.15"),
        ge=0,
        description="Deviation of the error of the informed, log (assumption) | 基本面判断误差",
    )
    safety: Ratio = Field(
        default=Decimal("1.0"), ge=0, description="Standard deviations kept as a margin (assumption) | 安全边际倍数"
    )
    emission_sd: Share = Field(
        default=Decimal("0.04"), description="Deviation of a year's emission, share (assumption) | 年排放预测误差"
    )
    allocation_sd: Share = Field(
        default=Decimal("0.005"),
        description="Deviation of the final free allocation, share of what is owed (assumption) | 核定配额误差",
    )
    insistence: Ratio = Field(
        default=Decimal(4),
        ge=0,
        description="Further looks on a day close to the deadline (assumption) | 临期追加关注次数",
    )
    impatience: Share = Field(
        default=Decimal("0.15"), description="Urgency far from the deadline (assumption) | 平日紧迫程度"
    )
    premium: Share = Field(
        default=Decimal("0.10"),
        description="Mean most paid above the forecast while there is time (assumption) | 期限前平均最高溢价",
    )
    haggle: Share = Field(
        default=Decimal("0.5"), description="Share of the surplus asked for at first (ZIP; assumption) | 初始议价比例"
    )
    offset_saving: Share = Field(
        default=Decimal("0.02"),
        description="Least saving for which an offset is used (assumption) | 使用抵销的最低节省",
    )
    cash_share: Share = Field(
        default=Decimal("0.6"),
        description="Share of free cash that may go into rights (assumption) | 可用于购买的现金比例",
    )
    ramp_a_month: Share = Field(
        default=Decimal("0.2"),
        description="Largest monthly change of abatement, share of the maximum (assumption) | 每月减排调整上限",
    )
    for_sale: Share = Field(
        default=Decimal("0.05"),
        description="Most it cuts ahead of a sale, share of what it holds (assumption) | 为出售提前减排上限",
    )
    proof_months: int = Field(
        default=2,
        ge=0,
        description="Months until a report counts as proof in the first year (MARKETS 2.3) | 减排核定滞后，月",
    )
    block_lots_min: int = Field(
        default=100_000, gt=0, description="Smallest block agreement, lots (MARKETS 3.1) | 大宗协议最低手数"
    )
    block_party: str = Field(default="OUT.CEA", description="Counterparty of block agreements | 大宗协议对手方")


class Compliance(Strategy):
    """Abates where marginal cost meets the value of a right, and trades the rest before its deadline."""

    kind: ClassVar[str] = "compliance"
    label_en: ClassVar[str] = "Compliance enterprise"
    label_zh: ClassVar[str] = "履约企业"
    reference: ClassVar[str] = "MARKETS 2.3, 3.3-3.4, 8.4; ZIP: Cliff 1997; deadline spike: CASES P28"
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = ComplianceParams
    quote = staticmethod(limit_quote)

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.who = np.array([who_is(m.code) for m in self.members], dtype=np.int64)
        rate = self.column("discount_rate", 0.08)
        self.desks = {k: PermitDesk(k, self.members, setting, rate) for k in POLLUTANTS}
        self.carbon = CarbonDesk(params.carbon, params.offsets, self.members, setting, rate)
        self.output = Output()
        self.traits: firm.Traits | None = None
        pairs = [(int(r), int(d.home[r])) for d in self.desks.values() for r in np.flatnonzero(d.open)]
        pairs += [(int(r), i.index) for i in self.carbon.traded for r in np.flatnonzero(self.carbon.covered)]
        self.listed_max = {i.index: params.block_lots_min - 1 for i in self.carbon.vintages}
        self.pairs = pairs
        self.row = np.array([r for r, _ in pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in pairs], dtype=np.int64)

    def markets(self) -> list[tuple[int, int]]:
        """Name own permits in pilot prefectures, and for covered firms every allowance and eligible offset."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Value every right, spread the cash over them, set abatement, targets and reservations; agree on blocks."""
        traits = self.traits or self._begin(view, draws)
        timing = self._timing(view.board.today)
        self.intents["target"] = self.intents["d"] = view.posted[self.row, self.instrument]
        z = float(self.params.safety)
        activity = self.output.rest(view.period, view.nature.get("activity", np.ones(len(self.members))))
        due = self.carbon.due(view, self.output)
        wishes = [
            d.wish(
                view, traits, timing.closing, activity, (z, float(self.params.emission_sd)), self.params.proof_months
            )
            for d in self.desks.values()
        ]
        wishes.append(self.carbon.wish(view, traits, due, (z, float(self.params.allocation_sd))))
        wanted, multiplier = firm.spread_cash(
            np.stack([w.stance.worth for w in wishes], axis=1),
            np.stack([np.where(w.expected > 0, w.expected, w.stance.worth) for w in wishes], axis=1),
            np.stack([w.stance.wanted for w in wishes], axis=1),
            float(self.params.cash_share) * view.free[:, 0].astype(np.float64),
        )
        for column, desk in enumerate(self.desks.values()):
            wish = wishes[column]
            self._write(
                desk.instruments, view, np.floor(wanted[:, column]) - wish.stance.spare, wish, multiplier, timing
            )
            desk.ramp(wish.stance.shadow, float(self.params.ramp_a_month) * 7 / 30, float(self.params.for_sale))
        carbon = wishes[-1]
        self.carbon.ramp(view, carbon.expected, float(self.params.ramp_a_month) * 7 / 30)
        lacking = self._write_offsets(view, np.floor(wanted[:, -1]), self.carbon.room(view, due), carbon, timing)
        self._write_allowances(view, lacking, carbon, multiplier, timing)
        return self._blocks(view, draws, timing)

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Return each firm's chance of a look today where it has something to trade.

        A holding that an allocation or a surrender has moved out of the plan's range is left alone until the next plan.
        """
        if self.traits is None or not self.pairs:
            return np.zeros(len(self.pairs))
        timing = self._timing(view.board.today)
        chance = firm.attention(self.traits, timing.days) * (1.0 + float(self.params.insistence) * timing.closing)
        posted, target, planned_at = view.posted[self.row, self.instrument], self.intents["target"], self.intents["d"]
        within = (posted >= np.minimum(target, planned_at)) & (posted <= np.maximum(target, planned_at))
        return np.where(within & (target != posted), chance[self.row], 0.0)

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Emit, abate, earn and pay for the month that ends; report it, rightly or wrongly."""
        vintage = self.setting.listed(self.params.carbon, vintage=view.board.today.year)
        activity = view.nature.get("activity", np.ones(len(self.members)))
        self.output.remember(view.period, activity)
        homes = {p: d.home for p, d in self.desks.items()}
        homes[CARBON] = np.full(len(self.members), vintage[0].index if vintage else -1, dtype=np.int64)
        desks: dict[str, PermitDesk | CarbonDesk] = {**self.desks, CARBON: self.carbon}
        month = operate_month(
            self.accounts,
            view.period,
            activity,
            {p: d.unabated for p, d in desks.items()},
            {p: d.abated for p, d in desks.items()},
            {p: d.curve for p, d in desks.items()},
            homes,
            self.column("margin_cny"),
        )
        wrong = misreporting(self.who, view.board.today.year, float(self.params.misreport_rate), draws)
        month = as_reported(month, self.accounts[wrong].tolist(), self.params.misreport_size)
        month += late_facts(self.carbon, self.who, view, float(self.params.late_rate), draws)
        if view.board.today.month == 12:
            month += no_trade_facts(self.desks.values(), self.carbon, view, month)
        return month

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid the schedule of reservation prices for what is still lacking of the instrument."""
        del draws
        bids = []
        for at in np.flatnonzero(self.instrument == call.instrument).tolist():
            row, me = int(self.row[at]), self.intents[at]
            account = int(self.accounts[row])
            lots = min(int(me["target"] - view.posted[row, call.instrument]), call.lots)
            if lots <= 0 or not (call.invited is None or account in call.invited):
                continue
            cash = int(view.free[row, 0])
            for limit, count in firm.schedule(float(me["reservation"]), float(me["slope"]), lots, 1, 4):
                price = firm.on_step(limit, call.reserve_price)
                if price <= 0:
                    continue
                afforded = min(count, cash // price)
                if price >= call.reserve_price and afforded > 0:
                    bids.append(Bid(account, price, afforded))
                    cash -= price * afforded
        return bids

    def _begin(self, view: CohortView, draws: Draws) -> firm.Traits:
        p = self.params
        self.traits = firm.draw_traits(
            self.who,
            self.column("margin_cny"),
            (float(p.naive), float(p.adaptive), float(p.fundamental)),
            float(p.belief_sd),
            p.patience_days.draw(draws, self.who, "compliance.patience"),
            (float(p.attention_small), float(p.attention_large)),
            draws,
        )
        for desk in self.desks.values():
            desk.begin(view)
        self.intents["margin"] = float(p.haggle)
        self.intents["b"] = view.posted[self.row, self.instrument]
        return self.traits

    def _timing(self, today: date) -> Timing:
        """Return trading days (weekdays) to the deadline, looks left and how close it is, by member."""
        assert self.traits is not None
        end = self.carbon.deadline(today)
        days = max(float(np.busday_count(today, end)), 0.0)
        looks = firm.visits_left(self.traits, days)
        return Timing(days, looks, firm.urgency(self.traits, days), self.setting.t_of(end) + DAY - 1)

    def _write(
        self,
        instruments: Sequence[int],
        view: CohortView,
        change: Floats,
        wish: Wish,
        multiplier: Floats,
        timing: Timing,
    ) -> None:
        """Write targets and reservations of the given instruments; `change` is lots to buy (> 0) or sell (< 0)."""
        assert self.traits is not None
        premium = float(self.params.premium) * self.traits.nerve
        unbound = (timing.looks <= _LAST_LOOK) | (wish.expected <= 0)
        scale = np.where(change > 0, 1.0 + multiplier, 1.0)
        reservation, slope = firm.reservations(
            change,
            wish.stance.worth / scale,
            wish.stance.slope / scale,
            wish.expected * (1.0 - premium),
            np.where(unbound, firm.NO_ROUTE, wish.expected * (1.0 + premium)),
        )
        for instrument in instruments:
            at = np.flatnonzero(self.instrument == instrument)
            row = self.row[at]
            posted = view.posted[row, instrument]
            buys = change[row] > 0
            self.intents["target"][at] = posted + change[row].astype(np.int64)
            self.intents["reservation"][at] = reservation[row].astype(np.int64)
            self.intents["slope"][at] = slope[row]
            self.intents["deadline"][at] = timing.end_t
            calm = float(self.params.impatience)
            self.intents["urgency"][at] = calm + (1.0 - calm) * np.where(buys, timing.closing[row], 0.0)
            self.intents["a"][at] = np.where(buys, timing.looks[row], np.maximum(timing.looks[row], _SELLING_LOOKS))
            self.intents["c"][at] = wish.expected[row]
            self.intents["d"][at] = posted
            self.intents["lots_max"][at] = self.listed_max.get(instrument, 0)

    def _write_offsets(self, view: CohortView, wanted: Floats, room: Floats, wish: Wish, timing: Timing) -> Floats:
        """Write offsets that are cheaper than an allowance, up to the limit; return the allowances still lacking.

        A firm that lacks nothing buys offsets too and frees allowances for sale. Late in the year all goes to the
        market that trades most, and offsets not yet in hand are no longer counted on.
        """
        offered = [i.index for i in self.carbon.offered(view.board.today)]
        offered.sort(key=lambda i: (-view.board.day_lots[i], i))
        worth = np.minimum(wish.stance.worth, wish.expected)
        cheaper = wish._replace(stance=wish.stance._replace(worth=np.where(worth > 0, worth, wish.expected)))
        price = np.maximum(wish.expected, 1.0)
        cash = float(self.params.cash_share) / 2.0 * view.free[:, 0]
        room = np.minimum(room, np.floor(cash / price))
        fair = [view.board.close[i] < wish.expected * (1.0 - float(self.params.offset_saving)) for i in offered]
        left, choices = room, np.sum(fair, axis=0) if offered else np.zeros(len(room))
        for index, good in zip(offered, fair, strict=True):
            part = np.where(timing.closing > _LATE, 1.0, 1.0 / np.maximum(choices, 1))
            change = np.where(good, np.floor(left * part), 0.0)
            left, choices = left - change, choices - good
            self._write([index], view, change, cheaper, room * 0.0, timing)
        some = np.any(fair, axis=0) if offered else np.zeros(len(room), dtype=bool)
        counted = np.where(some, np.minimum(room, wanted), 0.0) * (1.0 - timing.closing)
        return np.ceil(wanted - counted)

    def _write_allowances(
        self, view: CohortView, lacking: Floats, wish: Wish, multiplier: Floats, timing: Timing
    ) -> None:
        """Buy the cheapest usable vintage; sell the oldest first."""
        usable = [i for i in self.carbon.usable(view.board.today) if i.venue >= 0]
        later = [i.index for i in self.carbon.traded if i.kind != "carbon-sink" and i not in usable]
        nothing = np.zeros(len(self.members))
        self._write(later, view, nothing, wish, multiplier, timing)
        spare = wish.stance.spare
        close = view.board.close
        buy_at = min(usable, key=lambda i: (close[i.index] <= 0, close[i.index], -i.vintage)).index if usable else -1
        for instrument in usable:
            sold = np.minimum(spare, view.free[:, instrument.index])
            spare = spare - sold
            bought = lacking if instrument.index == buy_at else nothing
            self._write([instrument.index], view, np.where(sold > 0, -sold, bought), wish, multiplier, timing)

    def _blocks(self, view: CohortView, draws: Draws, timing: Timing) -> list[Command]:
        """Agree on blocks with the outside market for gaps of `block_lots_min` or more, if the firm looks this week."""
        assert self.traits is not None
        party = self.setting.by_code.get(self.params.block_party)
        lots_min = self.params.block_lots_min
        terms = published(view.board.notices, self.params.carbon, lots_min, party.account) if party else None
        if terms is None:
            return []
        weekly = 1.0 - (1.0 - firm.attention(self.traits, timing.days)) ** 5
        looking = draws.uniform(self.who, "compliance.block", view.board.day) < weekly
        venues = {i.index: self.setting.venues[i.venue] for i in self.carbon.vintages if i.venue >= 0}
        deals = [
            agree(
                terms,
                venues[index],
                index,
                int(self.accounts[row]),
                int(self.intents["target"][at] - view.posted[row, index]),
                int(self.intents["reservation"][at]),
                int(view.free[row, 0]),
            )
            for at, (row, index) in enumerate(self.pairs)
            if index in venues and looking[row]
        ]
        return [deal for deal in deals if deal is not None]


class Timing(NamedTuple):
    """How far the deadline is: trading days, expected looks left and closeness by member, its last instant."""

    days: float
    looks: Floats
    closing: Floats
    end_t: int
