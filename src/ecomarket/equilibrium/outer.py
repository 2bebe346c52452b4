"""What no one convex program says: fees in per cent, allocation by output, caps that keep standards, price-setters."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isfinite
from typing import TYPE_CHECKING, Final

from scipy.optimize import brentq, minimize_scalar

from ecomarket.equilibrium.faults import NoPlanError, NotExpressedError
from ecomarket.equilibrium.outcome import find
from ecomarket.equilibrium.prices import price_range, price_ranges
from ecomarket.equilibrium.tree import State, grow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecomarket.equilibrium.build import Fees
    from ecomarket.equilibrium.outcome import Outcome
    from ecomarket.equilibrium.tree import Node
    from ecomarket.model.benchmark import Benchmark, Fee, Path

ROUNDS: Final = 200
PATIENCE: Final = 20
"""Rounds after which it is asked whether there is more than one price."""
EXACT: Final = 1e-13
"""Relative change of a price, or of a share, at which an outer search ends."""
STEP: Final = 1e-3
"""Part of its emission by which a price-setter tries what a change does to the price."""
GRID: Final = 32
EDGE: Final = 1e-6
"""Part of what a price-setter can cut by which it keeps off the edge of what is possible: prices have no top there."""


def equilibrium(states: Sequence[State]) -> Outcome:
    """Return the market's outcome: the least-cost plan, and what fees, output-based allocation and power make of it."""
    first = states[0].problem
    kinds = [bool(first.based), bool(first.safe), bool(first.price_setter)]
    if sum(kinds) > 1:
        raise NotExpressedError("together")
    if first.price_setter:
        return _price_setter(states)
    if first.based:
        return _by_output(states)
    if first.safe:
        return _safe(states)
    return _with_fees(states)


def changed(states: Sequence[State], change: Callable[[Benchmark], Benchmark]) -> list[State]:
    """Return the states with their problems changed."""
    return [State(s.name, s.probability, change(s.problem)) for s in states]


def _with_fees(states: Sequence[State]) -> Outcome:
    """Find the fees in CNY that fit the prices they lead to: a contraction, since fees are small parts of prices."""
    nodes = grow(states)
    charged = states[0].problem.fees
    fees: Fees = {(pool, node.number): (f.buyer, f.seller) for pool, f in charged.items() for node in nodes}
    outcome = find(states, fees=fees)
    if not any(f.buyer_share or f.seller_share for f in charged.values()):
        return outcome
    for tried in range(ROUNDS):
        before, last = fees, outcome
        fees = {(pool, n.number): _charged(f, outcome.price(pool, n)) for pool, f in charged.items() for n in nodes}
        outcome = find(states, fees=fees)
        if all(
            abs(new - old) <= EXACT * (1.0 + abs(new))
            for k in fees
            for new, old in zip(fees[k], before[k], strict=True)
        ):
            return outcome
        if tried >= PATIENCE and (kept := _at_the_same_price(last, outcome)):
            return kept
    raise NotExpressedError("fees")


def _at_the_same_price(before: Outcome, now: Outcome) -> Outcome | None:
    """Return the outcome at the prices that its fees were reckoned from, if these are among all that it allows.

    Where nobody trades there are many prices, and which of them a solver tells need not settle.
    """
    rows = [now.plan.rows.at["market", pool, number, ""] for pool, number in now.plan.fees]
    prices = before.solution.dual[rows]
    low, high = price_ranges(now.plan.program, now.solution, rows)
    near = EXACT * (1.0 + abs(prices))
    if ((prices < low - near) | (prices > high + near)).any():
        return None
    dual = now.solution.dual.copy()
    dual[rows] = prices
    return replace(now, solution=replace(now.solution, dual=dual))


def _charged(fee: Fee, price: float) -> tuple[float, float]:
    """Return what buyer and seller pay for a unit at a price, CNY."""
    return fee.buyer + fee.buyer_share * price, fee.seller + fee.seller_share * price


def end_of_prices(outcome: Outcome, pool: str, node: Node, way: int, end: float) -> float:
    """Return the least (way 0) or greatest (1) price of a market where fees in per cent go with the price.

    `end` is the one that the fees at the price found lead to; at the end itself the fees are others, and move it.
    """
    fee = outcome.plan.problem(node).fees.get(pool)
    if fee is None or not (fee.buyer_share or fee.seller_share):
        return end
    for _ in range(ROUNDS):
        if not isfinite(end):
            return end
        fees = {**outcome.plan.fees, (pool, node.number): _charged(fee, max(end, 0.0))}
        found = find(outcome.plan.states, fees=fees)
        row = found.plan.rows.at["market", pool, node.number, ""]
        moved = price_range(found.plan.program, found.solution, row)[way] / node.weight
        if abs(moved - end) <= EXACT * (1.0 + abs(moved)):
            return moved
        end = moved
    raise NotExpressedError("fees")


def _scaled(path: Path, factor: float) -> Path:
    return tuple(factor * amount for amount in path)


