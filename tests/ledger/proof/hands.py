"""Somebody with a ledger file and time: edits copies past every guard, or writes whole chains anew."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3

from ecomarket.ledger.block import Block, genesis_of, seal
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.seal import seal_path
from ecomarket.ledger.store.schema import BLOCK_COLUMNS, RUN_COLUMNS, SCHEMA
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.tables import TABLES

KEYS = {"run": ("id",), "block": ("number",), **{n: t.names[: t.keys] for n, t in TABLES.items()}}
COLUMNS = {"run": RUN_COLUMNS, "block": BLOCK_COLUMNS, **{n: t.names for n, t in TABLES.items()}}
GUARDS = [name for name in SCHEMA if name.startswith("block_no")]


def where(table):
    return " AND ".join(f'"{k}" = ?' for k in KEYS[table])


def rows(path, table):
    db = sqlite3.connect(path)
    found = db.execute(f'SELECT * FROM "{table}" ORDER BY {", ".join(map(repr, KEYS[table]))}'.replace("'", '"'))
    named = [dict(zip(COLUMNS[table], row, strict=True)) for row in found.fetchall()]
    db.close()
    return named


def edit(sound, path, *statements, loose=None):
    """Copy `sound` with its seal to `path` and edit it; the guards are put back as they were.

    `loose` names a table whose column types are not enforced meanwhile.
    """
    shutil.copyfile(sound, path)
    if seal_path(sound).exists():
        shutil.copyfile(seal_path(sound), seal_path(path))
    db = sqlite3.connect(path, isolation_level=None)
    for setting in ("synchronous = OFF", "ignore_check_constraints = ON", "writable_schema = ON"):
        db.execute(f"PRAGMA {setting}")
    if loose:
        untyped = re.sub(r" (INTEGER|TEXT|BLOB) NOT NULL", " NOT NULL", SCHEMA[loose])
        put_schema(db, loose, untyped.replace("STRICT, WITHOUT", "WITHOUT").replace(" STRICT", ""))
        db.close()
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA writable_schema = ON")
    db.execute("BEGIN")
    for name in GUARDS:
        db.execute(f"DROP TRIGGER {name}")
    for statement, values in statements:
        db.execute(statement, values)
    for name in GUARDS:
        db.execute(SCHEMA[name])
    db.execute("COMMIT")
    if loose:
        put_schema(db, loose, SCHEMA[loose])
    db.close()


def put_schema(db, table, sql):
    db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, table))


def blocks_of(path):
    return [Block(**row) for row in rows(path, "block")]


def rewrite(path, manifest, blocks, change, number):
    """Write the chain at a new `path` with block `number` changed, and all hashes and tables from it made anew.

    `change(records)` returns the records of that block.
    """
    writer, replay, last = BlockWriter(path), Replay(), None
    genesis = genesis_of(manifest)
    writer.begin(manifest, genesis)
    for block in blocks:
        records = block.records.copy()
        if block.number == number:
            records = change(records)
        last = seal(genesis, last, block.t, records, block.payloads)
        writer.write(last, replay.apply(last.records, last.payloads).rows)
    writer.stand(last, replay.moved_rows)
    writer.close()


def manifest_of(path):
    return rows(path, "run")[0]["manifest"]


def told(path):
    return json.loads(seal_path(path).read_text(encoding="utf-8"))
