"""Grassland subsidy: given grass at rest and in balance, when the herd keeps within what grows, then it is paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.valley import ZONES, Valley, person

from ecomarket.agents.strategies.herding_county import HerdingCounty
from ecomarket.model.command import Assess
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.grassland_subsidy import GrasslandSubsidy

END = date(2024, 12, 31)
LAND = {"rest_mu": 2_000, "balance_mu": 20_000, "mu_per_sheep": 20}


def valley_of(sheep, law=None, **params):
    valley = Valley(person("TIANJUN", "county", "county", sheep_units=sheep, **LAND), law=law)
    return valley, GrasslandSubsidy(GrasslandSubsidy.Params(**params), valley.setting)


@pytest.mark.parametrize(
    ("sheep", "paid"), [(0, 65_000), (1_000, 65_000), (1_100, 32_500), (1_150, 16_250), (1_200, 0), (5_000, 0)]
)
def test_it_falls_with_what_grazes_too_many(sheep, paid):
    """2,000 mu at 7.5 and 20,000 mu at 2.5 CNY; capacity 1,000, nothing at 1,200."""
    valley, policy = valley_of(sheep)
    valley.act(policy, Moment.YEAR_END, END)
    assert valley.has("TIANJUN", 0) == paid * 10_000
    (assessed,) = valley.ordered(Assess)
    assert (assessed.required, assessed.met) == (sheep, min(sheep, 1_000))
    assert assessed.charge == (65_000 - paid) * 10_000


def test_what_was_stated_counts_before_the_tables():
    valley, policy = valley_of(5_000)
    valley.book.add(FactCode.STOCK_SHEEP_UNITS, valley.account("TIANJUN"), -1, 202412, 1_000)
    valley.act(policy, Moment.YEAR_END, END)
    assert valley.has("TIANJUN", 0) == 65_000 * 10_000


def test_prefectures_have_their_own_rates():
    valley, policy = valley_of(0, rest_cny_mu={"6301": "12.3", "other": "7.5"})
    policy.setting = replace(valley.setting, zones=ZONES)
    valley.act(policy, Moment.YEAR_END, END)
    assert valley.has("TIANJUN", 0) == (24_600 + 50_000) * 10_000


def test_out_of_force_nothing_is_paid():
    valley, policy = valley_of(0, since=date(2025, 1, 1))
    assert not valley.act(policy, Moment.YEAR_END, END)


@given(stock=st.integers(0, 10**7), more=st.integers(0, 10**7), capacity=st.integers(0, 10**6))
def test_more_animals_never_bring_more_subsidy(stock, more, capacity):
    law = GrasslandSubsidy.Params()
    assert 0 <= law.kept_ppm(stock + more, capacity) <= law.kept_ppm(stock, capacity) <= 10**6


# --- what herders make of it


def herd(sheep, margin, law):
    valley, _ = valley_of(sheep, law={"grassland-subsidy": law} if law else None)
    cohort = valley.cohort(HerdingCounty, "TIANJUN", margin_cny=margin)
    valley.operate(cohort, date(2024, 11, 30))
    assert not valley.said
    valley.operate(cohort, END)
    account = valley.account("TIANJUN")
    return int(valley.book.year(FactCode.STOCK_SHEEP_UNITS, 2024)[account]), valley.has("TIANJUN", 0) // 10_000


def test_with_the_subsidy_there_are_fewer_animals():
    assert herd(1_100, 300, None) == (1_100, 330_000)
    assert herd(1_100, 300, GrasslandSubsidy.Params()) == (1_000, 300_000)  # 32,500 lost against 30,000 earned


def test_they_stay_if_they_earn_more_than_the_subsidy():
    assert herd(1_100, 326, GrasslandSubsidy.Params())[0] == 1_100
    assert herd(1_100, 324, GrasslandSubsidy.Params())[0] == 1_000
    assert herd(1_100, 324, GrasslandSubsidy.Params(until=date(2023, 12, 31)))[0] == 1_100
    assert herd(900, 1, GrasslandSubsidy.Params())[0] == 900
