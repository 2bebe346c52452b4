"""Stylised facts, reckoned by hand from a few days."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from ecomarket.results.days import Days
from ecomarket.validity.stylised import (
    busiest_months,
    clustering,
    five_day_move,
    kurtosis,
    mean_to_median,
    weekly,
    zero_weeks,
)


def days(lots, price=None, first="2024-01-01"):
    """Return as many days in a row as there are lots; without prices, one price."""
    lots = np.array(lots, dtype=float)
    dates = np.datetime64(first) + np.arange(len(lots))
    price = np.full(len(lots), 10.0) if price is None else np.array(price, dtype=float)
    return Days(dates, price, lots, lots * price)


def test_the_two_busiest_months_of_each_year():
    """2024: 40 and 30 of 100; 2025: 10 of 10."""
    dates = np.array(["2024-03-01", "2024-03-02", "2024-07-01", "2024-11-30", "2024-12-31", "2025-01-05"])
    lots = np.array([10.0, 10.0, 10.0, 30.0, 40.0, 10.0])
    found = Days(dates.astype("datetime64[D]"), np.ones(6), lots, lots)
    assert busiest_months(found) == pytest.approx((0.7 + 1.0) / 2)


def test_weeks_begin_on_mondays():
    """1 January 2024 was a Monday: seven days, seven days, one."""
    assert weekly(days([1] * 15)).tolist() == [7, 7, 1]
    assert mean_to_median(days([1] * 15)) == pytest.approx(5 / 7)


def test_weeks_without_trade():
    found = days([0] * 7 + [3] * 7 + [0] * 7)
    assert zero_weeks(found) == pytest.approx(2 / 3)
    assert isnan(mean_to_median(found)), "the middle week has none"


def test_kurtosis_of_two_even_steps_is_1_and_of_a_rare_leap_large():
    """Steps up and down of one size: 1. One leap among n = 100 days at rest: n - 2 + 1 / (n - 1)."""
    even = days([1] * 101, 10.0 * np.exp(0.01 * (np.arange(101) % 2)))
    leap = days([1] * 101, np.where(np.arange(101) < 50, 10.0, 20.0))
    assert kurtosis(even) == pytest.approx(1.0)
    assert kurtosis(leap) == pytest.approx(98 + 1 / 99)
    assert isnan(kurtosis(days([1] * 5))), "too few"
    assert isnan(kurtosis(days([1] * 50))), "a price that never moves"


def test_restless_days_that_follow_each_other_cluster():
    steps = np.concatenate([np.full(50, 0.001), np.full(50, 0.1)]) * np.where(np.arange(100) % 2, 1, -1)
    alternating = np.where(np.arange(100) % 2, 0.1, 0.001)
    assert clustering(days([1] * 101, np.exp(np.concatenate([[0], np.cumsum(steps)])))) > 0.9
    assert clustering(days([1] * 101, np.exp(np.concatenate([[0], np.cumsum(alternating)])))) < -0.9


def test_the_furthest_move_within_five_days():
    """From 10 to 15 within five days, not to 20 within six; days without trade have no price."""
    assert five_day_move(days([1, 0, 1, 1, 0, 1, 1], [10.0, 99.0, 11.0, 12.0, 1.0, 15.0, 16.5])) == pytest.approx(0.5)
    assert isnan(five_day_move(days([1, 0, 0, 0, 0, 0, 1], [10.0] * 7)))
