"""Inflow: right on average, one luck a basin, and forecasts that learn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.policies.valley import Valley, region, user

from ecomarket.chance import Draws
from ecomarket.nature.inflow import Inflow


def inflow(**params):
    valley = Valley(region("UP", eco_share=0.2, engineering_share=0.5, cap_1000m3=350), user("FARM", 400))
    return Inflow(Inflow.Params(**params), valley.setting)


def years(process, zone="UP", count=200, seed=1):
    draws = Draws(seed)
    return [sum(process.month(date(1000 + y, m, 1), draws)[zone] for m in range(1, 13)) / 12 for y in range(count)]


def test_the_mean_year_brings_the_mean_and_years_spread_as_told():
    found = np.array(years(inflow(sd_month=0)))
    assert found.mean() == pytest.approx(1.0, abs=0.06)
    assert np.log(found).std() == pytest.approx(0.25, abs=0.03)


def test_dry_years_come_in_rows_if_the_memory_is_long():
    logs = np.log(years(inflow(ar="0.6", sd_month=0)))
    assert np.corrcoef(logs[1:], logs[:-1])[0, 1] == pytest.approx(0.6, abs=0.12)


def test_four_flood_months_bring_more_than_half():
    process, draws = inflow(sd_year=0, sd_month=0), Draws(1)
    flood = sum(process.month(date(2024, m, 1), draws)["UP"] for m in (6, 7, 8, 9)) / 12
    assert 0.5 < flood < 0.85


def test_zones_of_a_basin_share_their_year_and_other_basins_do_not():
    process = inflow(sd_month=0)
    up, down, far = (years(process, zone, 40) for zone in ("UP", "DOWN", "FAR"))
    assert up == down
    assert np.corrcoef(up, far)[0, 1] < 0.5


def test_without_chance_the_forecast_is_the_truth():
    process = inflow(sd_year=0, sd_month=0, sd_forecast=0)
    told = process.notices(date(2024, 5, 1), Draws(3))
    assert told["inflow.expected.UP"] == pytest.approx(1.0)
    # (1 - 0.2) x 0.5 x 1000 = 400, under a cap of 350, over a need of 400.
    assert told["water.share.UP"] == pytest.approx(350 / 400)


def test_forecasts_come_closer_as_months_pass():
    process = inflow(sd_forecast=0)
    truth = np.array(years(process, count=60))
    errors = []
    for month in (1, 6, 9, 12):
        told = np.array([process.expected_ratio("UP", date(1000 + y, month, 1), Draws(1)) for y in range(60)])
        errors.append(float(np.sqrt(((told - truth) ** 2).mean())))
    assert errors[0] > errors[1] > errors[2] > errors[3]
    assert abs(float(np.mean(told - truth))) < 0.02


def test_forecasts_are_not_biased_while_they_learn():
    process = inflow(sd_forecast=0, sd_month="0.05")
    truth = np.array(years(process, count=60))
    told = np.array([process.expected_ratio("UP", date(1000 + y, 6, 1), Draws(1)) for y in range(60)])
    assert abs(float(np.mean(told / truth)) - 1.0) < 0.01


def test_the_same_month_has_the_same_luck_whatever_else_is_drawn():
    one, two = inflow(), inflow()
    two.month(date(2030, 1, 1), Draws(5))
    assert one.month(date(2024, 7, 1), Draws(5)) == two.month(date(2024, 7, 1), Draws(5))
    assert one.month(date(2024, 7, 1), Draws(5)) != one.month(date(2024, 7, 1), Draws(6))
