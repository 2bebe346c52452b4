"""Which pools make one market: those between which rights go, or a party, or a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.model.benchmark import Benchmark

JOIN = "+"


def markets_of(problem: Benchmark) -> dict[str, str]:
    """Return the name of each pool's market: the right, if it is all of it; else the pools, joined by a plus.

    A cost is that of one market only if no unit and no party is in two; so pools that a link, a limit or one party's
    needs connect are one market.
    """
    group = {pool: {pool} for pool in problem.pools}
    for together in _connected(problem):
        known = [pool for pool in together if pool in group]
        whole = set[str]().union(*(group[pool] for pool in known))
        for pool in whole:
            group[pool] = whole
    return {pool: _name(problem, group[pool]) for pool in problem.pools}


def market_of(markets: dict[str, str], pools: Iterable[str]) -> str:
    """Return the market of a party by the pools it needs; "" for one that needs none that is traded."""
    return next((markets[pool] for pool in pools if pool in markets), "")


def right_of(pool: str) -> str:
    """Return the right of a pool."""
    return pool.partition("/")[0]


def _connected(problem: Benchmark) -> Iterable[tuple[str, ...]]:
    yield from ((link.source, link.target) for link in problem.links)
    yield from ((limit.target, *limit.sources) for limit in problem.limits)
    for needs in [*(e.needs for e in problem.emitters), *(d.needs for d in problem.demanders)]:
        yield tuple(pool for pool, _ in needs)


def _name(problem: Benchmark, pools: set[str]) -> str:
    found: list[str] = []
    for pool in (p for p in problem.pools if p in pools):
        right = right_of(pool)
        whole = {p for p in problem.pools if right_of(p) == right} <= pools
        found.append(right if whole else pool)
    return JOIN.join(dict.fromkeys(found))
