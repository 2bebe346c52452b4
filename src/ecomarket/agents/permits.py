"""What an enterprise makes of one pollutant's permits: how much it lacks or can spare, and what a right is worth to it.

A permit is a right of 1 t/yr for the rest of its term; abatement costs money every year. The two meet through the
annuity: price of the right / annuity(rate, years left) is what the right costs a year (MARKETS 8.4, unit trap).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.agents.enterprise import safety_margin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.agents.abatement import Engineering

    Floats = NDArray[np.float64]


class Year(NamedTuple):
    """A firm's year in one pollutant; arrays (n,), tonnes or t/yr.

    unabated     t/yr at normal activity            emitted    since 1 January
    activity     expected for the rest of the year  abated     in place, t/yr
    held         rights in t/yr                     proven     yearly emission that its reports prove (inf: none)
    progress     part of the year that is over      closing    0 far from the deadline, 1 at it
    """

    unabated: Floats
    emitted: Floats
    activity: Floats
    abated: Floats
    held: Floats
    proven: Floats
    progress: float
    closing: Floats


class Stance(NamedTuple):
    """What a firm wants of one right; arrays (n,).

    wanted, spare   units it lacks, units it may sell        worth   CNY a unit for the first unit more or less
    slope           CNY a unit for each unit bought (<= 0)   shadow  CNY/t at which it abates this month
    """

    wanted: Floats
    spare: Floats
    worth: Floats
    slope: Floats
    shadow: Floats


def own_way(curve: Engineering, needed_t: Floats, penalty_cny_t: Floats) -> Floats:
    """Return the marginal cost in CNY/t of doing without the last tonne: abate it, past the maximum be fined for it.

    A tonne whose cut pays by itself costs nothing.
    """
    able = np.maximum(curve.marginal(np.clip(needed_t, 0.0, curve.maximum_t)), 0.0)
    return np.where(needed_t > curve.maximum_t, np.maximum(able, penalty_cny_t), np.where(needed_t > 0, able, 0.0))


def permit_stance(
    curve: Engineering,
    year: Year,
    bought_cny: Floats,
    sold_cny: Floats,
    annuity: Floats,
    penalty_cny_t: Floats,
    safety: tuple[float, float],
) -> Stance:
    """Value the permits of one pollutant.

    curve          what cutting costs the firm in all: less what is saved beside the permit, such as a tax
    bought_cny     forecast cost, fee and all, of a right of 1 t/yr for the rest of its term
    sold_cny       forecast of what is left of the price of one that is sold; no more than `bought_cny`
    annuity        present value of 1 CNY a year for the rest of the term, at the firm's rate, at least 1
    penalty_cny_t  what a tonne of shortfall costs this year
    safety         (z, deviation of yearly emission as a share)

    Worth to the firm: what the right saves a year in steady state, for all years left, plus what it saves this year
    beyond that because little time is left to abate. A seller asks at least what keeping the cut costs it. Who would
    cut its own last tonne for more than a sale leaves and less than a purchase costs does that, and no trade.
    """
    left = max(1.0 - year.progress, 1e-9)
    rest = year.unabated * year.activity * left
    margin = safety_margin(year.unabated * year.activity, safety[1], safety[0], left)
    expected = year.emitted + rest - year.abated * year.activity * left
    steady_need = year.unabated - year.held
    need_now = (year.emitted + rest + margin - year.held) / left
    steady = own_way(curve, steady_need, penalty_cny_t)
    now = own_way(curve, need_now, penalty_cny_t)
    worth_short = annuity * steady + np.maximum(now - steady, 0.0)
    lacking = np.maximum(np.maximum(steady_need, need_now), 0.0)
    cheap = np.minimum(curve.abated(bought_cny / annuity), lacking)
    wanted = np.maximum(lacking - cheap, 0.0)
    surplus = np.minimum(year.held - year.proven, year.held - expected) - margin
    spare = np.where(wanted > 0, 0.0, np.maximum(surplus, 0.0))
    keep = annuity * np.where(year.abated > 0, np.maximum(curve.marginal(year.abated), 0.0), 0.0)
    worth = np.where(wanted > 0, worth_short, keep)
    clipped = np.clip(lacking, 0.0, curve.maximum_t)
    slope = np.where(wanted > 0, -annuity * curve.slope(clipped), 0.0)
    yearly_price = np.clip(steady, sold_cny / annuity, bought_cny / annuity)
    pull = yearly_price + (now - yearly_price) * year.closing
    shadow = np.where(now > yearly_price, pull, yearly_price)
    return Stance(wanted, spare, worth, slope, shadow)
