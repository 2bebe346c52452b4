"""Lumpy investment: options that cost capital now and cut a pollutant later, for years, whatever the price becomes.

An option is built where what it saves, valued at today's forecast of the price, is worth a multiple of its cost:
waiting has a value of its own when there is no way back (Dixit and Pindyck, Investment under Uncertainty, 1994).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ecomarket.agents.works import months_after
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Command, Note, Transfer
from ecomarket.model.quantity import CnyPerTonne, Share, Years
from ecomarket.model.record import CASH
from ecomarket.model.seat import BuildChoice
from ecomarket.model.stated import NoteCode
from ecomarket.rights.emission_permit import annuity
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ecomarket.agents.abatement import Curve
    from ecomarket.agents.enterprise import Traits
    from ecomarket.agents.works import Works
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class InvestmentOption(BaseModel):
    """A plant that a firm of a sector may build to cut a pollutant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="Name | 名称")
    sector: str = Field(min_length=1, description="Sector or carbon benchmark that it fits | 适用行业或基准类别")
    pollutant: Literal["so2", "nox", "cod", "nh3n", "co2"] = Field(description="What it cuts | 污染物")
    cut_share: Share = Field(gt=0, lt=1, description="Cut, share of the emission without any measure | 减排比例")
    capex_cny_t: CnyPerTonne = Field(gt=0, description="Capital cost of each t a year, CNY/t | 单位年减排量投资，元/吨")
    om_cny_t: CnyPerTonne = Field(ge=0, description="Running cost of each t cut, CNY/t | 单位减排量运行费，元/吨")
    lead_months: int = Field(ge=0, description="Months until it cuts, months | 建设期，月")
    life: Years = Field(gt=0, le=100, description="Life from then on, years | 寿命，年")
    source: str = Field(default="assumption", description="Source | 来源")


class Terms(NamedTuple):
    """What a cohort asks of an investment.

    hurdle     value over cost                months     in which it decides
    capital_share   most capital as a share of free cash     for_sale   most it cuts for a sale, share of what it holds
    """

    hurdle: float
    capital_share: float
    months: tuple[int, ...]
    for_sale: float


class Desk(Protocol):
    """What an investment needs of the desk of its pollutant."""

    gross: Floats
    unabated: Floats
    tax_cny_t: Floats
    works: Works

    @property
    def curve(self) -> Curve:
        """Return the cost of cutting what works leave."""

    def yearly_price(self, view: CohortView, traits: Traits, cut_t: Floats) -> Floats:
        """Return what a right for a tonne is forecast to be worth in CNY/t a year if `cut_t` t/yr are cut."""

    def useful_t(self, view: CohortView, for_sale: float) -> Floats:
        """Return how much of the emission it is of use to be rid of, t/yr: own need, and what finds a buyer."""


def yearly_cost(curve: Curve, unabated_t: Floats, price_cny_t: Floats) -> Floats:
    """Return the least yearly cost of an unabated tonne, CNY/t, where a right for a tonne costs `price_cny_t` a year.

    A firm of U tonnes cuts a and holds rights for the rest: (C(a) + p (U - a)) / U, least where marginal cost meets p.

    >>> from ecomarket.agents.abatement import Polynomial
    >>> yearly_cost(Polynomial((0.0, 2.0), 50.0), np.array([100.0]), np.array([60.0])).tolist()
    [51.0]
    """
    abated = curve.abated(price_cny_t)
    saved = price_cny_t * abated - curve.cost(abated)
    return np.asarray(price_cny_t - saved / np.where(unabated_t > 0, unabated_t, np.inf), dtype=np.float64)


def present_value(yearly: Floats, rate: Floats, life: float, lead_months: int) -> Floats:
    """Return the present value of a yearly amount that begins after the lead time and runs for `life` years.

    >>> present_value(np.array([121.0]), np.array([0.1]), 1.0, 12).round(9).tolist()
    [100.0]
    """
    years = np.array([annuity(float(r), life) for r in rate], dtype=np.float64)
    return np.asarray(yearly * years * (1.0 + rate) ** (-lead_months / 12.0), dtype=np.float64)


def choose(value: Floats, cost: Floats, pollutants: Sequence[str], hurdle: float, capital: Floats) -> NDArray[np.bool_]:
    """Return what each firm builds, (n, options): best value for the money first, one option a pollutant.

    value, cost   (n, options), present value of the savings and cost, in one unit of money; no option where cost is 0
    capital       (n,), most that may be spent in all
    """
    ratio = np.where(cost > 0, value / np.where(cost > 0, cost, 1.0), -np.inf)
    kind = np.array([pollutants.index(p) for p in pollutants], dtype=np.int64)
    rows, built = np.arange(len(value)), np.zeros(value.shape, dtype=bool)
    taken, left = np.zeros(value.shape, dtype=bool), capital
    for at in np.argsort(-ratio, axis=1, kind="stable").T:
        good = (ratio[rows, at] >= hurdle) & ~taken[rows, kind[at]] & (cost[rows, at] <= left)
        built[rows, at] = good
        taken[rows, kind[at]] |= good
        left = left - np.where(good, cost[rows, at], 0.0)
    return built


