"""Off-site parks: given what two counties agreed to share, when the year is over, then profit and loss are shared so."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.observation import Moment
from ecomarket.policies.development_park import DevelopmentPark

YEAR, END, NEXT = date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1)


def valley_of(sd=0, upper=10_000_000, host=100_000_000, **row):
    valley = Valley(
        person("UPPER", "county", "county", cash_cny=upper), person("HOST", "county", "county", cash_cny=host)
    )
    chosen = {"name": "park", "upstream": "UPPER", "host": "HOST", "opens": 2024, "capital_cny": 3_000_000}
    chosen |= {"revenue_cny": 60_000_000, "cost_cny": 50_000_000, "revenue_share": "0.4", "risk_share": "0.25"} | row
    return valley, DevelopmentPark(DevelopmentPark.Params(parks=[chosen], sd=sd), valley.setting)


def year(valley, policy):
    valley.act(policy, Moment.YEAR_START, YEAR)
    valley.act(policy, Moment.YEAR_END, END)
    return valley.has("UPPER", 0) // 10_000, valley.has("HOST", 0) // 10_000


def test_a_profit_is_shared():
    assert year(*valley_of()) == (10_000_000 - 3_000_000 + 4_000_000, 100_000_000 + 3_000_000 + 6_000_000)


def test_a_loss_is_shared_too():
    assert year(*valley_of(revenue_cny=42_000_000)) == (10_000_000 - 3_000_000 - 2_000_000, 103_000_000 - 6_000_000)


def test_capital_is_paid_once_and_before_the_opening_nothing():
    valley, policy = valley_of(opens=2025)
    assert year(valley, policy) == (10_000_000, 100_000_000)
    valley.act(policy, Moment.YEAR_START, NEXT)
    valley.act(policy, Moment.YEAR_START, date(2026, 1, 1))
    assert valley.has("UPPER", 0) == 7_000_000 * 10_000


def test_out_of_force_nothing_opens():
    valley, policy = valley_of()
    policy.params = policy.params.model_copy(update={"until": date(2023, 12, 31)})
    assert year(valley, policy) == (10_000_000, 100_000_000)


def test_luck_is_the_parks_own_and_fair_on_average():
    valley, policy = valley_of(sd="0.2")
    row = policy.params.parks[0]
    found = [policy.revenue_cash(row, y, valley.draws) for y in range(2000, 2800)]
    assert sum(found) / len(found) == pytest.approx(60_000_000 * 10_000, rel=0.02)
    assert found[0] == policy.revenue_cash(row, 2000, valley.draws)


@settings(max_examples=60, deadline=None)
@given(
    revenue=st.integers(0, 10**8),
    cost=st.integers(0, 10**8),
    shares=st.tuples(st.decimals(0, 1, places=3), st.decimals(0, 1, places=3)),
)
def test_what_the_two_gain_together_is_what_the_park_earned(revenue, cost, shares):
    valley, policy = valley_of(
        revenue_cny=revenue, cost_cny=cost, revenue_share=shares[0], risk_share=shares[1], host=10**8
    )
    before = valley.has("UPPER", 0) + valley.has("HOST", 0)
    year(valley, policy)
    assert valley.has("UPPER", 0) + valley.has("HOST", 0) - before == (revenue - cost) * 10_000
    assert valley.has(AccountKind.WORLD, 0) == -before - (revenue - cost) * 10_000
