"""Vertical compensation: given areas, rates and budgets, when January comes, then each line pays what it can."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import ZONES, Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import Rule
from ecomarket.policies.compensation_pilot import CompensationPilot
from ecomarket.policies.vertical_compensation import VerticalCompensation

STATE, WORLD = AccountKind.TRANSFER_PAYMENT, AccountKind.WORLD
FOREST = {"name": "forest", "column": "forest_mu", "rate_cny_mu": 16, "budget_cny": 10_000}


def valley_of(*lines, areas=(10, 30), law=None, **params):
    valley = Valley(*(person(f"C{n}", "county", "county", forest_mu=mu) for n, mu in enumerate(areas)), law=law)
    return valley, VerticalCompensation(VerticalCompensation.Params(lines=list(lines), **params), valley.setting)


def january(valley, policy, year=2024):
    valley.act(policy, Moment.YEAR_START, date(year, 1, 1))
    return [valley.has(f"C{n}", 0) / 10_000 for n in range(len(valley.setting.of_kind("county")))]


def test_each_mu_is_paid():
    valley, policy = valley_of(FOREST)
    assert january(valley, policy) == [160, 480]
    assert valley.has(STATE, 0) == -640 * 10_000


def test_a_short_budget_is_shared_in_proportion():
    valley, policy = valley_of(FOREST | {"budget_cny": 320})
    assert january(valley, policy) == [80, 240]
    assert valley.ordered(Bound) == [Bound(Rule.BUDGET_SHORT, -1, -1, 320 * 10_000)]


def test_funds_and_donations_come_from_outside():
    valley, policy = valley_of(FOREST | {"money": "fund"}, FOREST | {"money": "donation", "rate_cny_mu": 1})
    assert january(valley, policy) == [170, 510]
    assert (valley.has(STATE, 0), valley.has(WORLD, 0)) == (0, -680 * 10_000)


def test_a_bond_is_issued_spent_served_and_redeemed():
    """1,000 raised; 640 spent in 2024, the other 360 in 2025, nothing in 2026; 3 % a year for two years."""
    valley, policy = valley_of(FOREST | {"money": "bond"}, bond_cny=1_000, coupon="0.03", bond_years=2)
    assert january(valley, policy) == [160, 480]
    assert valley.has(STATE, 0) == (1_000 - 640) * 10_000
    assert january(valley, policy, 2025) == [160 + 90, 480 + 270]
    assert valley.has(STATE, 0) == -30 * 10_000
    assert january(valley, policy, 2026) == [250, 750]
    assert valley.has(STATE, 0) == -1_060 * 10_000
    assert valley.is_balanced()


def test_pilots_get_more():
    law = {"compensation-pilot": CompensationPilot.Params(factor="1.25")}
    valley, _ = valley_of(FOREST, law=law)
    zones = ZONES | {"630121": replace(ZONES["630121"], flags=frozenset({"compensation-pilot"}))}
    valley.setting = replace(valley.setting, zones=zones)
    policy = VerticalCompensation(VerticalCompensation.Params(lines=[FOREST]), valley.setting)
    assert january(valley, policy) == [200, 600]


def test_out_of_force_nothing_is_paid_and_no_bond_issued():
    valley, policy = valley_of(FOREST, bond_cny=1_000, since=date(2025, 1, 1))
    assert january(valley, policy) == [0, 0]
    assert not valley.has(STATE, 0)


@settings(max_examples=50, deadline=None)
@given(areas=st.lists(st.integers(0, 10**6), min_size=1, max_size=5), budget=st.integers(0, 10**7))
def test_a_line_never_spends_more_than_its_budget(areas, budget):
    valley, policy = valley_of(FOREST | {"budget_cny": budget}, areas=areas)
    got = january(valley, policy)
    spent = -valley.has(STATE, 0)
    assert spent <= budget * 10_000
    assert spent > min(budget, sum(areas) * 16) * 10_000 - len(areas) or not spent
    assert all(mine <= 16 * mu for mine, mu in zip(got, areas, strict=True))
