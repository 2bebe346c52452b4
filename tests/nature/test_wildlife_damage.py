"""Damage by wild animals: as many cases as said, of the size said, mostly in summer."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, person

from ecomarket.chance import Draws
from ecomarket.nature.wildlife_damage import WildlifeDamage


def damage(month, cases=60, counties=200):
    people = [person(f"C{n}", "county", "county", wildlife_cases=cases) for n in range(counties)]
    process = WildlifeDamage(WildlifeDamage.Params(case_cny=3_000), Valley(*people).setting)
    return sum(process.month(date(2024, month, 1), Draws(5)).values()) / counties


def test_a_year_costs_cases_times_size():
    assert sum(damage(m) for m in range(1, 13)) == pytest.approx(60 * 3_000, rel=0.05)


def test_bears_sleep_in_winter():
    assert damage(1) == pytest.approx(damage(7) * 30 / 170, rel=0.25)


def test_counties_without_animals_have_no_damage():
    assert damage(7, cases=0) == 0
