"""The scenario's problem with a friction taken out, or with no more than what the run left of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ecomarket.model.benchmark import Bank, Holding
from ecomarket.results.efficiency.markets import right_of
from ecomarket.results.efficiency.plans import reserved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.model.benchmark import Benchmark, Limit, Path, Sale
    from ecomarket.results.efficiency.deeds import Deeds

ROUGH: Final = 1e-6
"""Units below which nothing was left unsold: rounding."""


def free_of_power(problem: Benchmark) -> Benchmark:
    """Return the problem as a planner sees it: no fees, and nobody moves prices."""
    return replace(problem, fees={}, price_setter="")


def without_limits(problem: Benchmark) -> Benchmark:
    """Return the problem with every offset counting without limit."""
    return replace(problem, limits=[])


def without_borders(problem: Benchmark) -> Benchmark:
    """Return the problem with one pool for each right: what counts in one zone counts in all, one for one."""
    banks: dict[str, Bank] = {}
    for pool, bank in problem.banks.items():
        right = right_of(pool)
        lent = banks[right].borrowing if right in banks else ()
        both = tuple(a + b for a, b in zip(lent, bank.borrowing, strict=True)) if lent else bank.borrowing
        banks[right] = replace(bank, pool=right, borrowing=both)
    links = [replace(k, source=right_of(k.source), target=right_of(k.target), most=()) for k in problem.links]
    return replace(
        problem,
        pools=list(dict.fromkeys(right_of(pool) for pool in problem.pools)),
        emitters=[replace(e, needs=_needs(problem, e.needs)) for e in problem.emitters],
        demanders=[replace(d, needs=_needs(problem, d.needs)) for d in problem.demanders],
        suppliers=[replace(s, pool=right_of(s.pool)) for s in problem.suppliers],
        holdings=[replace(h, pool=right_of(h.pool)) for h in problem.holdings],
        sales=[replace(s, pool=right_of(s.pool)) for s in problem.sales],
        purchases=[replace(p, pool=right_of(p.pool)) for p in problem.purchases],
        penalties={right_of(k): replace(p, pool=right_of(k)) for k, p in problem.penalties.items()},
        limits=[_limit(x) for x in problem.limits],
        links=list(dict.fromkeys(k for k in links if k.source != k.target)),
        banks=banks,
    )


def as_taken(problem: Benchmark, deeds: Deeds) -> Benchmark | None:
    """Return the problem in which the authority deals no more than it did in the run; None where all was taken.

    That is what auctions sold, what was sold at the ceiling, and what was bought in support.
    """
    sales = [replace(s, amount=_least(s.amount, _sold(s, deeds))) for s in problem.sales]
    purchases = [replace(p, amount=_least(p.amount, deeds.supported(p.pool))) for p in problem.purchases]
    offers = [(s.amount, t.amount) for s, t in zip(problem.sales, sales, strict=True)]
    offers += [(p.amount, t.amount) for p, t in zip(problem.purchases, purchases, strict=True)]
    left = any(o - t > ROUGH for offer, taken in offers for o, t in zip(offer, taken, strict=True))
    return replace(problem, sales=sales, purchases=purchases) if left else None


def _sold(sale: Sale, deeds: Deeds) -> Path:
    return deeds.auctioned(sale.pool) if sale.kind == "auction" else reserved(deeds, sale.pool)


def _least(offered: Path, taken: Path) -> Path:
    return tuple(min(pair) for pair in zip(offered, taken, strict=True))


def year_by_year(problem: Benchmark, deeds: Deeds) -> Benchmark:
    """Return the problem in which each year has the rights that the run left to it, to be shared out at best."""
    holdings = [h for h in problem.holdings if max(h.amount) <= 0.0]
    holdings += [Holding("", pool, _left_to(pool, deeds)) for pool in problem.pools]
    penalties = {pool: replace(penalty, make_good=False) for pool, penalty in problem.penalties.items()}
    return replace(problem, holdings=holdings, penalties=penalties, sales=[], purchases=[], banks={})


def _left_to(pool: str, deeds: Deeds) -> Path:
    """Return what each year had: given, bought of the authority, kept from the year before, less what went on."""
    problem = deeds.problem
    came = _sum(problem.allocated(pool), deeds.auctioned(pool), reserved(deeds, pool))
    went = deeds.supported(pool)
    if pool in problem.banks:
        kept = (*deeds.kept(pool)[:-1], 0.0)
        lent = deeds.borrowed(pool)
        came, went = _sum(came, _later(kept), lent), _sum(went, kept, _later(lent))
    if pool in problem.penalties and problem.penalties[pool].make_good:
        went = _sum(went, _later(deeds.missing(pool)))
    return tuple(a - b for a, b in zip(came, went, strict=True))


def _sum(*paths: Path) -> Path:
    return tuple(sum(year) for year in zip(*paths, strict=True))


def _later(path: Path) -> Path:
    """Return a path moved on by a year."""
    return (0.0, *path[:-1])


def _needs(problem: Benchmark, needs: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple((right_of(pool) if pool in problem.pools else pool, factor) for pool, factor in needs)


def _limit(limit: Limit) -> Limit:
    sources = tuple(dict.fromkeys(right_of(source) for source in limit.sources))
    return replace(limit, target=right_of(limit.target), sources=sources)
