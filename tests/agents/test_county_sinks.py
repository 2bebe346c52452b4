"""Counties with sinks: given an area, when the year begins, then they certify if it pays; they sell after the window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.policies.valley import Valley, person

from ecomarket.agents.strategies.county_sinks import CountySinks
from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.policies.priority_window import PriorityWindow
from ecomarket.policies.sink_issuance import SinkIssuance
from ecomarket.rights.carbon_sink import growth_t

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


@pytest.mark.parametrize(("law", "target"), [({}, 0), ({"priority-window": PriorityWindow.Params()}, 1000)])
def test_where_no_window_is_law_all_is_offered_at_once(law, target):
    """Before the window of a new credit has opened nothing is said of it; without such a law nothing ever is."""
    valley, _ = valley_of()
    valley.give("DATONG", CREDIT, 1000)
    valley.setting = replace(valley.setting, law=law)
    cohort = valley.cohort(CountySinks, "DATONG", opinion_sd=0)
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


SMALL = {"DATONG": 10_000, "HUANGYUAN": 5_000}


def pair(pool=True, cash=10**7, poor=None, members=None, **areas):
    """Counties too small alone, at 100 CNY a tonne, ten years, no interest; entry 900,000, verification 300,000."""
    facts = {"planted_year": 2012, "mrv_cny": 900_000, "verify_cny": 300_000}
    table = SMALL | areas
    valley = Valley(
        *(
            person(c, "county", "county", tree_mu=mu, cash_cny=10 if c == poor else cash, **facts)
            for c, mu in table.items()
        )
    )
    valley.board.notices["outside.ccer"] = 100.0
    cohort = valley.cohort(CountySinks, *(members or table), opinion_sd=0, rate=0, crediting_years=10, pool=pool)
    return valley, cohort


def tonnes(valley, code, year=2024):
    return growth_t(valley.setting.by_code[code], "forest", year)


def paid(valley, code, cash=10**7):
    return cash * 10_000 - valley.has(code, 0)


def test_two_too_small_alone_register_together_and_share_the_cost_by_tonnes():
    valley, cohort = pair()
    first, second = (tonnes(valley, code) for code in SMALL)
    assert 90 * first < 300_000 < 900_000 < (90 * (first + second) - 300_000) * 10
    valley.plan(cohort, JANUARY)
    entry = 900_000 * 10_000
    assert paid(valley, "DATONG") + paid(valley, "HUANGYUAN") == entry
    assert abs(paid(valley, "DATONG") - entry * int(first) / (int(first) + int(second))) <= 1
    notes = [c.payload for c in valley.ordered(Note) if c.code == NoteCode.PROJECT]
    assert [n["pool"] for n in notes] == ["6301.2024", "6301.2024"]
    assert [n["members"] for n in notes] == [["DATONG", "HUANGYUAN"]] * 2
    assert [n["register_cash"] for n in notes] == [paid(valley, code) for code in SMALL]
    for on in (date(2024, 1, 8), date(2025, 1, 6)):
        valley.plan(cohort, on)
    assert paid(valley, "DATONG") + paid(valley, "HUANGYUAN") == entry


def test_without_pools_neither_registers_and_a_large_one_is_on_its_own():
    valley, cohort = pair(pool=False, HUZHU=100_000)
    valley.plan(cohort, JANUARY)
    assert [paid(valley, code) for code in (*SMALL, "HUZHU")] == [0, 0, 900_000 * 10_000]


def test_one_that_pays_alone_does_not_join():
    valley, cohort = pair(HUZHU=100_000)
    valley.plan(cohort, JANUARY)
    assert paid(valley, "HUZHU") == 900_000 * 10_000
    assert paid(valley, "DATONG") + paid(valley, "HUANGYUAN") == 900_000 * 10_000
    notes = {c.payload["county"]: c.payload for c in valley.ordered(Note) if c.code == NoteCode.PROJECT}
    assert notes["HUZHU"] == {"what": "sink-project", "county": "HUZHU", "mu": 100_000, "register_cash": 9 * 10**9}


def test_the_pools_verification_is_paid_once_a_year_by_all_together():
    valley, cohort = pair(TIANJUN=5_000)
    policy = SinkIssuance(SinkIssuance.Params(), valley.setting)
    valley.plan(cohort, JANUARY)
    valley.act(policy, Moment.MONTH_END, date(2024, 6, 30))
    members = (*SMALL, "TIANJUN")
    assert sum(paid(valley, code) for code in members) == (900_000 + 300_000) * 10_000
    assert all(valley.has(code, CREDIT) > 0 for code in members)
    valley.act(policy, Moment.MONTH_END, date(2025, 6, 30))
    assert sum(paid(valley, code) for code in members) == (900_000 + 600_000) * 10_000


def test_who_lacks_the_cash_for_its_share_enters_when_it_has_it():
    valley, cohort = pair(poor="HUANGYUAN")
    valley.plan(cohort, JANUARY)
    own = paid(valley, "DATONG")
    assert 0 < own < 900_000 * 10_000
    assert paid(valley, "HUANGYUAN", 10) == 0
    valley.give("HUANGYUAN", 0, 10**10, AccountKind.WORLD)
    valley.plan(cohort, date(2025, 1, 6))
    assert own + paid(valley, "HUANGYUAN", 10) + 10**10 == 900_000 * 10_000


def test_a_member_of_a_pool_asks_for_its_share_of_the_verification():
    valley, cohort = pair()
    valley.give("HUANGYUAN", CREDIT, 100)
    valley.plan(cohort, JANUARY)
    valley.board.notices |= {"outside.ccer": 1.0, f"window.{CREDIT}.HUANGYUAN": 0.0}
    valley.plan(cohort, AUGUST)
    first, second = (int(tonnes(valley, code)) for code in SMALL)
    share = 300_000 * 10_000 * second / (first + second)
    asked = valley.intent(cohort, "HUANGYUAN", CREDIT)["reservation"]
    assert asked == pytest.approx(share / (0.9 * tonnes(valley, "HUANGYUAN", 2023)), abs=1)


def test_a_pool_is_the_same_for_a_member_driven_alone():
    together, cohort = pair(HUZHU=100_000)
    together.plan(cohort, JANUARY)
    apart = [pair(HUZHU=100_000, members=[code]) for code in (*SMALL, "HUZHU")]
    alone = [command for valley, cohort in apart for command in valley.plan(cohort, JANUARY)]
    assert together.said == alone
