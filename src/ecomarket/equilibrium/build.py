"""From the problem in market words to a convex program: one row for each market, or account, at each node."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecomarket.equilibrium import markets, parties
from ecomarket.equilibrium.program import Program
from ecomarket.equilibrium.sums import Rows, Sum
from ecomarket.equilibrium.tree import grow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.equilibrium.sums import Key
    from ecomarket.equilibrium.tree import Node, State
    from ecomarket.model.benchmark import Benchmark

Fees = dict[tuple[str, int], tuple[float, float]]
"""What buyer and seller pay for a unit, CNY, by pool and node."""


@dataclass
class Plan:
    """A program under construction, and where in it everything stands.

    alone      nobody trades: each party has an account of its own and no market
    fees       pools in which each party has an account and pays to trade
    based      what a unit of goods is allocated, by pool (allocation by output)
    amounts    what the program decides, by (what, who or which, node)
    owed       what must be covered with rights, by row; what may be fallen short of
    """

    states: Sequence[State]
    fees: Fees = field(default_factory=dict)
    based: Mapping[str, float] = field(default_factory=dict)
    alone: bool = False
    program: Program = field(default_factory=Program)
    rows: Rows = field(default_factory=Rows)
    amounts: dict[tuple[str, str, int], Sum] = field(default_factory=dict)
    owed: dict[Key, Sum] = field(default_factory=dict)
    accounts: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build the whole program."""
        self.nodes = grow(self.states)
        for node in self.nodes:
            parties.enter(self, node)
        for node in self.nodes:
            markets.enter(self, node)
        self.rows.enter(self.program, "rows")

    def problem(self, node: Node) -> Benchmark:
        """Return the problem as it is known at a node."""
        return self.states[node.states[0]].problem

    def children(self, node: Node) -> list[Node]:
        """Return the nodes of the next year that follow."""
        return [n for n in self.nodes if n.parent == node.number]

    def own(self, pool: str, node: Node) -> bool:
        """Tell whether each party has an account of its own in a pool."""
        return self.alone or (pool, node.number) in self.fees

    def row(self, pool: str, node: Node, party: str = "") -> Key:
        """Return the key of the row into which a party's rights of a pool go: its own, or the market's."""
        if not party or not self.own(pool, node):
            return "market", pool, node.number, ""
        known = self.accounts.setdefault((pool, node.number), [])
        if party not in known:
            known.append(party)
        return "account", pool, node.number, party

    def uses(self, pool: str, node: Node, party: str, amount: Sum, factor: float, *, owed: bool) -> None:
        """Let a party use up an amount; what is owed must be covered, or falls short where the law prices that."""
        key = self.row(pool, node, party)
        self.rows.add(key, amount, factor)
        if owed:
            self.owed.setdefault(key, Sum()).plus(amount, factor)

    def gets(self, pool: str, node: Node, party: str, amount: Sum) -> None:
        """Give a party an amount."""
        self.rows.add(self.row(pool, node, party), amount, -1.0)
