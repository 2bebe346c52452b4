"""Traders of the theory in whole markets; the published ones are the cases P25 to P27 of `ecomarket validity`.

docs/reference/theory.md says what came of them beside the published runs, and which rules differ.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ecomarket.engine.drive import drive, genesis
from ecomarket.engine.run import Driving, run_key
from ecomarket.errors import ScenarioError
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.scenario import load
from ecomarket.units import CASH_PER_YUAN
from ecomarket.validity.periods import played, recorded

CASES = Path(__file__).parents[2] / "scenarios" / "validity"


CONTINUOUS = ["venues.market.mechanism=continuous", "venues.market.every=0"]


def looks(strategy: str, count: int) -> list[str]:
    return [f"participants.{group}.strategies.{strategy}.looks_a_day={count}" for group in ("buyers", "sellers")]


def test_patient_traders_find_it_in_a_continuous_market_too() -> None:
    scenario = load(CASES / "p27-truthful.yaml", [*CONTINUOUS, *looks("truthful", 100)])
    found = [played(scenario, seed) for seed in range(1, 11)]
    assert np.mean([run.efficiency(1100) for run in found]) >= 95
    assert np.mean([run.mean_price for run in found]) == pytest.approx(100, rel=0.02)


def head(name: str, **driving: object) -> bytes:
    scenario = load(CASES / f"{name}.yaml", ["calendar.end=2025-01-08"])
    how = Driving(1, scenario.end, **driving)
    journal = Journal(genesis(run_key(scenario, Driving(1, scenario.end))), BlockKeeper())
    drive(scenario, how, journal, lambda *_: None)
    return journal.head


@pytest.mark.parametrize("name", ["p25", "p25-unconstrained", "p26-zip", "p27-truthful", "p03-auction", "p21-learning"])
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


SHARED_USE = """
ecomarket: 1
name: shared-use
title: {{en: Several reductions for a new source, zh: 多倍削减替代}}
calendar: {{start: 2025-01-01, end: 2025-12-31}}
rights: {{cut: {{kind: tradable-permit, unit: t, lot: 0.1}}}}
venues:
  market: {{rights: [cut], mechanism: continuous, tick: 0.01, sessions: ["09:30-11:30"], reference_price: 60}}
participants:
  old: {{kind: enterprise, schedules: {{cut: {{supply: {{marginal: [0, 4], most: 60}}}}}}, strategies: {patient}}}
  new: {{kind: enterprise, cash: 90_000, schedules: {{cut: {{demand: {{quantity: [100, -0.5]}}, needs: {{cut: {k}}}}}}}, strategies: {patient}}}
policies: [{{market-periods: {{right: cut, every: year}}}}]
"""


@pytest.mark.parametrize("k", [1, 1.5, 2, 3])
def test_a_new_source_that_retires_several_for_one_buys_what_pays(tmp_path: Path, k: float) -> None:
    """CASES P15: x = 200 / (2 + 4 k^2) units of its own, worth 200x - x^2, retire k x that cost 2 (k x)^2 to make."""
    path = tmp_path / "shared-use.yaml"
    path.write_text(SHARED_USE.format(k=k, patient=YEAR_OF_PATIENCE.replace("permit", "cut")), "utf-8")
    records, own = recorded(load(path), 1), 200 / (2 + 4 * k**2)
    moved = records[records["kind"] == RecordKind.TRANSFER]
    worth, cost = (
        moved["amount"][moved["code"] == c].sum() for c in (TransferCode.INCOME, TransferCode.OPERATING_COST)
    )
    most = 200 * own - own**2 - 2 * (k * own) ** 2
    assert 0.98 * most <= (worth - cost) / CASH_PER_YUAN <= 1.0001 * most
