"""What may be sold across a border on balance: each direction closes at its bound, and what leads back stays free."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.exchange.conftest import FIRST, Listing, Town

from ecomarket.exchange.rules import Ratio, VenueRules
from ecomarket.exchange.terms import OfferTerms
from ecomarket.model.codes import Mechanism, Refusal
from ecomarket.model.command import BorderLimit

EXAMPLES = 5_000 if os.environ.get("ECOMARKET_SOAK") else 100
NEGOTIATED = Mechanism.NEGOTIATED
VALLEY, RIVER, SEA = 1, 2, 3
OUT, BACK = frozenset({(VALLEY, RIVER), (VALLEY, SEA)}), frozenset({(RIVER, VALLEY), (SEA, VALLEY)})
PAIRS = [(a, b) for a in (1, 2, 3) for b in (1, 2, 3) if a != b]
RULES = VenueRules("river", Mechanism.NEGOTIATED, tick_cash=1, ratios=tuple(Ratio(*p, 900_000) for p in PAIRS))


@pytest.fixture
def valley(town):
    """A valley whose account stands at 108 of at most 100 lots."""
    t = town(RULES)
    t.give("A", units=500, instrument=SEA)
    t.exchange.allow(t.account("B"), SEA, 7)
    t.exchange.limit_border(limit(108))
    return t


def limit(balance: int, least: int = 0, most: int = 100, border: str = "valley") -> BorderLimit:
    return BorderLimit(border, balance, least, most, OUT, BACK)


def sell(t, lots: int, sold: int = VALLEY, into: int = RIVER, seller: str = "A", buyer: str = "B") -> Refusal:
    deal = t.exchange.deal(t.tick(), NEGOTIATED, 0, sold, t.account(buyer), t.account(seller), 100, lots, into)
    return Refusal(deal)


def offer(t, lots: int, terms: OfferTerms, sold: int = VALLEY, side: int = 2) -> tuple[int, int]:
    return t.exchange.offer(t.tick(), 0, sold, t.account("A"), side, 100, lots, terms)


def owed(t) -> int:
    return t.exchange.borders()["valley"]


def test_above_its_bound_nothing_goes_out_and_all_may_come_back(valley) -> None:
    before = len(valley.journal())
    assert sell(valley, 2) == sell(valley, 2, into=SEA) == Refusal.BORDER_LIMIT
    assert len(valley.journal()) == before, "what is refused leaves no trace"
    assert sell(valley, 109, RIVER, VALLEY) == Refusal.BORDER_LIMIT
    assert sell(valley, 60, RIVER, VALLEY) == sell(valley, 48, SEA, VALLEY) == Refusal.NONE
    assert owed(valley) == 0
    assert sell(valley, 2, SEA, VALLEY) == Refusal.BORDER_LIMIT
    assert sell(valley, 100, VALLEY, SEA) == Refusal.NONE
    assert (owed(valley), sell(valley, 2)) == (100, Refusal.BORDER_LIMIT)


def test_it_counts_what_is_sold_and_not_what_arrives(valley) -> None:
    valley.exchange.limit_border(limit(50))
    assert sell(valley, 51) == Refusal.BORDER_LIMIT
    assert sell(valley, 50) == Refusal.NONE
    assert owed(valley) == 100


def test_a_border_does_not_bind_elsewhere(valley) -> None:
    assert sell(valley, 200, VALLEY, 0) == sell(valley, 200, RIVER, SEA) == Refusal.NONE
    assert owed(valley) == 108


def test_without_pairs_the_border_is_open(valley) -> None:
    valley.exchange.limit_border(BorderLimit("valley", 0, 0, 0))
    valley.exchange.limit_border(BorderLimit("nowhere", 0, 0, 0))
    assert valley.exchange.borders() == {}
    assert sell(valley, 400) == Refusal.NONE


def test_where_two_borders_are_crossed_both_must_have_room(valley) -> None:
    valley.exchange.limit_border(limit(0))
    valley.exchange.limit_border(BorderLimit("choke", 0, 0, 30, frozenset({(VALLEY, SEA)})))
    assert sell(valley, 31, into=SEA) == Refusal.BORDER_LIMIT
    assert sell(valley, 30, into=SEA) == sell(valley, 70) == Refusal.NONE
    assert valley.exchange.borders() == {"valley": 100, "choke": 30}


@pytest.mark.parametrize("side", [1, 2])
def test_an_offer_has_to_fit_when_made_and_when_accepted(valley, side) -> None:
    t, b = valley, valley.account("B")
    t.exchange.limit_border(limit(60))
    assert offer(t, 41, OfferTerms(into=RIVER), side=side) == (0, Refusal.BORDER_LIMIT)
    (one, _), (two, _) = (offer(t, 30, OfferTerms(into=RIVER), side=side) for _ in range(2))
    assert owed(t) == 60, "an offer takes no room"
    assert t.exchange.accept(t.tick(), b, one) == Refusal.NONE
    assert owed(t) == 90
    assert t.exchange.accept(t.tick(), b, two) == Refusal.BORDER_LIMIT
    assert sell(t, 20, RIVER, VALLEY) == Refusal.NONE
    assert t.exchange.accept(t.tick(), b, two) == Refusal.NONE
    assert owed(t) == 100


def test_an_answer_has_to_fit_too(valley) -> None:
    t, b = valley, valley.account("B")
    t.exchange.limit_border(limit(60))
    first, _ = offer(t, 30, OfferTerms(to=(b,), into=RIVER))
    assert t.exchange.counter(t.tick(), b, first, 90, 41) == (0, Refusal.BORDER_LIMIT)
    answer, refusal = t.exchange.counter(t.tick(), b, first, 90, 40)
    assert (refusal, t.exchange.accept(t.tick(), t.account("A"), answer), owed(t)) == (0, 0, 100)


def test_a_deal_that_others_may_match_takes_its_room_once_and_when_accepted(valley) -> None:
    t = valley
    t.exchange.limit_border(limit(60))
    terms = OfferTerms(match_by=(t.account("C"),), match_time=50, into=RIVER)
    (one, _), (two, _) = (offer(t, 20, terms) for _ in range(2))
    assert [t.exchange.accept(t.tick(), t.account("B"), n) for n in (one, two)] == [0, 0]
    assert (owed(t), sell(t, 2)) == (100, Refusal.BORDER_LIMIT)
    assert t.exchange.take_over(t.tick(), t.account("C"), one) == 0
    assert [e.lots for e in t.exchange.expire_offers(t.t + 60)] == [20]
    assert owed(t) == 100


step = st.tuples(
    st.sampled_from("ABC"), st.sampled_from("ABC"), st.sampled_from(PAIRS), st.integers(1, 30), st.integers(0, 2),
    st.integers(-20, 60),
)  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(-20, 60), steps=st.lists(step, max_size=40))
def test_the_balance_is_what_was_sold_and_no_sale_leads_over_a_bound(engines, start, steps) -> None:
    """Bounds 0 and 40; a new limit now and then; both engines answer and write the same."""
    told = []
    for engine in (engines.kernel, engines.reference):
        t = Town(engine(26, 4, [RULES], [Listing(1, 0, 100)], FIRST))
        for who in "ABC":
            for i in (1, 2, 3):
                t.give(who, cash=100_000, units=1_000, instrument=i)
        balance, answers = start, []
        t.exchange.limit_border(limit(start, 0, 40))
        for seller, buyer, (sold, into), lots, how, stated in steps:
            if how == 2:
                balance = stated
                t.exchange.limit_border(limit(stated, 0, 40))
                continue
            change = lots * (((sold, into) in OUT) - ((sold, into) in BACK))
            fits = not change or (balance + change <= 40 if change > 0 else balance + change >= 0)
            if how == 1:
                made, answer = t.exchange.offer(t.tick(), 0, sold, t.account(seller), 2, 7, lots, OfferTerms(into=into))
                answer = answer or t.exchange.accept(t.tick(), t.account(buyer), made)
                t.exchange.withdraw(t.tick(), t.account(seller), made)
            else:
                answer = t.exchange.deal(
                    t.tick(), NEGOTIATED, 0, sold, t.account(buyer), t.account(seller), 7, lots, into
                )
            if seller != buyer and lots > 1:
                assert answer == (Refusal.NONE if fits else Refusal.BORDER_LIMIT)
            balance += 0 if answer else change
            assert t.exchange.borders() == {"valley": balance}
            answers.append(int(answer))
        told.append((answers, t.journal()))
    assert told[0][0] == told[1][0]
    assert np.array_equal(told[0][1], told[1][1])
