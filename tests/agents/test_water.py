"""What water is worth: the marginal condition of case P12, the curve and its inverse, standing by rank, saving."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.valley import Valley, region, user

from ecomarket.agents.water import IRRIGATION_SEASON as SEASON
from ecomarket.agents.water import (
    LinearValue,
    best_transfer,
    marginal_value,
    saving_npv,
    season_left,
    standing,
    wanted_share,
)

UP, DOWN = LinearValue(200.0, 2.0), LinearValue(400.0, 2.5)


@pytest.mark.parametrize(
    ("water", "loss", "limit", "gross", "prices", "gain"),
    [
        (120, 0.0, float("inf"), 49.7778, (155.5556, 155.5556), 5575.1111),
        (120, 0.1, float("inf"), 48.6957, (153.3913, 170.4348), 4772.1739),
        (120, 0.1, 20, 20, (96, 235), 3115),
        (80, 0.1, float("inf"), 45.7143, (195.4286, 217.1429), 4205.7143),
        (160, 0.1, float("inf"), 51.6770, (111.3540, 123.7267), 5374.4099),
    ],
)
def test_case_p12(water, loss, limit, gross, prices, gain):
    upper, lower = 0.6 * water, 0.4 * water
    x = best_transfer(UP, DOWN, upper, lower, loss, limit)
    used_up, used_down = upper - x, lower + (1 - loss) * x
    assert x == pytest.approx(gross, abs=1e-4)
    assert (UP.at(used_up), DOWN.at(used_down)) == pytest.approx(prices, abs=1e-4)
    assert used_up + used_down + loss * x == pytest.approx(water)
    worth_up = (200 * used_up - used_up**2) - (200 * upper - upper**2)
    worth_down = (400 * used_down - 1.25 * used_down**2) - (400 * lower - 1.25 * lower**2)
    assert worth_up + worth_down == pytest.approx(gain, abs=1e-3)


@given(st.floats(0.05, 1.0), st.floats(0.1, 2.0), st.floats(0.01, 100.0))
def test_the_wanted_share_undoes_the_marginal_value(share, elasticity, full):
    value = float(marginal_value(full, share, elasticity))
    back = float(wanted_share(full, value, elasticity))
    assert back == pytest.approx(share) or value == pytest.approx(10.0 * full)


def test_water_beyond_the_need_is_worth_nothing_and_dear_water_is_not_wanted():
    assert float(marginal_value(1.0, 1.01, 0.5)) == 0.0
    assert float(wanted_share(1.0, 11.0, 0.5)) == 0.0
    assert float(wanted_share(1.0, 0.5, 0.5)) == 1.0


def test_the_season_is_whole_and_runs_out():
    assert season_left(SEASON, 1) == pytest.approx(1.0)
    assert [season_left(SEASON, m) > season_left(SEASON, m + 1) for m in (3, 6, 10)] == [True] * 3
    assert season_left(SEASON, 11) == 0.0


def test_members_stand_where_the_law_serves_them():
    valley = Valley(
        region("UP"), user("HOMES", 40, rank=1), user("FARM", 30, rank=3), user("ORCHARD", 10, rank=3), user("MILL", 20)
    )
    place = standing(valley.setting, [valley.setting.by_code[c] for c in ("HOMES", "FARM", "ORCHARD", "MILL")])
    assert place.allotted([1.0] * 4).tolist() == [40, 30, 10, 20]
    assert place.allotted([0.9] * 4).tolist() == [40, 30, 10, 10]
    assert place.allotted([0.6] * 4).tolist() == [40, 15, 5, 0]


def test_saving_pays_when_the_annuity_of_its_price_exceeds_its_cost():
    # Ordos: 4.6 CNY for each m3 a year, 25 years without interest is 0.184 CNY/m3.
    assert np.sign(saving_npv([0.30, 0.40], 4.6, 0.06, 25)).tolist() == [-1.0, 1.0]
