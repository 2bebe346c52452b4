"""The tables of a ledger, for both databases, by version of the schema.

A SQLite file is compared with `schema_of` letter for letter. A table of PostgreSQL has one column more, `run`, because
one schema there holds many runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from ecomarket.ledger.store.migrations.journal import POSTGRES_DESCRIBED, SQLITE_JOURNAL
from ecomarket.ledger.tables import BALANCE, STANDING, TABLES

if TYPE_CHECKING:
    from ecomarket.ledger.tables import Table

APPLICATION_ID: Final = 0x45434F4D
"""The letters ECOM, in the header of every ledger file."""
SCHEMA_VERSION: Final = 5
REVISION: Final = f"v{SCHEMA_VERSION}"
"""What Alembic calls this version."""
RUN: Final = "run"
"""The column that tells the runs of one PostgreSQL schema apart."""

RUN_COLUMNS: Final = ("id", "manifest", "genesis", "head_number", "head_seq", "head_t", "head_hash")
HEAD_COLUMNS: Final = RUN_COLUMNS[3:]
BLOCK_COLUMNS: Final = ("number", "first_seq", "n", "t", "prev", "hash", "body")
_TYPES: Final = {"INTEGER": "bigint", "TEXT": "text", "BLOB": "bytea"}
_POSTING: Final = """CREATE VIEW posting ({run}seq, t, account, instrument, amount) AS
SELECT {run}seq, t, debit, instrument, -amount FROM transfer
UNION ALL SELECT {run}seq, t, credit, instrument, amount FROM transfer
UNION ALL SELECT {run}seq, t, buyer, 0, -(price * lots + fee_buy) FROM trade
UNION ALL SELECT {run}seq, t, buyer, instrument, lots FROM trade
UNION ALL SELECT {run}seq, t, seller, instrument, -lots FROM trade
UNION ALL SELECT {run}seq, t, seller, 0, price * lots - fee_sell FROM trade
UNION ALL SELECT {run}seq, t, 6, 0, fee_buy + fee_sell FROM trade WHERE fee_buy + fee_sell <> 0"""
"""Double-entry lines; cash is instrument 0, fees go to account 6 (AccountKind.FEE)."""


def projections(version: int) -> list[Table]:
    """Return the projections that a ledger of this version holds."""
    return [table for table in TABLES.values() if table.since <= version]


def schema_of(version: int) -> dict[str, str]:
    """Return every object of a SQLite file of this version by name, with the statement that makes it."""
    journal = {name: statement for since, name, statement in SQLITE_JOURNAL if since <= version}
    tables = {table.name: _create(table) for table in projections(version)}
    return {**journal, **tables, "posting": _POSTING.format(run="")}


def postgres_projections() -> dict[str, str]:
    """Return the statements that make the projections in PostgreSQL, by name."""
    tables = {table.name: _create_for_many(table) for table in TABLES.values()}
    return {**tables, "posting": _POSTING.format(run="run, ")}


def postgres_columns(version: int) -> dict[str, str]:
    """Return the columns and types of every table and view in PostgreSQL, in the words of `postgres.described`."""
    tables = {
        t.name: ", ".join(["run integer", *(f"{c.name} {_TYPES[c.type]}" for c in t.columns)])
        for t in projections(version)
    }
    posting = "run integer, seq bigint, t bigint, account bigint, instrument bigint, amount bigint"
    return {**POSTGRES_DESCRIBED, **tables, "posting": posting}


def source(name: str, *columns: str) -> sa.TableClause:
    """Return a table as Core sees it, to select from."""
    return sa.table(name, *(sa.column(c) for c in columns))


def upserted(table: Table) -> bool:
    """Say whether a row replaces the older one of its key: balances do, and where they stand."""
    return table in (BALANCE, STANDING)


def replacing(table: Table) -> str:
    """Return how a statement ends, in either database, that puts rows in the place of the older ones of their keys."""
    return f" DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in table.names[table.keys :])}"


def _create(table: Table) -> str:
    alone = table.keys == 1
    lines = [
        f'  "{c.name}" {c.type}' + (" PRIMARY KEY" if alone and k == 0 else " NOT NULL")
        for k, c in enumerate(table.columns)
    ]
    if not alone:
        lines.append(f"  PRIMARY KEY ({_listed(table.names[: table.keys])})")
    return f'CREATE TABLE "{table.name}" (\n' + ",\n".join(lines) + "\n) STRICT" + ("" if alone else ", WITHOUT ROWID")


def _create_for_many(table: Table) -> str:
    lines = ["run integer NOT NULL", *(f'"{c.name}" {_TYPES[c.type]} NOT NULL' for c in table.columns)]
    lines.append(f"PRIMARY KEY ({_listed((RUN, *table.names[: table.keys]))})")
    return f'CREATE TABLE IF NOT EXISTS "{table.name}" ({", ".join(lines)})'


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{n}"' for n in names)


SCHEMA: Final = schema_of(SCHEMA_VERSION)
"""Every object of a SQLite file of today."""
