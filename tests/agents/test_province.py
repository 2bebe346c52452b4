"""Provinces and holders: banking under a ceiling (P13), earmarks (P17), the greedy choice is the best there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.agents.province import (
    Offer,
    choose,
    continuation_price,
    earmark_binds,
    frame_bid,
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


def test_obligations_come_first_the_cheapest_of_them_before_the_dearest():
    assert choose([Offer(10, 0, 100, obliged=5), Offer(1, 50, 100)], 40) == [4.0, 0.0]
    assert choose([Offer(10, 0, 100, obliged=5), Offer(1, 0, 100, obliged=20)], 40) == [2.0, 20.0]


offers = st.builds(Offer, st.floats(1, 50), st.floats(0, 80), st.floats(0, 20))


@given(st.lists(offers, min_size=1, max_size=3), st.floats(0, 500))
@settings(max_examples=60)
def test_the_choice_is_worth_as_much_as_any_other_within_the_budget(given_offers, budget):
    bought = choose(given_offers, budget)
    gain = sum(q * (o.worth - o.price) for q, o in zip(bought, given_offers, strict=True))
    assert sum(q * o.price for q, o in zip(bought, given_offers, strict=True)) <= budget + 1e-6
    assert all(0 <= q <= o.available + 1e-9 for q, o in zip(bought, given_offers, strict=True))
    worth = sum(q * o.worth for q, o in zip(bought, given_offers, strict=True))
    # Only what is worth its price is bought; among such offers no other bundle within the budget is worth more.
    good = [o if o.worth >= o.price else Offer(o.price, o.worth, 0.0) for o in given_offers]
    for shares in np.ndindex(*(3,) * len(good)):
        bundle = [o.available * s / 2 for o, s in zip(good, shares, strict=True)]
        cost = sum(q * o.price for q, o in zip(bundle, good, strict=True))
        scale = 1.0 if cost <= budget else budget / cost
        assert sum(q * o.worth for q, o in zip(bundle, good, strict=True)) * scale <= worth + 1e-6
    assert gain >= -1e-6


def test_the_budget_is_spent_by_december():
    assert [spent_by(m, 1.4) for m in (0, 12)] == [0.0, 1.0]
    assert spent_by(6, 1.4) < 0.5
