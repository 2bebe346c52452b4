"""Costs by market and year: of a plan that was solved, and of what was done.

A cost is what abating and making costs, less what use is worth, with penalties, and with what the authority sells and
buys at its own lowest or highest price: the same sum that the benchmark makes least. Payments between parties, fees and
the rest of a price are transfers. Money of later years counts less by `interest`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ecomarket.equilibrium.faults import NoPlanError, NotExpressedError
from ecomarket.equilibrium.outcome import find
from ecomarket.equilibrium.outer import equilibrium
from ecomarket.equilibrium.tree import State
from ecomarket.model.stated import FactCode
from ecomarket.results.efficiency.deeds import MILLI
from ecomarket.results.efficiency.markets import market_of
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.equilibrium.outcome import Outcome
    from ecomarket.equilibrium.tree import Node
    from ecomarket.model.benchmark import Benchmark, Emitter
    from ecomarket.model.schedule import Curve
    from ecomarket.results.efficiency.deeds import Deeds

HALVES: Final = 60
Costs = dict[tuple[str, int], float]
"""CNY by market and year."""


def planned(problem: Benchmark, markets: dict[str, str], *, alone: bool = False) -> Costs | None:
    """Return the least cost of a problem, with or without trade; None where no plan keeps its rules."""
    outcome = solved(problem, alone=alone)
    return None if outcome is None else costs_of(outcome, markets)


def solved(problem: Benchmark, *, alone: bool = False) -> Outcome | None:
    """Return the plan of least cost, with or without trade; None where no plan keeps its rules."""
    states = [State("", 1.0, problem)]
    try:
        return find(states, alone=True) if alone else equilibrium(states)
    except (NoPlanError, NotExpressedError):
        return None


def costs_of(outcome: Outcome, markets: dict[str, str]) -> Costs:
    """Return what a plan costs."""
    found: Costs = defaultdict(float)
    for node in outcome.plan.nodes:
        for pools, cost in _terms(outcome, node):
            found[market_of(markets, pools), node.year] += node.weight * cost
    return found


def _terms(outcome: Outcome, node: Node) -> Iterator[tuple[list[str], float]]:
    """Yield each cost of a node with the pools that it belongs to."""
    problem = outcome.plan.problem(node)
    for e in problem.emitters:
        cut = e.unabated[node.t] - outcome.amount("emission", e.party, node)
        yield _pools(e), e.cost.area(cut) + e.cost.fixed
    for s in problem.suppliers:
        yield [s.pool], s.cost.area(outcome.amount("made", s.party, node)) + s.cost.fixed
    for d in problem.demanders:
        yield [pool for pool, _ in d.needs], -d.worth.area(outcome.amount("used", d.party, node))
    for pool, penalty in problem.penalties.items():
        yield [pool], outcome.total("shortfall", f"{pool}|", node) * penalty.price
    for number, sale in enumerate(problem.sales):
        yield [sale.pool], outcome.amount("sold", str(number), node) * sale.price
    for number, purchase in enumerate(problem.purchases):
        yield [purchase.pool], -outcome.amount("bought", str(number), node) * purchase.price


def _pools(emitter: Emitter) -> list[str]:
    return [pool for pool, _ in emitter.needs]


def realised(deeds: Deeds, markets: dict[str, str]) -> Costs:
    """Return what the run's parties paid and gained, by their own schedules."""
    found: Costs = defaultdict(float)
    problem = deeds.problem
    for e in problem.emitters:
        for year, cash in deeds.stated(FactCode.ABATEMENT_COST_CASH, e.party).items():
            found[market_of(markets, _pools(e)), year] += cash / CASH_PER_YUAN
    for s in problem.suppliers:
        for year, made in deeds.traded(s.party, s.pool, makes=True).items():
            found[markets[s.pool], year] += sum(s.cost.area(amount) + s.cost.fixed for amount in made)
    for d in problem.demanders:
        pool, need = d.needs[0]
        for year, used in deeds.traded(d.party, pool, makes=False).items():
            found[markets[pool], year] -= sum(_worth(d.worth, amount / need) for amount in used)
    for pool in problem.penalties:
        _add(found, markets[pool], problem, deeds.charged(pool))
    for pool in problem.pools:
        _add(found, markets[pool], problem, authority(deeds, pool))
    for market, year in found:
        found[market, year] *= discount(problem, year)
    return found


