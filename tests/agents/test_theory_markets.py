"""Published markets played by the traders of the theory, with the bands of CASES: never tuned to.

docs/reference/theory.md says what came of them beside the published runs, and which rules differ.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tests.agents.theory_market import Sessions, played

from ecomarket.engine.drive import drive, genesis
from ecomarket.engine.run import Driving, run_key
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.scenario import load

CASES = Path(__file__).parents[2] / "scenarios" / "validity"


@cache
def sessions(name: str) -> Sessions:
    return played(load(CASES / f"{name}.yaml"), 1)


def test_constrained_traders_reach_nearly_all_of_the_surplus_and_prices_converge() -> None:
    found = sessions("p25")
    assert len(found.prices) == 261
    assert 98.3 <= found.efficiency(1100) <= 100
    assert found.late_to_early(100) <= 0.65
    assert 13 <= found.trades <= 15


def test_unconstrained_traders_trade_everything_and_learn_nothing() -> None:
    """18 units: (sum of values 2,250 - sum of costs 1,350) / 1,100."""
    found = sessions("p25-unconstrained")
    assert {len(p) for p in found.prices} == {18}
    assert set(found.earned) == {900.0}
    assert found.efficiency(1100) == pytest.approx(81.8182, abs=1e-4)
    assert found.late_to_early(100) >= 0.9


def head(name: str, **driving: object) -> bytes:
    scenario = load(CASES / f"{name}.yaml", ["calendar.end=2025-01-08"])
    how = Driving(1, scenario.end, **driving)
    journal = Journal(genesis(run_key(scenario, Driving(1, scenario.end))), BlockKeeper())
    drive(scenario, how, journal, lambda *_: None)
    return journal.head


@pytest.mark.parametrize("name", ["p25", "p25-unconstrained"])
def test_whoever_drives_the_traders_the_ledger_is_the_same(name: str) -> None:
    first = head(name)
    assert head(name, engine="reference") == first
    assert head(name, individuals=-1) == first
