"""Concessions: given places in a park, when residents and outsiders bid, then residents come first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.uplands import Uplands, county, firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Auction, Bid, Bound, Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies.franchise_concession import FranchiseConcession

MARCH = date(2024, 3, 31)
OFFER = {"county": "TOP", "places": 10, "day": date(2024, 3, 15), "reserve_cny": 1_000, "years": 2}
PLACE = "CONCESSION.TOP"


@pytest.fixture
def uplands():
    return Uplands(county("TOP"), firm("HOME", "TOP", 10**6), firm("NEAR", "MID", 10**6), firm("AWAY", "FAR", 10**6))


def law(uplands, **more):
    return uplands.make(FranchiseConcession, **({"offers": [OFFER]} | more))


def bids(uplands, **wanted):
    """Each bids for what it wants and has not got yet, where it is invited."""
    return lambda call: [
        Bid(uplands.account(who), cny * 10_000, lots - uplands.has(who, PLACE))
        for who, (cny, lots) in wanted.items()
        if lots > uplands.has(who, PLACE) and (call.invited is None or uplands.account(who) in call.invited)
    ]


def test_residents_bid_alone_and_outsiders_get_what_they_leave(uplands):
    uplands.act(law(uplands), Moment.MONTH_END, MARCH, bids(uplands, HOME=(1_200, 6), AWAY=(5_000, 10)))
    assert (uplands.has("HOME", PLACE), uplands.has("AWAY", PLACE)) == (6, 4)
    assert uplands.cash("TOP") == 6 * 1_000 + 4 * 5_000
    first, second = uplands.ordered(Auction)
    assert (first.invited, second.invited) == (frozenset({uplands.account("HOME")}), None)
    assert [(b.rule, b.amount) for b in uplands.ordered(Bound)] == [(Rule.LOCAL_PREFERENCE, 6)]
    told = [(n.payload["holder"], n.payload["places"], n.payload["resident"]) for n in uplands.ordered(Note)]
    assert told == [("HOME", 6, True), ("AWAY", 4, False)]
    assert not uplands.refused()


def test_without_preference_the_outsider_takes_all(uplands):
    rule = law(uplands, preference="none")
    uplands.act(rule, Moment.MONTH_END, MARCH, bids(uplands, HOME=(1_200, 6), AWAY=(5_000, 10)))
    assert (uplands.has("HOME", PLACE), uplands.has("AWAY", PLACE)) == (0, 10)


@pytest.mark.parametrize(("outside", "home"), [(1_300, 10), (1_330, 0)])
def test_a_resident_matches_an_outsider_within_the_margin(uplands, outside, home):
    rule = law(uplands, preference="margin", margin="0.1")
    uplands.act(rule, Moment.MONTH_END, MARCH, bids(uplands, HOME=(1_200, 10), AWAY=(outside, 10)))
    assert uplands.has("HOME", PLACE) == home


def test_residents_of_the_prefecture_count_if_the_law_says_so(uplands):
    rule = law(uplands, resident_of="prefecture")
    uplands.act(rule, Moment.MONTH_END, MARCH, bids(uplands, NEAR=(1_100, 10), AWAY=(5_000, 10)))
    assert (uplands.has("NEAR", PLACE), uplands.has("AWAY", PLACE)) == (10, 0)


def test_places_nobody_wants_are_taken_back_and_terms_end(uplands):
    rule = law(uplands)
    uplands.act(rule, Moment.MONTH_END, MARCH, bids(uplands, HOME=(1_000, 3), AWAY=(999, 10)))
    assert (uplands.has("HOME", PLACE), uplands.has(AccountKind.CANCELLED, PLACE)) == (3, 7)
    uplands.act(rule, Moment.MONTH_END, date(2026, 2, 28))
    assert uplands.has("HOME", PLACE) == 3
    uplands.act(rule, Moment.MONTH_END, date(2026, 3, 31))
    assert (uplands.has("HOME", PLACE), uplands.has(AccountKind.EXPIRED, PLACE)) == (0, 3)


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from(["HOME", "NEAR", "AWAY"]), st.tuples(st.integers(1, 3_000), st.integers(1, 12)), max_size=3
    ),
    st.sampled_from(["first", "margin", "none"]),
)
def test_every_place_is_granted_or_taken_back_and_no_resident_able_to_pay_is_passed_over(wanted, preference):
    uplands = Uplands(county("TOP"), firm("HOME", "TOP", 10**6), firm("NEAR", "MID", 10**6), firm("AWAY", "FAR", 10**6))
    uplands.act(law(uplands, preference=preference), Moment.MONTH_END, MARCH, bids(uplands, **wanted))
    granted = {who: uplands.has(who, PLACE) for who in ("HOME", "NEAR", "AWAY")}
    assert sum(granted.values()) + uplands.has(AccountKind.CANCELLED, PLACE) == 10
    cny, lots = wanted.get("HOME", (0, 0))
    if preference == "first" and cny >= 1_000:
        assert granted["HOME"] == min(lots, 10)
    assert uplands.cash("TOP") >= 1_000 * sum(granted.values())
    assert {n.code for n in uplands.ordered(Note)} <= {NoteCode.CONCESSION}
    assert uplands.is_balanced()
