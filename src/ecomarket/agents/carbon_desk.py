"""A cohort's desk for carbon: what is owed at the coming surrender, which vintages and offsets count."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from ecomarket.agents import enterprise as firm
from ecomarket.agents.carbon import CarbonLaw, Due, carbon_stance, offset_room
from ecomarket.agents.permit_desk import Wish, bought_and_sold, law
from ecomarket.agents.scarcity import balance_worth
from ecomarket.agents.works import Emitter
from ecomarket.model.charges import NONE
from ecomarket.model.stated import FactCode
from ecomarket.public.allowances import published
from ecomarket.rights.carbon_allowance import (
    NATIONAL,
    free_allocation_t,
    gap_capped_t,
    is_covered,
    usable_for,
    verified_emission_t,
    years_due,
)
from ecomarket.rights.carbon_sink import is_compliance_eligible
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.agents.operation import Output
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

POLICY: Final = "carbon-compliance"
_FINAL_DAYS: Final = 10
"""Days of the final month after which the final allocation is taken as done, whether or not it changed anything."""


class CarbonDesk(Emitter):
    """Allowances and offsets of a cohort. `covered` are the rows that are ever covered.

    `doubt` is (emission_sd, stretch): how a published balance is believed (scarcity.py).

    The surrender on the deadline of a year is for the emission of the year before (MARKETS 3.3).
    """

    def __init__(
        self,
        key: str,
        offsets: Sequence[str],
        members: Sequence[Participant],
        setting: Setting,
        rate: Floats,
        doubt: tuple[float, float],
    ) -> None:
        super().__init__(members, "co2")
        self.key = key
        self.members = tuple(members)
        self.setting = setting
        self.rate = rate
        self.doubt = doubt
        self.covered = np.array([float(m.facts.get("carbon_from", 0) or 0) > 0 for m in members], dtype=bool)
        self.vintages = list(setting.listed(key))
        self.credits = [i for k in offsets for i in setting.listed(k) if is_compliance_eligible(i)]

    @property
    def traded(self) -> list[Instrument]:
        """Return the allowances and offsets that have a venue."""
        return [i for i in (*self.vintages, *self.credits) if i.venue >= 0]

    def deadline(self, today: date) -> date:
        """Return the day of the coming surrender, or of the instalment before it."""
        instalments = getattr(self.setting.law_on(POLICY, today), "instalment_months", ())
        rights = self.setting.rights.get(self.key, NATIONAL)
        for month in sorted(instalments) if years_due(rights, today.year - 1) else ():
            if today.month <= month:
                return date(today.year, month, monthrange(today.year, month)[1])
        month = int(law(self.setting, POLICY, "deadline_month", today, 12))
        day = int(law(self.setting, POLICY, "deadline_day", today, 31))
        this_year = date(today.year, month, day)
        return this_year if today <= this_year else date(today.year + 1, month, day)

    def usable(self, today: date) -> list[Instrument]:
        """Return the vintages that count at the coming surrender, oldest first."""
        return list(usable_for(self.setting, self.key, self.deadline(today).year - 1))

    def offered(self, today: date) -> list[Instrument]:
        """Return the offsets that can have been issued by now: those of past years and those without a year."""
        return [i for i in self.credits if i.venue >= 0 and i.vintage < today.year]

    def rules(self, today: date) -> CarbonLaw:
        """Return the law of the coming surrender, as it stands today."""
        due = self.deadline(today)
        numbers = (
            law(self.setting, POLICY, name, today, default, due=due)
            for name, default in (
                ("offset_share_max", 0.05),
                ("penalty_times", 5.0),
                ("fine_cny", 0.0),
                ("carry_over_base_t", 10_000.0),
                ("carry_over_multiple", 1.5),
                ("penalty_cny_t", 0.0),
                ("make_good", 1.0),
            )
        )
        return CarbonLaw(*numbers)

    def due(self, view: CohortView, output: Output) -> Due:
        """Return what each member owes at the coming surrender and what it has for it, t."""
        today = view.board.today
        assessed = self.deadline(today).year - 1
        owed = self.owed(assessed, view)
        activity = output.mean(assessed, len(self.members))
        usable = self.usable(today)
        paid = view.year_to_date(FactCode.INSTALMENT_LOTS, year=assessed + 1)
        held = self._sum(view.posted, usable) + paid
        awaited = np.where(self._is_open(view, assessed), self._awaited(view, assessed, owed, activity), 0.0)
        law = self.setting.rights.get(self.key, NATIONAL)
        before = [self.owed(year, view) for year in years_due(law, assessed)[:-1]]
        return Due(
            sum(before, owed) + self._overdue(assessed - 1, view),
            held,
            awaited,
            self._sum(view.posted, self.credits),
            (awaited != 0.0).astype(np.float64),
        )

    def _is_open(self, view: CohortView, assessed: int) -> NDArray[np.bool_]:
        """Tell for each member whether the final allocation of the assessed year is still to come."""
        today = view.board.today
        final = int(law(self.setting, "benchmark-allocation", "final_month", today, 11))
        if today.month != final or today.day > _FINAL_DAYS:
            return np.full(len(self.members), today.month < final)
        issued = [
            view.book.month(FactCode.ISSUED_LOTS, view.period, i.index)[view.accounts]
            for i in self.vintages
            if i.vintage == assessed
        ]
        return np.asarray(sum(issued, np.zeros(len(self.members))) == 0)

    def _awaited(self, view: CohortView, assessed: int, owed: Floats, activity: Floats) -> Floats:
        """Return the free allowances still to be issued for the assessed year (< 0: to be given back), t.

        What has been issued is known from the registry; without its statements a firm goes by what it holds.
        """
        issued = np.zeros(len(self.members))
        for i in self.vintages:
            if i.vintage == assessed:
                stated = sum(view.year_to_date(FactCode.ISSUED_LOTS, i.index, y) for y in (assessed, assessed + 1))
                issued += np.where(stated != 0, stated, view.posted[:, i.index])
        usual = self.gross * activity
        free = [
            self._allocation(m, assessed, u, o) if o > 0 else 0.0
            for m, u, o in zip(self.members, usual, owed, strict=True)
        ]
        return np.where(owed > 0, np.array(free) - issued, 0.0)

    def owed(self, year: int, view: CohortView) -> Floats:
        """Return what each member owes for its emission of a year, t; 0 where it is not covered."""
        return np.array(
            [
                float(verified_emission_t(self.setting, view.book, m, year)) if is_covered(m.facts, year) else 0.0
                for m in self.members
            ]
        )

    def _overdue(self, year: int, view: CohortView) -> Floats:
        """Return what is still owed for an earlier year's emission by those who said they would be late, t."""
        late = view.year_to_date(FactCode.LATE_SURRENDER, year=year + 1)
        if not late.any():
            return np.zeros(len(self.members))
        open_ = (late > 0) & (view.year_to_date(FactCode.LATE_SETTLED, year=year + 1) == 0)
        return np.where(open_, self.owed(year, view), 0.0)

    def forecast(self, view: CohortView, traits: firm.Traits) -> Floats:
        """Return each member's forecast of the allowance's price in cash a t, from the vintage that is due.

        Where no market outside names the price and the balance of all firms is published, they reckon by that.
        """
        board = view.board
        outside = board.notices.get(f"outside.{self.key}", 0.0) * CASH_PER_YUAN
        usable = self.usable(board.today)
        index = usable[-1].index if usable else 0
        last = float(board.close[index]) if usable else 0.0
        mean = float(board.mean20[index]) if usable else 0.0
        seen = firm.forecast(traits, last or outside, mean or outside, outside)
        balance = published(board.notices, self.key, self.deadline(board.today).year - 1)
        if balance is None or outside > 0.0:
            return seen
        law = self.rules(board.today)
        in_cash = law._replace(penalty_cny_t=law.penalty_cny_t * CASH_PER_YUAN)
        return balance_worth(seen, balance, in_cash.shortfall(seen, np.zeros_like(seen), seen), self.rate, self.doubt)

    def wish(self, view: CohortView, traits: firm.Traits, due: Due, safety: tuple[float, float]) -> Wish:
        """Return the cohort's wish for allowances in lots (t) and cash a lot."""
        expected = self.forecast(view, traits)
        rules = self.rules(view.board.today)
        found = carbon_stance(due, rules, expected / CASH_PER_YUAN, self.rate, safety)
        spare = np.minimum(found.spare, self._sum(view.free, self.usable(view.board.today)))
        stance = found._replace(
            wanted=np.where(self.covered, np.ceil(found.wanted), 0.0),
            spare=np.where(self.covered, np.floor(spare), 0.0),
            worth=found.worth * CASH_PER_YUAN,
        )
        usable = self.usable(view.board.today)
        charges = self.setting.charges.get(usable[-1].index, NONE) if usable else NONE
        return Wish(stance, expected, *bought_and_sold(charges, expected))

    def room(self, view: CohortView, due: Due) -> Floats:
        """Return the offsets each member may still buy for the coming surrender, t."""
        return np.where(self.covered, offset_room(due, self.rules(view.board.today)), 0.0)

    def ramp(self, view: CohortView, wish: Wish, a_month: float) -> None:
        """Move abatement towards where its marginal cost meets the discounted price of next year's surrender.

        Who has allowances to spare reckons with what a sale leaves, the others with what buying costs. A firm whose
        free allocation follows its own emission gains nothing by a cut, and makes none.
        """
        price = np.where(wish.stance.spare > 0, wish.sold, wish.bought)
        shadow = self._worth_of_a_cut(price, view.board.today.year, self.gross / 1000.0)
        step = a_month * self.curve.maximum_t
        self.abated += np.clip(self.curve.abated(shadow) - self.abated, -step, step)

    def yearly_price(self, view: CohortView, traits: firm.Traits, cut_t: Floats) -> Floats:
        """Return the forecast of what each tonne of a cut is worth a year, CNY/t; 0 where nothing is owed this year."""
        return self._worth_of_a_cut(self.forecast(view, traits), view.board.today.year, cut_t)

    def useful_t(self, view: CohortView, for_sale: float) -> Floats:
        """Return the emission it is of use to be rid of, t/yr: all, for the national market takes what is spare."""
        del view, for_sale
        return self.unabated

    def _worth_of_a_cut(self, expected: Floats, year: int, cut_t: Floats) -> Floats:
        """Return the discounted price of next year's surrender times the part of a cut that the firm gains, CNY/t."""
        every = zip(self.members, self.gross, self.unabated, cut_t, strict=True)
        gain = np.array([self._gain(m, year, float(g), float(u), float(c)) for m, g, u, c in every])
        return np.asarray(expected / CASH_PER_YUAN / (1.0 + self.rate) * gain, dtype=np.float64)

    def _gain(self, member: Participant, year: int, usual: float, verified: float, cut: float) -> float:
        """Return how much less a firm must find for each tonne it cuts in `year`: 1 minus the allocation it loses.

        Output stays what it was (`usual`, in t of emission without any works); `verified` is what would be reported.
        """
        if cut <= 0 or not is_covered(member.facts, year):
            return 0.0
        free = [self._allocation(member, year, usual, emitted) for emitted in (verified, verified - cut)]
        return min(max(1.0 - (free[0] - free[1]) / cut, 0.0), 1.0)

    def free_allocation(self, year: int, owed: Floats) -> Floats:
        """Return the free allowances of a year for members that owe so much, t."""
        return np.array(
            [self._allocation(m, year, o, o) if o > 0 else 0.0 for m, o in zip(self.members, owed, strict=True)]
        )

    def _allocation(self, member: Participant, year: int, output_t: float, verified_t: float) -> float:
        usual = float(member.facts.get("co2_t", 0) or 0)
        rules = self.setting.rights[self.key]
        free = free_allocation_t(member.facts, year, output_t / usual if usual else 0.0, verified_t, rules)
        return gap_capped_t(free, verified_t, str(member.facts.get("benchmark", "") or ""), rules)

    def _sum(self, table: NDArray[np.int64], instruments: Sequence[Instrument]) -> Floats:
        index = [i.index for i in instruments]
        total: Floats = table[:, index].sum(axis=1).astype(np.float64)
        return total
