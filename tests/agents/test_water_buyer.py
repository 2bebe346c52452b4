"""Industrial users: given a shortage, when they plan, then they bid for it at no more than its value, or make less."""

from __future__ import annotations

from datetime import date
from math import exp

import pytest
from tests.policies.valley import Valley, person, region, user

from ecomarket.agents.strategies.water_buyer import ACTIVITY, WaterBuyer
from ecomarket.agents.water import CASH_PER_LOT
from ecomarket.model.codes import AccountKind
from ecomarket.model.stated import FactCode

WATER = "WATER.UP.2024"


def valley_of(holding, activity=1.0):
    facts = {"water_value_cny_m3": 10, "cash_cny": 10**9}
    valley = Valley(region("UP"), user("MILL", 1200, sector="steel", **facts), person("DRY"))
    valley.give("MILL", WATER, holding)
    valley.price(WATER, CASH_PER_LOT)
    valley.nature[ACTIVITY] = {"MILL": activity}
    return valley, valley.cohort(WaterBuyer, "MILL", "DRY", safety=0)


def plan(holding, on, activity=1.0):
    valley, cohort = valley_of(holding, activity)
    valley.plan(cohort, on)
    return valley.intent(cohort, "MILL", WATER)


def test_who_draws_no_water_has_no_market():
    _, cohort = valley_of(0)
    assert {row for row, _ in cohort.markets()} == {0}


def test_it_aims_at_the_need_of_the_rest_of_the_year_at_its_activity():
    assert plan(500, date(2024, 7, 1))["target"] == 600
    assert plan(500, date(2024, 7, 1), activity=0.5)["target"] == 500
    assert plan(500, date(2024, 7, 1), activity=1.2)["target"] == 720


def test_it_never_pays_more_than_water_is_worth():
    assert plan(0, date(2024, 7, 1))["reservation"] == 10 * CASH_PER_LOT


def test_it_concedes_more_when_this_month_is_not_covered():
    covered, pressed = (plan(h, date(2024, 7, 1))["urgency"] for h in (300, 0))
    assert 0 < covered < pressed <= 1


def test_it_earns_what_the_water_it_uses_is_worth_and_nothing_for_what_it_lacks():
    valley, cohort = valley_of(60)
    before = valley.has("MILL", 0)
    valley.operate(cohort, date(2024, 3, 31))
    assert valley.has(AccountKind.CONSUMED, WATER) == 60
    mill = valley.account("MILL")
    assert valley.book.month(FactCode.WATER_DEMAND_1000M3, 202403)[mill] == 100
    assert valley.book.month(FactCode.WATER_USED_1000M3, 202403)[mill] == 60
    assert valley.has("MILL", 0) - before == 60 * 10 * CASH_PER_LOT
    assert valley.is_balanced()


def test_who_looks_in_vain_expects_to_pay_more_and_faster_without_water_for_the_month():
    found = []
    for holding in (300, 0):
        valley, cohort = valley_of(holding)
        valley.plan(cohort, date(2024, 3, 1))
        cohort.intents["a"] -= 1.0
        valley.plan(cohort, date(2024, 3, 4))
        found.append(valley.intent(cohort, "MILL", WATER)["c"] / CASH_PER_LOT)
    assert found == pytest.approx([exp(0.05), exp(0.05 * 3)])
