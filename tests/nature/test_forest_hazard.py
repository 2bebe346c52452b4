"""Hazards: right on average, in their months, drought only while plants are young."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, person

from ecomarket.chance import Draws
from ecomarket.nature.forest_hazard import ForestHazard

NEVER = {"fire_chance": 0, "drought_chance": 0, "pest_chance": 0}


def lost(planted, counties=150, years=6, **params):
    people = [person(f"C{n}", "county", "county", planted_year=planted) for n in range(counties)]
    process, draws = ForestHazard(ForestHazard.Params(**params), Valley(*people).setting), Draws(2)
    by_month = dict.fromkeys(range(1, 13), 0.0)
    for year in range(2024, 2024 + years):
        for month in by_month:
            by_month[month] += sum(process.month(date(year, month, 1), draws).values()) / counties / years
    return by_month


def test_grown_stands_lose_a_little_to_fire_and_pests():
    assert sum(lost(1990).values()) == pytest.approx(0.05 * 0.04 + 0.10 * 0.02, rel=0.35)


def test_young_plants_die_of_drought_too():
    assert sum(lost(2023, years=4).values()) == pytest.approx(0.004 + 0.02, rel=0.3)


def test_fires_burn_in_spring_only():
    found = lost(1990, **(NEVER | {"fire_chance": 1}))
    assert {m for m, share in found.items() if share > 0} == {3, 4, 5}
    assert sum(found.values()) == pytest.approx(0.04, rel=0.1)


def test_without_hazards_nothing_is_lost():
    assert set(lost(2023, counties=3, **NEVER).values()) == {0.0}
