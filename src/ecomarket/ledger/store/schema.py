"""The tables of a ledger file as SQL text: what `verify` compares the file's own schema with, letter for letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.ledger.tables import BALANCE, TABLES

if TYPE_CHECKING:
    from ecomarket.ledger.tables import Table

APPLICATION_ID: Final = 0x45434F4D
"""The letters ECOM, in the header of every ledger file."""
SCHEMA_VERSION: Final = 2

RUN_COLUMNS: Final = ("id", "manifest", "genesis", "head_number", "head_seq", "head_t", "head_hash")
BLOCK_COLUMNS: Final = ("number", "first_seq", "n", "t", "prev", "hash", "body")

_RUN: Final = """CREATE TABLE run (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  manifest BLOB NOT NULL,
  genesis BLOB NOT NULL,
  head_number INTEGER NOT NULL,
  head_seq INTEGER NOT NULL,
  head_t INTEGER NOT NULL,
  head_hash BLOB NOT NULL
) STRICT"""
_BLOCK: Final = """CREATE TABLE block (
  number INTEGER PRIMARY KEY,
  first_seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  t INTEGER NOT NULL,
  prev BLOB NOT NULL,
  hash BLOB NOT NULL,
  body BLOB NOT NULL
) STRICT"""
_GUARDS: Final = {
    "block_no_update": "CREATE TRIGGER block_no_update BEFORE UPDATE ON block\n"
    "BEGIN SELECT RAISE(ABORT, 'a block is never changed'); END",
    "block_no_delete": "CREATE TRIGGER block_no_delete BEFORE DELETE ON block\n"
    "BEGIN SELECT RAISE(ABORT, 'a block is never deleted'); END",
    "block_no_replace": "CREATE TRIGGER block_no_replace BEFORE INSERT ON block\n"
    "WHEN EXISTS (SELECT 1 FROM block WHERE number = NEW.number)\n"
    "BEGIN SELECT RAISE(ABORT, 'a block is never replaced'); END",
}
"""Guard rails against ourselves, not security: INSERT OR REPLACE slips past a delete trigger, hence the third."""
_POSTING: Final = """CREATE VIEW posting (seq, t, account, instrument, amount) AS
SELECT seq, t, debit, instrument, -amount FROM transfer
UNION ALL SELECT seq, t, credit, instrument, amount FROM transfer
UNION ALL SELECT seq, t, buyer, 0, -(price * lots + fee_buy) FROM trade
UNION ALL SELECT seq, t, buyer, instrument, lots FROM trade
UNION ALL SELECT seq, t, seller, instrument, -lots FROM trade
UNION ALL SELECT seq, t, seller, 0, price * lots - fee_sell FROM trade
UNION ALL SELECT seq, t, 6, 0, fee_buy + fee_sell FROM trade WHERE fee_buy + fee_sell <> 0"""
"""Double-entry lines; cash is instrument 0, fees go to account 6 (AccountKind.FEE)."""


def _create(table: Table) -> str:
    alone = table.keys == 1
    lines = [
        f'  "{c.name}" {c.type}' + (" PRIMARY KEY" if alone and k == 0 else " NOT NULL")
        for k, c in enumerate(table.columns)
    ]
    if not alone:
        keys = ", ".join(f'"{n}"' for n in table.names[: table.keys])
        lines.append(f"  PRIMARY KEY ({keys})")
    return f'CREATE TABLE "{table.name}" (\n' + ",\n".join(lines) + "\n) STRICT" + ("" if alone else ", WITHOUT ROWID")


SCHEMA: Final[dict[str, str]] = {
    "run": _RUN,
    "block": _BLOCK,
    **{name: _create(table) for name, table in TABLES.items()},
    **_GUARDS,
    "posting": _POSTING,
}
"""Every object of the file by name, with the statement that makes it."""


def insert(table: Table) -> str:
    """Return the statement that adds a row; a balance replaces its older row."""
    marks = ", ".join("?" * len(table.columns))
    statement = f'INSERT INTO "{table.name}" VALUES ({marks})'  # noqa: S608  (the name is one of TABLES)
    if table is BALANCE:
        return f"{statement} ON CONFLICT DO UPDATE SET posted = excluded.posted, held = excluded.held"
    return statement
