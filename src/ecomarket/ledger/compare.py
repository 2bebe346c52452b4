"""Compare the rows of a projection with what the journal says they are, cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecomarket.ledger.findings import Notebook
    from ecomarket.ledger.tables import Row, Table


def compare(table: Table, stored: list[Row], replayed: list[Row], notes: Notebook) -> None:
    """Find each row of `table` that is missing, or that nobody wrote, and each cell that differs."""
    k = table.keys
    if k == 1 and table.names[0] != "seq":
        replayed = sorted(replayed)
    if stored == replayed:
        return
    there, wanted = ({row[:k]: row for row in rows} for rows in (stored, replayed))
    for key in sorted({*there, *wanted}, key=_sortable):
        old, new = there.get(key), wanted.get(key)
        if old is None or new is None:
            what = "ROW-MISSING" if old is None else "ROW-EXTRA"
            notes.add(table.finding, table.name, key, _seq(table, key), what=what)
            continue
        for column, s, r in zip(table.names, old, new, strict=True):
            if s != r:
                values = {"what": "CELL", "column": column, "stored": s, "replayed": r}
                notes.add(table.finding, table.name, key, _seq(table, key), **values)


def _sortable(key: Row) -> tuple[tuple[bool, Row], ...]:
    """Return a key that sorts beside any other: numbers first, then what should be a number and is not."""
    return tuple((not isinstance(part, int), (part if isinstance(part, int) else repr(part),)) for part in key)


def _seq(table: Table, key: Row) -> int:
    return int(key[0]) if table.names[0] == "seq" else 0
