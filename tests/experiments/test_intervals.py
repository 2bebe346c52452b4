"""Intervals of whole experiments hold the truth as often as they say (row 36b).

P06 knows the truth: the states of the world are drawn with known chances, and its prices follow from 0.8 (u - 70), at
least 15, at most 32. Of P08 (who trades when is luck) the truth is the mean over all pairs. Who compares a scenario with
itself on other luck finds nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sizes import SOAK

from ecomarket.experiments import compare
from ecomarket.experiments.statistics import paired
from ecomarket.experiments.study import Way

VALIDITY = Path(__file__).parents[2] / "scenarios" / "validity"
PRICE = "price.permit.vwap@2025"
REPEATS = 200
JANUARY = ("calendar.end=2025-01-31",)
"""The auction of P06 is held on the first day."""
CHANCES = ((0.25, 8.0), (0.5, 24.0), (0.25, 40.0))
"""Prices of P06 without floor and ceiling, and how likely each is."""


def prices(files, runs, overrides=()):
    """Return the price of each seed's run, by file."""
    found = compare(
        *(VALIDITY / f"{name}.yaml" for name in files),
        runs=runs, overrides=overrides, measures=[PRICE.split("@", maxsplit=1)[0]], way=Way(jobs=2 if SOAK else 1),
    )  # fmt: skip
    return [list(found.numbers.by_arm[arm.name][PRICE]) for arm in found.plan.arms]


def held(base, variant, truth, pairs):
    """Return in how many of the experiments of so many pairs the interval holds the truth, and how many there were."""
    cut = [(base[at : at + pairs], variant[at : at + pairs]) for at in range(0, len(base) - pairs + 1, pairs)]
    intervals = [paired(*one) for one in cut]
    return sum(one.low <= truth <= one.high for one in intervals), len(cut)


@pytest.mark.parametrize(("variant", "least", "most"), [("p06-floor", 15.0, 99.0), ("p06-hard", 15.0, 32.0)])
def test_the_effect_of_floor_and_ceiling(variant, least, most, record_property):
    pairs = 30 if SOAK else 6
    repeats = REPEATS if SOAK else 1
    base, other = prices(["p06-none", variant], pairs * repeats, JANUARY)
    effect = {round(p / 8): min(max(p, least), most) - p for _, p in CHANCES}
    assert all(b - a == pytest.approx(effect[round(a / 8)], abs=0.15) for a, b in zip(base, other, strict=True))
    truth = sum(chance * (min(max(p, least), most) - p) for chance, p in CHANCES)
    found, many = held(base, other, truth, pairs)
    record_property(f"intervals_of_{variant[4:]}_that_hold_the_truth", f"{found} of {many}")
    assert not SOAK or 0.92 <= found / many <= 0.98


def test_the_effect_of_a_fee_and_of_nothing(record_property):
    pairs, repeats = (10, REPEATS) if SOAK else (3, 1)
    base, other = prices(["p08-0", "p08-18-split"], pairs * repeats)
    assert all(b > a for a, b in zip(base, other, strict=True)), "half of the fee comes on top of what sellers get"
    found, many = held(base, other, paired(base, other).diff, pairs)
    record_property("intervals_of_a_fee_that_hold_the_mean_of_all", f"{found} of {many}")
    assert not SOAK or 0.92 <= found / many <= 0.98
    found, many = held(base, [*base[1:], base[0]], 0.0, pairs)
    record_property("of_nothing", f"{found} of {many}")
    assert found / many >= 0.93
