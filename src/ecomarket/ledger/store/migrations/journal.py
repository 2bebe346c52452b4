"""The tables of the journal by version, as SQL text. What a version brought is never edited afterwards."""

from __future__ import annotations

from typing import Final

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
_NO_UPDATE: Final = """CREATE TRIGGER block_no_update BEFORE UPDATE ON block
BEGIN SELECT RAISE(ABORT, 'a block is never changed'); END"""
_NO_DELETE: Final = """CREATE TRIGGER block_no_delete BEFORE DELETE ON block
BEGIN SELECT RAISE(ABORT, 'a block is never deleted'); END"""
_NO_REPLACE: Final = """CREATE TRIGGER block_no_replace BEFORE INSERT ON block
WHEN EXISTS (SELECT 1 FROM block WHERE number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'a block is never replaced'); END"""
_REVISION: Final = "CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY) STRICT, WITHOUT ROWID"
SQLITE_JOURNAL: Final = (
    (2, "run", _RUN),
    (2, "block", _BLOCK),
    (2, "block_no_update", _NO_UPDATE),
    (2, "block_no_delete", _NO_DELETE),
    (2, "block_no_replace", _NO_REPLACE),
    (3, "alembic_version", _REVISION),
)
"""Since which version, name, statement. The guards are rails against ourselves, not security: INSERT OR REPLACE slips
past a delete trigger, hence the third."""

_REFUSE: Final = "BEGIN RAISE EXCEPTION 'a block is never changed or deleted'; END"
_MANY_RUNS: Final = """CREATE TABLE run (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  version integer NOT NULL,
  manifest bytea NOT NULL,
  genesis bytea NOT NULL,
  head_number bigint NOT NULL,
  head_seq bigint NOT NULL,
  head_t bigint NOT NULL,
  head_hash bytea NOT NULL
)"""
_MANY_BLOCKS: Final = """CREATE TABLE block (
  run integer NOT NULL REFERENCES run,
  number bigint NOT NULL,
  first_seq bigint NOT NULL,
  n bigint NOT NULL,
  t bigint NOT NULL,
  prev bytea NOT NULL,
  hash bytea NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (run, number)
)"""
POSTGRES_JOURNAL: Final = (
    _MANY_RUNS,
    "CREATE INDEX run_by_name ON run (name)",
    _MANY_BLOCKS,
    "ALTER TABLE block ALTER COLUMN body SET STORAGE EXTERNAL",
    f"CREATE FUNCTION block_is_kept() RETURNS trigger LANGUAGE plpgsql AS $${_REFUSE}$$",
    "CREATE TRIGGER block_no_change BEFORE UPDATE OR DELETE ON block FOR EACH ROW EXECUTE FUNCTION block_is_kept()",
    "CREATE TRIGGER block_no_truncate BEFORE TRUNCATE ON block FOR EACH STATEMENT EXECUTE FUNCTION block_is_kept()",
)
"""What makes the journal in the schema `ecomarket`. Bodies are stored as they come: compressing costs time."""
POSTGRES_DESCRIBED: Final = {
    "run": (
        "id integer, name text, version integer, manifest bytea, genesis bytea, head_number bigint, head_seq bigint,"
        " head_t bigint, head_hash bytea"
    ),
    "block": "run integer, number bigint, first_seq bigint, n bigint, t bigint, prev bytea, hash bytea, body bytea",
    "alembic_version": "version_num character varying(32)",
    "block_is_kept": _REFUSE,
    "block_no_change": "block_is_kept 27 O",
    "block_no_truncate": "block_is_kept 34 O",
}
"""The same as PostgreSQL tells it (`postgres.PostgresShelf.schema`): columns with types, guards with kind and state."""
