"""A sheet of simulations: scenarios run by their own traders, beside the optimum of the same file.

    simulated:
      free: {scenario: p08-0.yaml}
      fee: {scenario: p08-18-split.yaml}
      path: {scenario: p04-banking.yaml, without: p04-no-banking.yaml}
    ratios:
      volume-kept: {of: volume, run: fee, to: free}
    seeds: 4

A scenario is named by a path beside the sheet, or as anywhere else. It is run with `seeds` seeds; one with states of
the world with as many in each of them, counted by their probabilities. Of each run, in the mean: `efficiency`, the part
of what trade can save of cost and penalties that was saved, %, where the worst is the plan without trade (or the
optimum of the scenario `without`); `cost` (of abating and making, less what use is worth; money of later years counts
less by interest), `volume` in units, `trades`, `price` (the median of a run's trades) and `price-last`; of all runs
`price-low` and `price-high`, and `price-sd`, the standard deviation of the last prices of the years. `ratios` divide a
measure of one run by that of another. A run that is cut short (`until`) has no efficiency.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isnan, nan
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from ecomarket.engine.in_memory import run_in_memory
from ecomarket.equilibrium import solve_scenario
from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.model.stated import FactCode
from ecomarket.scenario import load
from ecomarket.scenario.schema.base import Strict
from ecomarket.scenario.states import state_of
from ecomarket.units import CASH_PER_YUAN, DAY
from ecomarket.validity.files import beside
from ecomarket.validity.reading import Sheet, read_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from ecomarket.scenario import Scenario
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.validity.expected import Value

Measure = Literal[
    "efficiency", "cost", "volume", "trades", "price", "price-last", "price-low", "price-high", "price-sd"
]


class Simulated(Strict):
    """A scenario, what is changed in it, its first seed, and the scenario that it is better than."""

    scenario: str = Field(min_length=1, description="name or path | 情景")
    seed: int = Field(default=1, ge=0, description="first seed | 首个随机种子")
    set: list[str] = Field(default=[], description="overrides, path=value | 覆盖")
    until: date | None = Field(default=None, description="last day that is run; none: the scenario's | 运行截止日")
    without: str = Field(default="", description="scenario whose optimum is the worst; none: no trade | 对照情景")


class Compared(Strict):
    """A measure of one run over that of another."""

    of: Measure = Field(description="measure | 指标")
    run: str = Field(min_length=1, description="run above the line | 分子")
    to: str = Field(min_length=1, description="run below the line | 分母")


class SimulatedSheet(Sheet):
    """Runs by name, with how many seeds, and what is compared."""

    simulated: dict[str, Simulated] = Field(min_length=1, description="runs by name | 运行")
    ratios: dict[str, Compared] = Field(default={}, description="measures compared, by name | 比值")
    seeds: int = Field(default=4, ge=1, description="seeds of each, in each state | 每个状态的种子数")


@dataclass(frozen=True)
class Outcome:
    """What came of one run: cost, penalties, prices of its trades in CNY a unit with units and years, in order."""

    weight: float
    cost: float
    penalties: float
    prices: NDArray[np.float64]
    amounts: NDArray[np.float64]
    years: NDArray[np.int64]


def play(tree: Node, path: Path, findings: Findings) -> dict[str, Value]:
    """Run every scenario of a sheet. Raises ScenarioError with every Diagnostic at once, of sheet or scenario."""
    sheet = read_sheet(SimulatedSheet, tree, path, findings)
    for name, ratio in sheet.ratios.items():
        for key, run in (("run", ratio.run), ("to", ratio.to)):
            if run not in sheet.simulated:
                at = tree.nearest(("ratios", name, key)).text_place()
                findings.add("E211", at, found=run, options=list(sheet.simulated))
    findings.stop_on_errors()
    found: dict[str, float] = {}
    for name, told in sheet.simulated.items():
        measured = _beside_optimum(told, path, sheet.seeds)
        found |= {f"{measure}.{name}": value for measure, value in measured.items()}
    for name, ratio in sheet.ratios.items():
        above, below = (found.get(f"{ratio.of}.{run}", nan) for run in (ratio.run, ratio.to))
        found[name] = above / below if below else nan
    return {name: Decimal(f"{value:.12g}") for name, value in found.items() if not isnan(value)}


def _beside_optimum(told: Simulated, path: Path, seeds: int) -> dict[Measure, float]:
    """Run a scenario of a sheet with its seeds; return its measures."""
    scenario = load(beside(path, told.scenario), told.set)
    optimum = solve_scenario(scenario).values
    worst = optimum.get("cost.no-trade", nan)
    if told.until:
        worst = nan
    elif told.without:
        worst = _whole(solve_scenario(load(beside(path, told.without), told.set)).values)
    until = told.until or scenario.end
    runs = [_ran(scenario, until, seed, weight) for seed, weight in _seeds(scenario, told.seed, seeds)]
    return dict(_measured(runs, worst, _whole(optimum)))


def _whole(values: Mapping[str, float]) -> float:
    """Return what an optimum costs, with the penalties that are paid: as the plan without trade has them."""
    return values["cost.total"] + values.get("penalty.total", 0.0)


def _seeds(scenario: Scenario, first: int, count: int) -> Iterator[tuple[int, float]]:
    """Yield seeds with their weights: so many in each state of the world, all together one."""
    states = {name: float(state.probability) for name, state in scenario.config.states.items()} or {"": 1.0}
    drawn: defaultdict[str, int] = defaultdict(int)
    seed = first
    while any(drawn[name] < count for name, weight in states.items() if weight):
        name = state_of(scenario, seed)
        drawn[name] += 1
        if drawn[name] <= count:
            yield seed, states[name] / sum(states.values()) / count
        seed += 1


def _ran(scenario: Scenario, until: date, seed: int, weight: float) -> Outcome:
    """Run a scenario in memory up to a day."""
    kept, _, keeper = run_in_memory(scenario, seed, until)
    assert keeper.world is not None
    records, listed = kept.load().records, keeper.world.setting.instruments
    years = scenario.start.year + _years(records["t"], scenario)
    sign = (records["code"] == TransferCode.OPERATING_COST) * 1.0 - (records["code"] == TransferCode.INCOME)
    moved = np.where(records["kind"] == RecordKind.TRANSFER, sign * records["amount"], 0.0)
    fined = (records["kind"] == RecordKind.TRANSFER) & (records["code"] == TransferCode.FINE)
    cost = penalties = 0.0
    for at, year in enumerate(range(scenario.start.year, scenario.end.year + 1)):
        cut = sum(int(keeper.world.book.year(FactCode.ABATEMENT_COST_CASH, year, i.index).sum()) for i in listed)
        whole = (cut + float(moved[years == year].sum())) / CASH_PER_YUAN
        later = (1.0 + float(scenario.config.interest)) ** at
        cost += whole / later
        penalties += float(records["amount"][fined & (years == year)].sum()) / CASH_PER_YUAN / later
    is_trade = records["kind"] == RecordKind.TRADE
    trades = records[is_trade]
    lots = np.array([float(i.lot) for i in listed])[trades["instrument"]]
    prices = trades["price"] / CASH_PER_YUAN / lots
    return Outcome(weight, cost, penalties, prices, trades["amount"] * lots, years[is_trade])


def _years(t: NDArray[np.int64], scenario: Scenario) -> NDArray[np.int64]:
    """Return the years, counted from the first, in which times lie."""
    starts = [
        (scenario.start.replace(year=year, month=1, day=1) - scenario.start).days
        for year in range(scenario.start.year + 1, scenario.end.year + 1)
    ]
    return np.searchsorted(np.array(starts, dtype=np.int64), t // DAY, side="right")


def _measured(runs: list[Outcome], worst: float, best: float) -> Iterator[tuple[Measure, float]]:
    """Yield each measure of a scenario's runs by name; prices only where there was trade."""
    cost = sum(run.weight * run.cost for run in runs)
    if worst > best:
        penalties = sum(run.weight * run.penalties for run in runs)
        yield "efficiency", 100.0 * (worst - cost - penalties) / (worst - best)
    yield "cost", cost
    yield "volume", sum(run.weight * float(run.amounts.sum()) for run in runs)
    yield "trades", sum(run.weight * len(run.prices) for run in runs)
    traded = [run for run in runs if len(run.prices)]
    if traded:
        whole = sum(run.weight for run in traded)
        yield "price", sum(run.weight * float(np.median(run.prices)) for run in traded) / whole
        yield "price-last", sum(run.weight * float(run.prices[-1]) for run in traded) / whole
        yield "price-low", min(float(run.prices.min()) for run in traded)
        yield "price-high", max(float(run.prices.max()) for run in traded)
        last = [run.prices[np.flatnonzero(run.years == year)[-1]] for run in traded for year in np.unique(run.years)]
        yield "price-sd", float(np.std(last))
