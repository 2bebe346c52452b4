"""Counterpart-support provinces: meet duties and commitments, then buy what is worth most for the money left."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents.intents import held, premium_urgency, write_intents
from ecomarket.agents.province import Duty, Offer, choose, earmark_binds, fading, frame_bid, spent_by
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key
from ecomarket.model.command import Bid
from ecomarket.model.quantity import CnyPerTonne, Ratio, Share
from ecomarket.model.record import CASH
from ecomarket.model.seat import Need
from ecomarket.rights import carbon_sink, green_certificate
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Auction, Command
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

LAW = "consumption-weight"
OUTSIDE_GEC, OUTSIDE_CCER = "outside.gec", "outside.ccer"
FEN = 100
"""Prices bid are whole fen, in cash a lot."""
TRADING_DAYS_A_WEEK = 5
DECEMBER = 12
CASH_KEPT = 50
"""One part in so many of the cash stays back for fees."""
COMMITMENT, WEIGHT = 0, 1
"""The places of a province's duties."""
FADES_OVER = 2.0
"""Over how many commitments beyond the first the worth of a tonne falls to nothing."""


class SupportProvinceParams(StrategyParams):
    """What a province thinks things are worth, and how it spends over the year; assumptions."""

    worth_cny_t: CnyPerTonne = Field(
        default=Decimal(90),
        ge=0,
        description="Worth of a tonne of a partner's sink, CNY per t | 每吨碳汇的公共价值，元/吨",
    )
    grass_factor: Ratio = Field(
        default=Decimal("0.65"), ge=0, description="Worth of grass over forest | 草原碳汇价值系数"
    )
    premium_max: Ratio = Field(
        default=Decimal("0.15"), ge=0, description="Most paid above the open price for a commitment | 最高溢价"
    )
    pressure: Ratio = Field(
        default=Decimal("1.4"), gt=0, description="How late the budget is spent: 1 even, more later | 支出后置程度"
    )
    vintages: int = Field(default=4, ge=1, description="Certificate vintages shopped in a week | 每周询价的绿证批次数")
    one_market_max: Share = Field(
        default=Decimal("0.25"),
        description="Largest part of a want sought in one class, year or vintage, share | 单一品种最大采购占比",
    )
    looks_a_day: Ratio = Field(default=Decimal(2), ge=0, description="Looks at each market a day | 每日关注次数")
    haggle: Share = Field(default=Decimal("0.4"), description="Share of the surplus asked for at first | 初始议价比例")


