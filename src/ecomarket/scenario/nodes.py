"""The plain tree of a scenario: values that know where they were written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file as shown to the user, line and column from 1, width in characters."""

    file: str
    line: int = 0
    column: int = 0
    width: int = 1


@dataclass(slots=True)
class Node:
    """A value and its place; `key` is the place of the key that introduces it.

    `value` is a dict of Nodes, a list of Nodes, or a scalar (str, int, Decimal, bool, date, None).
    """

    value: Any
    place: Place
    key: Place | None = field(default=None)

    @property
    def is_map(self) -> bool:
        """Tell whether the value is a map."""
        return isinstance(self.value, dict)

    def plain(self) -> Any:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def copy(self) -> Node:
        """Return the same tree made of nodes of its own."""
        value = self.value
        if isinstance(value, dict):
            value = {key: child.copy() for key, child in value.items()}
        elif isinstance(value, list):
            value = [child.copy() for child in value]
        return Node(value, self.place, self.key)

    def get(self, *path: str | int) -> Node | None:
        """Return the node at a path of keys and list indices, or None."""
        node: Node | None = self
        for part in path:
            node = _child(node, part) if node else None
        return node

    def nearest(self, path: Sequence[str | int]) -> Node:
        """Return the deepest node on a path, skipping parts that name no child (as Pydantic's union tags)."""
        node = self
        for part in path:
            node = _child(node, part) or node
        return node

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
        """Yield every node under this one with its path, in the order of the file."""
        yield path, self
        if isinstance(self.value, dict):
            for key, child in self.value.items():
                yield from child.walk((*path, key))
        elif isinstance(self.value, list):
            for index, child in enumerate(self.value):
                yield from child.walk((*path, str(index)))

    def text_place(self) -> Place:
        """Return the place to point at for this value as a whole: a map or a list by its key."""
        return self.key if self.key and isinstance(self.value, (dict, list)) else self.place


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(node.value, dict):
        found = node.value.get(str(part))
        return found if isinstance(found, Node) else None
    if isinstance(node.value, list) and str(part).isdigit() and int(part) < len(node.value):
        child = node.value[int(part)]
        return child if isinstance(child, Node) else None
    return None