def _safe(states: Sequence[State]) -> Outcome:
    """Lower the cap of a pool, if it must be, until every standard that is watched holds."""
    pool = states[0].problem.safe

    def at(share: float) -> Outcome:
        def cut(problem: Benchmark) -> Benchmark:
            holdings = [
                replace(h, amount=_scaled(h.amount, share)) if h.pool == pool and max(h.amount) > 0 else h
                for h in problem.holdings
            ]
            sales = [replace(s, amount=_scaled(s.amount, share)) if s.pool == pool else s for s in problem.sales]
            return replace(problem, holdings=holdings, sales=sales)

        return _with_fees(changed(states, cut))

    def excess(outcome: Outcome) -> float:
        found = [-1.0]
        for node in outcome.plan.nodes:
            for standard in outcome.plan.problem(node).standards:
                limit = standard.amount[node.t]
                found.append(outcome.amount("watched", standard.pool, node) - limit)
        return max(found[1:], default=-1.0)

    whole = at(1.0)
    if excess(whole) <= 0:
        return whole
    lowest = next((s for s in (0.5, 0.25, 0.1, 0.01, 0.0) if excess(at(s)) <= 0), None)
    if lowest is None:
        raise NoPlanError
    return at(brentq(lambda share: excess(at(share)), lowest, 1.0, xtol=EXACT, rtol=EXACT))


def _by_output(states: Sequence[State]) -> Outcome:
    """Find the allocation of a unit of goods at which what is allocated is the cap (Fischer and Fox 2007)."""
    problem = states[0].problem
    if len(problem.based) > 1 or len(states) > 1 or len(problem.years) > 1:
        raise NotExpressedError("output")
    pool = next(iter(problem.based))
    cap = sum(sum(s.amount) for s in problem.sales if s.pool == pool) + sum(problem.allocated(pool))
    bare = changed(
        states,
        lambda p: replace(
            p,
            sales=[s for s in p.sales if s.pool != pool],
            holdings=[h for h in p.holdings if h.pool != pool or max(h.amount) <= 0],
        ),
    )

    def above(rate: float) -> float:
        outcome = find(bare, based={pool: rate})
        node = outcome.plan.nodes[0]
        goods = sum(outcome.amount("goods", maker.party, node) for maker in problem.producers)
        return rate * goods - cap

    most = max((maker.goods.rate for maker in problem.producers), default=0.0)
    if not cap:
        return find(bare, based={pool: 0.0})
    if not problem.producers or above(most) <= 0:
        raise NotExpressedError("output")
    return find(bare, based={pool: brentq(above, most * 1e-9, most, xtol=EXACT, rtol=EXACT)})


def _price_setter(states: Sequence[State]) -> Outcome:
    """Let one party choose how much it sells, knowing what others will pay (Hahn 1984): a search in one variable."""
    problem = states[0].problem
    party = problem.price_setter
    own = [e for e in problem.emitters if e.party == party]
    if len(states) > 1 or len(problem.years) > 1 or len(own) != 1 or len(own[0].needs) != 1:
        raise NotExpressedError("price-setter")
    emitter, (pool, need) = own[0], own[0].needs[0]
    gross = emitter.unabated[0]

    def fixed(cut: float) -> Outcome:
        """Return the market with the party's emission given: the others pay what it takes."""
        stays = replace(emitter, unabated=(gross - cut,), cost=replace(emitter.cost, pieces=()))
        others = [stays if e is emitter else e for e in problem.emitters]
        return _with_fees([State("", 1.0, replace(problem, emitters=others))])

    held = sum(h.amount[0] for h in problem.holdings if (h.party, h.pool) == (party, pool))

    def price(cut: float) -> float:
        outcome = fixed(cut)
        return outcome.price(pool, outcome.plan.nodes[0])

    def cost(cut: float) -> float:
        try:
            return emitter.cost.area(cut) - price(cut) * (held - need * (gross - cut))
        except NoPlanError:
            return inf

    def slope(cut: float) -> float:
        """Return the marginal cost less what a further unit brings, its effect on the price of all others included."""
        step = min(STEP * gross, (most - cut) / 2, (cut - least) / 2)
        wide, near = ((price(cut + k * step) - price(cut - k * step)) / (2 * k * step) for k in (2.0, 1.0))
        return emitter.cost.price(cut) - need * price(cut) - (4 * near - wide) / 3 * (held - need * (gross - cut))

    least, most = _possible(cost, min(gross * emitter.cost.share, emitter.cost.most))
    return fixed(_least(cost, slope, least, most))


def _possible(cost: Callable[[float], float], most: float) -> tuple[float, float]:
    """Return the ends of that part of [0, most] in which a cost is finite: beyond it the others have no plan left."""
    grid = [most * k / GRID for k in range(GRID + 1)]
    there = [k for k, x in enumerate(grid) if cost(x) < inf]
    if not there:
        raise NoPlanError

    def end(inside: float, outside: float) -> float:
        while abs(inside - outside) > EDGE * most:
            between = (inside + outside) / 2
            inside, outside = (between, outside) if cost(between) < inf else (inside, between)
        return inside

    low, high = grid[there[0]], grid[there[-1]]
    return (
        end(low, grid[there[0] - 1]) if there[0] else low,
        end(high, grid[there[-1] + 1]) if there[-1] < GRID else high,
    )


def _least(cost: Callable[[float], float], slope: Callable[[float], float], least: float, most: float) -> float:
    """Return where a cost is least on [least, most]: the best of a grid, refined, then where its slope is 0."""
    width = most - least
    grid = [*(least + width * k / GRID for k in range(GRID)), most]
    best = min(grid, key=cost)
    low, high = max(best - width / GRID, least), min(best + width / GRID, most)
    found = minimize_scalar(cost, bounds=(low, high), method="bounded", options={"xatol": EXACT * most})
    near = float(found.x) if found.fun < cost(best) else best
    reach = width * 1e-3
    low, high = max(near - reach, least + width * 1e-6), min(near + reach, most - width * 1e-6)
    if low < high and slope(low) < 0 < slope(high):
        exact = float(brentq(slope, low, high, xtol=EXACT * most, rtol=EXACT))
        if cost(exact) <= cost(near) + 1e-9 * (1.0 + abs(cost(near))):
            return exact
    return near