class Investment:
    """A cohort's choice among the options, made at the first plan of each month of `terms.months`."""

    def __init__(
        self, options: Sequence[InvestmentOption], members: Sequence[Participant], rate: Floats, terms: Terms
    ) -> None:
        self.options = tuple(options)
        self.rate = rate
        self.terms = terms
        classes = [(m.sector, str(m.facts.get("benchmark", "") or "")) for m in members]
        fits = np.array([[o.sector in c for o in options] for c in classes], dtype=bool)
        self.fits = fits.reshape(len(members), len(self.options))
        self._decided = 0

    def decide(
        self,
        view: CohortView,
        traits: Traits,
        desks: Mapping[str, Desk],
        rights: Mapping[str, Integers],
        own: NDArray[np.bool_],
    ) -> tuple[list[Command], Integers]:
        """Build what pays; return the payments with their notes, and what each firm pays in cash, (n,).

        `rights` names for each pollutant the instrument that its emission needs (-1: none); `own` says who decides
        here: for the others a person does.
        """
        paid = np.zeros(len(view.accounts), dtype=np.int64)
        if not self.options or view.board.today.month not in self.terms.months or self._decided == view.period:
            return [], paid
        self._decided = view.period
        cuts, costs, values = self._offers(view, traits, desks)
        capital = np.floor(self.terms.capital_share * np.maximum(view.free[:, CASH], 0))
        pollutants = [o.pollutant for o in self.options]
        built = choose(values, costs.astype(np.float64), pollutants, self.terms.hurdle, capital) & own[:, None]
        commands: list[Command] = []
        for row, at in np.argwhere(built).tolist():
            paid[row] += int(costs[row, at])
            commands += self._order(row, at, (int(cuts[row, at]), int(costs[row, at])), view, desks, rights)
        return commands, paid

    def offers(self, view: CohortView, desks: Mapping[str, Desk], row: int) -> list[BuildChoice]:
        """Return the options that fit a firm, with what each would cut, cost and begin to cut today."""
        cuts, costs = self._sizes(view, desks)
        found = []
        for at in np.flatnonzero(self.fits[row]).tolist():
            option, cost = self.options[at], int(costs[row, at])
            ready = months_after(view.period, option.lead_months)
            may = 0 < cost <= int(view.free[row, CASH])
            found.append(BuildChoice(at, option.name, option.pollutant, int(cuts[row, at]), cost, ready, may))
        return found

    def order(
        self, row: int, at: int, view: CohortView, desks: Mapping[str, Desk], rights: Mapping[str, Integers]
    ) -> list[Command]:
        """Build one option for one firm because a person says so; [] if it does not fit or cannot be paid."""
        if not any(offer.may for offer in self.offers(view, desks, row) if offer.option == at):
            return []
        cuts, costs = self._sizes(view, desks)
        return self._order(row, at, (int(cuts[row, at]), int(costs[row, at])), view, desks, rights)

    def _order(
        self,
        row: int,
        at: int,
        size: tuple[int, int],
        view: CohortView,
        desks: Mapping[str, Desk],
        rights: Mapping[str, Integers],
    ) -> list[Command]:
        option, (cut, cost) = self.options[at], size
        payload = self._build(row, option, cut, cost, view.period, desks[option.pollutant].works)
        account, right = int(view.accounts[row]), int(rights[option.pollutant][row])
        year, code = view.board.today.year, TransferCode.INVESTMENT
        return [
            Transfer(account, AccountKind.WORLD, CASH, cost, code, year),
            Note(NoteCode.INVESTMENT, payload, account, right),
        ]

    def _sizes(self, view: CohortView, desks: Mapping[str, Desk]) -> tuple[Integers, Integers]:
        """Return cut (0.001 t/yr) and cost (cash) of each option for each firm, (n, options); 0 where it may not."""
        cuts, costs = np.zeros(self.fits.shape, dtype=np.int64), np.zeros(self.fits.shape, dtype=np.int64)
        for at, option in enumerate(self.options):
            desk = desks[option.pollutant]
            may = self.fits[:, at] & ~desk.works.standing(view.period)
            cuts[:, at] = np.where(may, np.floor(desk.gross * float(option.cut_share) * 1000.0), 0.0)
            costs[:, at] = np.ceil(cuts[:, at] / 1000.0 * float(option.capex_cny_t) * CASH_PER_YUAN)
        return cuts, costs

    def _offers(self, view: CohortView, traits: Traits, desks: Mapping[str, Desk]) -> tuple[Integers, Integers, Floats]:
        """Return cut (0.001 t/yr), cost and present value (cash) of each option for each firm, (n, options)."""
        cuts, costs = self._sizes(view, desks)
        values = np.zeros(self.fits.shape)
        for at, option in enumerate(self.options):
            desk, cut_t = desks[option.pollutant], cuts[:, at] / 1000.0
            price = desk.yearly_price(view, traits, cut_t)
            used_t = np.minimum(cut_t, desk.useful_t(view, self.terms.for_sale))
            tax = desk.tax_cny_t
            saving = used_t * yearly_cost(desk.curve, desk.unabated, price + tax) - cut_t * float(option.om_cny_t)
            # of what is cut beyond use there is only the tax; a tonne that costs nothing saves nothing
            saving += (cut_t - used_t) * np.maximum(yearly_cost(desk.curve, desk.unabated, tax), 0.0)
            values[:, at] = present_value(saving * CASH_PER_YUAN, self.rate, float(option.life), option.lead_months)
        return cuts, costs, values

    def _build(
        self, row: int, option: InvestmentOption, cut_milli: int, cost: int, period: int, works: Works
    ) -> dict[str, object]:
        """Build one option for one firm; return what is journaled of it."""
        ready = months_after(period, option.lead_months)
        ends = months_after(ready, round(option.life * 12))
        capital_cny = cost / CASH_PER_YUAN / annuity(float(self.rate[row]), float(option.life))
        cut_t = cut_milli / 1000.0
        works.build(row, cut_t, cut_t * float(option.om_cny_t), capital_cny, ready, ends)
        return {
            "what": "abatement",
            "option": option.name,
            "pollutant": option.pollutant,
            "cut_t_milli": cut_milli,
            "cost_cash": cost,
            "ready": ready,
            "ends": ends,
        }
