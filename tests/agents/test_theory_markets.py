"""Published markets played by the traders of the theory, with the bands of CASES: never tuned to.

docs/reference/theory.md says what came of them beside the published runs, and which rules differ.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.agents.theory_market import Sessions, played, recorded

from ecomarket.engine.drive import drive, genesis
from ecomarket.engine.run import Driving, run_key
from ecomarket.errors import ScenarioError
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.scenario import load
from ecomarket.units import CASH_PER_YUAN

CASES = Path(__file__).parents[2] / "scenarios" / "validity"


CONTINUOUS = ["venues.market.mechanism=continuous", "venues.market.every=0"]


def looks(strategy: str, count: int) -> list[str]:
    return [f"participants.{group}.strategies.{strategy}.looks_a_day={count}" for group in ("buyers", "sellers")]


@cache
def sessions(name: str) -> Sessions:
    return played(load(CASES / f"{name}.yaml"), 1)


def test_constrained_traders_reach_nearly_all_of_the_surplus_and_prices_converge() -> None:
    found = sessions("p25")
    assert len(found.prices) == 206
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


def test_smiths_first_test_with_constrained_traders() -> None:
    """Most of the surplus, 750 a day; prices about 200, as far from it on the last days as on the first."""
    found = sessions("p26")
    assert 94.5 <= found.efficiency(750) <= 98.5
    alpha = found.alpha(200)
    assert 16 <= np.mean(alpha) <= 24
    assert 194 <= found.mean_price <= 206
    assert np.mean(alpha[-69:]) >= 0.8 * np.mean(alpha[:69])


def test_smiths_first_test_without_a_budget_gains_nothing() -> None:
    """All eleven trade, and the sum of values is the sum of costs: 2,200."""
    found = sessions("p26-unconstrained")
    assert {len(p) for p in found.prices} == {11}
    assert set(found.earned) == {0.0}


def test_with_a_flat_supply_the_prices_of_zero_intelligence_miss_the_equilibrium() -> None:
    assert sessions("p26-flat").mean_price >= 205


ZIP_SEEDS = range(1, 35)
"""34 runs of six days: 204 sessions."""


def test_traders_that_learn_come_nearer_from_day_to_day() -> None:
    scenario = load(CASES / "p26-zip.yaml")
    found = [played(scenario, seed) for seed in ZIP_SEEDS]
    alpha = np.mean([run.alpha(200) for run in found], axis=0)
    assert alpha[4] <= 8
    assert alpha[4] <= alpha[0] / 2
    assert np.mean([run.efficiency(750) for run in found]) >= 95


def test_traders_that_learn_find_the_price_of_a_flat_supply() -> None:
    scenario = load(CASES / "p26-zip-flat.yaml")
    found = [played(scenario, seed) for seed in ZIP_SEEDS]
    assert np.mean([run.prices[4].mean() for run in found]) == pytest.approx(200, rel=0.015)


def test_one_call_of_all_values_and_costs_finds_the_equilibrium() -> None:
    found = sessions("p27-truthful")
    assert [p.tolist() for p in found.prices] == [[100.0] * 14] * 3
    assert found.earned == (1100.0,) * 3


def test_patient_traders_find_it_in_a_continuous_market_too() -> None:
    scenario = load(CASES / "p27-truthful.yaml", [*CONTINUOUS, *looks("truthful", 100)])
    found = [played(scenario, seed) for seed in range(1, 11)]
    assert np.mean([run.efficiency(1100) for run in found]) >= 95
    assert np.mean([run.mean_price for run in found]) == pytest.approx(100, rel=0.02)


def test_the_same_random_traders_trade_nearer_to_each_other_in_calls() -> None:
    """30 pairs of the same luck; 22 or more of 30 happen by chance in less than one case of a hundred."""
    call = load(CASES / "p27-call.yaml")
    double_auction = load(CASES / "p27-call.yaml", CONTINUOUS)
    nearer = [played(call, seed).dispersion < played(double_auction, seed).dispersion for seed in range(1, 31)]
    assert sum(nearer) >= 22


def head(name: str, **driving: object) -> bytes:
    scenario = load(CASES / f"{name}.yaml", ["calendar.end=2025-01-08"])
    how = Driving(1, scenario.end, **driving)
    journal = Journal(genesis(run_key(scenario, Driving(1, scenario.end))), BlockKeeper())
    drive(scenario, how, journal, lambda *_: None)
    return journal.head


@pytest.mark.parametrize("name", ["p25", "p25-unconstrained", "p26-zip", "p27-truthful"])
def test_whoever_drives_the_traders_the_ledger_is_the_same(name: str) -> None:
    first = head(name)
    assert head(name, engine="reference") == first
    assert head(name, individuals=-1) == first


YEAR_OF_PATIENCE = "[{name: truthful, right: permit, looks_a_day: 1, until: year}]"


@pytest.mark.parametrize("seed", range(1, 6))
def test_two_firms_trade_to_least_cost_under_cap_and_trade(seed: int) -> None:
    """CASES P01: nine trades, the last at 94 to 98; at least 95 % of the way from 2,525 CNY of abatement to 2,120."""
    firms = [f"participants.{firm}.strategies={YEAR_OF_PATIENCE}" for firm in "ab"]
    records = recorded(load(CASES / "p01-perman.yaml", firms), seed)
    trades = records[records["kind"] == RecordKind.TRADE]
    assert trades["amount"].tolist() == [1] * 9
    assert 94 <= trades["price"][-1] / CASH_PER_YUAN <= 98
    paid = records[(records["kind"] == RecordKind.TRANSFER) & (records["code"] == TransferCode.ABATEMENT_COST)]
    assert (2525 - paid["amount"].sum() / CASH_PER_YUAN) / (2525 - 2120) >= 0.95
    assert TransferCode.FINE not in records["code"][records["kind"] == RecordKind.TRANSFER]


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("p25", "participants.buyers.strategies.zero-intelligence.price_max=0.5", "price_max"),
        ("p26-zip", "participants.buyers.strategies.zip-trader.margin_max=0.01", "margin_max"),
        ("p25", "participants.sellers.strategies.zero-intelligence.looks_a_day=20_000", "20000"),
    ],
)
def test_a_range_without_a_number_is_refused(name: str, change: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(CASES / f"{name}.yaml", [change])
    assert [d.code for d in caught.value.diagnostics] == ["E303"]
    assert told in str(caught.value)
