"""Renewable output: seasons of mean one, weather shared by region and technology, curtailment."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.policies.valley import Valley, person

from ecomarket.chance import Draws
from ecomarket.nature.renewable_output import SEASONS, RenewableOutput


def output(month=1, year=2024, seed=1, **params):
    valley = Valley(
        person("A", tech="wind", curtailment=0.1),
        person("B", tech="wind", curtailment=0.0),
        person("C", tech="pv", zone="632801"),
        person("D", tech="hydro-old"),
        person("MILL"),
    )
    return RenewableOutput(RenewableOutput.Params(**params), valley.setting).month(date(year, month, 1), Draws(seed))


@pytest.mark.parametrize("tech", sorted(SEASONS))
def test_a_season_has_mean_one(tech):
    assert np.mean(SEASONS[tech]) == pytest.approx(1.0, abs=0.01)


def test_only_plants_have_output_and_old_hydro_runs_like_hydro():
    found = output(sd_region=0, sd_plant=0)
    assert set(found) == {"A", "B", "C", "D"}
    assert found["D"] == SEASONS["hydro"][0]


def test_curtailment_is_its_yearly_mean_on_average_and_worst_in_spring():
    rates = [1 - (f := output(m, sd_region=0, sd_plant=0))["A"] / f["B"] for m in range(1, 13)]
    assert np.mean(rates) == pytest.approx(0.1)
    assert rates[3] == max(rates) == pytest.approx(0.15)


def test_neighbours_share_the_weather_of_their_technology():
    logs = np.log([[output(1, 1900 + y, sd_plant=0)[p] for p in "ABC"] for y in range(60)])
    assert np.corrcoef(logs[:, 0], logs[:, 1])[0, 1] == pytest.approx(1.0)
    assert abs(np.corrcoef(logs[:, 0], logs[:, 2])[0, 1]) < 0.4
