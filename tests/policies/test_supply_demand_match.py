"""Matching: given names on a board, when a month of matching ends, then pairs are made by score and bargain."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.conftest import firm

from ecomarket.model.command import Deal, Note
from ecomarket.model.observation import Moment
from ecomarket.policies._matching import best_match, stable_match
from ecomarket.policies.supply_demand_match import SupplyDemandMatch

if TYPE_CHECKING:
    from collections.abc import Mapping

MARCH = date(2024, 3, 31)
SCORES = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(0, 9))


def greatest(scores: Mapping[tuple[int, int], int]) -> int:
    """The greatest sum of any match, by trying them all."""
    sums = [0]
    for size in range(1, 5):
        for pairs in combinations(scores, size):
            if len({s for s, _ in pairs}) == len({b for _, b in pairs}) == size:
                sums.append(sum(scores[pair] for pair in pairs))
    return max(sums)


@settings(max_examples=200, deadline=None)
@given(scores=SCORES)
def test_no_match_has_a_greater_sum(scores):
    found = best_match(scores)
    assert len({s for s, _ in found}) == len({b for _, b in found}) == len(found)
    assert sum(scores[pair] for pair in found) == greatest(scores)


@settings(max_examples=200, deadline=None)
@given(of_buyers=SCORES, data=st.data())
def test_no_pair_would_both_rather_have_each_other(of_buyers, data):
    of_sellers = {pair: data.draw(st.integers(0, 9)) for pair in of_buyers}
    found = stable_match(of_buyers, of_sellers)
    seller_of, buyer_of = {b: s for s, b in found}, dict(found)
    for s, b in of_buyers:
        buyer_gains = b not in seller_of or of_buyers[s, b] > of_buyers[seller_of[b], b]
        seller_gains = s not in buyer_of or of_sellers[s, b] > of_sellers[s, buyer_of[s]]
        assert not (buyer_gains and seller_gains)


def board(town: Any, *people: Any, **params: Any) -> tuple[Any, SupplyDemandMatch]:
    there = town(*people)
    kept = {"right": "so2", "venue": "market", "months": [3]} | params
    return there, SupplyDemandMatch(SupplyDemandMatch.Params(**kept), there.setting)


PEOPLE = (
    firm("MILL", so2_offer=2, so2_ask_cny=4000),
    firm("WORKS", so2_want=3, so2_bid_cny=5000, cash_cny=100_000),
    firm("KILN", so2_want=3, so2_bid_cny=4600, cash_cny=100_000, partner="MILL"),
)


@pytest.mark.parametrize(
    ("method", "bonus", "buyer", "price"),
    [
        ("score", 0, "WORKS", 4500),
        ("score", 900, "KILN", 4300),
        ("stable", 0, "WORKS", 4500),
        ("stable", 900, "WORKS", 4500),  # both propose to the one seller, who looks at the gain alone
    ],
)
def test_gain_and_partnership_decide(town, method, bonus, buyer, price):
    there, policy = board(town, *PEOPLE, method=method, partner_bonus_cny=bonus)
    right = next(i for i in there.setting.instruments if i.right == "so2" and i.zone == "6301")
    there.give("MILL", right.index, 5_000)
    there.act(policy, Moment.MONTH_END, MARCH)
    (deal,) = there.ordered(Deal)
    assert (deal.buyer, deal.lots, deal.price) == (there.account(buyer), 2_000, price * 10)
    assert not there.act(policy, Moment.MONTH_END, date(2025, 3, 31)), "what was offered is sold"


def test_a_buyer_is_held_to_its_cash_and_a_seller_to_what_it_has(town):
    there, policy = board(town, PEOPLE[0], firm("WORKS", so2_want=3, so2_bid_cny=5000, cash_cny=4_592), power=1)
    right = next(i for i in there.setting.instruments if i.right == "so2" and i.zone == "6301")
    assert not there.act(policy, Moment.MONTH_END, MARCH)
    there.give("MILL", right.index, 5_000)
    there.act(policy, Moment.MONTH_END, date(2025, 3, 31))
    (deal,) = there.ordered(Deal)
    assert deal.lots == 900  # 49 parts in 50 of 4,592 CNY at 5 CNY a lot
    assert there.ordered(Note)[0].payload["lots"] == 900


def test_other_months_and_dates_are_quiet(town):
    for params in ({"months": [6]}, {"since": date(2024, 4, 1)}):
        there, policy = board(town, *PEOPLE, **params)
        right = next(i for i in there.setting.instruments if i.right == "so2" and i.zone == "6301")
        there.give("MILL", right.index, 5_000)
        assert not there.act(policy, Moment.MONTH_END, MARCH)
