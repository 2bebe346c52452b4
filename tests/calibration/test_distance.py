"""Distances, weights and intervals, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ecomarket.calibration.distance import LOST, distance, spread, weights

NOT = float("nan")


def test_a_moment_weighs_the_inverse_of_its_variance_over_seeds() -> None:
    """Deviations 1 and 10: variances of (4, 6) and (40, 60) are 2 and 200."""
    sample = np.array([[4.0, 40.0], [6.0, 60.0]])
    assert weights(sample, np.array([5.0, 50.0])).tolist() == pytest.approx([1 / 2, 1 / 200])


def test_a_moment_that_never_varies_weighs_no_more_than_two_per_cent_of_it_allow() -> None:
    assert weights(np.full((3, 1), 7.0), np.array([10.0])).tolist() == pytest.approx([1 / 0.04])


def test_the_distance_is_of_means_over_seeds() -> None:
    """Means 5 and 50 against 6 and 30: 1 squared at 2, 20 squared at 0.01."""
    sample = np.array([[4.0, 40.0], [6.0, 60.0]])
    assert distance(sample, np.array([6.0, 30.0]), np.array([2.0, 0.01])) == pytest.approx(2 + 4)


def test_a_moment_that_one_seed_cannot_tell_costs_what_ten_deviations_cost() -> None:
    sample = np.array([[4.0, NOT], [6.0, 60.0]])
    assert distance(sample, np.array([5.0, 60.0]), np.ones(2)) == LOST
    assert weights(sample, np.array([5.0, 60.0]))[0] == pytest.approx(0.5)


def test_the_interval_is_students_for_one_more_year() -> None:
    """Three years 1, 2, 3: mean 2, deviation 1, t(0.975, 2) = 4.3027, times the root of 4/3."""
    found = spread(np.array([1.0, 2.0, 3.0]))
    assert (found.mean, found.low) == pytest.approx((2.0, 2 - 4.302653 * (4 / 3) ** 0.5))
    assert found.holds(6.9)
    assert not found.holds(7.1)


def test_one_year_alone_has_no_interval_and_none_no_mean() -> None:
    one = spread(np.array([1.0, NOT]))
    assert (one.mean, one.holds(1e9)) == (1.0, True)
    assert np.isnan(spread(np.array([NOT])).mean)
