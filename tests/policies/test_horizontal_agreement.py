"""Agreements between two counties: given what protection costs and is worth, when both gain, then it is agreed and kept."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.conftest import month_ends
from tests.policies.valley import Valley, person

from ecomarket.model.command import Note
from ecomarket.model.observation import Moment
from ecomarket.policies.horizontal_agreement import INFLOW, HorizontalAgreement

YEAR, END = date(2024, 1, 1), date(2024, 12, 31)


def valley_of(power="0.5", cash=100_000_000, **row):
    people = [
        person("UPPER", "county", "county", gep_cny=2_000_000_000),
        person("LOWER", "county", "county", cash_cny=cash),
    ]
    valley = Valley(*people)
    chosen = {"name": "pact", "upstream": "UPPER", "downstream": "LOWER", "cost_cny": 26_000_000}
    chosen |= {"value_cny": 58_000_000, "water_m3": 1_000_000, "water_zone": "UP", "section": "S1"} | row
    params = HorizontalAgreement.Params(agreements=[chosen], power=power)
    return valley, HorizontalAgreement(params, valley.setting)


def a_year(valley, policy, water=1.0, index=1.0):
    valley.act(policy, Moment.YEAR_START, YEAR)
    for day in month_ends(2024):
        valley.nature[INFLOW] = {"UP": water}
        valley.board.notices["watershed.index.S1"] = index
        valley.act(policy, Moment.MONTH_END, day)
    valley.act(policy, Moment.YEAR_END, END)
    return valley.has("UPPER", 0) / 10_000


def test_a_bargain_splits_the_gain_by_power():
    assert a_year(*valley_of()) == 42_000_000
    assert a_year(*valley_of(power="0.25")) == 34_000_000
    assert a_year(*valley_of(power=0)) == 26_000_000
    assert a_year(*valley_of(power=1)) == 58_000_000


def test_the_agreement_stands_in_the_journal():
    valley, policy = valley_of()
    valley.act(policy, Moment.YEAR_START, YEAR)
    (note,) = valley.ordered(Note)
    assert (note.payload["upstream"], note.payload["cash"]) == ("UPPER", 42_000_000 * 10_000)


def test_nobody_signs_at_a_loss():
    assert a_year(*valley_of(value_cny=26_000_000)) == 0
    valley, policy = valley_of(rule="formula", price_cny_m3=25, gep_share=0)  # 25 M asked, 26 M the cost
    assert a_year(valley, policy) == 0
    assert not valley.ordered(Note)
    assert a_year(*valley_of(rule="formula", price_cny_m3=59)) == 0  # 59 M asked, worth 58 M


def test_the_formula_pays_for_water_and_for_the_product_of_nature():
    """1 M m3 x 20 CNY + 0.5 % of 2,000 M CNY = 30 M."""
    assert a_year(*valley_of(rule="formula", price_cny_m3=20, gep_share="0.005")) == 30_000_000


@pytest.mark.parametrize(
    ("water", "index", "paid"),
    [(0.5, 1.0, 21_000_000), (1.8, 0.7, 42_000_000), (1.0, 1.15, 21_000_000), (0.5, 1.15, 10_500_000), (1.0, 1.3, 0)],
)
def test_it_is_paid_by_the_water_that_came_and_how_good_it_was(water, index, paid):
    assert a_year(*valley_of(), water, index) == paid


def test_a_published_product_counts_before_the_tables():
    valley, policy = valley_of(rule="formula", gep_share="0.01", price_cny_m3=0)
    valley.board.notices["gep.UPPER"] = 5_000_000_000.0
    assert a_year(valley, policy) == 50_000_000


def test_what_is_not_there_is_not_paid():
    valley, policy = valley_of(cash=1_000_000)
    assert a_year(valley, policy) == 1_000_000
    assert not valley.refused()


def test_out_of_force_nothing_is_signed():
    valley, policy = valley_of()
    policy.params = policy.params.model_copy(update={"since": date(2025, 1, 1)})
    assert a_year(valley, policy) == 0


@given(cost=st.integers(0, 10**9), value=st.integers(0, 10**9), power=st.decimals(0, 1, places=4), rule=st.booleans())
def test_what_is_agreed_leaves_both_better_off(cost, value, power, rule):
    row = {"rule": "nash" if rule else "formula", "cost_cny": cost, "value_cny": value, "price_cny_m3": 300}
    valley, policy = valley_of(power=power, **row)
    agreed = policy.agreed_cash(valley.view(), policy.params.agreements[0])
    assert agreed == 0 or cost * 10_000 <= agreed <= value * 10_000
