"""Read CSV tables: UTF-8, one header row, `#` comment lines, cells that know file, row and column.

A header may name the unit of its column, `cap [万t]`. An empty cell is no value. Cells are whole numbers, decimals,
true or false, dates or text; quotes work as in RFC 4180, but a cell ends on its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ecomarket.scenario.nodes import Node, Place
from ecomarket.scenario.text import DAY, DECIMAL, INTEGER, NUMBER_LENGTH_MAX, beside, is_file, plain_scalar, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecomarket.scenario.findings import Findings

HEADER: Final = re.compile(r"(?P<name>[^\[\]]*?)\s*(?:\[(?P<unit>[^\]]+)\])?")
FIRST_OF_A_NUMBER: Final = tuple("+-.0123456789")
CELL: Final = re.compile(r'"((?:[^"]|"")*)"\s*(?=,|$)|([^",]*)(?=,|$)')


@dataclass(frozen=True, slots=True)
class Column:
    """A column: name, unit ("" if the header names none), and where its header stands."""

    name: str
    unit: str
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read: `rows` are map Nodes whose cells are scalar Nodes; empty cells are absent."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Node, ...]

    def plain(self) -> list[dict[str, Any]]:
        """Return the rows without places."""
        return [row.plain() for row in self.rows]


def read_table(path: Path, findings: Findings, place: Place) -> Table | None:
    """Return the table, or None after a finding (E205 missing, E101 not UTF-8, E117 broken shape).

    `place` is where the scenario names the table.
    """
    shown = str(path)
    if not is_file(path):
        findings.add("E205", place, found=path.name, folder=str(path.parent), options=beside(path, "*.csv"))
        return None
    text = read_text(path, findings, place)
    if text is None:
        return None
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        findings.add("E113", Place(shown, 1, 1))
        return None
    columns = _header(*lines[0], shown, findings)
    before = len(findings.found)
    rows = [row for number, line in lines[1:] if (row := _row(number, line, columns, shown, findings))]
    _mixed_columns(columns, rows, findings)
    return Table(path.name, columns, tuple(rows)) if columns and len(findings.found) == before else None


def _cells(number: int, line: str, file: str, findings: Findings) -> Iterator[tuple[str, Place]]:
    at = 0
    if '"' not in line:
        for raw in line.split(","):
            text = raw.strip()
            yield text, Place(file, number, at + 1 + len(raw) - len(raw.lstrip()), max(1, len(text)))
            at += len(raw) + 1
        return
    while at <= len(line):
        match = CELL.match(line, at)
        if not match:
            findings.add("E117", Place(file, number, at + 1), problem='"')
            return
        text = match[1].replace('""', '"') if match[1] is not None else match[2]
        lead = len(match[0]) - len(match[0].lstrip())
        yield text.strip(), Place(file, number, at + 1 + lead, max(1, len(match[0].strip())))
        at = match.end() + 1


def _header(number: int, line: str, file: str, findings: Findings) -> tuple[Column, ...]:
    columns: list[Column] = []
    for text, place in _cells(number, line, file, findings):
        match = HEADER.fullmatch(text)
        name = match["name"] if match else ""
        if not match or not name:
            findings.add("E117", place, problem=text or "''")
        elif any(column.name == name for column in columns):
            findings.add("E104", place, found=name, line=number)
        columns.append(Column(name, (match["unit"] or "") if match else "", place))
    return tuple(columns)


def _row(number: int, line: str, columns: tuple[Column, ...], file: str, findings: Findings) -> Node | None:
    before = len(findings.found)
    cells = list(_cells(number, line, file, findings))
    if len(findings.found) > before:
        return None
    if len(cells) != len(columns):
        findings.add("E118", cells[-1][1], found=len(cells), expected=len(columns))
        return None
    row = Place(file, number, 1, len(line))
    found = {
        column.name: Node(cell_value(text), place, column.place)
        for column, (text, place) in zip(columns, cells, strict=True)
        if text
    }
    return Node(found, row, row)


@lru_cache(maxsize=10_000)
def cell_value(text: str) -> Any:
    """Return what a cell means; words stay text, codes with leading zeros too.

    >>> [cell_value(t) for t in ("0012", "18_300", "yes", "true")]
    ['0012', 18300, 'yes', True]
    """
    if len(text) > NUMBER_LENGTH_MAX or not (text.startswith(FIRST_OF_A_NUMBER) or text in ("true", "false")):
        return text
    if text in ("true", "false") or DAY.fullmatch(text) or INTEGER.fullmatch(text):
        return plain_scalar(text)
    if DECIMAL.fullmatch(text) and not re.match(r"[-+]?0[0-9]", text):
        return plain_scalar(text)
    return text


def _mixed_columns(columns: tuple[Column, ...], rows: list[Node], findings: Findings) -> None:
    """Find the odd cell of a column that holds numbers almost everywhere."""
    for column in columns:
        cells = [row.value[column.name] for row in rows if column.name in row.value]
        odd = [cell for cell in cells if not isinstance(cell.value, (int, Decimal))]
        if column.name in ("code", "zone", "parent") or len(odd) * 3 > len(cells):
            continue
        for cell in odd:
            if isinstance(cell.value, (str, date)) and re.match(r"[-+]?[.0-9]", str(cell.value)):
                findings.add("E119", cell.place, found=cell.value, column=column.name)
