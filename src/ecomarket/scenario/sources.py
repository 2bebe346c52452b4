"""List every value of a scenario with where it comes from; what names no source is an assumption."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import tr
from ecomarket.model.quantity import NOTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.scenario.locate import Reader
    from ecomarket.scenario.nodes import Node

ASSUMPTION: Final = "assumption"
NAMES_ONLY: Final = ("ecomarket", "name", "title", "description", "measures", "calendar", "expect")
"""Parts that state no fact about the world."""
_UNIT_IS_A_FIELD: Final = {"kind", "marginal", "power", "steps", "option"}
"""Keys of maps in which `unit` is a field of its own."""
AMOUNT: Final = re.compile(r"[-+]?[0-9][0-9_.]*(%| [^ ].*)")


@dataclass(frozen=True, slots=True)
class Source:
    """A value: its path in the scenario, the value with its unit as written, its source, where it stands."""

    path: str
    value: str
    source: str
    file: str
    line: int

    @property
    def is_assumption(self) -> bool:
        """Tell whether nothing but an assumption stands behind the value."""
        return self.source.startswith(ASSUMPTION)

    def as_dict(self) -> dict[str, str | int]:
        """Return the fields for JSON."""
        return asdict(self)

    def text(self, lang: str) -> str:
        """Return the value and its source in one line."""
        source = tr("diagnostics.assumption", lang) if self.source == ASSUMPTION else self.source
        return f"{self.file}:{self.line}: {self.path} = {self.value} <- {source}"


def sources(tree: Node, reader: Reader) -> tuple[Source, ...]:
    """Return each number of the tree and each table with its source, nearest first: its own, its map's, none."""
    values = [s for key, node in tree.value.items() if key not in NAMES_ONLY for s in _of(node, key, "", "")]
    return (*values, *_of_tables(reader))


def _of(node: Node, path: str, above: str, unit: str) -> Iterator[Source]:
    if isinstance(node.value, dict):
        own = node.value.get("source")
        above = str(own.value) if own else above
        given = node.value.get("unit")
        unit = str(given.value) if given and not _UNIT_IS_A_FIELD & node.value.keys() else unit
        for key, child in node.value.items():
            if key not in NOTES:
                yield from _of(child, path if key == "value" else f"{path}.{key}", above, unit)
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from _of(child, f"{path}.{index}", above, unit)
    elif isinstance(node.value, bool):
        return
    elif isinstance(node.value, (int, Decimal)) or AMOUNT.fullmatch(str(node.value)):
        written = f"{node.value} {unit}".strip()
        yield Source(path, written, above or ASSUMPTION, node.place.file, node.place.line)


def _of_tables(reader: Reader) -> Iterator[Source]:
    """Yield one entry a table and source: how many rows rest on it."""
    for table in reader.tables.values():
        if table is None:
            continue
        rows: dict[str, list[Any]] = {}
        for row in table.rows:
            own = row.value.get("source")
            rows.setdefault(str(own.value) if own else ASSUMPTION, []).append(row)
        for source, found in rows.items():
            yield Source(table.name, f"{len(found)} rows", source, found[0].place.file, found[0].place.line)
