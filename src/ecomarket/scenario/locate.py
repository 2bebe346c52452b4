"""Check a part of the tree against a model; turn every fault into a finding at its place.

Before Pydantic sees the values, a text ending in `.csv` where rows or a map are wanted is replaced by the table's
cells, so a fault in a cell is found at `file.csv:row:column`.
"""

from __future__ import annotations

from os.path import normpath
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from ecomarket.model.quantity import NOTES, kind
from ecomarket.scenario.findings import RULE, nearest
from ecomarket.scenario.nodes import Node, Place
from ecomarket.scenario.tables import Table, read_table
from ecomarket.scenario.text import is_file
from ecomarket.scenario.types import (
    field_names,
    field_type,
    is_quantity,
    items_of,
    models_of,
    takes_map,
    takes_text,
    values_of,
    visit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.scenario.findings import Findings

M = TypeVar("M", bound=BaseModel)
RANGES = {
    "greater_than_equal": ("ge", ">="),
    "greater_than": ("gt", ">"),
    "less_than_equal": ("le", "<="),
    "less_than": ("lt", "<"),
    "too_short": ("min_length", ">="),
    "too_long": ("max_length", "<="),
    "string_too_short": ("min_length", ">="),
    "string_too_long": ("max_length", "<="),
}
EXPECTED = {
    "string": "text",
    "int": "whole number",
    "float": "number",
    "decimal": "number",
    "bool": "true or false",
    "list": "list",
    "tuple": "list",
    "dict": "map",
    "model": "map",
    "date": "a date such as 2025-01-31",
}


class Reader:
    """Reads models out of the tree: the findings, the folder of the scenario, and the tables met on the way."""

    def __init__(self, findings: Findings, folder: Path) -> None:
        self.findings = findings
        self.folder = folder
        self.tables: dict[str, Table | None] = {}
        self.broken: set[int] = set()
        """Nodes whose table could not be read; that they are empty is not a fault of its own."""
        self.typed: set[str] = set()
        """Names of the tables whose rows stand in the models."""

    def table(self, node: Node) -> Table | None:
        """Return the table that a node names, relative to the file that names it."""
        home = Path(node.place.file).parent if node.place.file not in ("--set", "--rule") else self.folder
        path = Path(normpath(home / node.value))
        if str(path) not in self.tables:
            self.tables[str(path)] = read_table(path, self.findings, node.place)
        elif self.tables[str(path)] is None and not is_file(path):
            read_table(path, self.findings, node.place)
        return self.tables[str(path)]

    def read(self, model: type[M], node: Node, *, what: str = "", also: Iterable[str] = ()) -> M | None:
        """Return the model, or None after findings.

        `what` names the part in messages; `also` are further keys that may stand beside the model's own.
        """
        before = len(self.findings.errors)
        for annotation, child, path in visit(model, node):
            self._unwrap(annotation, child)
            self._expand(annotation, child)
            where = ".".join(path) if not what else ".".join((what, *path))
            self._unknown_keys(annotation, child, where or "the scenario", also if child is node else ())
        try:
            found = model.model_validate(node.plain())
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False):
                self._fault(dict(error), node)
            return None
        except (RecursionError, OverflowError, ArithmeticError) as wrong:
            self.findings.add("E310", node.text_place(), problem=str(wrong), problem_zh=str(wrong))
            return None
        return found if len(self.findings.errors) == before else None

    def _unwrap(self, annotation: Any, node: Node) -> None:
        """Take a value out of its `{value, source, note}` where the field is a plain one."""
        if not isinstance(node.value, dict) or "value" not in node.value or not node.value.keys() <= {"value", *NOTES}:
            return
        if takes_map(annotation):
            return
        unit = node.value.get("unit")
        if unit is not None:
            self.findings.add("E301", unit.place, found=unit.value, expected="1", near="")
        node.value, node.place = node.value["value"].value, node.value["value"].place

    def _expand(self, annotation: Any, node: Node) -> None:
        """Put a table's cells in the place of its name."""
        if not isinstance(node.value, str) or not node.value.endswith(".csv") or is_quantity(annotation):
            return
        rows, values = items_of(annotation), values_of(annotation)
        if (rows is None and values is None) or takes_text(annotation):
            return
        table = self.table(node)
        node.key = node.place
        self.typed.add(table.name if table else "")
        if table is None:
            self.broken.add(id(node))
            node.value = [] if rows is not None else {}
        elif rows is not None:
            node.value = [_with_units(row, table, rows) for row in table.rows]
            self._columns(table, rows, node)
        else:
            node.value = self._keyed(table)

    def _columns(self, table: Table, rows: Any, node: Node) -> None:
        """Compare a table's header with the model of its rows."""
        for model in models_of(rows):
            fields = field_names(model)
            names = [column.name for column in table.columns]
            missing = [name for name, field in fields.items() if field.is_required() and name not in names]
            for name in missing:
                first = table.columns[0].place
                whole = Place(
                    first.file, first.line, first.column, len(self.findings.lines[first.file][first.line - 1])
                )
                self.findings.add("E116", whole, found=name)
            if missing:
                node.value = []
                self.broken.add(id(node))
            closed = model.model_config.get("extra") != "allow"
            for column in table.columns:
                if closed and column.name not in (*fields, *NOTES):
                    self.findings.add("E110", column.place, found=column.name, where=table.name, options=fields)
                elif column.name not in fields and nearest(column.name, [f for f in fields if f not in names]):
                    self.findings.add("W507", column.place, found=column.name, options=fields)
            if closed:
                for row in node.value:
                    row.value = {key: cell for key, cell in row.value.items() if key in fields}

    def _keyed(self, table: Table) -> dict[str, Node]:
        """Read a table as a map: the first column is the key; year columns make dated values, one column a value."""
        key, *columns = [column.name for column in table.columns if column.name not in NOTES[1:]]
        columns = [c for c in columns if not c.startswith("name")]
        units = {column.name: column.unit for column in table.columns}
        found: dict[str, Node] = {}
        for row in table.rows:
            cell = row.value.get(key)
            if cell is None:
                self.findings.add("E112", row.place, found=key)
                continue
            if str(cell.value) in found:
                self.findings.add("E104", cell.place, found=cell.value, line=found[str(cell.value)].place.line)
            cells = {name: _united(row.value[name], units[name]) for name in columns if name in row.value}
            whole = Node(cells, row.place, cell.place)
            found[str(cell.value)] = next(iter(cells.values())) if len(columns) == 1 and cells else whole
        return found

    def _unknown_keys(self, annotation: Any, node: Node, where: str, also: Iterable[str]) -> None:
        models = models_of(annotation)
        if not models or not isinstance(node.value, dict) or values_of(annotation) is not None:
            return
        if any(model.model_config.get("extra") == "allow" for model in models):
            return
        fields = [name for model in models for name in field_names(model) if name != "params"]
        for key, child in node.value.items():
            if key not in fields:
                place = child.key or child.place
                self.findings.add(
                    "E110", place, found=key, where=where, options=dict.fromkeys([*fields, *sorted(also)])
                )

    def _fault(self, error: dict[str, Any], node: Node) -> None:
        """Turn one of Pydantic's errors into a finding."""
        path = [part for part in error["loc"] if part != "[key]"]
        at = node.nearest(path)
        kind_of_error, context = error["type"], error.get("ctx", {})
        if kind_of_error == "extra_forbidden":
            place = at.key or at.place
            if not any(d.code == "E110" and (d.file, d.line) == (place.file, place.line) for d in self.findings.found):
                self.findings.add("E110", place, found=path[-1], where=path[-2] if len(path) > 1 else "the scenario")
            return
        if kind_of_error == "missing":
            self.findings.add("E112", at.text_place(), found=path[-1])
        elif kind_of_error.startswith(("E1", "E2", "E3", "E4", "E8")):
            self._custom(kind_of_error, context, at)
        elif kind_of_error in RANGES:
            if id(at) in self.broken:
                return
            at = at.get("value") or at
            limit, sign = RANGES[kind_of_error]
            bound = context.get(limit)
            self.findings.add("E303", at.text_place(), found=_shown(at.value), expected=f"{sign} {bound}")
        elif kind_of_error in ("literal_error", "enum"):
            options = [
                name
                for part in str(context.get("expected", "")).replace(" or ", ", ").split(",")
                if (name := part.strip(" '"))
            ]
            self.findings.add("E115", at.text_place(), found=_shown(at.value), options=options)
        elif kind_of_error == "string_pattern_mismatch":
            self.findings.add("E312", at.text_place(), found=_shown(at.value), expected=context.get("pattern", ""))
        elif kind_of_error == "value_error":
            problem = str(context.get("error", error["msg"]))
            self.findings.add("E310", at.text_place(), problem=problem, problem_zh=problem)
        else:
            expected = EXPECTED.get(kind_of_error.split("_")[0], error["msg"])
            if path[0] == "policies" and len(path) == 2:
                expected = RULE
            self.findings.add("E111", at.text_place(), expected=expected, found=kind(at.plain()))

    def _custom(self, code: str, context: dict[str, Any], at: Node) -> None:
        """Report a fault found by a type of our own; a map with a unit is pointed at by its unit."""
        if code in ("E301", "E302") and isinstance(at.value, dict) and "unit" in at.value:
            at = at.value["unit"]
        options = [name for name in str(context.get("options", "")).split(", ") if name]
        near = [context["near"]] if context.get("near") else []
        place = at.text_place()
        if code in ("E110", "E321", "E322") and isinstance(at.value, dict):
            wrong = at.value.get(context.get("found", ""))
            place = wrong.key or wrong.place if wrong else place
            context = {**context, "where": "value"}
        self.findings.add(code, place, options=options or near, **{k: v for k, v in context.items() if k != "options"})


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return f"{len(value)} entries"
    return str(value) or "''"


def _united(cell: Node, unit: str) -> Node:
    if not unit or isinstance(cell.value, (dict, list)):
        return cell
    return Node({"value": cell, "unit": Node(unit, cell.place)}, cell.place, cell.place)


def _with_units(row: Node, table: Table, rows: Any) -> Node:
    """Give the cells of quantity columns the unit that their header names."""
    fields = {name: field for model in models_of(rows) for name, field in field_names(model).items()}
    units = {
        c.name: c.unit for c in table.columns if c.unit and c.name in fields and is_quantity(field_type(fields[c.name]))
    }
    cells = {name: _united(cell, units.get(name, "")) for name, cell in row.value.items()}
    return Node(cells, row.place, row.key)
