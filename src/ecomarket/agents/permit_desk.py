"""A cohort's desk for one pollutant's permits: gathers what `permits` needs from the board, the reports and the law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ecomarket.agents import enterprise as firm
from ecomarket.agents.experience import Experience
from ecomarket.agents.permits import Stance, Year, permit_stance
from ecomarket.agents.works import Emitter
from ecomarket.model.charges import charges_of
from ecomarket.model.stated import FactCode
from ecomarket.public.environmental_tax import tax_cny_t
from ecomarket.rights.emission_permit import annuity, is_pilot, permit_of
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.model.charges import Charges
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

LOT_T: Final = 0.001
"""Lot of a permit in t/yr."""
CASH_PER_LOT: Final = CASH_PER_YUAN * LOT_T
"""Cash a lot for each CNY/t."""
_YEAR_DAYS: Final = 365.25
_PROOF_MONTHS_MIN: Final = 3
"""Monthly reports needed before a cut counts as proven in the first year."""


class Wish(NamedTuple):
    """What a cohort wants of a right in lots and cash a lot: its stance and its price forecast; arrays (n,).

    expected   price     bought   what a lot costs at it, fee and all     sold   what is left of it to who sells
    """

    stance: Stance
    expected: Floats
    bought: Floats
    sold: Floats


def law(setting: Setting, policy: str, name: str, today: date, default: float, *, due: date | None = None) -> float:
    """Return a number of the law in force today, or the default if there is no such rule.

    A rule that will be out of force on the day on which its duty falls `due` counts for nothing today.
    """
    value: Any = getattr(setting.law_due(policy, today, due or today), name, default)
    return float(value.at(today.year) if hasattr(value, "at") else value)


def bought_and_sold(charges: Charges, expected: Floats) -> tuple[Floats, Floats]:
    """Return what buying at an expected price costs with its fee, and what a sale leaves; 0 where no price is known."""
    return np.where(expected > 0, charges.paid(expected), 0.0), charges.kept(expected)


def annuities(setting: Setting, today: date, rate: Floats) -> Floats:
    """Return for each yearly rate the present value of 1 CNY a year until the permits' term ends, at least 1.

    At least a year is left: permits are approved anew every term.
    """
    term, begins = _term(setting, today)
    years = max(term - (today - begins).days / _YEAR_DAYS % term, 1.0)
    worth = np.array([annuity(float(r), years) for r in rate], dtype=np.float64)
    return np.asarray(np.maximum(worth, 1.0), dtype=np.float64)


def worn(setting: Setting, today: date, rate: Floats) -> Floats:
    """Return for each yearly rate which part of its worth at the beginning of the term a permit still has."""
    term, _ = _term(setting, today)
    whole = np.array([annuity(float(r), term) for r in rate], dtype=np.float64)
    return np.asarray(annuities(setting, today, rate) / whole, dtype=np.float64)


def _term(setting: Setting, today: date) -> tuple[float, date]:
    """Return how many years permits hold, and from which day: that of the initial allocation, else the run's first."""
    found = setting.law_begun("initial-allocation", today)
    if found is None:
        return 5.0, setting.start
    return float(found.term_years), max(found.since or setting.start, setting.start)