class SupportProvince(Strategy):
    """Solves a small linear problem each week over all open markets: duties first, then the best worth for money.

    In its own window it pays the reserve price, since nobody else may bid; elsewhere it pays a premium above the open
    price only while its commitment is more than is on offer, and never more than its framework's cap.
    """

    kind: ClassVar[str] = "support-province"
    label_en: ClassVar[str] = "Counterpart-support province"
    label_zh: ClassVar[str] = "对口支援省市"
    reference: ClassVar[str] = (
        "青海深入推进生态文明制度创新实施方案 2023 (67); MARKETS.md 4.4; CASES P17 (small earmarks are neutral)"
    )
    rows: ClassVar[tuple[str, ...]] = ("D3", "F1")
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = SupportProvinceParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        self.charge, self.duty = 0.0, np.zeros(len(self.members))
        self.sinks, self.certificates = setting.listed(carbon_sink.KEY), setting.listed(green_certificate.KEY)
        listed = (*self.sinks, *self.certificates)
        self.pairs = [(row, i.index) for row in range(len(self.members)) for i in listed]
        self.who = np.array([key(m.code) for m in self.members], dtype=np.int64)
        self.opening = self.column("cash_cny") * CASH_PER_YUAN
        self.budget = self.column("budget_cny") * CASH_PER_YUAN
        self.floor = self.column("floor_cny_t") * CASH_PER_YUAN
        self.cap = self.column("cap_cny_t") * CASH_PER_YUAN

    def markets(self) -> list[tuple[int, int]]:
        """Name every class and year of sinks and every vintage of certificates."""
        return self.pairs

    def _reckon(self, today: date) -> None:
        """Reckon with the charge (cash a MWh) and the duties (MWh) of the consumption weight that holds this year."""
        law = self.setting.law_due(LAW, today, today.replace(month=12, day=31))
        self.charge, self.duty = 0.0, np.zeros(len(self.members))
        if law is not None:
            self.charge = float(law.alternative_cny_mwh) * CASH_PER_YUAN
            loads = [(green_certificate.weight_of(law, m), int(m.facts.get("load_mwh", 0))) for m in self.members]
            self.duty += [green_certificate.duty_mwh(weight, load) for weight, load in loads]

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Choose what to buy this week and spread it over the markets that are open."""
        if not self.pairs:
            return ()
        self._reckon(view.board.today)
        position = held(view.posted, self.pairs)
        going = self._going(view)
        target = position.astype(np.float64).reshape(len(self.members), -1)
        reservation = np.zeros_like(target)
        for row in range(len(self.members)):
            self._plan_member(view, draws, row, going, target, reservation)
        expected = np.tile(going, len(self.members))
        pressed = self._season(view) ** 4
        premium = float(self.params.premium_max) * (1.0 + 9.0 * pressed)
        write_intents(
            self.intents,
            position,
            target.ravel(),
            self.charges.bids(reservation.ravel()),
            looks=float(self.params.looks_a_day) * TRADING_DAYS_A_WEEK,
            expected=expected,
            haggle=float(self.params.haggle),
            urgency=premium_urgency(reservation.ravel(), expected, premium),
        )
        return ()

    def looks(self, view: CohortView) -> Floats:
        """Look at the markets shopped this week."""
        wants = self.intents["target"] > held(view.posted, self.pairs)
        return np.where(wants, float(self.params.looks_a_day), 0.0)

    def dues(self, row: int, view: CohortView) -> Sequence[Need]:
        """Return a member's commitment of sink credits and its duty of certificates this year."""
        due, today = view.board.today.replace(month=12, day=31), view.board.today
        found = []
        if (commitment := ceil(self._commitment(view, row))) > 0:
            past = [sink.index for sink in self.sinks if 0 < sink.vintage < today.year and sink.venue >= 0]
            found.append(Need(carbon_sink.KEY, past[-1] if past else -1, commitment, int(self._bought(view, row)), due))
        if (duty := ceil(float(self.duty[row]))) > 0:
            have = int(self._usable(view, row))
            charge = round(max(duty - have, 0) * self.charge)
            listed = [c.index for c in self.certificates if c.lives(view.board.t)]
            found.append(Need(green_certificate.KEY, listed[-1] if listed else -1, duty, have, due, charge))
        return found

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Forget the year's targets when it ends: what is held is retired."""
        del draws
        if view.board.today.month == DECEMBER:
            self.intents["target"] = 0
        return ()

    def bids(self, call: Auction, view: CohortView, draws: Draws) -> Sequence[Bid]:
        """Bid for a county's lot: the reserve price if alone, else the frame's bid, as far as want and money go."""
        del draws
        offered = self.setting.instruments[call.instrument]
        if offered.right != carbon_sink.KEY:
            return ()
        going = self._reference(view, offered)
        factor = self._factor(offered)
        bids: list[Bid] = []
        for row, account in enumerate(self.accounts.tolist()):
            if call.invited is not None and account not in call.invited:
                continue
            alone = call.invited is not None and len(call.invited) == 1
            most = int(self.hall(call).bids(self._frame(view, row, going, factor, float(call.lots)))) // FEN * FEN
            price = call.reserve_price if alone else most
            cash = self._spendable(view, row) * (CASH_KEPT - 1) // CASH_KEPT
            lots = min(call.lots, int(self._sinks_wanted(view, row, price / factor)), cash // max(price, 1))
            if lots > 0 and call.reserve_price <= price <= most:
                bids.append(Bid(account, price, lots))
        return bids

    def _plan_member(
        self, view: CohortView, draws: Draws, row: int, going: Floats, target: Floats, reservation: Floats
    ) -> None:
        """Write one member's targets and reservations of the week."""
        open_sinks = [k for k, sink in enumerate(self.sinks) if 0 < sink.vintage < view.board.today.year]
        shopped = [len(self.sinks) + k for k in self._shop(view, draws, row)]
        missing = max(0.0, self.duty[row] - self._usable(view, row))
        offers = [
            *(self._sink_offer(view, row, going[k], self._factor(self.sinks[k]), len(open_sinks)) for k in open_sinks),
            *(Offer(max(going[k], 1.0), 0.0, self._part(len(shopped)) * missing, WEIGHT) for k in shopped),
        ]
        duties = (self._commitment_due(view, row), Duty(missing, self.charge))
        bought = choose(offers, duties, float(self._spendable(view, row)))
        for k, tonnes in zip(open_sinks, bought, strict=False):
            on_offer = float(view.board.day_lots[self.sinks[k].index])
            target[row, k] += np.floor(tonnes)
            reservation[row, k] = self._frame(view, row, going[k], self._factor(self.sinks[k]), on_offer)
        for k, certificates in zip(shopped, bought[len(open_sinks) :], strict=True):
            target[row, k] += np.ceil(certificates)
            reservation[row, k] = self.charge

    def _sink_offer(self, view: CohortView, row: int, going: float, factor: float, markets: int) -> Offer:
        """Return one class and year of credits as an offer: of what is wanted at its price, one market's part."""
        price, bought = max(going, 1.0), self._bought(view, row)
        # Before the year's own credits come through the window, no more than the schedule's part is bought in the open.
        wanted = self._season(view) * (self._sinks_wanted(view, row, price / max(factor, 1e-9)) + bought) - bought
        return Offer(price, self._worth() * factor, self._part(markets) * max(wanted, 0.0), COMMITMENT)

    def _commitment_due(self, view: CohortView, row: int) -> Duty:
        """Return the part of the commitment due by now; a tonne missed is its worth lost, and a tonne beyond fades."""
        due, bought = self._season(view) * self._commitment(view, row), self._bought(view, row)
        fades = fading(FADES_OVER * due * self._worth(), max(0.0, bought - due) * self._worth())
        return Duty(max(0.0, due - bought), self._worth(), fades)

    def _part(self, markets: int) -> float:
        """Return the part of what is wanted that is sought in one of so many markets."""
        return max(float(self.params.one_market_max), 1.0 / markets)

    def _season(self, view: CohortView) -> float:
        """Return the part of the year's purchases that the schedule lets be made by the end of the month."""
        return spent_by(view.board.today.month, float(self.params.pressure))

    def _going(self, view: CohortView) -> Floats:
        """Return the going price of each listed sink and certificate, in cash a lot."""
        life = green_certificate.life_months(self.setting)
        fresh = view.board.notices.get(OUTSIDE_GEC, 0.0) * CASH_PER_YUAN
        today = view.board.today
        by_age = [
            fresh * green_certificate.age_factor(max(green_certificate.age_months(c, today), 0), life)
            if fresh > 0.0
            else float(view.board.close[c.index])
            for c in self.certificates
        ]
        return np.array([*(self._reference(view, s) for s in self.sinks), *by_age], dtype=np.float64)

    def _reference(self, view: CohortView, sink: Instrument) -> float:
        """Return the reference price the window publishes for a credit, else the outside price, in cash a lot."""
        outside = view.board.notices.get(OUTSIDE_CCER, 0.0) * self._factor(sink)
        told = view.board.notices.get(f"reference.{sink.code}", outside)
        return told * CASH_PER_YUAN if told > 0.0 else float(view.board.close[sink.index])

    def _factor(self, sink: Instrument) -> float:
        return 1.0 if sink.klass == carbon_sink.FOREST else float(self.params.grass_factor)

    def _shop(self, view: CohortView, draws: Draws, row: int) -> list[int]:
        """Choose the week's vintages among those valid at year end, by the member's own luck."""
        today, life = view.board.today, green_certificate.life_months(self.setting)
        year_end = today.replace(month=12, day=31)
        valid = [
            k
            for k, c in enumerate(self.certificates)
            if green_certificate.age_months(c, today) >= 1 and green_certificate.age_months(c, year_end) <= life
        ]
        luck = draws.uniform(self.who[row], "certificate-choice", view.board.day, np.array(valid, dtype=np.int64))
        return [valid[i] for i in np.argsort(luck, kind="stable")[: self.params.vintages].tolist()]

    def _commitment(self, view: CohortView, row: int) -> float:
        member = self.members[row]
        return view.board.notices.get(f"commitment.{member.code}", float(member.facts.get("commitment_t", 0)))

    def _bought(self, view: CohortView, row: int) -> float:
        return float(sum(int(view.posted[row, sink.index]) for sink in self.sinks))

    def _usable(self, view: CohortView, row: int) -> float:
        year_end, life = view.board.today.replace(month=12, day=31), green_certificate.life_months(self.setting)
        valid = [c for c in self.certificates if green_certificate.age_months(c, year_end) <= life]
        return float(sum(int(view.posted[row, c.index]) for c in valid))

    def _sinks_wanted(self, view: CohortView, row: int, price: float) -> float:
        """Return the tonnes wanted now: the commitment, and more until a further tonne is worth no more than its price.

        Worth falls by half for each commitment bought beyond the first, so price p is met at 2 (1 - p / worth) more.
        """
        commitment = self._commitment(view, row)
        return max(
            commitment * (1.0 + max(0.0, FADES_OVER * (1.0 - price / self._worth()))) - self._bought(view, row), 0.0
        )

    def _worth(self) -> float:
        return max(float(self.params.worth_cny_t) * CASH_PER_YUAN, 1.0)

    def _spendable(self, view: CohortView, row: int) -> int:
        """Return what may be spent by the end of the month: the schedule's part of the budget, never above cash."""
        cash = int(view.free[row, CASH])
        unspent_plan = (1.0 - self._season(view)) * self.budget[row]
        return max(0, min(cash, int(cash - unspent_plan)))

    def _frame(self, view: CohortView, row: int, going: float, factor: float, on_offer: float) -> float:
        """Return the most paid for a credit: a premium only while the commitment exceeds what is on offer."""
        missing = max(0.0, self._commitment(view, row) - self._bought(view, row))
        premium = float(self.params.premium_max) * self._season(view) if earmark_binds(missing, on_offer) else 0.0
        return float(frame_bid(going, premium, 0.0, self.cap[row] * factor))
