"""An enterprise that holds permits for what it emits and surrenders allowances and offsets for its carbon."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ecomarket.agents import compliance_seat as seat
from ecomarket.agents import enterprise as firm
from ecomarket.agents.blocks import agree, in_band, published
from ecomarket.agents.carbon_desk import CarbonDesk
from ecomarket.agents.compliance_params import ComplianceParams
from ecomarket.agents.errors import as_reported, late_facts, misreporting
from ecomarket.agents.investment import Investment, Terms
from ecomarket.agents.no_trade import Alone, no_trade_facts
from ecomarket.agents.operation import CARBON, POLLUTANTS, Output, operate_month
from ecomarket.agents.permit_desk import PermitDesk
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.agents.targets import SELLING_LOOKS, Targets, Timing
from ecomarket.chance import key as who_is
from ecomarket.model.charges import NONE
from ecomarket.model.command import Bid
from ecomarket.model.record import CASH
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction, Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.seat import Choice, Need
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]


class Compliance(Strategy):
    """Abates where marginal cost meets the value of a right, builds works that pay, and trades the rest in time."""

    kind: ClassVar[str] = "compliance"
    label_en: ClassVar[str] = "Compliance enterprise"
    label_zh: ClassVar[str] = "履约企业"
    reference: ClassVar[str] = "MARKETS 2.3, 3.3-3.4, 8.4; ZIP: Cliff 1997; deadline spike: CASES P28"
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = ComplianceParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.who = np.array([who_is(m.code) for m in self.members], dtype=np.int64)
        rate = self.column("discount_rate", 0.08)
        groping = float(params.groping)
        self.desks = {k: PermitDesk(k, self.members, setting, rate, groping) for k in POLLUTANTS}
        doubt = (float(params.emission_sd), float(params.stretch))
        self.carbon = CarbonDesk(params.carbon, params.offsets, self.members, setting, rate, doubt)
        self.alone = [Alone(desk) for desk in self.desks.values()]
        self.emitters: dict[str, PermitDesk | CarbonDesk] = {**self.desks, CARBON: self.carbon}
        terms = Terms(float(params.hurdle), float(params.capital_share), params.invest_months, float(params.for_sale))
        self.investment = Investment(params.options, self.members, rate, terms)
        self.output = Output()
        self.traits: firm.Traits | None = None
        pairs = [(int(r), int(d.home[r])) for d in self.desks.values() for r in np.flatnonzero(d.open)]
        pairs += [(int(r), i.index) for i in self.carbon.traded for r in np.flatnonzero(self.carbon.covered)]
        self.pairs = pairs
        self.row = np.array([r for r, _ in pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in pairs], dtype=np.int64)
        self.targets = Targets(self.intents, self.row, self.instrument, params, self.carbon)
        self._looks_planned = np.zeros(len(pairs))
        """Looks that were left at the last plan, by intent."""

    def bind(self, intents: NDArray[np.void]) -> None:
        """Take over the rows of the run's intent table, and let the targets be written there."""
        super().bind(intents)
        self.targets = self.targets._replace(intents=intents)

    def markets(self) -> list[tuple[int, int]]:
        """Name own permits in pilot prefectures, and for covered firms every allowance and eligible offset."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Build works; value every right, spread the cash, set abatement, targets, reservations; agree on blocks."""
        traits = self.traits or self._begin(view, draws)
        self._commission(view.period)
        works, paid = self.investment.decide(view, traits, self.emitters, self._rights(view.board.today), ~self.driven)
        free = view.free.copy()
        free[:, CASH] -= paid
        view = replace(view, free=free)
        timing = self._timing(view.board.today)
        self._learn(view)
        self.intents["target"] = self.intents["d"] = view.posted[self.row, self.instrument]
        z = float(self.params.safety)
        activity = self.output.rest(view.period, view.nature.get("activity", np.ones(len(self.members))))
        due = self.carbon.due(view, self.output)
        before = {e: e.abated.copy() for e in self.emitters.values()} if self.driven.any() else {}
        wishes = [
            d.wish(
                view, traits, timing.closing, activity, (z, float(self.params.emission_sd)), self.params.proof_months
            )
            for d in self.desks.values()
        ]
        wishes.append(self.carbon.wish(view, traits, due, (z, float(self.params.allocation_sd))))
        wanted, multiplier = firm.spread_cash(
            np.stack([w.stance.worth for w in wishes], axis=1),
            np.stack([np.where(w.expected > 0, w.bought, w.stance.worth) for w in wishes], axis=1),
            np.stack([w.stance.wanted for w in wishes], axis=1),
            float(self.params.cash_share) * view.free[:, 0].astype(np.float64),
        )
        for column, desk in enumerate(self.desks.values()):
            wish = wishes[column]
            change = np.floor(wanted[:, column]) - wish.stance.spare
            soon = np.full(len(change), SELLING_LOOKS)
            self.targets.write(
                desk.instruments, view, change, wish, multiplier, timing, desk.charges, selling_looks=soon
            )
            desk.ramp(wish.stance.shadow, float(self.params.ramp_a_month) * 7 / 30, float(self.params.for_sale))
        carbon = wishes[-1]
        self.carbon.ramp(view, carbon, float(self.params.ramp_a_month) * 7 / 30)
        for emitter, abated in before.items():
            emitter.abated = np.where(self.driven, abated, emitter.abated)
        lacking = self.targets.offsets(view, np.floor(wanted[:, -1]), self.carbon.room(view, due), carbon, timing)
        self.targets.allowances(view, lacking, carbon, multiplier, timing)
        self._looks_planned = self.intents["a"].copy()
        return [*works, *self._blocks(view, draws, timing)]

    def looks(self, view: CohortView) -> NDArray[np.float64]:
        """Return each firm's chance of a look today where it has something to trade.

        A holding that an allocation or a surrender has moved out of the plan's range is left alone until the next plan.
        """
        if self.traits is None or not self.pairs:
            return np.zeros(len(self.pairs))
        timing = self._timing(view.board.today)
        quiet = firm.attention(self.traits, timing.days)[self.row]
        pressed = 1.0 + float(self.params.insistence) * timing.closing[self.row]
        posted, target, planned_at = view.posted[self.row, self.instrument], self.intents["target"], self.intents["d"]
        within = (posted >= np.minimum(target, planned_at)) & (posted <= np.maximum(target, planned_at))
        return np.where(within & (target != posted), np.where(target > posted, quiet * pressed, quiet), 0.0)

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Emit, abate, earn and pay for the month that ends; report it, rightly or wrongly."""
        self._commission(view.period)
        activity = view.nature.get("activity", np.ones(len(self.members)))
        coming = self.output.rest(view.period, activity)
        self.output.remember(view.period, activity)
        safety = (float(self.params.safety), float(self.params.emission_sd))
        for alone in self.alone:
            alone.month(view.board.today.month, activity, coming, safety, float(self.params.ramp_a_month))
        month = operate_month(
            self.accounts,
            view.period,
            activity,
            self.emitters,
            self._rights(view.board.today),
            self.column("margin_cny"),
        )
        wrong = misreporting(self.who, view.board.today.year, float(self.params.misreport_rate), draws)
        month = as_reported(month, self.accounts[wrong].tolist(), self.params.misreport_size)
        month += late_facts(self.carbon, self.who, view, float(self.params.late_rate), draws)
        if view.board.today.month == 12:
            month += no_trade_facts(self.alone, self.carbon, view)
        return month

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid the schedule of reservation prices for what is still lacking of the instrument."""
        del draws
        bids, hall = [], self.hall(call)
        for at in self._lacking(call, view):
            row, me = int(self.row[at]), self.intents[at]
            account = int(self.accounts[row])
            lots = min(int(me["target"] - view.posted[row, me["instrument"]]), call.lots_to_win)
            if lots <= 0 or not (call.invited is None or account in call.invited):
                continue
            cash = int(view.free[row, 0])
            for limit, count in firm.schedule(float(me["reservation"]), float(me["slope"]), lots, 1, 4):
                most = self.in_auction(call, limit)
                price = firm.on_step(firm.bid_price(most, int(me["c"]), call), call.reserve_price)
                if price <= 0:
                    continue
                afforded = min(count, hall.affords(cash, price))
                if price >= call.reserve_price and afforded > 0:
                    bids.append(Bid(account, price, afforded))
                    cash -= ceil(hall.paid(price)) * afforded
        return bids

    def dues(self, row: int, view: CohortView) -> Sequence[Need]:
        """Return the permits that a member's year will need, and what it owes at the coming surrender."""
        if self.traits is None:
            return ()
        activity = view.nature.get("activity", np.ones(len(self.members)))
        found = [seat.permit_need(desk, row, view, float(activity[row])) for desk in self.desks.values()]
        found.append(seat.carbon_need(self.carbon, row, view, self.output))
        return [need for need in found if need is not None]

    def choices(self, row: int, view: CohortView) -> Sequence[Choice]:
        """Return how far a member may cut along its curves, and the works it may build."""
        if self.traits is None:
            return ()
        offers = self.investment.offers(view, self.emitters, row)
        return [*seat.cut_choices(self.emitters, row), *seat.builds(offers, self.emitters, row)]

    def cut(self, row: int, right: str, cut_t: float, view: CohortView) -> bool:
        """Let a member cut so much of a pollutant, t/yr, from now on."""
        del view
        return self.traits is not None and seat.cut_to(self.emitters, row, right, cut_t)

    def build(self, row: int, option: int, view: CohortView) -> Sequence[Command]:
        """Let a member build the works of an option."""
        if self.traits is None:
            return ()
        return self.investment.order(row, option, view, self.emitters, self._rights(view.board.today))

    def _lacking(self, call: Auction, view: CohortView) -> list[int]:
        """Return the intents that an auction's instrument serves: its own; of a vintage that is due, all that are due.

        A firm buys the vintage that is cheapest in the market; for the surrender each of them is as good.
        """
        due = {i.index for i in self.carbon.usable(view.board.today)}
        serves = due if call.instrument in due else {call.instrument}
        return np.flatnonzero(np.isin(self.instrument, sorted(serves))).tolist()

    def _learn(self, view: CohortView) -> None:
        """Let the permit desks know what came of the last plan in the looks there were, or would be but for a bar."""
        plan = self.intents
        left = np.maximum(plan["a"] - self.kept_out, 0.0)
        self.kept_out[:] = 0.0
        passed = 1.0 - left / np.maximum(self._looks_planned, 1.0)
        got = view.posted[self.row, self.instrument] - plan["d"]
        for desk in self.desks.values():
            at = np.flatnonzero(desk.home[self.row] == self.instrument)
            desk.experience.learn(self.row[at], (plan["target"] - plan["d"])[at] * passed[at], got[at])

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

    def _commission(self, period: int) -> None:
        for emitter in self.emitters.values():
            emitter.commission(period)

    def _rights(self, today: date) -> dict[str, NDArray[np.int64]]:
        """Return by pollutant the instrument that each member's emission of today needs, -1 for none."""
        vintage = self.setting.listed(self.params.carbon, vintage=today.year)
        carbon = np.full(len(self.members), vintage[0].index if vintage else -1, dtype=np.int64)
        return {**{p: d.home for p, d in self.desks.items()}, CARBON: carbon}

    def _timing(self, today: date) -> Timing:
        """Return how far the deadline is in trading days (weekdays) and in looks, and how close by member."""
        assert self.traits is not None
        end = self.carbon.deadline(today)
        days = max(float(np.busday_count(today, end)), 0.0)
        looks = firm.visits_left(self.traits, days)
        premium = float(self.params.premium) * self.traits.nerve
        return Timing(days, looks, firm.urgency(self.traits, days), self.setting.t_of(end) + DAY - 1, premium)

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
                self.setting.charges.get(index, NONE),
            )
            for at, (row, index) in enumerate(self.pairs)
            if index in venues and looking[row]
        ]
        bands, close = self.setting.block_bands, view.board.close
        return [d for d in deals if d and in_band(d.price, int(close[d.instrument]), bands.get(d.venue, 0))]