def missing_cost(outcome: Outcome, deeds: Deeds, markets: dict[str, str]) -> Costs:
    """Return what rights that were missing, where no price is set for that, cost at their price in the best plan.

    So priced no run costs less than the best plan: by duality, whatever a run leaves undone saves it no more than that.
    """
    found: Costs = defaultdict(float)
    for pool in short_of(deeds):
        missing = deeds.missing(pool)
        for node in outcome.plan.nodes:
            found[markets[pool], node.year] += node.weight * missing[node.t] * outcome.price(pool, node)
    return found


def short_of(deeds: Deeds) -> list[str]:
    """Return the pools whose rights were missing, by more than rounding to lots, where no price is set for that."""
    problem = deeds.problem
    return [
        pool
        for pool in problem.pools
        if pool not in problem.penalties
        and max(deeds.missing(pool)) > deeds.lot(pool) * sum(pool in dict(e.needs) for e in problem.emitters)
    ]


def _worth(curve: Curve, amount: float) -> float:
    """Return what an amount is worth: what lies beyond the unit that is worth nothing is left unused."""
    if curve.price(min(amount, curve.most)) >= 0.0:
        return curve.area(amount)
    low, high = 0.0, amount
    for _ in range(HALVES):
        middle = (low + high) / 2.0
        low, high = (middle, high) if curve.price(middle) >= 0.0 else (low, middle)
    return curve.area(low)


def authority(deeds: Deeds, pool: str) -> tuple[float, ...]:
    """Return what a pool's authority was paid at its own prices, CNY by year: floor, ceiling, less support."""
    problem = deeds.problem
    floor = next((s.price for s in problem.sales if s.pool == pool and s.kind == "auction"), 0.0)
    ceiling = next((s.price for s in problem.sales if s.pool == pool and s.kind == "reserve"), 0.0)
    support = next((p.price for p in problem.purchases if p.pool == pool), 0.0)
    parts = zip(deeds.auctioned(pool), reserved(deeds, pool), deeds.supported(pool), strict=True)
    return tuple(floor * sold + ceiling * more - support * bought for sold, more, bought in parts)


def reserved(deeds: Deeds, pool: str) -> tuple[float, ...]:
    """Return what was sold at the ceiling: what was issued beyond the allocation, and what a reserve released."""
    if not any(s.kind == "reserve" for s in deeds.problem.sales if s.pool == pool):
        return deeds.problem.flat(0.0)
    parts = zip(deeds.issued(pool), deeds.problem.allocated(pool), deeds.released(pool), strict=True)
    return tuple(max(issued - allocated, 0.0) + released for issued, allocated, released in parts)


def needless(deeds: Deeds, markets: dict[str, str]) -> Costs:
    """Return the cost of what parties cut although rights that would have covered it lapsed in their hands."""
    found: Costs = defaultdict(float)
    for e in deeds.problem.emitters:
        pool = e.needs[0][0]
        if len(e.needs) > 1 or pool in deeds.problem.banks:
            continue
        idle = deeds.idle(e.party, pool)
        for year, milli in deeds.stated(FactCode.ABATEMENT_T_MILLI, e.party).items():
            cut = milli / MILLI
            spared = min(idle.get(year, 0.0) / e.needs[0][1], cut)
            if spared > 0:
                cost = e.cost.area(cut) - e.cost.area(cut - spared)
                found[markets[pool], year] += discount(deeds.problem, year) * cost
    return found


def discount(problem: Benchmark, year: int) -> float:
    """Return what a yuan of a year counts in the first."""
    return float((1.0 + problem.interest) ** -(year - problem.years[0]))


def _add(found: Costs, market: str, problem: Benchmark, path: tuple[float, ...]) -> None:
    for year, amount in zip(problem.years, path, strict=True):
        if amount:
            found[market, year] += amount