class PermitDesk(Emitter):
    """One pollutant of a cohort.

    `home`: each member's instrument (-1 none); `open`: who may trade; `granted_t`: permits granted at the start.
    """

    def __init__(
        self, key: str, members: Sequence[Participant], setting: Setting, rate: Floats, groping: float = 0.0
    ) -> None:
        super().__init__(members, key)
        self.key = key
        self.setting = setting
        self.rate = rate
        self.granted_t: Floats = np.zeros(len(members))
        self.needed: Floats = np.zeros(len(members))
        self.experience = Experience(len(members), groping)
        self.held: Floats = np.zeros(len(members))
        homes = [permit_of(setting, key, m) if key in setting.rights else None for m in members]
        self._people = list(zip(homes, members, strict=True))
        self.home = np.array([i.index if i else -1 for i in homes], dtype=np.int64)
        self.charges = charges_of(setting.charges, self.home)
        pilot = np.array([is_pilot(setting.zones, m) for m in members], dtype=bool)
        self.open = pilot & np.array([i is not None and i.venue >= 0 for i in homes], dtype=bool)

    @property
    def instruments(self) -> list[int]:
        """Return the instruments at which some member is at home, in order."""
        return [int(i) for i in np.unique(self.home[self.home >= 0])]

    def own(self, table: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return each member's entry of a (n, instruments) table at its own instrument, 0 without one."""
        rows = np.arange(len(self.home))
        found: NDArray[np.int64] = np.where(self.home >= 0, table[rows, np.maximum(self.home, 0)], 0)
        return found

    def tax(self, today: date) -> None:
        """Take notice of the tax of a day."""
        self.tax_cny_t = np.array([tax_cny_t(self.setting, home, member, today) for home, member in self._people])

    def begin(self, view: CohortView) -> None:
        """Start with the abatement that the allocation needs, or that the tax pays for: in compliance if one can."""
        self.tax(view.board.today)
        self.granted_t = np.asarray(self.own(view.posted) * LOT_T, dtype=np.float64)
        lacking = np.maximum(self.unabated - self.granted_t, self.curve.abated(self.tax_cny_t))
        self.abated = np.where(self.home >= 0, np.clip(lacking, 0.0, self.curve.maximum_t), 0.0)

    def annuities(self, view: CohortView) -> Floats:
        """Return for each member the present value of 1 CNY a year until the term ends, at least 1."""
        return annuities(self.setting, view.board.today, self.rate)

    def forecast(self, view: CohortView, traits: firm.Traits) -> Floats:
        """Return each member's forecast of its own permit's price, cash a lot; 0 where it may not trade.

        Who could not trade what it planned expects to have to come nearer to the others.
        """
        safe = np.maximum(self.home, 0)
        left = worn(self.setting, view.board.today, self.rate)
        base = view.board.notices.get(f"permit.base.{self.key}", 0.0) * CASH_PER_LOT * left
        seen = firm.forecast(traits, view.board.close[safe], view.board.mean20[safe], base)
        return np.where(self.open, seen * np.exp(self.experience.lean), 0.0)

    def yearly_price(self, view: CohortView, traits: firm.Traits, cut_t: Floats) -> Floats:
        """Return the forecast of what a right for a tonne costs a year, CNY/t; 0 where it may not trade.

        Who lacks rights saves what they cost with the fee, who does not has what a sale leaves.
        """
        del cut_t
        bought, sold = bought_and_sold(self.charges, self.forecast(view, traits))
        price = np.where(self.unabated > self.own(view.posted) * LOT_T, bought, sold)
        return np.asarray(price / CASH_PER_LOT / self.annuities(view), dtype=np.float64)

    def useful_t(self, view: CohortView, for_sale: float) -> Floats:
        """Return the emission it is of use to be rid of, t/yr: all above the permits held that are not to be sold.

        The market is thin: no more than `for_sale` of what a firm holds is reckoned to find a buyer.
        """
        return np.maximum(self.unabated - self.own(view.posted) * LOT_T * (1.0 - for_sale), 0.0)

    def wish(
        self,
        view: CohortView,
        traits: firm.Traits,
        closing: Floats,
        activity: Floats,
        safety: tuple[float, float],
        proof_months: int,
    ) -> Wish:
        """Return the cohort's wish for its own permits in lots and cash; `shadow` of the stance stays in CNY/t."""
        has = self.home >= 0
        expected = self.forecast(view, traits)
        bought, sold = bought_and_sold(self.charges, expected)
        year = self._year(view, closing, activity, proof_months)
        price = expected / CASH_PER_LOT
        today, due = view.board.today, date(view.board.today.year, 12, 31)
        fine = law(self.setting, "permit-compliance", "fine_cny", today, 0.0, due=due)
        back = law(self.setting, "permit-compliance", "buy_back_ratio", today, 2.0, due=due)
        rest = 1.0 - year.progress
        short = np.maximum(year.emitted + (year.unabated * year.activity - year.abated) * rest - year.held, LOT_T)
        penalty = firm.penalty_route(price, 0.0, fine, short, back * price)
        margin = firm.safety_margin(year.unabated * year.activity, safety[1], safety[0], rest)
        this_year = (year.emitted + margin - year.held) / max(rest, 1e-9) + year.unabated * year.activity
        self.needed = np.maximum(np.maximum(year.unabated - year.held, this_year), 0.0)
        self.tax(today)
        net = replace(self.curve, c0=self.curve.c0 - self.tax_cny_t)  # each tonne that is cut saves its tax
        found = permit_stance(
            net, year, bought / CASH_PER_LOT, sold / CASH_PER_LOT, self.annuities(view), penalty, safety
        )
        free = self.own(view.free)
        self.held = year.held
        stance = Stance(
            np.where(has & self.open, np.floor(found.wanted / LOT_T), 0.0),
            np.where(has & self.open, np.minimum(np.floor(found.spare / LOT_T), free), 0.0),
            found.worth * CASH_PER_LOT,
            found.slope * CASH_PER_LOT * LOT_T,
            np.where(has, found.shadow + self.tax_cny_t, 0.0),
        )
        return Wish(stance, expected, bought, sold)

    def ramp(self, shadow: Floats, a_month: float, for_sale: float) -> None:
        """Move abatement towards where marginal cost meets the shadow price, at most `a_month` of the maximum.

        Beyond its own need, and what the tax pays for, a firm cuts no more ahead of a sale than `for_sale` of what it
        holds, as the market is thin, and less of that the longer nobody takes what it offers.
        """
        step = a_month * self.curve.maximum_t
        ahead = for_sale * self.held * self.experience.sold
        most = np.maximum(self.needed + ahead, self.curve.abated(self.tax_cny_t))
        self.abated += np.clip(np.minimum(self.curve.abated(shadow), most) - self.abated, -step, step)

    def _year(self, view: CohortView, closing: Floats, activity: Floats, proof_months: int) -> Year:
        has = self.home >= 0
        today = view.board.today
        progress = (today.month - 1) / 12.0
        held = np.where(has, self.own(view.posted) * LOT_T, self.unabated * activity)
        emitted = self.emitted(view, today.year)
        months = range(self.setting.start.month, today.month - proof_months)
        if today.year > self.setting.start.year:
            proven = self.emitted(view, today.year - 1)
        elif len(months) >= _PROOF_MONTHS_MIN:
            proven = self._months_reported(view, [today.year * 100 + m for m in months]) * 12.0 / len(months)
        else:
            proven = np.full(len(has), np.inf)
        # what the last month's output needs can only be cut in that month; who gets what it plans to buy need not hurry
        is_last = today.month == 12
        hurry = np.maximum(closing, progress * (1.0 - self.experience.filled))
        progress_closing = np.where(self.open & (not is_last), hurry, 1.0)
        return Year(self.unabated, emitted, activity, self.abated, held, proven, progress, progress_closing)

    def emitted(self, view: CohortView, year: int) -> Floats:
        """Return what the members have reported of a year, t."""
        total = np.zeros(len(self.home))
        for instrument in self.instruments:
            here = self.home == instrument
            total[here] = view.year_to_date(FactCode.EMISSION_T_MILLI, instrument, year)[here] * LOT_T
        return total

    def _months_reported(self, view: CohortView, months: list[int]) -> Floats:
        total = np.zeros(len(self.home))
        for instrument in self.instruments:
            here = self.home == instrument
            for month in months:
                reported = view.book.month(FactCode.EMISSION_T_MILLI, month, instrument)[view.accounts]
                total[here] += reported[here] * LOT_T
        return total
