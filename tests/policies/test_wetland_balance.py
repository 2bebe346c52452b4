"""Wetland: given a project, when it would occupy wetland, then as much restored elsewhere is bought and used up first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.uplands import Uplands, county, firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess, Auction, Bid, Bound, Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, NoteCode, Rule
from ecomarket.policies._land import Land
from ecomarket.policies.wetland_balance import WetlandBalance

JULY, SEPTEMBER, OCTOBER, CLOSE = (date(2024, m, d) for m, d in ((7, 31), (9, 30), (10, 31), (12, 31)))
PROJECT = {"who": "ROAD", "county": "LOW", "mu": 80, "day": date(2024, 7, 1)}


@pytest.fixture
def uplands():
    return Uplands(
        county("TOP", wetland_mu=1_000, wetland_restored_mu=100),
        county("LOW", wetland_mu=500),
        firm("ROAD", "LOW", cash=5_000_000),
    )


def law(uplands, **more):
    return uplands.make(WetlandBalance, **({"occupations": [PROJECT], "floor_cny_mu": 6_000} | more))


def buys(uplands, lots, cny=7_000):
    return lambda _: [Bid(uplands.account("ROAD"), cny * 10_000, lots)]


def test_a_project_waits_until_it_holds_as_much_as_it_occupies(uplands):
    rule = law(uplands)
    uplands.act(rule, Moment.MONTH_END, JULY, buys(uplands, 80))
    (bound,) = uplands.ordered(Bound)
    assert (bound.rule, bound.amount) == (Rule.NO_NET_LOSS, 80)
    assert uplands.board.notices["need.wetland.ROAD"] == 80
    uplands.act(rule, Moment.MONTH_END, SEPTEMBER)
    assert uplands.has("TOP", "WETLAND.TOP") == 100
    uplands.act(rule, Moment.MONTH_END, OCTOBER, buys(uplands, 80))
    (call,) = uplands.ordered(Auction)
    assert (call.reserve_price, call.invited) == (60_000_000, frozenset({uplands.account("ROAD")}))
    uplands.act(rule, Moment.MONTH_END, date(2024, 11, 30))
    assert uplands.has(AccountKind.CONSUMED, "WETLAND.TOP") == 80
    assert [n.payload["mu"] for n in uplands.ordered(Note) if n.code is NoteCode.WETLAND_OCCUPATION] == [80]
    assert uplands.board.notices["need.wetland.ROAD"] == 0
    assert not uplands.refused()


def test_two_for_one_needs_more_than_is_restored(uplands):
    rule = law(uplands, ratio=2)
    uplands.act(rule, Moment.MONTH_END, SEPTEMBER)
    uplands.act(rule, Moment.MONTH_END, OCTOBER, buys(uplands, 100))
    uplands.act(rule, Moment.MONTH_END, date(2024, 11, 30))
    assert uplands.has(AccountKind.CONSUMED, "WETLAND.TOP") == 0
    assert uplands.board.notices["need.wetland.ROAD"] == 160


def test_listed_wetland_is_never_occupied(uplands):
    rule = law(uplands, closed=["LOW"])
    uplands.give("ROAD", "WETLAND.TOP", 200)
    for month in (JULY, SEPTEMBER):
        uplands.act(rule, Moment.MONTH_END, month)
    assert [b.rule for b in uplands.ordered(Bound)] == [Rule.NO_NET_LOSS]
    assert uplands.has("ROAD", "WETLAND.TOP") == 200


def test_listed_wetland_is_paid_for_in_the_pilot(uplands):
    rule = law(uplands, closed=["LOW"], pilot_cny_mu=20)
    uplands.act(rule, Moment.YEAR_END, CLOSE)
    assert uplands.cash("LOW") == 500 * 20


def test_the_area_is_assessed_with_what_was_restored_for_it_elsewhere(uplands):
    rule = law(uplands)
    uplands.give("ROAD", "WETLAND.TOP", 80)
    uplands.act(rule, Moment.MONTH_END, JULY)
    uplands.act(rule, Moment.YEAR_END, CLOSE)
    areas = [f.amount for f in uplands.ordered(Fact) if f.code is FactCode.COVER_AREA_MU]
    assert areas == [1_000, 420]
    assert [(a.required, a.met) for a in uplands.ordered(Assess)] == [(1_000, 1_000), (500, 500)]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(1, 12)), max_size=4),
    st.integers(0, 120),
    st.sampled_from(["1", "1.5", "2"]),
)
def test_no_net_loss_whatever_is_built(projects, restored, ratio):
    """Invariant of G16: the area of all counties together is never below that of the start."""
    uplands = Uplands(
        county("TOP", wetland_mu=1_000, wetland_restored_mu=restored),
        county("LOW", wetland_mu=500),
        firm("ROAD", "LOW", cash=10**8),
    )
    wanted = [{"who": "ROAD", "county": "LOW", "mu": mu, "day": date(2024, m, 1)} for mu, m in projects]
    rule = law(uplands, occupations=wanted, ratio=ratio)
    land = Land(uplands.setting)
    for at in range(35):
        end = date(2024 + (at + 1) // 12, (at + 1) % 12 + 1, 1)
        uplands.act(
            rule, Moment.MONTH_END, end.replace(year=2024 + at // 12, month=at % 12 + 1, day=28), buys(uplands, 150)
        )
        view, areas = uplands.view(), 0
        for code in ("TOP", "LOW"):
            indicator = uplands.setting.instruments[uplands.index(f"WETLAND.{code}")]
            areas += land.area(view, uplands.setting.by_code[code], "wetland", indicator)
        assert areas >= 1_500
    assert uplands.is_balanced()
    assert not uplands.refused()
