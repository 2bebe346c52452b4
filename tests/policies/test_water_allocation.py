"""Water: given what a year brings, when it is shared, then by rank, under the cap, and with the river's flow kept."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, region, user

from ecomarket.model.codes import AccountKind, HoldReason
from ecomarket.model.command import Bound
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, Rule
from ecomarket.policies.water_allocation import WaterAllocation
from ecomarket.rights._water import allot_by_rank

WATER = "WATER.UP.2024"
YEAR, JULY, OCTOBER, END = date(2024, 1, 1), date(2024, 7, 1), date(2024, 10, 1), date(2024, 12, 31)


def valley_of(*users, expected=1.0, reserve=0, **facts):
    valley = Valley(region("UP", **facts), *users)
    valley.board.notices["inflow.expected.UP"] = expected
    return valley, WaterAllocation(WaterAllocation.Params(reserve_share=reserve), valley.setting)


def three(need=400):
    return (
        user("HOMES", need, sector="domestic", rank=1),
        user("FARM", need, rank=3),
        user("MILL", need, sector="steel"),
    )


def test_in_a_dry_year_the_senior_are_served_first_and_industry_last():
    valley, policy = valley_of(*three(), expected=0.6)
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert [valley.has(who, WATER) for who in ("HOMES", "FARM", "MILL")] == [400, 200, 0]


def test_the_cap_limits_a_wet_year():
    valley, policy = valley_of(*three(), expected=3.0, cap_1000m3=900)
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert sum(valley.has(who, WATER) for who in ("HOMES", "FARM", "MILL")) == 900


def test_the_ecological_flow_comes_off_the_top_and_is_said_to_bind():
    valley, policy = valley_of(*three(), expected=1.0, eco_share=0.3)
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert [valley.has(who, WATER) for who in ("HOMES", "FARM", "MILL")] == [400, 300, 0]
    assert Bound(Rule.ECOLOGICAL_FLOW, valley.account("UP"), valley.index(WATER), 300) in valley.said
    assert valley.book.year(FactCode.WATER_AVAILABLE_1000M3, 2024)[valley.account("UP")] == 700


def test_a_dry_summer_cancels_what_is_free_from_the_junior_end_and_a_wet_one_issues_more():
    valley, policy = valley_of(*three(), expected=1.2)
    valley.act(policy, Moment.YEAR_START, YEAR)
    valley.board.notices["inflow.expected.UP"] = 0.7
    valley.act(policy, Moment.MONTH_START, JULY)
    assert [valley.has(who, WATER) for who in ("HOMES", "FARM", "MILL")] == [400, 300, 0]
    assert valley.has(AccountKind.CANCELLED, WATER) == 500
    valley.board.notices["inflow.expected.UP"] = 1.0
    valley.act(policy, Moment.MONTH_START, OCTOBER)
    assert [valley.has(who, WATER) for who in ("HOMES", "FARM", "MILL")] == [400, 400, 200]
    assert valley.book.year(FactCode.WATER_AVAILABLE_1000M3, 2024)[valley.account("UP")] == 1000


def test_what_has_been_used_is_never_cancelled():
    valley, policy = valley_of(user("MILL", 400, sector="steel"), expected=1.0)
    valley.act(policy, Moment.YEAR_START, YEAR)
    valley.exchange.transfer(1, valley.account("MILL"), AccountKind.CONSUMED, valley.index(WATER), 350, 9)
    valley.board.notices["inflow.expected.UP"] = 0.0
    valley.act(policy, Moment.MONTH_START, JULY)
    assert (valley.has(AccountKind.CONSUMED, WATER), valley.has(AccountKind.CANCELLED, WATER)) == (350, 50)
    assert not valley.refused()


def test_the_reserve_is_held_back_and_shared_out_in_autumn():
    valley, policy = valley_of(*three(), expected=1.0, reserve="0.05")
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert (valley.has(AccountKind.RESERVE, WATER), valley.has("MILL", WATER)) == (50, 150)
    valley.act(policy, Moment.MONTH_START, OCTOBER)
    assert (valley.has(AccountKind.RESERVE, WATER), valley.has("MILL", WATER)) == (0, 200)


def test_unused_water_is_lost_at_the_end_of_the_year():
    valley, policy = valley_of(*three(), expected=1.0)
    valley.act(policy, Moment.YEAR_START, YEAR)
    valley.act(policy, Moment.YEAR_END, END)
    assert valley.has(AccountKind.EXPIRED, WATER) == 1000
    assert valley.has("FARM", WATER) == 0
    assert valley.is_balanced()


def test_water_held_at_the_end_of_its_year_is_lost_a_year_later():
    valley, policy = valley_of(*three(), expected=1.0)
    valley.act(policy, Moment.YEAR_START, YEAR)
    hold, refused = valley.exchange.hold(1, valley.account("FARM"), valley.index(WATER), 30, HoldReason.FREEZE)
    assert not refused
    valley.act(policy, Moment.YEAR_END, END)
    assert (valley.has(AccountKind.EXPIRED, WATER), valley.has("FARM", WATER)) == (970, 30)
    valley.exchange.release(1, hold)
    valley.act(policy, Moment.YEAR_END, END.replace(year=2025))
    assert (valley.has(AccountKind.EXPIRED, WATER), valley.has("FARM", WATER)) == (1000, 0)


@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 10**6)), min_size=1, max_size=8),
)
@settings(max_examples=60)
def test_shares_never_exceed_water_or_need_and_rank_is_respected(available, users):
    ranks, needs = [r for r, _ in users], [n for _, n in users]
    shares = allot_by_rank(available, ranks, needs)
    assert sum(shares) <= available
    assert all(0 <= s <= n for s, n in zip(shares, needs, strict=True))
    for rank in set(ranks):
        served = all(s == n for s, n, r in zip(shares, needs, ranks, strict=True) if r < rank)
        junior = sum(s for s, r in zip(shares, ranks, strict=True) if r >= rank)
        # Rounding leaves at most one lot a user of a class to the next one.
        assert served or junior <= len(users)


@pytest.mark.parametrize("expected", [0.3, 0.8, 1.7])
def test_allocations_and_reserve_never_exceed_what_is_available(expected):
    valley, policy = valley_of(*three(), expected=expected, reserve="0.04", eco_share=0.2, cap_1000m3=1100)
    valley.act(policy, Moment.YEAR_START, YEAR)
    issued = -valley.has(AccountKind.ISSUANCE, WATER)
    assert issued <= valley.book.year(FactCode.WATER_AVAILABLE_1000M3, 2024)[valley.account("UP")] <= 1100
