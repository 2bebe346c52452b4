"""What a right is worth, how cash is spread, how much and when: each with a known answer."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.agents import enterprise as firm
from ecomarket.chance import Draws, key

KEYS = np.array([key(f"E{n}") for n in range(400)])


def traits(n=1, patience=30.0, attention=0.02, forecaster=firm.NAIVE, belief=1.0):
    return firm.Traits(
        np.full(n, forecaster), np.full(n, belief), np.full(n, patience), np.full(n, attention), np.ones(n)
    )


def drawn(draws, keys=KEYS, sizes=None):
    sizes = np.arange(len(keys)) * 1e6 if sizes is None else sizes
    return firm.draw_traits(keys, sizes, (0.4, 0.35, 0.25), 0.15, np.full(len(keys), 30.0), (0.02, 0.12), draws)


def test_forecasters_look_at_what_their_type_looks_at():
    kinds = firm.Traits(
        np.array([firm.NAIVE, firm.ADAPTIVE, firm.FUNDAMENTAL]),
        np.array([1.0, 1.0, 1.1]),
        np.ones(3),
        np.ones(3),
        np.ones(3),
    )
    assert firm.forecast(kinds, 50.0, 60.0, 100.0) == pytest.approx([50.0, 60.0, 110.0])


def test_without_any_price_all_fall_back_on_the_fundamental():
    kinds = firm.Traits(np.array([firm.NAIVE, firm.ADAPTIVE]), np.ones(2), np.ones(2), np.ones(2), np.ones(2))
    assert firm.forecast(kinds, 0.0, 0.0, 70.0).tolist() == [70.0, 70.0]


def test_traits_are_drawn_once_and_a_new_firm_changes_nobody(draws):
    some, more = drawn(draws, KEYS[:10], np.ones(10)), drawn(draws, KEYS[:11], np.ones(11))
    assert (some.forecaster == more.forecaster[:10]).all()
    assert (some.belief == more.belief[:10]).all()
    assert drawn(Draws(1)).belief[0] == drawn(Draws(1)).belief[0] != drawn(Draws(2)).belief[0]


def test_shares_of_forecasters_are_met_and_large_firms_look_more(draws):
    found = drawn(draws)
    counts = np.bincount(found.forecaster, minlength=3) / len(KEYS)
    assert counts == pytest.approx([0.4, 0.35, 0.25], abs=0.08)
    assert found.attention[0] == 0.02
    assert found.attention[-1] == pytest.approx(0.12)
    assert (np.diff(found.attention) >= 0).all()
    assert found.belief.mean() == pytest.approx(1.0, abs=0.03)


def test_2021_it_pays_to_be_fined_and_2024_never():
    gap = np.array([400.0, 501.0, 100_000.0])
    price = 60.0
    old = firm.penalty_route(price, 0.0, 30_000.0, gap, 0.0)
    assert (old < price).tolist() == [False, True, True]
    assert (firm.worth_to_short(price, old) == np.minimum(old, price)).all()
    new = firm.penalty_route(price, 5.0, 0.0, gap, 55.0)
    assert (firm.worth_to_short(price, new) == price).all()


@given(st.floats(0.01, 1e4), st.floats(5.0, 10.0), st.floats(0.0, 1e6), st.floats(0.0, 1e4))
def test_under_the_2024_rule_no_gap_is_worth_a_fine(price, times, gap, next_price):
    assert firm.penalty_route(price, times, 0.0, gap, next_price) > price


def test_a_long_firm_sells_or_banks_whichever_is_dearer():
    assert firm.worth_to_long(40.0, firm.banked_worth(55.0, 0.1, 1.0, 1.0)) == pytest.approx(50.0)
    assert firm.worth_to_long(40.0, firm.banked_worth(55.0, 0.1, 1.0, 0.5)) == 40.0
    assert firm.worth_to_long(-5.0, 0.0) == 0.0


def test_banking_smooths_as_in_p04():
    path = 17.23766 * 1.1 ** np.arange(4)
    for now, later in pairwise(path):
        assert firm.banked_worth(later, 0.1, 1.0, 1.0) == pytest.approx(now)
    assert 2 * path.sum() == pytest.approx(160.0, abs=1e-3)


AMOUNTS = st.lists(st.floats(0.0, 1e6), min_size=3, max_size=3)


@given(AMOUNTS, st.lists(st.floats(0.01, 1e4), min_size=3, max_size=3), AMOUNTS, st.floats(0.0, 1e9))
def test_cash_is_never_overspent_nothing_unwanted_is_bought_and_the_best_ratio_comes_first(
    worth, price, wanted, budget
):
    w, p, q = (np.array([x]) for x in (worth, price, wanted))
    units, extra = firm.spread_cash(w, p, q, np.array([budget]))
    assert (units * p).sum() <= budget * (1 + 1e-9) + 1e-6
    assert (units <= q * (1 + 1e-9)).all()
    assert (units[w < p] == 0).all()
    assert extra[0] >= 0
    ratio = np.where(q > 0, w / p, 0.0)[0]
    full = units[0] >= q[0] * (1 - 1e-9)
    for a in range(3):
        for b in range(3):
            if ratio[a] > ratio[b] * (1 + 1e-6) and units[0, b] > 1e-9 and ratio[a] >= 1:
                assert full[a]


def test_no_cash_no_purchase_and_enough_cash_no_multiplier():
    worth, price, wanted = (np.array([[9.0, 4.0]]), np.array([[3.0, 2.0]]), np.array([[10.0, 10.0]]))
    assert firm.spread_cash(worth, price, wanted, np.array([0.0]))[0].tolist() == [[0.0, 0.0]]
    units, extra = firm.spread_cash(worth, price, wanted, np.array([50.0]))
    assert units.tolist() == [[10.0, 10.0]]
    assert extra.tolist() == [0.0]


@given(st.floats(0.001, 1000.0))
def test_money_times_k_buys_the_same(k):
    worth, price, wanted, budget = (
        np.array([[9.0, 4.0]]),
        np.array([[3.0, 2.0]]),
        np.array([[10.0, 10.0]]),
        np.array([37.0]),
    )
    same, extra = firm.spread_cash(worth, price, wanted, budget)
    scaled, extra_k = firm.spread_cash(worth * k, price * k, wanted, budget * k)
    assert scaled == pytest.approx(same)
    assert extra_k == pytest.approx(extra)


def test_certainty_needs_no_margin_and_it_shrinks_through_the_year():
    assert firm.safety_margin(1000.0, 0.1, 2.0, 0.0) == 0.0
    assert firm.safety_margin(1000.0, 0.0, 2.0, 1.0) == 0.0
    months = firm.safety_margin(1000.0, 0.1, 2.0, 1 - np.arange(13) / 12)
    assert months[0] == 200.0
    assert (np.diff(months) < 0).all()


def test_expected_looks_are_the_sum_of_daily_chances():
    one = traits(patience=17.0, attention=0.07)
    chances = [float(firm.attention(one, d)[0]) for d in range(61)]
    assert firm.visits_left(one, 60.0)[0] == pytest.approx(sum(chances))
    assert chances[0] == 1.0


def share_of_december(patience, attention):
    one = traits(patience=patience, attention=attention)
    looks = [float(firm.attention(one, d)[0]) for d in range(243)]
    return sum(looks[:22]) / sum(looks)


def test_attention_alone_makes_the_deadline_spike_and_attentive_firms_flatten_it():
    assert share_of_december(30.0, 0.02) > 0.35
    assert share_of_december(30.0, 0.12) < share_of_december(30.0, 0.02)
    assert share_of_december(90.0, 0.02) < share_of_december(30.0, 0.02)
    assert share_of_december(30.0, 1.0) == pytest.approx(22 / 243)


def test_the_last_tenth_of_days_carries_a_quarter_of_looks_as_in_p28():
    one = traits(patience=30.0, attention=0.02)
    looks = [float(firm.attention(one, d)[0]) for d in range(114)]
    assert sum(looks[:13]) / sum(looks) >= 0.25
    assert sum(looks[:46]) / sum(looks) >= 0.65


@given(st.floats(1.0, 1e6), st.floats(-100.0, 0.0), st.integers(1, 5000), st.integers(1, 10))
def test_a_schedule_offers_every_lot_once_and_none_above_its_reservation(reservation, slope, lots, levels):
    steps = firm.schedule(reservation, slope, lots, 1, levels)
    assert len(steps) <= levels
    assert sum(n for _, n in steps) <= lots
    done = 0
    for price, n in steps:
        assert 0 < price <= reservation + slope * (done + n - 1)
        done += n
    assert [p for p, _ in steps] == sorted((p for p, _ in steps), reverse=True)


@given(st.floats(1.0, 1e6), st.floats(-50.0, 0.0), st.floats(0.0, 1e6), st.floats(0.0, 1e6), st.integers(-2000, 2000))
def test_reservations_stay_on_the_safe_side_of_worth_and_limits(worth, slope, least, most, change):
    found, falling = firm.reservations(*(np.array([float(x)]) for x in (change, worth, slope, least, most)))
    if change > 0:
        for bought in np.linspace(0, change, 7):
            assert found[0] + falling[0] * bought <= min(worth + slope * bought, most) + 1e-6
    else:
        assert found[0] >= max(worth, least)
        assert falling[0] == 0
