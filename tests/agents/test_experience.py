"""Who could not trade what it planned leans towards the others; who could need not hurry to cut."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agents.test_compliance import CEMENT, SO2, planned

from ecomarket.agents.experience import Experience
from ecomarket.chance import Draws

PLANS = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=30)
MARCH, APRIL = date(2024, 3, 4), date(2024, 4, 1)


@given(PLANS, st.floats(0.0, 1.0))
def test_a_lean_is_bounded_and_a_share_is_a_share(plans, groping):
    market = Experience(2, groping)
    for wanted, got in plans:
        market.learn(np.array([1]), np.array([wanted]), np.array([got]))
        assert 0.0 <= market.filled[1] <= 1.0
        assert 0.0 <= market.sold[1] <= 1.0
        assert abs(market.lean[1]) <= 5.0 * groping + 1e-12
    assert market.filled[0] == market.lean[0] == 0.0


@given(st.floats(1.0, 1e6), st.sampled_from([1.0, -1.0]))
def test_all_that_was_planned_moves_nothing_and_nothing_moves_by_the_groping(lots, side):
    market = Experience(1, 0.02)
    row, wanted = np.array([0]), np.array([side * lots])
    market.learn(row, wanted, wanted)
    assert (market.filled[0], market.lean[0]) == (0.5, 0.0)
    market.learn(row, wanted, np.zeros(1))
    assert (market.filled[0], market.lean[0]) == (0.25, pytest.approx(side * 0.02))
    market.learn(row, np.zeros(1), np.zeros(1))
    assert (market.filled[0], market.lean[0]) == (0.25, pytest.approx(side * 0.016))


def test_trust_in_sales_goes_with_plans_in_vain_and_comes_back_with_a_sale_or_by_and_by():
    market, row = Experience(1, 0.02), np.array([0])
    told = []
    for wanted, got in ((-10, 0), (-10, 0), (10, 0), (-10, -1)):
        market.learn(row, np.array([float(wanted)]), np.array([float(got)]))
        told.append(float(market.sold[0]))
    assert told == pytest.approx([0.7, 0.49, 0.49 + 0.02 * 0.51, 1.0])


def after_a_month(world, bought):
    """The plan of a firm that lacks 40 t, and four weeks later, when a part of what it planned has come."""
    town = world([CEMENT])
    town.give(0, SO2, 60_000)
    town.price(SO2, 4_000)
    made, _ = planned(town, when=MARCH)
    me = town.intent(made, 0, SO2)
    looks, wanted, first = me["a"], int(me["target"] - me["d"]), int(me["c"])
    me["a"] = looks / 2.0
    town.give(0, SO2, 60_000 + int(wanted / 2 * bought))
    made.plan(town.view(APRIL), Draws(1))
    return made, int(town.intent(made, 0, SO2)["c"]) / first


def test_who_got_nothing_expects_to_pay_more_and_who_got_all_does_not(world):
    leans = [after_a_month(world, part)[1] for part in (0.0, 0.5, 1.0)]
    assert leans == pytest.approx([np.exp(0.02), np.exp(0.01), 1.0], rel=1e-4)


def test_who_gets_what_it_plans_to_buy_cuts_less_on_its_own(world):
    """In October three quarters of the year have gone: a firm without any luck is drawn so far to its own cost."""
    shadows = []
    for filled in (0.0, 0.5, 1.0):
        town = world([CEMENT])
        town.give(0, SO2, 60_000)
        town.price(SO2, 4_000)
        for month in range(1, 10):
            town.report(0, SO2, 202400 + month, 6_000)
        made, _ = planned(town, when=date(2024, 10, 7), patience_days=1)
        desk = made.desks["so2"]
        desk.experience.filled[:] = filled
        wish = desk.wish(town.view(), made.traits, np.zeros(1), np.ones(1), (0.0, 0.0), 2)
        shadows.append(float(wish.stance.shadow[0]))
    own, middle, price = shadows
    assert own > middle > price
    assert middle == pytest.approx((own + price) / 2.0)


def with_permits_to_spare(town, price):
    """The plan of a firm that has shown for a year that it needs 60 of its 100 t."""
    town.give(0, SO2, 100_000)
    town.price(SO2, price)
    for month in range(1, 13):
        town.report(0, SO2, 202400 + month, 5_000)
    made, _ = planned(town, when=date(2025, 1, 6), safety=0)
    made.desks["so2"].abated = np.array([50.0])
    made.plan(town.view(), Draws(1))
    return made


def test_permits_to_spare_are_offered_within_a_few_looks(world):
    town = world([CEMENT])
    made = with_permits_to_spare(town, 4_000)
    me = town.intent(made, 0, SO2)
    assert me["target"] < me["d"]
    assert me["a"] == 5.0
