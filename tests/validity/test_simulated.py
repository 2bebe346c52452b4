"""Sheets of simulations: what is said of runs, reckoned by hand, and what a wrong sheet is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ecomarket.errors import ScenarioError
from ecomarket.scenario import load
from ecomarket.validity.outcomes import results
from ecomarket.validity.simulated import Outcome, _measured, _seeds

CASES = Path(__file__).parents[2] / "scenarios" / "validity"


def outcome(weight: float, cost: float, prices: list[float], years: list[int]) -> Outcome:
    return Outcome(weight, cost, 0.0, np.array(prices), np.full(len(prices), 2.0), np.array(years))


def test_costs_and_prices_are_weighed() -> None:
    """300 and 100, the second three times as likely: 150; from 250 down to 50 half is reached."""
    runs = [outcome(0.25, 300, [10, 20], [1, 2]), outcome(0.75, 100, [30, 40, 50], [1, 1, 2])]
    found = dict(_measured(runs, worst=250, best=50))
    assert (found["cost"], found["efficiency"]) == (150, 50)
    assert (found["trades"], found["volume"]) == (0.25 * 2 + 0.75 * 3, 0.25 * 4 + 0.75 * 6)
    assert (found["price"], found["price-last"]) == (0.25 * 15 + 0.75 * 40, 0.25 * 20 + 0.75 * 50)
    assert (found["price-low"], found["price-high"]) == (10, 50)
    assert found["price-sd"] == pytest.approx(np.std([10, 20, 40, 50]))


def test_without_trade_there_is_no_price_and_without_a_gain_no_efficiency() -> None:
    assert set(dict(_measured([outcome(1, 5, [], [])], worst=5, best=5))) == {"cost", "volume", "trades"}


def test_each_state_of_the_world_has_its_seeds() -> None:
    """Three states, a quarter, a half, a quarter; two seeds in each."""
    weights = [weight for _, weight in _seeds(load(CASES / "p06-none.yaml"), 1, 2)]
    assert sorted(weights) == [0.125, 0.125, 0.125, 0.125, 0.25, 0.25]
    assert [weight for _, weight in _seeds(load(CASES / "p01-perman.yaml"), 7, 4)] == [0.25] * 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("simulated: {}\n", "E303"),
        ("simulated:\n  a: {scenario: p01-perman.yaml}\nratios: {r: {of: cost, run: a, to: b}}\n", "E211"),
        ("simulated:\n  a: {scenario: no-such.yaml}\n", "E100"),
    ],
)
def test_a_fault_of_a_sheet(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as fault:
        results(path)
    assert code in [d.code for d in fault.value.diagnostics]


FORCED = """ecomarket: 1
name: forced
title: {en: One firm that cannot cut, zh: 一家无法减排的企业}
extends: p01-perman.yaml
rights: {permit: {cap: 110}}
participants:
  a: {schedules: {permit: {unabated: 80, allocation: 20, abatement: {marginal: [0, 1], fixed: 0, max_share: 0.25}}}}
  b: {schedules: {permit: {unabated: 100, allocation: 90, abatement: {marginal: [0, 2], fixed: 0}}}}
"""


@pytest.mark.parametrize("cash", [5_000, 2_000_000_000])
def test_who_cannot_cut_buys_what_it_needs_at_about_what_cutting_costs_others(tmp_path: Path, cash: int) -> None:
    """a must have 60 permits and holds 20; b cuts 50 for it, the last at 100 (without this it sold for 20, or nothing)."""
    text = FORCED.replace("p01-perman.yaml", str(CASES / "p01-perman.yaml")).replace("a: {", f"a: {{cash: {cash}, ", 1)
    (tmp_path / "forced.yaml").write_text(text, encoding="utf-8")
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text("simulated: {x: {scenario: forced.yaml}}\nseeds: 2\n", encoding="utf-8")
    found = results(sheet).values
    assert [float(found[name]) for name in ("volume.x", "cost.x")] == [40, 2_700]
    assert 50 < float(found["price.x"]) < 150


def test_a_penalty_paid_is_no_gain(tmp_path: Path) -> None:
    """Of whole lots 7 are missing, 80 each: no better than the optimum, which cuts more and in which 6.7 are missing."""
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(f"simulated: {{x: {{scenario: {CASES / 'p18-penalty.yaml'}}}}}\nseeds: 1\n", encoding="utf-8")
    assert 95 <= float(results(sheet).values["efficiency.x"]) <= 100
