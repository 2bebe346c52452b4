"""What each party decides at a node: what it cuts, makes, uses and produces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.equilibrium.curves import enter_curve
from ecomarket.equilibrium.sums import Sum, one

if TYPE_CHECKING:
    from ecomarket.equilibrium.build import Plan
    from ecomarket.equilibrium.tree import Node
    from ecomarket.model.benchmark import Benchmark, Producer


def enter(plan: Plan, node: Node) -> None:
    """Enter all parties of a node."""
    problem = plan.problem(node)
    _emitters(plan, node, problem)
    for producer in problem.producers:
        _producer(plan, node, problem, producer)
    for buyer in problem.demanders:
        used = enter_curve(plan.program, buyer.worth, node.weight, worth=True)
        plan.amounts["used", buyer.party, node.number] = used
        _needs(plan, node, problem, buyer.party, buyer.needs, used, owed=False)
    for maker in problem.suppliers:
        made = enter_curve(plan.program, maker.cost, node.weight)
        plan.amounts["made", maker.party, node.number] = made
        plan.gets(maker.pool, node, maker.party, made)
    for holding in problem.holdings:
        amount = holding.amount[node.t]
        if amount > 0:
            plan.gets(holding.pool, node, holding.party, Sum(constant=amount))
        elif amount < 0:
            plan.uses(holding.pool, node, holding.party, Sum(constant=-amount), 1.0, owed=True)


def _emitters(plan: Plan, node: Node, problem: Benchmark) -> None:
    for emitter in problem.emitters:
        gross = emitter.unabated[node.t]
        cut = enter_curve(plan.program, emitter.cost, node.weight, gross * emitter.cost.share)
        emission = Sum(constant=gross).plus(cut, -1.0)
        plan.amounts["abatement", emitter.party, node.number] = cut
        plan.amounts["emission", emitter.party, node.number] = emission
        _needs(plan, node, problem, emitter.party, emitter.needs, emission, owed=True)


def _producer(plan: Plan, node: Node, problem: Benchmark, producer: Producer) -> None:
    """Enter goods and cut: cutting the rate by r costs k r^2 a unit, so cutting a of q goods k (a / rate)^2 / q."""
    goods = producer.goods
    made = enter_curve(plan.program, goods.demand, node.weight, worth=True)
    total = plan.program.variables(0.0, float("inf"))
    cut = one(plan.program.variables(0.0, float("inf")))
    number, party = node.number, producer.party
    plan.rows.add(("goods", party, number, "sold"), Sum().plus(made).plus(one(total), -1.0))
    plan.rows.add(("goods", party, number, "cut"), Sum().plus(cut).plus(one(total), -goods.rate))
    plan.program.linear(total, node.weight * goods.cost)
    plan.program.quotient(cut.at[0], total, node.weight * goods.cut / goods.rate**2)
    emission = Sum().plus(one(total), goods.rate).plus(cut, -1.0)
    plan.amounts["goods", party, number] = one(total)
    plan.amounts["abatement", party, number] = cut
    plan.amounts["emission", party, number] = emission
    _needs(plan, node, problem, party, producer.needs, emission, owed=True)
    for pool, rate in plan.based.items():
        if pool in dict(producer.needs):
            plan.gets(pool, node, party, one(total, rate))


def _needs(
    plan: Plan,
    node: Node,
    problem: Benchmark,
    party: str,
    needs: tuple[tuple[str, float], ...],
    amount: Sum,
    *,
    owed: bool,
) -> None:
    """Use up rights for an amount in traded pools, and count it in those that are only watched."""
    for pool, factor in needs:
        if pool in problem.pools:
            plan.uses(pool, node, party, amount, factor, owed=owed)
        else:
            watched = plan.amounts.setdefault(("watched", pool, node.number), Sum())
            watched.plus(amount, factor)
