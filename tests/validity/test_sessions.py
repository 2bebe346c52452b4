"""Sheets of sessions: what is said of a market of the theory, reckoned by hand from a few prices."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from ecomarket.errors import ScenarioError
from ecomarket.experiments.statistics import chance_of_as_many
from ecomarket.validity.outcomes import results
from ecomarket.validity.periods import Periods

CASES = Path(__file__).parents[2] / "scenarios" / "validity"


def periods() -> Periods:
    """Two periods about a price of 100: early errors 30 and 10, late errors 10 and 10; half and all of 400 earned."""
    return Periods((np.array([130.0, 90.0]), np.array([110.0, 110.0])), (200.0, 400.0))


def test_what_theory_says_of_prices():
    found = periods()
    assert found.trades == 2
    assert found.efficiency(400).tolist() == [50, 100]
    assert found.late_to_early(100) == pytest.approx(10 / np.sqrt(500))
    assert found.alpha(100).tolist() == pytest.approx([np.sqrt(500), 10])
    assert found.dispersion == pytest.approx((20 + 0) / 2)
    assert found.mean_price == 110


def test_a_sign_test_counts_the_ways():
    """22 of 30 or more: 8,656,937 of 2 ** 30 ways."""
    assert chance_of_as_many(22, 8) == 8_656_937 / 2**30
    assert chance_of_as_many(21, 9) > 0.01 > chance_of_as_many(22, 8)


def test_a_market_is_told_day_by_day_and_with_several_seeds(tmp_path):
    """One call a day of all values and costs: 14 lots at 100, three days, two seeds that change nothing."""
    text = f"sessions:\n  call: {{scenario: {CASES / 'p27-truthful.yaml'}, repeat: 1}}\nseeds: 2\n"
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    found = results(path).values
    assert (found["periods.call"], found["trades.call"], found["mean.call.3"]) == (6, 14, 100)
    assert (found["efficiency.call.least"], found["alpha.call.1"]) == (100, 0)
    assert "late-to-early.call" not in found, "without an early error there is no ratio"
    assert results(path, seeds=1).values["periods.call"] == Decimal(3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sessions: {}\n", "E303"),
        ("sessions:\n  a: {scenario: p27-truthful.yaml, beside: b}\n", "E211"),
        (f"sessions:\n  a: {{scenario: {CASES / 'p27-truthful.yaml'}, skip: 3}}\n", "E303"),
        ("sessions:\n  a: {scenario: no-such.yaml}\n", "E100"),
    ],
)
def test_a_fault_of_a_sheet(tmp_path, text, code):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as fault:
        results(path)
    assert code in [d.code for d in fault.value.diagnostics]
