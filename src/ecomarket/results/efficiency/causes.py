"""The loss of a run, part by part, so that the parts add up to the loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecomarket.results.efficiency.markets import markets_of, right_of
from ecomarket.results.efficiency.plans import (
    Costs,
    authority,
    costs_of,
    discount,
    missing_cost,
    needless,
    planned,
    realised,
    solved,
)
from ecomarket.results.efficiency.relaxed import (
    as_taken,
    free_of_power,
    without_borders,
    without_limits,
    year_by_year,
)

if TYPE_CHECKING:
    from ecomarket.model.benchmark import Benchmark
    from ecomarket.results.efficiency.deeds import Deeds


@dataclass(frozen=True)
class Reckoned:
    """Costs by market and year, CNY; `alone` None where somebody could not keep the rules without trade.

    parts   of the loss, in the order in which they are reckoned: unsold, late, fee; and what the rules withhold on top
            of the optimum, where there are such rules: zone, limit. What remains of the loss was not traded.
    """

    markets: tuple[str, ...]
    alone: Costs | None
    done: Costs
    best: Costs
    parts: dict[str, Costs]


def reckoned(problem: Benchmark, deeds: Deeds) -> Reckoned | None:
    """Return the costs of a run beside those of its benchmark; None where no plan keeps its rules."""
    markets = markets_of(problem)
    named = tuple(dict.fromkeys(markets.values()))
    ideal = free_of_power(problem)
    outcome = solved(ideal)
    if outcome is None:
        return None
    best = costs_of(outcome, markets)
    done = _sum(realised(deeds, markets), missing_cost(outcome, deeds, markets))
    parts = _ordered(ideal, deeds, markets, best)
    apart = planned(problem, markets) if problem.fees else None
    if apart is not None:
        spent = _sum(best, *parts.values())
        left = _less(done, spent)
        parts["fee"] = {key: max(min(more, left[key]), 0.0) for key, more in _less(apart, best).items()}
    parts |= _rules(ideal, markets, best)
    return Reckoned(named, planned(problem, markets, alone=True), done, best, parts)


def _ordered(ideal: Benchmark, deeds: Deeds, markets: dict[str, str], best: Costs) -> dict[str, Costs]:
    """Return what unsold lots and lost years cost: each step is a plan that has less to choose from than the last."""
    if deeds.every:  # a period of the theory: nothing is auctioned, nothing is kept
        return {}
    taken = as_taken(ideal, deeds)
    offered = (planned(taken, markets) if taken else None) or best
    each = planned(year_by_year(ideal, deeds), markets)
    if each is None:
        return {}
    for pool in ideal.pools:
        for year, paid in zip(ideal.years, authority(deeds, pool), strict=True):
            each[markets[pool], year] = each.get((markets[pool], year), 0.0) + paid * discount(ideal, year)
    return {"unsold": _less(offered, best), "late": _sum(_less(each, offered), needless(deeds, markets))}


def _rules(ideal: Benchmark, markets: dict[str, str], best: Costs) -> dict[str, Costs]:
    """Return what borders cost, lifted first, and what limits cost then; by market as it is without borders."""
    united = without_borders(ideal)
    merged = markets_of(united)
    whole = {markets[pool]: merged[right_of(pool)] for pool in ideal.pools}
    before: Costs = {}
    for (market, year), cost in best.items():
        key = whole.get(market, market), year
        before[key] = before.get(key, 0.0) + cost
    found: dict[str, Costs] = {}
    if any("/" in pool for pool in ideal.pools) and (without := planned(united, merged)) is not None:
        found["zone"] = _saved(before, without)
        before = without if sum(found["zone"].values()) > 0 else before
    if ideal.limits and (free := planned(without_limits(united), merged)) is not None:
        found["limit"] = _saved(before, free)
    return found


def _saved(before: Costs, after: Costs) -> Costs:
    """Return what is saved; nothing where a rule gives more than it takes (a ratio above one)."""
    saved = _less(before, after)
    return saved if sum(saved.values()) > 0 else dict.fromkeys(saved, 0.0)


def _less(one: Costs, other: Costs) -> Costs:
    return {key: one.get(key, 0.0) - other.get(key, 0.0) for key in {**one, **other}}


def _sum(*costs: Costs) -> Costs:
    found: Costs = {}
    for each in costs:
        for key, cost in each.items():
            found[key] = found.get(key, 0.0) + cost
    return found
