"""Intervals, the sign test and the effect size: known answers, properties, and how often an interval holds the truth."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ecomarket.chance import Draws, key
from ecomarket.experiments.statistics import paired, sign_test, spread

NUMBERS = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=2, max_size=30)
REPEATS = 20_000 if os.environ.get("ECOMARKET_SOAK") else 2_000


def test_known_answers():
    """Student's table: t of 4 degrees at 0.975 is 2.776445; 1..5 have mean 3 and deviation sqrt(2.5)."""
    found = spread([1, 2, 3, 4, 5])
    half = 2.776445 * math.sqrt(2.5 / 5)
    assert (found.n, found.mean, found.median, found.least, found.greatest) == (5, 3, 3, 1, 5)
    assert found.sd == pytest.approx(math.sqrt(2.5))
    assert (found.low, found.high) == pytest.approx((3 - half, 3 + half), rel=1e-6)


def test_pairs_by_hand():
    """Differences 1, 2, -1, 4: mean 1.5, deviation sqrt(13/3), three of four up, sign test 2 x (1 + 4) / 16."""
    found = paired([10, 10, 10, 10], [11, 12, 9, 14])
    assert (found.n, found.base, found.variant, found.diff, found.share, found.p) == (4, 10, 11.5, 1.5, 0.75, 0.625)
    assert found.d == pytest.approx(1.5 / math.sqrt(13 / 3))
    assert found.high - found.diff == pytest.approx(3.182446 * math.sqrt(13 / 3) / 2, rel=1e-6)


def test_what_differs_nowhere_is_told_exactly():
    found = paired([3, 4], [3, 4])
    assert (found.diff, found.low, found.high, found.share, found.p, found.d) == (0, 0, 0, 1, 1, None)


def test_pairs_that_all_differ_alike_have_no_effect_size():
    base = [11_069.1, 10_980.3, 12_345.7]
    assert paired(base, [x - 172.36 for x in base]).d is None


def test_one_run_has_no_interval():
    assert (spread([7]).sd, spread([7]).low, paired([7], [8]).high, paired([7], [8]).diff) == (None, None, None, 1)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_sign_test_is_the_exact_binomial(up, down):
    if up + down:
        assert sign_test(up, down) == pytest.approx(stats.binomtest(up, up + down).pvalue, rel=1e-9)


@given(NUMBERS)
def test_intervals_are_scipys(numbers):
    found = spread(numbers)
    sd = np.std(numbers, ddof=1)
    if sd > 1e-6:
        low, high = stats.t.interval(0.95, len(numbers) - 1, np.mean(numbers), stats.sem(numbers))
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6)


@given(NUMBERS, st.floats(-1e3, 1e3), st.sampled_from([0.5, 2.0, 8.0]))
def test_shifting_and_scaling(numbers, shift, scale):
    one, other = spread(numbers), spread([scale * (x + shift) for x in numbers])
    assert other.mean == pytest.approx(scale * (one.mean + shift), rel=1e-9, abs=1e-3)
    assert other.high - other.low == pytest.approx(scale * (one.high - one.low), rel=1e-6, abs=1e-3)


@given(st.lists(st.tuples(st.integers(-1000, 1000), st.integers(-1000, 1000)), min_size=2, max_size=30))
def test_the_other_way_round_only_signs_change(pairs):
    base, variant = [a for a, _ in pairs], [b for _, b in pairs]
    there, back = paired(base, variant), paired(variant, base)
    assert (back.diff, back.low, back.high) == pytest.approx((-there.diff, -there.high, -there.low))
    assert (back.share, back.p) == (there.share, there.p)


@pytest.mark.parametrize(("effect", "low", "high"), [(0.0, 0.935, 0.965), (1.5, 0.935, 0.965)])
def test_of_a_hundred_intervals_ninety_five_hold_the_truth(effect, low, high, record_property):
    """Pairs of ten with common luck ten times as wide as the effect's own: it cancels."""
    draws = Draws(7)
    at = np.arange(REPEATS * 10)
    shared, own = (stats.norm.ppf(draws.uniform(key(name), "pairs", at)) for name in ("shared", "own"))
    held = 0
    for rows in at.reshape(REPEATS, 10):
        base = 10 * shared[rows]
        found = paired(base.tolist(), (base + effect + own[rows]).tolist())
        held += found.low <= effect <= found.high
    record_property(f"intervals of {effect}", REPEATS)
    assert low <= held / REPEATS <= high
