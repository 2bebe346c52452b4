"""Counterpart support: given a framework, when the year ends, then what was bought is retired and what is missing owed."""

from __future__ import annotations

from datetime import date

from tests.policies.valley import Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess, Note
from ecomarket.model.observation import Moment
from ecomarket.model.registry import Retire
from ecomarket.model.stated import FactCode, NoteCode
from ecomarket.policies.counterpart_support import CounterpartSupport

YEAR, END, NEXT = date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1)
CREDIT = "SINK.forest.2023"


def valley_of(**params):
    valley = Valley(
        person("YUSHU", "county", "county", partner="BJ", guards=10),
        person("LONE", "county", "county", partner=""),
        person(
            "BJ",
            "support-province",
            partner="6327",
            budget_cny=5000,
            commitment_t=100,
            floor_cny_t=60,
            cap_cny_t=100,
            reputation=1.0,
        ),
    )
    chosen = {"support_cny_county": 700, "guard_pay_cny": 20, "reputation_loss": "0.5"} | params
    return valley, CounterpartSupport(CounterpartSupport.Params(**chosen), valley.setting)


def test_budgets_and_support_are_paid_and_the_framework_is_signed():
    valley, policy = valley_of()
    valley.act(policy, Moment.YEAR_START, YEAR)
    assert [valley.has(who, 0) // 10_000 for who in ("BJ", "YUSHU", "LONE")] == [5000, 900, 0]
    (signed,) = [n.payload for n in valley.ordered(Note) if n.code is NoteCode.FRAMEWORK_SIGNED]
    assert signed == {
        "helper": "BJ",
        "recipients": ["6327"],
        "year": 2024,
        "min_tonnes": 100,
        "floor_cash_per_t": 600_000,
        "cap_cash_per_t": 1_000_000,
        "budget_cash": 50_000_000,
    }
    assert valley.is_balanced()


def test_what_was_bought_is_retired_for_its_buyer():
    valley, policy = valley_of()
    valley.give("BJ", CREDIT, 130)
    valley.act(policy, Moment.YEAR_END, END)
    assert (valley.has("BJ", CREDIT), valley.has(AccountKind.RETIRED, CREDIT)) == (0, 130)
    (assessed,) = valley.ordered(Assess)
    assert (assessed.required, assessed.met) == (100, 100)
    assert [(r.beneficiary, r.purpose) for r in valley.ordered(Retire)] == [(valley.account("BJ"), "framework")]


def test_what_is_missing_is_stated_owed_next_year_and_costs_reputation():
    valley, policy = valley_of()
    valley.give("BJ", CREDIT, 60)
    valley.act(policy, Moment.YEAR_END, END)
    assert valley.book.year(FactCode.UNMET_COMMITMENT, 2024)[valley.account("BJ")] == 40
    assert valley.board.notices["reputation.BJ"] == 0.8
    assert valley.board.notices["commitment.BJ"] == 140.0
    valley.act(policy, Moment.YEAR_START, NEXT)
    assert valley.ordered(Note)[-1].payload["min_tonnes"] == 140


def test_nothing_is_owed_where_unmet_tonnes_lapse():
    valley, policy = valley_of(carry_over=False)
    valley.act(policy, Moment.YEAR_END, END)
    assert valley.board.notices["commitment.BJ"] == 100.0
