"""What happens in each market at a node: sales of the authority, banks, penalties, links, trade with fees."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from ecomarket.equilibrium.faults import NotExpressedError
from ecomarket.equilibrium.sums import Sum, one

if TYPE_CHECKING:
    from ecomarket.equilibrium.build import Plan
    from ecomarket.equilibrium.sums import Key
    from ecomarket.equilibrium.tree import Node
    from ecomarket.model.benchmark import Bank, Benchmark, Purchase, Sale


Deal = tuple[str, int, "Sale | Purchase", float]
"""What the authority does, its number, the deal, and 1 for a sale, -1 for a purchase."""


def enter(plan: Plan, node: Node) -> None:
    """Enter everything of a node that belongs to no single party; alone, only what each account can do by itself."""
    problem = plan.problem(node)
    if not plan.alone:
        _authority(plan, node, problem)
        _links(plan, node, problem)
        _trade(plan, node, problem)
    for pool in problem.pools:
        keys = [plan.row(pool, node, party) for party in plan.accounts.get((pool, node.number), ())]
        keys = keys or [plan.row(pool, node)]
        for key in keys:
            _shortfall(plan, node, problem, pool, key)
        if bank := problem.banks.get(pool):
            _bank(plan, node, problem, bank, keys)


def _authority(plan: Plan, node: Node, problem: Benchmark) -> None:
    sold: list[Deal] = [("sold", n, s, 1.0) for n, s in enumerate(problem.sales)]
    bought: list[Deal] = [("bought", n, p, -1.0) for n, p in enumerate(problem.purchases)]
    for kind, number, deal, sign in [*sold, *bought]:
        amount = one(plan.program.variables(0.0, deal.amount[node.t]))
        plan.program.linear(amount.at[0], sign * node.weight * deal.price)
        plan.amounts[kind, str(number), node.number] = amount
        plan.rows.add(plan.row(deal.pool, node), amount, -sign)


def _links(plan: Plan, node: Node, problem: Benchmark) -> None:
    for number, link in enumerate(problem.links):
        flow = one(plan.program.variables(0.0, link.most[node.t] if link.most else inf))
        plan.amounts["flow", str(number), node.number] = flow
        plan.rows.add(plan.row(link.source, node), flow)
        plan.rows.add(plan.row(link.target, node), flow, -link.ratio)
    for limit in problem.limits:
        key = ("limit", limit.name, node.number, "")
        plan.rows.add(key, Sum(constant=-limit.amount[node.t]))
        for number, link in enumerate(problem.links):
            if link.target == limit.target and link.source in limit.sources:
                plan.rows.add(key, plan.amounts["flow", str(number), node.number], link.ratio)
        if limit.share:
            for row, owed in list(plan.owed.items()):
                if row[1:3] == (limit.target, node.number):
                    plan.rows.add(key, owed, -limit.share)


def _trade(plan: Plan, node: Node, problem: Benchmark) -> None:
    """Let each account buy and sell, at a fee for each unit."""
    for pool in problem.pools:
        if (pool, node.number) not in plan.fees:
            continue
        buyer, seller = plan.fees[pool, node.number]
        for party in plan.accounts.get((pool, node.number), ()):
            account = plan.row(pool, node, party)
            for what, fee, sign in (("buy", buyer, 1.0), ("sell", seller, -1.0)):
                amount = one(plan.program.variables(0.0, inf))
                plan.program.linear(amount.at[0], node.weight * fee)
                plan.amounts[what, f"{pool}|{party}", node.number] = amount
                plan.rows.add(account, amount, -sign)
                plan.rows.add(plan.row(pool, node), amount, sign)


def _shortfall(plan: Plan, node: Node, problem: Benchmark, pool: str, key: Key) -> None:
    """Let what is owed be missing at the law's price; what must be made good is owed again in the next year."""
    penalty, owed = problem.penalties.get(pool), plan.owed.get(key)
    later = plan.children(node)
    if penalty is None or owed is None or (penalty.make_good and not later):
        return
    missing = one(plan.program.variables(0.0, inf))
    plan.program.linear(missing.at[0], node.weight * penalty.price)
    plan.amounts["shortfall", f"{pool}|{key[3]}", node.number] = missing
    plan.rows.add(key, missing, -1.0)
    plan.rows.add(("short", pool, node.number, key[3]), Sum().plus(missing).plus(owed, -1.0))
    for child in later if penalty.make_good else ():
        again = plan.row(pool, child, key[3])
        plan.rows.add(again, missing)
        plan.owed.setdefault(again, Sum()).plus(missing)


def _bank(plan: Plan, node: Node, problem: Benchmark, bank: Bank, keys: list[Key]) -> None:
    later = plan.children(node)
    if not later:
        return
    if bank.life and bank.life < len(problem.years):
        _vintages(plan, node, bank, keys)
        return
    parts = _parts(problem, bank.pool, node.t + 1)
    for key in keys:
        low = -bank.borrowing[node.t] * parts.get(key[3], 0.0) if bank.borrowing else 0.0
        kept = one(plan.program.variables(low, inf if bank.keeps else 0.0))
        plan.amounts["bank", f"{bank.pool}|{key[3]}", node.number] = kept
        plan.rows.add(key, kept)
        for child in later:
            plan.rows.add(plan.row(bank.pool, child, key[3]), kept, -1.0)


def _parts(problem: Benchmark, pool: str, t: int) -> dict[str, float]:
    """Return which part of what may be borrowed is each party's: that of its allocation in the next year."""
    whole = problem.allocated(pool)[t]
    found = dict.fromkeys([""], 1.0)
    for holding in problem.holdings if whole else ():
        if holding.pool == pool:
            found[holding.party] = found.get(holding.party, 0.0) + max(holding.amount[t], 0.0) / whole
    return found


def _vintages(plan: Plan, node: Node, bank: Bank, keys: list[Key]) -> None:
    """Keep rights of a short life: what is kept of each year's issue is used before it expires.

    What is kept of an issue for the first time is no more than was issued, later no more than was kept before.
    """
    if len(keys) > 1 or plan.alone:
        raise NotExpressedError("life", pool=bank.pool)
    key = keys[0]
    total = Sum()
    for age in range(bank.life - 1):
        kept = one(plan.program.variables(0.0, inf))
        plan.amounts["vintage", f"{bank.pool}|{age}", node.number] = kept
        total.plus(kept)
        before = ("vintage", bank.pool, node.number, str(age))
        plan.rows.add(before, kept)
        if age:
            older = plan.amounts.get(("vintage", f"{bank.pool}|{age - 1}", node.parent))
            if older:
                plan.rows.add(before, older, -1.0)
        else:
            plan.rows.add(before, supplied(plan, node, bank.pool), -1.0)
    plan.amounts["bank", f"{bank.pool}|", node.number] = total
    plan.rows.add(key, total)
    for child in plan.children(node):
        plan.rows.add(plan.row(bank.pool, child), total, -1.0)


def supplied(plan: Plan, node: Node, pool: str) -> Sum:
    """Return what a year brings into a pool anew: allocated, made, sold by the authority, arrived from elsewhere."""
    problem, number = plan.problem(node), node.number
    found = Sum(constant=problem.allocated(pool)[node.t])
    for maker in problem.suppliers:
        if maker.pool == pool:
            found.plus(plan.amounts["made", maker.party, number])
    for at, sale in enumerate(problem.sales):
        if sale.pool == pool:
            found.plus(plan.amounts["sold", str(at), number])
    for at, link in enumerate(problem.links):
        if link.target == pool:
            found.plus(plan.amounts["flow", str(at), number], link.ratio)
    return found
