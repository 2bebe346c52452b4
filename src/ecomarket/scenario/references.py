"""Check that every name exists: zones, rights, venues, groups, participants, tables, plug-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.reference import Ref
from ecomarket.scenario.nodes import Node
from ecomarket.scenario.types import alternatives, visit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from ecomarket.model.reference import Target
    from ecomarket.scenario.locate import Reader

COUNT_MAX: Final = 100_000
CODES: Final = {
    "zone": "E201",
    "right": "E202",
    "venue": "E203",
    "group": "E204",
    "participant": "E211",
    "curve": "E212",
    "outside": "E213",
}


class Names:
    """The names that a scenario defines, by what they name; a part that could not be read has no entry."""

    def __init__(self, tree: Node) -> None:
        self.known: dict[str, list[str]] = {}
        for target, key in (
            ("right", "rights"),
            ("venue", "venues"),
            ("group", "participants"),
            ("outside", "outside"),
        ):
            node = tree.get(key)
            self.known[target] = list(node.value) if node and node.is_map else []
        curves = tree.get("abatement")
        if curves is None or curves.is_map:
            self.known["curve"] = list(curves.value) if curves else []
        zones = tree.get("zones")
        if zones is None or zones.value:
            self.known["zone"] = _codes([zones] if zones else [])
        groups = tree.get("participants")
        found = groups.value if groups and groups.is_map else {}
        tables = [t for group in found.values() if (t := group.get("table"))]
        if all(isinstance(t.value, list) and t.value for t in tables):
            single = [code for key, group in found.items() if not group.get("table") for code in _counted(key, group)]
            self.known["participant"] = [*_codes(tables), *single]


def _codes(tables: Iterable[Node]) -> list[str]:
    rows = [row for table in tables if isinstance(table.value, list) for row in table.value]
    return [str(code.value) for row in rows if (code := row.get("code"))]


def _counted(key: str, group: Node) -> list[str]:
    count = group.get("count")
    many = count.value if count and isinstance(count.value, int) else 0
    return [f"{key}-{i + 1}" for i in range(min(many, COUNT_MAX))] or [key]


def check_names(model: type[BaseModel], node: Node, names: Names, reader: Reader) -> None:
    """Check every text that a model marks as the name of something."""
    for annotation, child, _ in visit(model, node):
        for ref in [m for _, marks in alternatives(annotation) for m in marks if isinstance(m, Ref)]:
            _check(ref, child, names, reader)


def _check(ref: Ref, node: Node, names: Names, reader: Reader) -> None:
    if isinstance(node.value, (dict, list)) or node.value in (None, ""):
        return
    if ref.several:
        _check_parts(ref.target, node, names, reader)
        return
    name = str(node.value)
    if ref.target == "table":
        table = reader.table(node)
        header = [column.name for column in table.columns] if table else []
        for column in ref.columns if table else ():
            if column not in header:
                reader.findings.add("E206", node.place, found=column, table=name, options=header)
        return
    known = names.known.get(ref.target)
    if known is not None and name not in known:
        reader.findings.add(CODES[ref.target], node.place, found=name, options=known)


def check_codes(tree: Node, reader: Reader) -> None:
    """Find codes given twice, in one table or in two."""
    groups = tree.get("participants")
    tables = [group.get("table") for group in (groups.value.values() if groups and groups.is_map else ())]
    for family in ([tree.get("zones")], tables):
        first: dict[str, Any] = {}
        for row in [r for t in family if t and isinstance(t.value, list) for r in t.value]:
            code = row.get("code")
            if code is None:
                continue
            if str(code.value) in first:
                earlier = first[str(code.value)].place
                where = f"{earlier.file}:{earlier.line}"
                reader.findings.add("E214", code.place, found=code.value, where=where)
            else:
                first[str(code.value)] = code


def check_columns(tree: Node, names: Names, reader: Reader) -> None:
    """Check the names in the members' own columns: `*_zone`, `right` and `rights`; several are parted by `;`."""
    groups = tree.get("participants")
    for group in groups.value.values() if groups and groups.is_map else ():
        table = group.get("table")
        for row in table.value if table and isinstance(table.value, list) else ():
            for column, cell in row.value.items() if row.is_map else ():
                if column.endswith("_zone"):
                    _check_parts("zone", cell, names, reader)
                elif column in ("right", "rights"):
                    _check_parts("right", cell, names, reader)
    zones = tree.get("zones")
    rows = [row for row in zones.value if row.is_map] if zones and isinstance(zones.value, list) else []
    if any(level.value == "basin" for row in rows if (level := row.get("level"))):
        for cell in [basin for row in rows if (basin := row.get("basin"))]:
            _check_parts("zone", cell, names, reader)


def _check_parts(target: Target, cell: Node, names: Names, reader: Reader) -> None:
    for part in str(cell.value).split(";"):
        _check(Ref(target), Node(part.strip(), cell.place, cell.key), names, reader)


def check_levels(tree: Node, reader: Reader) -> None:
    """Check that a right's `zones` is a level some zone has."""
    zones = tree.get("zones")
    rows = zones.value if zones and isinstance(zones.value, list) else []
    levels = ["none", *sorted({str(level.value) for row in rows if (level := row.get("level"))})]
    rights = tree.get("rights")
    for right in rights.value.values() if rights and rights.is_map else ():
        level = right.get("zones")
        if level and rows and isinstance(level.value, str) and level.value not in levels:
            reader.findings.add("E115", level.place, found=level.value, options=levels)
