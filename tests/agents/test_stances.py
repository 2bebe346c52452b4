"""What a firm makes of its permits and allowances, as arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents.abatement import Engineering
from ecomarket.agents.carbon import CarbonLaw, Due, carbon_stance
from ecomarket.agents.permits import Year, permit_stance

CURVE = Engineering(np.array([1000.0]), np.array([4000.0]), np.array([10000.0]), np.array([60.0]))
ONE = np.ones(1)
LAW = CarbonLaw(0.05, 5.0, 0.0, 10_000.0, 1.5)
AMOUNTS = st.floats(0.0, 1e6)


def year(held=80.0, progress=0.0, emitted=0.0, abated=0.0, proven=np.inf, closing=0.0):
    return Year(ONE * 100.0, ONE * emitted, ONE, ONE * abated, ONE * held, ONE * proven, progress, ONE * closing)


def stance(now, price=8_000.0, penalty=1e6, fee=0.0):
    bought, sold = ONE * price * (1.0 + fee), ONE * price * (1.0 - fee)
    return permit_stance(CURVE, now, bought, sold, ONE * 4.0, ONE * penalty, (0.0, 0.0))


def test_a_right_is_worth_what_it_saves_in_every_year_that_is_left():
    assert stance(year()).worth[0] == pytest.approx(4.0 * CURVE.marginal(20.0)[0])


def test_with_little_time_left_it_is_worth_more_this_year():
    late = year(progress=0.75, emitted=75.0)
    need_now = (75.0 + 25.0 - 80.0) / 0.25
    assert need_now > 60.0
    assert stance(late, penalty=50_000.0).worth[0] == pytest.approx(
        4.0 * CURVE.marginal(20.0)[0] + 50_000.0 - CURVE.marginal(20.0)[0]
    )
    middle = year(progress=0.5, emitted=50.0)
    extra = CURVE.marginal(40.0)[0] - CURVE.marginal(20.0)[0]
    assert stance(middle).worth[0] == pytest.approx(4.0 * CURVE.marginal(20.0)[0] + extra)


def test_it_buys_only_what_is_dearer_to_cut():
    found = stance(year())
    assert found.wanted[0] == pytest.approx(20.0 - CURVE.abated(2_000.0)[0])


def test_the_cut_follows_the_price_and_is_pulled_to_its_own_cost_at_the_deadline():
    assert stance(year(held=40.0)).shadow[0] == 2_000.0
    assert stance(year(held=40.0, closing=1.0)).shadow[0] == pytest.approx(CURVE.marginal(60.0)[0])
    assert stance(year(held=100.0, closing=1.0)).shadow[0] == 2_000.0


def test_a_buyer_cuts_to_what_a_right_costs_with_the_fee_and_a_seller_to_what_a_sale_leaves():
    short, long = year(held=40.0), year(held=100.0, abated=10.0, proven=90.0)
    assert stance(short, fee=0.25).shadow[0] == 2_500.0
    assert stance(short, fee=0.25).wanted[0] == pytest.approx(60.0 - CURVE.abated(2_500.0)[0])
    assert stance(long, fee=0.25).shadow[0] == 1_500.0


def test_whose_own_last_tonne_costs_more_than_a_sale_leaves_and_less_than_a_purchase_cuts_just_that():
    own = year(held=100.0 - CURVE.abated(2_000.0)[0])
    found = stance(own, fee=0.25)
    assert found.shadow[0] == pytest.approx(2_000.0)
    assert found.wanted[0] == 0.0


def test_a_seller_asks_what_keeping_the_cut_costs():
    found = stance(year(held=100.0, abated=10.0, proven=90.0))
    assert found.spare[0] == pytest.approx(10.0)
    assert found.worth[0] == pytest.approx(4.0 * CURVE.marginal(10.0)[0])


def due(owed, held, awaited, offsets=0.0):
    return Due(ONE * owed, ONE * held, ONE * awaited, ONE * offsets, ONE)


@given(AMOUNTS, AMOUNTS, st.floats(-1e5, 1e6), AMOUNTS, st.floats(0.0, 0.2))
def test_what_is_left_after_a_sale_covers_the_surrender_whatever_is_still_awaited(owed, held, awaited, offsets, sd):
    found = carbon_stance(due(owed, held, awaited, offsets), LAW, ONE * 80.0, ONE * 0.08, (1.0, sd))
    kept = held - found.spare[0] + min(offsets, np.floor(owed * 0.05 + 1e-9))
    assert found.spare[0] == 0 or kept >= owed - 1e-6
    assert found.spare[0] == 0 or found.wanted[0] == 0


def test_what_is_awaited_is_not_bought_and_what_must_be_given_back_is():
    assert carbon_stance(due(100.0, 70.0, 20.0), LAW, ONE, ONE, (0.0, 0.0)).wanted[0] == 10.0
    assert carbon_stance(due(100.0, 100.0, -15.0), LAW, ONE, ONE, (0.0, 0.0)).wanted[0] == 15.0


def test_only_what_may_be_carried_over_is_worth_keeping():
    free = CarbonLaw(0.05, 5.0, 0.0, 1e9, 1.5)
    kept = [
        carbon_stance(due(0.0, 50_000.0, 0.0), law, ONE * 100.0, ONE * 0.25, (0.0, 0.0)).worth[0] for law in (free, LAW)
    ]
    assert kept[0] == pytest.approx(80.0)
    assert kept[1] == pytest.approx(80.0 * (10_000 + 1.5 * 50_000) / (50_000 * 2.5))


def test_whoever_is_short_bids_no_more_than_the_penalty_in_force_costs():
    """Five times 80 and a unit of next year (80/1.25); 30 CNY a tonne in place of it; and nothing made good."""
    laws = (LAW, LAW._replace(penalty_times=0.0, penalty_cny_t=30.0))
    laws = (*laws, *(law._replace(make_good=0.0) for law in laws))
    worths = [carbon_stance(due(9.0, 0.0, 0.0), law, ONE * 80.0, ONE * 0.25, (0.0, 0.0)).worth[0] for law in laws]
    assert worths == pytest.approx([464.0, 94.0, 400.0, 30.0])
