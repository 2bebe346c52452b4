"""Owners of sink projects (project-owner): given credits, then all are for sale, no lower than waiting would bring."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, person

from ecomarket.agents.strategies.project_owner import ProjectOwner

FOREST, GRASS = "SINK.forest.2023", "SINK.grass.2023"
AUGUST = date(2024, 8, 1)


def valley_of(outside=80.0, **params):
    valley = Valley(person("FORESTRY"), person("EMPTY"))
    valley.board.notices["outside.ccer"] = outside
    valley.give("FORESTRY", FOREST, 1000)
    valley.give("FORESTRY", GRASS, 400)
    return valley, valley.cohort(ProjectOwner, "FORESTRY", "EMPTY", **({"opinion_sd": 0} | params))


def wanted(valley, cohort, credit):
    valley.plan(cohort, AUGUST)
    return valley.intent(cohort, "FORESTRY", credit)


def test_all_it_holds_is_for_sale_and_nothing_is_bought():
    valley, cohort = valley_of()
    valley.plan(cohort, AUGUST)
    assert {int(row["target"]) for row in cohort.intents} == {0}


def test_it_takes_what_half_a_years_wait_would_bring():
    intent = wanted(*valley_of(rate="0.08", wait_years="0.5"), FOREST)
    assert intent["reservation"] == pytest.approx(800_000 * 1.08**-0.5, abs=1)


def test_grass_is_expected_at_a_part_of_the_price_of_forest():
    valley, cohort = valley_of(grass_factor="0.5", wait_years=0)
    assert wanted(valley, cohort, GRASS)["reservation"] == 400_000
    assert wanted(valley, cohort, FOREST)["reservation"] == 800_000


def test_a_price_that_was_paid_counts_for_more_than_one_that_is_published():
    valley, cohort = valley_of(wait_years=0)
    (credit,) = (i for i in valley.setting.instruments if i.code == GRASS)
    valley.board.close[credit.index] = 300_000
    assert wanted(valley, cohort, GRASS)["reservation"] == 300_000


def test_it_looks_only_where_it_has_something_to_sell():
    valley, cohort = valley_of(looks_a_day="0.4")
    looks = cohort.looks(valley.see(cohort))
    assert {float(x) for x in looks} == {0.0, 0.4}
    assert sum(x > 0 for x in looks) == 2
