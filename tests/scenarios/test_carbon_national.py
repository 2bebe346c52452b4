"""Scenario carbon-national and its two later years: sound, on the days of the real market, short of about what was traded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ecomarket.rights.carbon_allowance import free_allocation_t
from ecomarket.scenario import load

FOLDER = Path(__file__).parents[2] / "scenarios" / "carbon-national"
YEARS = {"carbon-national": 114, "calibrated": 114, "2023": 242, "2024": 242}
REAL_T = 178_789_350
COVERED = 2_162


@pytest.mark.parametrize("name", YEARS)
def test_it_trades_on_the_days_of_the_real_market(name: str) -> None:
    scenario = load(FOLDER / f"{name}.yaml")
    assert not scenario.warnings
    span = range((scenario.end - scenario.start).days + 1)
    days = [day for n in span if scenario.config.calendar.is_trading(day := scenario.start + timedelta(n))]
    real = [row.date for row in scenario.config.observed["cea"].table if scenario.start <= row.date <= scenario.end]
    assert days == sorted(real)
    assert len(days) == YEARS[name]


def test_as_much_is_lacking_a_plant_as_was_traded_in_fact() -> None:
    scenario = load("carbon-national")
    rules = scenario.config.rights["cea"].params
    plants = [row.facts for row in scenario.config.participants["enterprises"].table]
    gaps = [float(p["co2_t"]) - free_allocation_t(p, 2020, 1.0, law=rules) for p in plants]
    assert len(gaps) == 100
    lacking = sum(gap for gap in gaps if gap > 0)
    assert lacking / len(gaps) == pytest.approx(REAL_T / COVERED, rel=0.2)
    assert -sum(gap for gap in gaps if gap < 0) > lacking


def test_every_number_says_where_it_comes_from() -> None:
    assert all(value.source.strip() for value in load("carbon-national").sources)
