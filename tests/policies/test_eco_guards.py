"""Eco-guards: given posts, base and bonus, when fires take little, then guards are paid for it; and fires take less."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.conftest import month_ends
from tests.policies.valley import Valley, person

from ecomarket.chance import Draws
from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import Rule
from ecomarket.nature.forest_hazard import ForestHazard
from ecomarket.policies.eco_guards import HAZARD, EcoGuards

END = date(2024, 12, 31)


def valley_of(*guards, **params):
    valley = Valley(*(person(f"C{n}", "county", "county", guards=posts) for n, posts in enumerate(guards)))
    chosen = {"base_cny": 12_000, "bonus_cny": 6_000, "tolerated_loss": "0.02"} | params
    return valley, EcoGuards(EcoGuards.Params(**chosen), valley.setting)


def a_year(valley, policy, lost=0.0):
    for day in month_ends(2024):
        valley.nature[HAZARD] = {"C0": lost} if day.month == 4 else {}
        valley.act(policy, Moment.MONTH_END, day)
    valley.act(policy, Moment.YEAR_END, END)
    return valley.has("C0", 0) / 10_000


@pytest.mark.parametrize(("lost", "paid"), [(0.0, 180_000), (0.01, 150_000), (0.02, 120_000), (0.5, 120_000)])
def test_ten_guards_are_paid_by_duty_and_effect(lost, paid):
    assert a_year(*valley_of(10), lost) == paid


def test_a_new_year_begins_with_a_clean_score():
    valley, policy = valley_of(10)
    a_year(valley, policy, 0.02)
    before = valley.has("C0", 0)
    valley.nature[HAZARD] = {}
    valley.act(policy, Moment.MONTH_END, date(2025, 1, 31))
    valley.act(policy, Moment.YEAR_END, date(2025, 12, 31))
    assert valley.has("C0", 0) - before == (10_000 + 5_000) * 10_000  # of one month


def test_the_posts_of_the_province_are_shared_out():
    """49,900 posts [S001 #60] for 60,000 and 39,800 guards: half of each."""
    valley, policy = valley_of(60_000, 39_800)
    a_year(valley, policy)
    assert valley.has("C1", 0) == 19_900 * 18_000 * 10_000
    assert valley.has(AccountKind.TRANSFER_PAYMENT, 0) == -49_900 * 18_000 * 10_000
    assert valley.ordered(Bound) == [Bound(Rule.BUDGET_SHORT, -1, -1, 49_900)]


def test_out_of_force_nothing_is_paid():
    assert a_year(*valley_of(10, until=date(2023, 12, 31))) == 0


def lost_area(law, guards=10, month=date(2024, 4, 1)):
    facts = {"planted_year": 1990, "tree_mu": 30_000, "guards": guards}
    valley = Valley(*(person(f"C{n}", "county", "county", **facts) for n in range(40)), law=law)
    hazard = ForestHazard(ForestHazard.Params(fire_chance=1), valley.setting)
    return hazard.month(month, Draws(3))


def test_guards_make_every_fire_smaller_by_what_they_watch():
    """Ten guards of 3,000 mu watch all of 30,000 mu: 30 % less; five watch half: 15 % less. Same luck."""
    without = lost_area({})
    assert max(without.values()) > 0
    law = {"eco-guards": EcoGuards.Params(hazard_cut="0.3", mu_per_guard=3_000)}
    for guards, left in ((10, 0.7), (5, 0.85), (100, 0.7), (0, 1.0)):
        found = lost_area(law, guards)
        assert all(found[c] == pytest.approx(left * share) for c, share in without.items())


def test_guards_on_leave_avert_nothing():
    law = {"eco-guards": EcoGuards.Params(since=date(2024, 5, 1))}
    assert lost_area(law) == lost_area({})


@given(living=st.integers(0, 10**6), more=st.integers(0, 10**6))
def test_the_score_lies_between_nothing_and_one_and_falls_with_losses(living, more):
    _, policy = valley_of(1)
    low, high = policy.score_ppm(living), policy.score_ppm(min(10**6, living + more))
    assert 0 <= low <= high <= 10**6
