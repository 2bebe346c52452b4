"""Counties with sinks: given an area, when the year begins, then they certify if it pays; they sell after the window."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, person

from ecomarket.agents.strategies.county_sinks import CountySinks
from ecomarket.model.codes import AccountKind, FactCode

CREDIT = "SINK.forest.2023"
JANUARY, AUGUST = date(2024, 1, 1), date(2024, 8, 1)


def valley_of(tree_mu=100_000, cash=10**7, **params):
    facts = {"tree_mu": tree_mu, "planted_year": 2012, "mrv_cny": 900_000, "verify_cny": 300_000, "guards": 12}
    valley = Valley(person("DATONG", "county", "county", cash_cny=cash, **facts))
    valley.board.notices["outside.ccer"] = 80.0
    return valley, valley.cohort(CountySinks, "DATONG", opinion_sd=0, **params)


def started(valley):
    return int(valley.book.year(FactCode.PROJECT_STARTED, 2024)[valley.account("DATONG")])


@pytest.mark.parametrize(
    ("area", "cash", "certifies"), [(100_000, 10**7, True), (2_000, 10**7, False), (100_000, 10, False)]
)
def test_it_certifies_if_that_pays_and_it_has_the_money(area, cash, certifies):
    valley, cohort = valley_of(area, cash)
    valley.plan(cohort, JANUARY)
    assert started(valley) == (area if certifies else 0)
    assert valley.has(AccountKind.WORLD, 0) == -cash * 10_000 + (900_000 * 10_000 if certifies else 0)


def test_it_certifies_once():
    valley, cohort = valley_of()
    for on in (JANUARY, date(2024, 1, 8), date(2025, 1, 6)):
        valley.plan(cohort, on)
    assert valley.has("DATONG", 0) == (10**7 - 900_000) * 10_000


def test_nothing_is_offered_while_the_window_is_open():
    valley, cohort = valley_of()
    valley.give("DATONG", CREDIT, 1000)
    for shut, target in ((1.0, 1000), (0.0, 0)):
        valley.board.notices[f"window.{CREDIT}.DATONG"] = shut
        valley.plan(cohort, AUGUST)
        assert valley.intent(cohort, "DATONG", CREDIT)["target"] == target


def test_it_takes_no_less_than_waiting_would_bring():
    valley, cohort = valley_of(rate="0.05", wait_years="0.5")
    valley.give("DATONG", CREDIT, 10_000)
    valley.board.notices[f"window.{CREDIT}.DATONG"] = 0.0
    valley.plan(cohort, AUGUST)
    assert valley.intent(cohort, "DATONG", CREDIT)["reservation"] == pytest.approx(800_000 * 1.05**-0.5, abs=1)


def test_guards_are_paid_as_far_as_there_is_money():
    valley, cohort = valley_of(cash=1000, guard_wage_cny=600)
    valley.operate(cohort, date(2024, 1, 31))
    valley.operate(cohort, date(2024, 2, 29))
    assert valley.has("DATONG", 0) == 0
    assert valley.is_balanced()
