"""Read a ledger: run row, blocks, rows of projections. Nothing here changes it, or depends on which database it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from ecomarket.ledger.block import Block
from ecomarket.ledger.faults import fault
from ecomarket.ledger.store.schema import BLOCK_COLUMNS, HEAD_COLUMNS, RUN, projections, source
from ecomarket.ledger.tables import STANDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecomarket.ledger.store.shelf import Shelf
    from ecomarket.ledger.tables import Row, Table

BLOCKS_AT_ONCE = 16
"""Blocks that a server sends at once, so that a long ledger never stands in memory as a whole."""


class RunRow(NamedTuple):
    """The one row of table run: which run this is, and its head as it was last written."""

    id: int
    manifest: bytes
    genesis: bytes
    head_number: int
    head_seq: int
    head_t: int
    head_hash: bytes


def run_rows(shelf: Shelf) -> list[RunRow]:
    """Return every row of table run; a sound ledger has one, with id 1 (in PostgreSQL: the one row of this run)."""
    table = source("run", "id", "manifest", "genesis", *HEAD_COLUMNS)
    rows = shelf.connection.execute(_own(shelf, sa.select(table), table.c.id))
    return [RunRow(1 if shelf.run else row[0], *row[1:]) for row in rows]


def run_row(shelf: Shelf) -> RunRow:
    """Return the row of table run. Raises RunError unless there is exactly one."""
    rows = run_rows(shelf)
    if len(rows) != 1:
        raise fault("E741", n=len(rows))
    return rows[0]


def blocks(shelf: Shelf, after: int | None = None) -> Iterator[Block]:
    """Yield the blocks in order of their numbers, as they are stored; only those above number `after` if given."""
    table = source("block", RUN, *BLOCK_COLUMNS)
    wanted = sa.select(*(table.c[n] for n in BLOCK_COLUMNS)).order_by(table.c.number)
    if after is not None:
        wanted = wanted.where(table.c.number > after)
    if not shelf.run:
        for row in shelf.connection.execute(wanted):
            yield Block(*row)
        return
    page = _own(shelf, wanted, table.c[RUN]).limit(BLOCKS_AT_ONCE)
    while rows := shelf.connection.execute(page if after is None else page.where(table.c.number > after)).all():
        yield from (Block(*row) for row in rows)
        after = rows[-1].number


def rows(shelf: Shelf, table: Table) -> list[Row]:
    """Return every row of a projection in order of its key. Raises RunError if a ledger of its version has none."""
    if table not in tables(shelf):
        raise fault("E740", version=shelf.version, table=table.name)
    own = source(table.name, RUN, *table.names)
    wanted = sa.select(*(own.c[n] for n in table.names)).order_by(*(own.c[n] for n in table.names[: table.keys]))
    return [tuple(row) for row in shelf.connection.execute(_own(shelf, wanted, own.c[RUN]))]


def standing(shelf: Shelf) -> int | None:
    """Return after which block the balances were written; None if the ledger does not say so: after its last."""
    told = [row for row in rows(shelf, STANDING) if row[0] == 1] if STANDING in tables(shelf) else []
    return int(told[0][1]) if told and isinstance(told[0][1], int) else None


def unstood(shelf: Shelf) -> Iterator[Block]:
    """Yield the blocks whose balances are not yet rows of table balance."""
    after = standing(shelf)
    return iter(()) if after is None else blocks(shelf, after)


def schema(shelf: Shelf) -> Mapping[str, str | None]:
    """Return the definition of each object that is there, by name."""
    return shelf.schema()[0]


def tables(shelf: Shelf) -> list[Table]:
    """Return the projections that a ledger of this version holds."""
    return projections(shelf.version)


def _own(shelf: Shelf, wanted: sa.Select[Any], column: sa.ColumnElement[int]) -> sa.Select[Any]:
    """Restrict to this run, where a database holds many."""
    return wanted.where(column == shelf.run) if shelf.run else wanted
