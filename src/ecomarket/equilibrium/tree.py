"""Years and states of the world as a tree: what is decided before a state is known is decided once for all of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.model.benchmark import Benchmark


class State(NamedTuple):
    """A state of the world: its name ("" if there is only one), its probability, and the problem in it."""

    name: str
    probability: float
    problem: Benchmark


@dataclass(frozen=True, slots=True)
class Node:
    """A year as far as it is known: `t` counts years from 0, `states` are those that cannot yet be told apart.

    weight   probability, discounted to the first year: what a yuan at this node counts in the least cost
    parent   the node of the year before, -1 in the first
    """

    number: int
    t: int
    year: int
    states: tuple[int, ...]
    weight: float
    parent: int

    def name(self, states: Sequence[State]) -> str:
        """Return the year, with the state behind `@` where it is known and there are several."""
        if len(self.states) == len(states):
            return str(self.year)
        return f"{self.year}@{'+'.join(states[s].name for s in self.states)}"


def grow(states: Sequence[State]) -> list[Node]:
    """Return the nodes, year by year. Two states share a node while nothing up to that year tells them apart."""
    nodes: list[Node] = []
    first = states[0].problem
    for t, year in enumerate(first.years):
        groups: dict[Any, list[int]] = {}
        for number, state in enumerate(states):
            groups.setdefault(_seen(state.problem, t) if len(states) > 1 else "", []).append(number)
        for group in groups.values():
            parent = next((n.number for n in nodes if n.t == t - 1 and group[0] in n.states), -1)
            chance = sum(states[s].probability for s in group)
            weight = chance / (1.0 + first.interest) ** t
            nodes.append(Node(len(nodes), t, year, tuple(group), weight, parent))
    return nodes


def _seen(part: Any, t: int) -> Any:
    """Return what of a problem is known by year `t`, in a form that can be compared."""
    if is_dataclass(part) and not isinstance(part, type):
        return tuple(
            _path(getattr(part, f.name), t) if f.type == "Path" else _seen(getattr(part, f.name), t)
            for f in fields(part)
        )
    if isinstance(part, dict):
        return tuple((key, _seen(value, t)) for key, value in part.items())
    if isinstance(part, set):
        return tuple(sorted(part))
    if isinstance(part, (list, tuple)):
        return tuple(_seen(value, t) for value in part)
    return part


def _path(path: Any, t: int) -> Any:
    return tuple(path[: t + 1])
