"""Read a ledger file: run row, blocks, rows of projections, schema. Nothing here can change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ecomarket.errors import RunError
from ecomarket.ledger.block import Block
from ecomarket.ledger.store.schema import BLOCK_COLUMNS, RUN_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa

    from ecomarket.ledger.tables import Row, Table

_BLOCKS = f"SELECT {', '.join(BLOCK_COLUMNS)} FROM block ORDER BY number"  # noqa: S608  (the names are constants)
_RUN = f"SELECT {', '.join(RUN_COLUMNS)} FROM run"  # noqa: S608


class RunRow(NamedTuple):
    """The one row of table run: which run this is, and its head as it was last written."""

    id: int
    manifest: bytes
    genesis: bytes
    head_number: int
    head_seq: int
    head_t: int
    head_hash: bytes


def run_rows(connection: sa.Connection) -> list[RunRow]:
    """Return every row of table run; a sound file has one."""
    return [RunRow(*row) for row in connection.exec_driver_sql(_RUN)]


def run_row(connection: sa.Connection) -> RunRow:
    """Return the row of table run. Raises RunError unless there is exactly one."""
    rows = run_rows(connection)
    if len(rows) != 1:
        raise RunError(f"the ledger names {len(rows)} runs, not one")
    return rows[0]


def blocks(connection: sa.Connection) -> Iterator[Block]:
    """Yield the blocks in order of their numbers, as they are stored."""
    for row in connection.exec_driver_sql(_BLOCKS):
        yield Block(*row)


def rows(connection: sa.Connection, table: Table) -> list[Row]:
    """Return every row of a projection in order of its key."""
    keys = ", ".join(f'"{n}"' for n in table.names[: table.keys])
    columns = ", ".join(f'"{n}"' for n in table.names)
    statement = f'SELECT {columns} FROM "{table.name}" ORDER BY {keys}'  # noqa: S608  (the names are those of TABLES)
    return [tuple(row) for row in connection.exec_driver_sql(statement)]


def each_row(connection: sa.Connection, name: str, columns: Sequence[str], keys: int = 1) -> Iterator[Row]:
    """Yield the rows of any table, one by one, in order of the first `keys` columns."""
    wanted = ", ".join(f'"{n}"' for n in columns)
    order = ", ".join(f'"{n}"' for n in columns[:keys])
    statement = f'SELECT {wanted} FROM "{name}" ORDER BY {order}'  # noqa: S608  (the names are constants)
    for row in connection.exec_driver_sql(statement):
        yield tuple(row)


def schema(connection: sa.Connection) -> dict[str, str | None]:
    """Return the statement that made each object in the file, by name."""
    return dict(tuple(row) for row in connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema ORDER BY name"))


def pragma(connection: sa.Connection, name: str) -> list[Row]:
    """Return the rows of a pragma that only reads."""
    return [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA {name}")]
