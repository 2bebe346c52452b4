"""Open ledger files: create one, or read one without the power to change it."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from ecomarket.errors import IntegrityError, RunError
from ecomarket.ledger.faults import storage_fault
from ecomarket.ledger.store.schema import APPLICATION_ID, SCHEMA, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Connection = sa.Connection
"""What the rooms outside hold without knowing what it is."""
WAL_PAGES: Final = 8192
"""Pages of the write-ahead log after which SQLite copies it into the file."""

SETTINGS: Final = (
    f"application_id = {APPLICATION_ID}",
    f"user_version = {SCHEMA_VERSION}",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    f"wal_autocheckpoint = {WAL_PAGES}",
    "cache_size = -65536",
)
"""Settings of a new file; from the third on those of every writer."""


def engine(path: Path, mode: str) -> sa.Engine:
    """Return an engine for the file at `path`; `mode` is "ro", "rw" or "rwc". It leaves transactions to us."""
    uri = path.resolve().as_uri() + f"?mode={mode}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, isolation_level=None)

    return sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)


def create(path: Path) -> sa.Connection:
    """Create an empty ledger file and return the connection of its one writer.

    Raises RunError if there is a file already, or the folder cannot be written.
    """
    if path.exists():
        raise RunError(f"{path}: a ledger is there already")
    with storing(path):
        connection = engine(path, "rwc").connect()
        for setting in SETTINGS:
            connection.exec_driver_sql(f"PRAGMA {setting}")
        with transaction(connection):
            for statement in SCHEMA.values():
                connection.exec_driver_sql(statement)
    return connection


def reopen(path: Path) -> sa.Connection:
    """Open a ledger file that goes on, and return the connection of its one writer. Raises StorageError."""
    with storing(path):
        connection = engine(path, "rw").connect()
        for setting in SETTINGS[2:]:
            connection.exec_driver_sql(f"PRAGMA {setting}")
    return connection


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn an error of SQLite in the block into StorageError about the file at `path`."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise storage_fault(path, error.orig) from error


@contextmanager
def transaction(connection: sa.Connection) -> Iterator[None]:
    """Run the block in one writing transaction: all or nothing."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        driver = connection.connection.dbapi_connection
        if driver is not None and driver.in_transaction:  # a full disk has rolled back already
            connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def roll_back(path: Path) -> None:
    """Let SQLite undo the write that a dead process left half done while it opened or closed the file.

    A file of a process that died between is in the write-ahead log's hands and needs nothing; a reader alone may not
    touch the rollback journal that stands beside it otherwise.
    """
    if path.with_name(f"{path.name}-journal").is_file():
        with engine(path, "rw").connect() as connection:
            connection.exec_driver_sql("SELECT 1 FROM sqlite_schema")


@contextmanager
def reading(path: Path) -> Iterator[sa.Connection]:
    """Open the file read-only, in one read transaction, so that every answer is of the same event.

    Raises RunError if there is no such file or it is not a database.
    """
    if not path.is_file():
        raise RunError(f"{path}: no such ledger")
    try:
        roll_back(path)
        with engine(path, "ro").connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection
    except sa.exc.DBAPIError as error:
        raise RunError(f"{path}: the ledger cannot be read: {error.orig}") from error


@contextmanager
def finding_damage() -> Iterator[None]:
    """Turn an error of SQLite in the block into IntegrityError: the file opens, but does not hold what it should."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise IntegrityError(str(error.orig)) from error
