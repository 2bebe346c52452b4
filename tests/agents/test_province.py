"""Provinces and holders: banking under a ceiling (P13), earmarks (P17), the choice solves its linear problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ecomarket.agents.province import (
    NO_DUTY,
    Duty,
    Offer,
    choose,
    continuation_price,
    earmark_binds,
    fading,
    frame_bid,
    meet,
    spent_by,
)


def common_price(commitment):
    """2(p - 10) + 4(p - 10) = 120 - 2p + K."""
    return (180.0 + commitment) / 8.0


@pytest.mark.parametrize(("commitment", "binds"), [(30.0, False), (33.33, False), (50.0, True)])
def test_case_p17_a_small_earmark_is_price_neutral(commitment, binds):
    price = common_price(commitment)
    assert earmark_binds(commitment, 2.0 * (price - 10.0)) is binds


def test_case_p17_a_binding_earmark_parts_the_prices():
    partner = 10.0 + 50.0 / 2.0
    other = (120.0 + 40.0) / 6.0
    assert (partner, other) == pytest.approx((35.0, 26.6667), abs=1e-4)
    assert other < common_price(50.0) < partner
    assert partner * 50.0 == 1750.0


def test_a_helper_pays_a_premium_inside_floor_and_cap():
    assert frame_bid(80.0, 0.1, 60.0, 100.0) == pytest.approx(88.0)
    assert frame_bid(80.0, 0.5, 60.0, 100.0) == 100.0
    assert frame_bid(40.0, 0.0, 60.0, 100.0) == 60.0


def test_holding_a_certificate_is_worth_less_each_month_and_nothing_at_the_end():
    values = continuation_price(8.0, np.arange(25), 24, 0.006)
    assert (np.diff(values) <= 0).all()
    assert values[23] == values[24] == 0.0


def test_duties_come_first_the_one_that_saves_most_charges_for_the_money_before_the_other():
    dear, cheap = Duty(5.0, 20.0), Duty(20.0, 1.5)
    assert choose([Offer(10, 0, 100, 0), Offer(1, 50, 100)], [dear], 40) == [4.0, 0.0]
    # 20 / 10 saved for a yuan against 1.5 / 1: the dearer tonne first, though the other costs a tenth.
    assert choose([Offer(10, 0, 100, 0), Offer(1, 0, 100, 1)], [dear, cheap], 60) == [5.0, 10.0]


def test_a_duty_is_met_with_the_cheapest_then_what_is_left_goes_where_worth_is_most_for_the_money():
    offers = [Offer(8, 9, 100, 0), Offer(5, 6, 4, 0), Offer(10, 13, 3)]
    # due 6: four at 5, two at 8, 36 spent; 13/10 > 9/8: three at 10, and eight more at 8 for the last 64.
    assert choose(offers, [Duty(6.0, 1.0)], 130) == [10.0, 4.0, 3.0]


def test_of_two_as_cheap_the_less_worthy_serves_the_duty():
    assert choose([Offer(5, 9, 10, 0), Offer(5, 1, 10, 0)], [Duty(10.0, 1.0)], 1000) == [10.0, 10.0]


def test_worth_fades_and_what_would_cost_more_than_it_is_worth_stays():
    # Full worth for 20 CNY of it (two units), half for 20 more: 10 against a price of 8, then 5 against 8.
    assert choose([Offer(8, 10, 100, 0)], [Duty(1.0, 1.0, ((20.0, 1.0), (20.0, 0.5)))], 1000) == [3.0]
    # The one that is cheaper for its worth takes the first step and spills into the second: 9 x 0.5 > 4.
    offers = [Offer(8, 10, 100, 0), Offer(4, 9, 3, 0)]
    assert choose(offers, [Duty(0.0, 1.0, ((18.0, 1.0), (20.0, 0.5)))], 1000) == [0.0, 3.0]


def test_no_charge_no_purchase_and_no_money_no_purchase():
    assert choose([Offer(8, 0, 100, 0)], [Duty(5.0, 0.0)], 1000) == [0.0]
    assert choose([Offer(8, 9, 100, 0), Offer(1, 2, 5)], [Duty(5.0, 50.0)], 0) == [0.0, 0.0]


def test_the_steps_of_fading_worth_are_as_wide_as_the_whole_and_halve_it():
    steps = fading(200.0, 0.0)
    assert sum(size for size, _ in steps) == pytest.approx(200.0)
    assert sum(size * part for size, part in steps) == pytest.approx(100.0)
    assert sum(size for size, _ in fading(200.0, 33.0)) == pytest.approx(167.0)
    assert fading(0.0, 5.0) == ()


def whole(low, high, scale=1.0):
    """Numbers on a grid, so that ties are common; the scale keeps them apart from whole money."""
    return st.integers(low, high).map(lambda n: n * scale)


duties = st.builds(
    lambda due, charge, steps: Duty(due, charge, tuple(sorted(steps, key=lambda step: -step[1]))),
    whole(0, 30),
    whole(1, 60),
    st.one_of(st.just([(np.inf, 1.0)]), st.lists(st.tuples(whole(1, 200, 0.7), st.floats(0.01, 1.0)), max_size=4)),
)
offers = st.builds(Offer, whole(1, 40, 1.3), whole(0, 60), whole(0, 25), st.integers(NO_DUTY, 1))


def solve(gain, bounds, **constraints):
    """The greatest sum of gain x amount, by HiGHS."""
    found = linprog(-np.array(gain), bounds=bounds, **constraints)
    assert found.status == 0, found.message
    return -found.fun


def charges_saved(offers, duties, budget):
    """Stage (a) as linear problems: the most charges saved, and the least money for it."""
    price = np.array([o.price for o in offers])
    saved = np.array([0.0 if o.duty == NO_DUTY else duties[o.duty].charge for o in offers])
    of_duty = [[float(o.duty == k) for o in offers] for k in range(len(duties))]
    rows, most = [price, *of_duty], [budget, *(d.due for d in duties)]
    bounds = [(0.0, o.available if o.duty != NO_DUTY else 0.0) for o in offers]
    best = solve(saved, bounds, A_ub=rows, b_ub=most)
    least = -solve(-price, bounds, A_ub=rows, b_ub=most, A_eq=[saved], b_eq=[best]) if best else 0.0
    return best, least


def surplus(offers, duties, budget):
    """Stage (b) as one linear problem: units bought of each offer, then worth taken from each step of each duty."""
    steps = [(k, size, part) for k, duty in enumerate(duties) for size, part in duty.fades]
    price = [o.price for o in offers]
    gain = [-p + (o.worth if o.duty == NO_DUTY else 0.0) for p, o in zip(price, offers, strict=True)]
    bounds = [(0.0, o.available) for o in offers] + [(0.0, None if np.isinf(size) else size) for _, size, _ in steps]
    # What a duty's offers are worth is taken from its steps, never more; what is not taken is bought for nothing.
    balance = [
        [-o.worth * (o.duty == k) for o in offers] + [float(k == of) for of, _, _ in steps] for k in range(len(duties))
    ]
    rows = [price + [0.0] * len(steps), *balance]
    return solve(gain + [part for _, _, part in steps], bounds, A_ub=rows, b_ub=[budget] + [0.0] * len(duties))


def value(offers, duties, extra):
    """What units beyond the duties are worth less their price; worth is taken from the best steps first."""
    total = -sum(q * o.price for q, o in zip(extra, offers, strict=True))
    total += sum(q * o.worth for q, o in zip(extra, offers, strict=True) if o.duty == NO_DUTY)
    for k, duty in enumerate(duties):
        left = sum(q * o.worth for q, o in zip(extra, offers, strict=True) if o.duty == k)
        for size, part in duty.fades:
            total += min(size, left) * part
            left -= min(size, left)
    return total


@given(st.lists(offers, min_size=1, max_size=7), st.tuples(duties, duties), whole(0, 900, 1.1))
@settings(max_examples=300, deadline=None)
def test_the_choice_is_the_solution_of_the_two_linear_problems(given_offers, given_duties, budget):
    """The judge is HiGHS (scipy.optimize.linprog): the same charges saved, money and surplus to nine digits."""
    met, bought = meet(given_offers, given_duties, budget), choose(given_offers, given_duties, budget)
    spent = sum(q * o.price for q, o in zip(met, given_offers, strict=True))
    saved = sum(q * given_duties[o.duty].charge for q, o in zip(met, given_offers, strict=True) if o.duty != NO_DUTY)
    best, least = charges_saved(given_offers, given_duties, budget)
    assert saved == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert spent == pytest.approx(least, rel=1e-9, abs=1e-9)

    extra = [q - m for q, m in zip(bought, met, strict=True)]
    rest = [replace(o, available=o.available - m) for o, m in zip(given_offers, met, strict=True)]
    left = max(budget - spent, 0.0)
    assert value(given_offers, given_duties, extra) == pytest.approx(
        surplus(rest, given_duties, left), rel=1e-9, abs=1e-9
    )
    assert all(-1e-9 <= q <= o.available + 1e-9 for q, o in zip(bought, given_offers, strict=True))
    assert sum(q * o.price for q, o in zip(bought, given_offers, strict=True)) <= budget * (1.0 + 1e-12) + 1e-9
    assert all(q >= -1e-12 for q in extra)


def test_the_budget_is_spent_by_december():
    assert [spent_by(m, 1.4) for m in (0, 12)] == [0.0, 1.0]
    assert spent_by(6, 1.4) < 0.5
