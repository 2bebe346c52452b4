"""Planting schedule: given a year's task, when its month ends, then counties plant by the land they have, and it grows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.planting_schedule import PlantingSchedule, Task
from ecomarket.rights._planting import planted_growth_t, planted_stock_t
from ecomarket.rights.carbon_sink import FOREST, GRASS

MAY = date(2024, 5, 31)


def planting(land, *tasks, **params):
    people = (
        person(f"C{n}", "county", "county", plantable_tree_mu=mu, cash_cny=params.pop("cash", 10**9))
        for n, mu in enumerate(land)
    )
    valley = Valley(*people)
    rows = [Task(year=year, measure="tree", mu=Decimal(mu)) for year, mu in tasks]
    return valley, PlantingSchedule(PlantingSchedule.Params(tasks=rows, **params), valley.setting)


def planted(valley, year=2024):
    return [int(valley.book.year(FactCode.PLANTED_TREE_MU, year)[p.account]) for p in valley.setting.participants]


def test_the_trees_of_2020_are_shared_by_land():
    valley, policy = planting((3, 2, 1), (2024, 5))
    valley.act(policy, Moment.MONTH_END, MAY)
    assert planted(valley) == [3, 2, 0]  # 2.5, 1.67, 0.83 rounded down to 2, 1, 0; the two mu over go to the first


def test_another_month_another_year_or_a_rule_out_of_force_plants_nothing():
    for on, params in ((date(2024, 6, 30), {}), (date(2025, 5, 31), {}), (MAY, {"since": date(2025, 1, 1)})):
        valley, policy = planting((10,), (2024, 5), **params)
        assert not valley.act(policy, Moment.MONTH_END, on)


def test_land_planted_is_used_up():
    valley, policy = planting((8,), (2024, 5), (2025, 5))
    valley.act(policy, Moment.MONTH_END, MAY)
    valley.act(policy, Moment.MONTH_END, date(2025, 5, 31))
    assert planted(valley) + planted(valley, 2025) == [5, 3]


def test_what_is_planted_grows_from_its_year_on():
    valley, policy = planting((1000,), (2024, 1000))
    valley.act(policy, Moment.MONTH_END, MAY)
    county = valley.account("C0")
    grown = [planted_growth_t(valley.book, county, FOREST, 2024, year) for year in (2023, 2024, 2025, 2026)]
    assert grown[0] == 0.0
    assert abs(sum(grown) - planted_stock_t(valley.book, county, FOREST, 2024, 2026)) < 1e-9
    assert 28 < grown[1] < 29 < grown[2]  # 12,000 (1 - exp(-0.05))^2 = 28.5
    assert planted_growth_t(valley.book, county, GRASS, 2024, 2025) == 0.0


@settings(max_examples=50, deadline=None)
@given(land=st.lists(st.integers(0, 10**6), min_size=1, max_size=6), mu=st.integers(0, 3 * 10**6))
def test_the_task_is_met_wherever_there_is_land_and_nobody_gets_more_than_its_land(land, mu):
    valley, policy = planting(land, (2024, mu), state_share=1)
    valley.act(policy, Moment.MONTH_END, MAY)
    assert sum(planted(valley)) == min(mu, sum(land))
    assert all(got <= has for got, has in zip(planted(valley), land, strict=True))
    assert valley.is_balanced()
