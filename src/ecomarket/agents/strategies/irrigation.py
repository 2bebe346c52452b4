"""Irrigation districts and public supply: use water through the season, trade it at its marginal value, save it."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents import water
from ecomarket.agents.beyond import Beyond
from ecomarket.agents.going_price import GoingPrice
from ecomarket.agents.intents import held, premium_urgency, write_intents
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.model.charges import charges_of
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Note, Transfer
from ecomarket.model.quantity import Ratio, Share, Years
from ecomarket.model.record import CASH
from ecomarket.model.seat import Need
from ecomarket.model.stated import NoteCode
from ecomarket.rights._water import BARRED
from ecomarket.rights.water_right import KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.charges import Charges
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

TRADING_DAYS_A_MONTH = 21
ROUNDING = 1e-6
"""Keeps a share that is whole from falling short by the last bit."""
TRIFLE = 0.001
"""A shortage below this part of the need is not worth a trade."""
ALLOCATION_MONTHS = (1, 7, 10)
"""Months in which shares are fixed anew; news in between changes what is still to come."""


class IrrigationParams(StrategyParams):
    """Attention, haggling and investment of water users; every default is an assumption unless a source is named."""

    looks_a_day: Ratio = Field(default=Decimal("0.4"), ge=0, description="Looks at the market a day | 每日关注市场次数")
    haggle: Share = Field(default=Decimal("0.4"), description="Share of the surplus asked for at first | 初始议价比例")
    premium: Ratio = Field(
        default=Decimal("0.05"), ge=0, description="Conceded from the going price, threefold at last, share | 让价幅度"
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
    bargain: Share = Field(
        default=Decimal("0.1"), description="Below its worth to who else would not buy (assumption) | 捡便宜的价差"
    )
    saving_life: Years = Field(default=Decimal(15), gt=0, description="Life of saving works, years | 节水工程寿命，年")
    saving_lag_months: int = Field(
        default=9, ge=0, description="Months until saved water is verified and may be sold, months | 节水核定滞后，月"
    )
    hurdle: Ratio = Field(
        default=Decimal("1.3"), ge=1, description="Value over cost asked for waiting's sake, ratio | 投资门槛倍数"
    )
    rate: Share = Field(default=Decimal("0.06"), description="Discount rate a year, share | 年贴现率")


class Irrigation(Strategy):
    """Uses its water by the season, buys or sells where marginal value meets the price, invests in saving if it pays.

    Marginal value is iso-elastic in the share of the need still to come; domestic and ecological users never sell.
    """

    kind: ClassVar[str] = "irrigation"
    label_en: ClassVar[str] = "Irrigation district"
    label_zh: ClassVar[str] = "灌区与公共供水"
    reference: ClassVar[str] = (
        "水权交易管理暂行办法 2016 art. 16-21 (irrigation users); MARKETS.md 5.1, 5.2 rules 6, 9; CASES P12"
    )
    cadence = "day"
    Params: ClassVar[type[StrategyParams]] = IrrigationParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.need = self.column("water_1000m3")
        self.value = self.column("water_value_cny_m3") * water.CASH_PER_LOT
        self.elasticity = np.maximum(self.column("value_elasticity", water.ELASTICITY), water.ELASTICITY_MIN)
        self.may_sell = np.array([m.sector not in BARRED for m in self.members], dtype=bool)
        self.seasons = [
            water.IRRIGATION_SEASON if m.sector == "irrigation" else water.EVEN_SEASON for m in self.members
        ]
        self.pairs = [
            (row, right.index)
            for row, member in enumerate(self.members)
            for right in setting.listed(KEY, zone=str(member.facts.get("water_zone", "-")))
        ]
        self.row = np.array([row for row, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.year = np.array([setting.instruments[i].vintage for _, i in self.pairs], dtype=np.int64)
        self.standing = water.standing(setting, self.members)
        self.allotted = self.need.copy()
        self.allotted_in = 0
        self.going = GoingPrice(self.instrument)
        self.waits = np.zeros(len(self.pairs), dtype=bool)
        """Who is content at the going price and stands ready for a bargain."""
        self.beyond = Beyond(setting, self.instrument)
        self.saved_from = np.full(len(self.members), -1, dtype=np.int64)

    def markets(self) -> list[tuple[int, int]]:
        """Name the water of each year of the member's own zone."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Set targets where marginal value meets the price; decide on saving in January."""
        del draws
        self._hear_news(view)
        self._learn(view)
        self.intents["target"] = held(view.posted, self.pairs)
        now = self.year == view.board.today.year
        rows, instruments = self.row[now], self.instrument[now]
        position = view.posted[rows, instruments]
        selling, buying = (price[now] for price in self.beyond.prices(view.board, self.going.cash(view.board)))
        need = (self._effective_need(view) * self._left(view))[rows]
        coming = (self._expected_allotment(view) - self.allotted)[rows]
        charges = charges_of(self.setting.charges, instruments)
        target, reservation, slope, waits = self._schedule(rows, position + coming, need, selling, buying, charges)
        self.waits[now] = waits
        target = np.where(self.may_sell[rows], target, np.maximum(target, 0.0))
        late = 1.0 - self._left(view)[rows]
        premium = float(self.params.premium) * (1.0 + 2.0 * late**4)
        price = np.where(target < 0.0, selling, buying)
        mine = self.intents[now]
        write_intents(
            mine,
            position,
            position + np.trunc(target + np.sign(target) * ROUNDING),
            reservation,
            slope=slope,
            looks=np.where(waits, 1.0, self._looks_a_month()),
            expected=price,
            haggle=float(self.params.haggle),
            urgency=premium_urgency(reservation, price, premium),
        )
        self.intents[now] = mine
        return self._save(view, rows, instruments, charges.kept(selling)) if view.board.today.month == 1 else ()

    def looks(self, view: CohortView) -> Floats:
        """Look now and then where there is something to trade."""
        wants = self.intents["target"] != held(view.posted, self.pairs)
        return np.where(wants, float(self.params.looks_a_day), 0.0)

    def dues(self, row: int, view: CohortView) -> Sequence[Need]:
        """Return the water that the rest of a member's season would use in full."""
        today = view.board.today
        found = np.flatnonzero((self.row == row) & (self.year == today.year))
        if not len(found):
            return ()
        instrument = int(self.instrument[found[0]])
        need = ceil(float(self._effective_need(view)[row] * self._left(view)[row]))
        return (Need(KEY, instrument, need, int(view.posted[row, instrument]), today.replace(month=12, day=31)),)

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Use the month's water, no more than is held and, if short, no more than its part of what is left."""
        del draws
        month = view.board.today.month
        commands: list[Command] = []
        left, need = self._left(view), self._effective_need(view)
        for at in np.flatnonzero(self.year == view.board.today.year).tolist():
            row, instrument = int(self.row[at]), int(self.instrument[at])
            season = self.seasons[row][month - 1]
            demand = int(need[row] * season)
            free = int(view.free[row, instrument])
            used = min(demand, int(free * season / left[row] + ROUNDING)) if left[row] > 0.0 else 0
            self.going.had[at] -= used
            account = int(self.accounts[row])
            commands += water.use(account, instrument, view.period, demand, used, float(self.value[row]))
        return commands

    def _schedule(
        self,
        rows: NDArray[np.int64],
        holding: Floats,
        need: Floats,
        selling: Floats,
        buying: Floats,
        charges: Charges,
    ) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        """Return (lots to trade, reservation for the first lot, its change a lot bought, who only waits for a bargain).

        A seller's schedule is the chord of its marginal value from here to its target, never below the curve; a buyer's
        the tangent, never above it: neither trades at a loss. Water beyond the need is worth nothing and goes first.
        Who would do neither at the going price bids for all that it would take a good deal below its own worth.
        """
        value, elasticity = self.value[rows], self.elasticity[rows]
        full = np.maximum(need, 1e-9)
        holding = np.maximum(holding, 0.0)
        selling_to = full * water.wanted_share(value, charges.kept(selling), elasticity)
        selling_to = np.where(holding > full * (1.0 + ROUNDING), full, selling_to)
        here = water.marginal_value(value, holding / full, elasticity)
        least = np.maximum(1.0, full * TRIFLE)
        buying_to = full * water.wanted_share(value, charges.paid(buying), elasticity)
        sells, buys = holding - selling_to >= 1.0, buying_to - holding >= least
        bargain = np.ceil(full * water.wanted_share(value, here * (1.0 - float(self.params.bargain)), elasticity))
        waits = ~sells & ~buys & (holding < full) & (bargain - holding >= 1.0)
        buys, buying_to = buys | waits, np.where(waits, np.minimum(bargain, full), buying_to)
        lots = np.where(sells, selling_to - holding, np.where(buys, buying_to - holding, 0.0))
        at_target = water.marginal_value(value, selling_to / full, elasticity)
        chord = np.where(sells & (here > 0.0), (at_target - here) / np.where(sells, lots, 1.0), 0.0)
        tangent = -here / (elasticity * np.maximum(holding, 1.0))
        paid = here * np.where(waits, 1.0 - float(self.params.bargain), 1.0)
        reservation = np.where(sells, charges.asks(here), charges.bids(paid))
        return lots, reservation, np.where(sells, chord, np.where(waits, 0.0, tangent)), waits

    def _left(self, view: CohortView) -> Floats:
        return np.array([water.season_left(s, view.board.today.month) for s in self.seasons], dtype=np.float64)

    def _effective_need(self, view: CohortView) -> Floats:
        saves = (self.saved_from > 0) & (self.saved_from <= _month_number(view))
        own = self.need * (1.0 - np.where(saves, self.column("saving_share_max"), 0.0))
        return water.need_left(own, self.members, view.board)

    def _expected_allotment(self, view: CohortView) -> Floats:
        told = view.board.notices
        zones = [str(m.facts.get("water_zone", "")) for m in self.members]
        return self.standing.allotted([told.get(f"water.share.{zone}", 1.0) for zone in zones])

    def _hear_news(self, view: CohortView) -> None:
        """Remember what the last allocation gave; what forecasters say since is still to come."""
        last = view.board.today.year * 100 + max(m for m in ALLOCATION_MONTHS if m <= view.board.today.month)
        if self.allotted_in != last or view.board.today.month > ALLOCATION_MONTHS[-1]:
            self.allotted_in = last
            self.allotted = self._expected_allotment(view)

    def _learn(self, view: CohortView) -> None:
        """Learn from the looks since the last plan; who lacks water this month learns faster.

        Who has got some of what it wants elsewhere, by agreement or across a border, counts that too.
        """
        has = held(view.posted, self.pairs)
        month = (self._effective_need(view) * [s[view.board.today.month - 1] for s in self.seasons])[self.row]
        lacking = np.clip(1.0 - has / np.maximum(month, 1.0), 0.0, 1.0) * (month >= 1.0)
        step = float(self.params.groping) * (1.0 + float(self.params.pressed) * lacking)
        tried = np.clip(1.0 - self.intents["a"] / self._looks_a_month(), 0.0, 1.0)
        self.going.learn(has, np.where(self.waits, self.going.had, self.intents["target"]), tried, step)

    def _looks_a_month(self) -> float:
        return float(self.params.looks_a_day) * TRADING_DAYS_A_MONTH

    def _save(
        self, view: CohortView, rows: NDArray[np.int64], instruments: NDArray[np.int64], price: Floats
    ) -> list[Command]:
        """Invest in saving where the water saved is worth `hurdle` times its cost and the cash is there."""
        commands: list[Command] = []
        capex = self.column("saving_capex_cny_m3")[rows] * water.CASH_PER_LOT
        volume = np.floor(self.need[rows] * self.column("saving_share_max")[rows])
        hurdle, rate, life = float(self.params.hurdle), float(self.params.rate), float(self.params.saving_life)
        worth = water.saving_npv(price, capex * hurdle, rate, life)
        for at, row in enumerate(rows.tolist()):
            cost = int(capex[at] * volume[at])
            if worth[at] <= 0.0 or self.saved_from[row] > 0 or not 0 < cost <= view.free[row, CASH]:
                continue
            self.saved_from[row] = _month_number(view) + self.params.saving_lag_months
            account, code = int(self.accounts[row]), TransferCode.INVESTMENT
            payload = {"what": "water-saving", "saves_1000m3": int(volume[at]), "cost_cash": cost}
            commands.append(Transfer(account, AccountKind.WORLD, CASH, cost, code, view.board.today.year))
            commands.append(Note(NoteCode.INVESTMENT, payload, account, int(instruments[at])))
        return commands


def _month_number(view: CohortView) -> int:
    return view.board.today.year * 12 + view.board.today.month
