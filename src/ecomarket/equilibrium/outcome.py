"""A plan solved: prices by market and node, and what is needed to read everything else from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecomarket.equilibrium.build import Plan
from ecomarket.equilibrium.faults import NoPlanError
from ecomarket.equilibrium.settle import settled
from ecomarket.equilibrium.solve import solve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.equilibrium.build import Fees
    from ecomarket.equilibrium.solve import Solution
    from ecomarket.equilibrium.tree import Node, State


@dataclass(frozen=True)
class Outcome:
    """A plan and its solution; `x`: of all plans that cost the same the one that keeps, borrows and moves least."""

    plan: Plan
    solution: Solution
    x: NDArray[np.float64]

    def amount(self, what: str, who: str, node: Node) -> float:
        """Return an amount that the plan decides; 0 where there is none."""
        found = self.plan.amounts.get((what, who, node.number))
        return found.value(self.x) if found else 0.0

    def total(self, what: str, start: str, node: Node) -> float:
        """Return the sum of the amounts of one kind whose name begins with `start`."""
        places = [k for k in self.plan.amounts if k[0] == what and k[1].startswith(start) and k[2] == node.number]
        return sum(self.plan.amounts[place].value(self.x) for place in places)

    def multiplier(self, key: tuple[str, str, int, str], node: Node) -> float:
        """Return what a row is worth at its node, CNY of that year: the fall of the cost for one unit more."""
        place = self.plan.rows.at.get(key)
        return 0.0 if place is None else float(self.solution.dual[place]) / node.weight

    def price(self, pool: str, node: Node) -> float:
        """Return the price of a pool at a node, CNY a unit."""
        return self.multiplier(("market", pool, node.number, ""), node)


def find(
    states: Sequence[State], *, fees: Fees | None = None, based: Mapping[str, float] | None = None, alone: bool = False
) -> Outcome:
    """Build and solve. Raises NoPlanError if no plan keeps all rules, or if cost falls for ever."""
    plan = Plan(states, fees or {}, based or {}, alone)
    solution = solve(plan.program)
    if solution.status == "infeasible":
        names: dict[int, Any] = {place: key for key, place in plan.rows.at.items()}
        broken = [names[int(place)] for place in solution.conflict]
        raise NoPlanError(tuple((kind, name, plan.nodes[node].name(states)) for kind, name, node, _ in broken))
    if solution.status == "unbounded":
        raise NoPlanError(endless=True)
    idle = {i for (what, *_), amount in plan.amounts.items() if what in ("bank", "flow") for i in amount.at}
    return Outcome(plan, solution, settled(plan.program, solution, sorted(idle)))
