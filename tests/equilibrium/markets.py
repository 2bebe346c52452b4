"""Problems in market words drawn at random: emitters with all kinds of costs, years, banks, offsets, fees."""

from __future__ import annotations

import random
from dataclasses import replace
from math import inf

from ecomarket.equilibrium.outcome import find
from ecomarket.equilibrium.outer import equilibrium
from ecomarket.equilibrium.result import read
from ecomarket.equilibrium.tree import State
from ecomarket.model.benchmark import Bank, Benchmark, Emitter, Holding, Limit, Link, Supplier
from ecomarket.model.schedule import Curve, Piece


def curve(chance: random.Random) -> Curve:
    """Draw a rising marginal cost: a polynomial, a power, or steps."""
    kind = chance.choice(["polynomial", "power", "steps"])
    if kind == "polynomial":
        terms = [(chance.uniform(0, 20), 0.0), (chance.uniform(0.05, 3), 1.0)]
        if chance.random() < 0.5:
            terms.append((chance.uniform(0, 0.02), 2.0))
        return Curve((Piece(inf, tuple(terms)),))
    if kind == "power":
        return Curve((Piece(inf, ((chance.uniform(0.1, 2), chance.choice([0.5, 1.5, 2.0, 2.7])),)),))
    price, pieces = chance.uniform(0, 10), []
    for _ in range(5):
        pieces.append(Piece(chance.uniform(5, 40), ((price, 0.0), (chance.uniform(0.01, 0.5), 1.0))))
        price = pieces[-1].price(pieces[-1].width) + chance.uniform(0, 15)
    return Curve((*pieces, Piece(inf, ((price + 5, 0.0), (1.0, 1.0)))))


def drawn(seed: int, *, years: int = 0) -> Benchmark:
    """Draw a problem that has a plan: the cap lies between nothing and everything that is emitted."""
    chance = random.Random(seed)
    years = years or chance.choice([1, 1, 2, 4])
    problem = Benchmark(tuple(range(2025, 2025 + years)), chance.choice([0.0, 0.05, 0.1]))
    problem.pools.append("permit")
    for number in range(chance.randint(2, 8)):
        gross = tuple(chance.uniform(20, 150) for _ in range(years))
        problem.emitters.append(Emitter(f"f{number}", (("permit", 1.0),), gross, curve(chance)))
    totals = [sum(e.unabated[t] for e in problem.emitters) for t in range(years)]
    cap = tuple(total * chance.uniform(0.4, 0.95) for total in totals)
    weights = [chance.uniform(0, 1) for _ in problem.emitters]
    for emitter, weight in zip(problem.emitters, weights, strict=True):
        given = tuple(c * weight / sum(weights) for c in cap)
        problem.holdings.append(Holding(emitter.party, "permit", given))
    if years > 1:
        later = (*cap[1:], 0.0)
        problem.banks["permit"] = Bank(
            "permit", chance.random() < 0.8, tuple(chance.choice([0, 0.1]) * c for c in later)
        )
    return problem


def with_offsets(problem: Benchmark, seed: int, share: float) -> Benchmark:
    """Add credits that may serve up to a share of the emission."""
    chance = random.Random(seed)
    return replace(
        problem,
        pools=[*problem.pools, "credit"],
        suppliers=[Supplier("owner", "credit", curve(chance))],
        links=[Link("credit", "permit")],
        limits=[Limit("offsets", "permit", ("credit",), problem.flat(0.0), share)],
    )


def solved(problem: Benchmark):
    """Return the numbers of a problem, with the plan without trade where there is one."""
    states = [State("", 1.0, problem)]
    outcome = equilibrium(states)
    return read(states, outcome, find(states, alone=True))


def scaled(problem: Benchmark, money: float = 1.0) -> Benchmark:
    """Return the problem with every price times a factor."""

    def dearer(c: Curve) -> Curve:
        pieces = tuple(Piece(p.width, tuple((money * k, n) for k, n in p.terms)) for p in c.pieces)
        return Curve(pieces, money * c.fixed, c.share)

    return replace(
        problem,
        emitters=[replace(e, cost=dearer(e.cost)) for e in problem.emitters],
        sales=[replace(s, price=money * s.price) for s in problem.sales],
    )


def doubled(problem: Benchmark) -> Benchmark:
    """Return the problem with a copy of every firm and of what it holds."""
    twins = [replace(e, party=f"{e.party}x") for e in problem.emitters]
    held = [replace(h, party=f"{h.party}x") for h in problem.holdings]
    banks = {k: replace(b, borrowing=tuple(2 * x for x in b.borrowing)) for k, b in problem.banks.items()}
    return replace(
        problem,
        emitters=[*problem.emitters, *twins],
        holdings=[*problem.holdings, *held],
        sales=[replace(s, amount=tuple(2 * a for a in s.amount)) for s in problem.sales],
        banks=banks,
    )


def tighter(problem: Benchmark, factor: float) -> Benchmark:
    """Return the problem with less of everything that is given."""
    held = [replace(h, amount=tuple(factor * a for a in h.amount)) for h in problem.holdings]
    return replace(problem, holdings=held)
