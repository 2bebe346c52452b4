"""What a firm expects of the rest of its year."""

import numpy as np
import pytest

from ecomarket.agents.operation import Output

SEASON = np.array([1.15, 1.10, 1.05, 0.95, 0.85, 0.85, 0.95, 0.95, 0.90, 0.95, 1.10, 1.20])


def after(months, scale=1.0):
    output = Output()
    for year, first in ((2024, 1), (2025, 1)):
        for m in range(first, 13):
            if (year, m) < months:
                output.remember(year * 100 + m, np.array([SEASON[m - 1] * (scale if year == 2025 else 1.0)]))
    return output


@pytest.mark.parametrize("month", range(1, 13))
def test_a_second_year_knows_its_season(month):
    expected = after((2025, month)).rest(202500 + month, SEASON[month - 1 : month])
    assert expected[0] == pytest.approx(SEASON[month - 1 :].mean())


def test_a_better_year_is_expected_to_go_on():
    expected = after((2025, 7), 1.1).rest(202507, SEASON[6:7] * 1.1)
    assert expected[0] == pytest.approx(1.1 * SEASON[6:].mean())


@pytest.mark.parametrize("month", range(1, 13))
def test_a_first_year_expects_no_less_than_what_is_left_of_a_normal_one(month):
    expected = after((2024, month)).rest(202400 + month, SEASON[month - 1 : month])
    assert expected[0] >= SEASON[month - 1 :].mean() - 1e-9


def test_in_december_output_is_known():
    assert after((2024, 12)).rest(202412, np.array([1.3]))[0] == 1.3
