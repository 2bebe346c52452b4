"""SQLite: one file, one ledger. Everything here that is said in SQLite's own dialect."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from ecomarket.ledger.faults import absent, fault, is_of_storage, storage_fault, unread, unwritten
from ecomarket.ledger.store.migrations.journal import SQLITE_JOURNAL
from ecomarket.ledger.store.migrations.upgrade import upgrade
from ecomarket.ledger.store.schema import (
    APPLICATION_ID,
    BLOCK_COLUMNS,
    HEAD_COLUMNS,
    REVISION,
    SCHEMA,
    SCHEMA_VERSION,
    replacing,
    schema_of,
    upserted,
)
from ecomarket.ledger.store.shelf import Shelf
from ecomarket.ledger.tables import STANDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ecomarket.errors import RunError
    from ecomarket.ledger.tables import Row, Table

PAGE_BYTES: Final = 16_384
"""A block fills many pages, and each costs two calls into the log and one out of it: a quarter as many as usual."""
WAL_PAGES: Final = 2048
"""Pages of the write-ahead log after which SQLite copies it into the file."""
CACHE_KIB: Final = 4096
"""Memory for pages while writing. Nobody looks at the pages of a block again: a large cache fills with them, and each
new one is then fresh memory instead of memory that was used a moment ago."""
GROUP: Final = 64
"""Rows a statement: binding many at once saves the driver a fifth of the time of one by one."""
WRITING: Final = (
    f"page_size = {PAGE_BYTES}",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    f"wal_autocheckpoint = {WAL_PAGES}",
    f"cache_size = -{CACHE_KIB}",
)
"""Settings of a writer; the size of a page takes effect in a new file alone."""
PAUSE: Final = timedelta(milliseconds=50)
TRIES: Final = 600
"""How often a writer that is done tries to fold the log into the file, and the time between: a read may last 30 s."""
OLDEST: Final = 2
"""The oldest version that can be read; its files are kept in tests/data for ever."""
REVISED: Final = 3
"""Since which version a file tells Alembic its revision."""


def _engine(path: Path, mode: str) -> sa.Engine:
    """Return an engine for the file at `path`; `mode` is "ro", "rw" or "rwc". It leaves transactions to us."""
    uri = path.resolve().as_uri() + f"?mode={mode}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, isolation_level=None)

    return sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)


def create(path: Path) -> SqliteShelf:
    """Create an empty ledger file and return the shelf of its one writer.

    Raises RunError if there is a file already, or the folder cannot be written.
    """
    if path.exists():
        raise fault("E730", path=path)
    try:
        connection = _engine(path, "rwc").connect()
        for setting in (*WRITING, f"application_id = {APPLICATION_ID}", f"user_version = {SCHEMA_VERSION}"):
            connection.exec_driver_sql(f"PRAGMA {setting}")
        shelf = SqliteShelf(connection, SCHEMA_VERSION, path)
        with shelf.writing("the ledger"):
            for statement in SCHEMA.values():
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (REVISION,))
    except sa.exc.DBAPIError as error:
        raise _refused(path, error.orig, "the ledger", "E733") from error
    return shelf


def reopen(path: Path) -> SqliteShelf:
    """Open an existing ledger file to write, brought up to today's version.

    Raises RunError if there is none, or it cannot be written.
    """
    if not path.is_file():
        raise absent(path)
    try:
        connection = _engine(path, "rw").connect()
        for setting in WRITING:
            connection.exec_driver_sql(f"PRAGMA {setting}")
        shelf = SqliteShelf(connection, _version(connection), path)
    except sa.exc.DBAPIError as error:
        raise _refused(path, error.orig, "the ledger") from error
    return shelf


def _refused(path: Path, error: object, what: str, code: str = "") -> RunError:
    """Return what is said when SQLite cannot write: of the place, if that is why; else of what was to be written."""
    if is_of_storage(error):
        return storage_fault(path, error)
    return fault(code, path=path, why=error) if code else unwritten(path, what, error)


@contextmanager
def _settled(path: Path) -> Iterator[Path]:
    """Yield a file that holds whole writes alone: the one at `path`, or a copy where a rollback journal lies beside.

    A process that dies while it opens or closes the file leaves such a journal; one that was put there looks the same.
    SQLite would undo the write in the file itself, and who only reads, or verifies, may not change what it reads. (What
    dies in between is in the hands of the write-ahead log and needs nothing.)
    """
    journal = path.with_name(f"{path.name}-journal")
    if not journal.is_file():
        yield path
        return
    with TemporaryDirectory(prefix="ecomarket-") as folder:
        yield _undone(path, journal, Path(folder))


def _undone(path: Path, journal: Path, folder: Path) -> Path:
    """Return a copy of the file in which the write of the journal is undone; the file itself if its writer is done."""
    copy = folder.joinpath(path.name)
    try:
        shutil.copyfile(path, copy)
        shutil.copyfile(journal, folder.joinpath(journal.name))
    except FileNotFoundError:
        return path
    except OSError as error:
        raise storage_fault(Path(error.filename or path), error) from None
    with _engine(copy, "rw").connect() as connection:
        connection.exec_driver_sql("SELECT 1 FROM sqlite_schema")
    return copy


@contextmanager
def reading(path: Path) -> Iterator[SqliteShelf]:
    """Open the file read-only, in one read transaction, so that every answer is of the same event.

    Raises RunError if there is no such file or it is not a database, StorageError if it cannot be read now.
    """
    if not path.is_file():
        raise absent(path)
    try:
        with _settled(path) as settled, _engine(settled, "ro").connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield SqliteShelf(connection, _version(connection), path)
    except sa.exc.DBAPIError as error:
        raise unread(path, error.orig) from error
    except UnicodeDecodeError as error:  # SQLite quotes a damaged schema in its message
        raise fault("E734", path=path, why=repr(error.object)) from error


def _version(connection: sa.Connection) -> int:
    """Return the version of the file's schema; today's if it names none that there was."""
    ((stored,),) = _pragma(connection, "user_version")
    return int(stored) if OLDEST <= stored <= SCHEMA_VERSION else SCHEMA_VERSION


def _migrate(connection: sa.Connection, version: int) -> None:
    """Bring run and block up to today's version; a file older than its own revision number is told it first."""
    if version < REVISED:
        connection.exec_driver_sql(SCHEMA["alembic_version"])
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (f"v{version}",))
    upgrade(connection, f"v{version}", REVISION)


def _pragma(connection: sa.Connection, name: str) -> list[Row]:
    return [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA {name}")]


@cache
def _insert(table: Table, rows: int) -> str:
    marks = "(" + ", ".join("?" * len(table.columns)) + ")"
    statement = f'INSERT INTO "{table.name}" VALUES {", ".join([marks] * rows)}'  # noqa: S608  (a name of TABLES)
    if upserted(table):
        return f"{statement} ON CONFLICT{replacing(table)}"
    return statement


class SqliteShelf(Shelf):
    """The ledger in a SQLite file."""

    def __init__(self, connection: sa.Connection, version: int, path: Path) -> None:
        super().__init__(connection, version)
        self.path = path
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        self._waits = True
        self._driver = driver  # rows go to it directly: SQLAlchemy's own way costs as much again as SQLite's

    @contextmanager
    def writing(self, what: str) -> Iterator[None]:
        """See Shelf."""
        try:
            try:
                self._driver.execute("BEGIN IMMEDIATE")
                yield
                self._driver.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLAlchemy closes the connection when its user breaks off
                    if self._driver.in_transaction:  # a full disk has ended it already
                        self._driver.rollback()
                raise
        except (sa.exc.DBAPIError, sqlite3.Error) as error:
            self._waits = False
            raise _refused(self.path, getattr(error, "orig", error), what) from error

    def begin(self, manifest: bytes, genesis: bytes) -> None:
        """See Shelf."""
        with self.writing("the run"):
            self._driver.execute("INSERT INTO run VALUES (1, ?, ?, 0, 0, 0, ?)", (manifest, genesis, genesis))
            self.add(STANDING, [(1, 0, 0)])

    def add_block(self, fields: Row) -> None:
        """See Shelf."""
        marks = ", ".join("?" * len(BLOCK_COLUMNS))
        self._driver.execute(f"INSERT INTO block VALUES ({marks})", fields)  # noqa: S608  (marks alone)

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """See Shelf."""
        whole = len(rows) - len(rows) % GROUP
        if whole:
            groups = [tuple(chain.from_iterable(rows[k : k + GROUP])) for k in range(0, whole, GROUP)]
            self._driver.executemany(_insert(table, GROUP), groups)
        if whole < len(rows):
            self._driver.executemany(_insert(table, 1), rows[whole:])

    def move_head(self, head: Row) -> None:
        """See Shelf."""
        changes = ", ".join(f"{c} = ?" for c in HEAD_COLUMNS)
        self._driver.execute(f"UPDATE run SET {changes}", head)  # noqa: S608  (the names are constants)

    def empty_projections(self) -> None:
        """See Shelf."""
        run = self.connection.exec_driver_sql
        journal = {name for _, name, _ in SQLITE_JOURNAL}
        there = run("SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY type DESC").all()
        for kind, name in there:
            if name not in journal:
                run(f'DROP {kind} "{name}"')
        _migrate(self.connection, self.version)
        for name, statement in SCHEMA.items():
            if name not in journal:
                run(statement)
        self.version = SCHEMA_VERSION

    def close(self) -> None:
        """Fold the write-ahead log into the file, so that it is one file that can be copied and read anywhere.

        SQLite does so only when nobody else has the file open, and does not wait for that: so we wait, for as long as
        a read may last. Not after a write that failed: then there is something to be told at once.
        """
        if not self.connection.closed:
            with suppress(sqlite3.Error):  # what was committed stays readable from file and log
                self._fold(TRIES if self._waits else 1)
            self.connection.close()

    def _fold(self, tries: int) -> None:
        for left in reversed(range(tries)):
            try:
                self._driver.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError as error:
                if not left or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                sleep(PAUSE.total_seconds())
            else:
                return

    def damage(self) -> list[str]:
        """See Shelf."""
        return [str(message) for (message,) in _pragma(self.connection, "integrity_check") if message != "ok"]

    def headers(self) -> list[tuple[str, object, object]]:
        """See Shelf."""
        ((application,),) = _pragma(self.connection, "application_id")
        ((version,),) = _pragma(self.connection, "user_version")
        found: list[tuple[str, object, object]] = [
            ("application_id", application, APPLICATION_ID),
            ("user_version", version, self.version),
        ]
        if version >= REVISED:
            told = self.connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
            found.append(("alembic_version", ", ".join(map(str, told)), f"v{self.version}"))
        return found

    def schema(self) -> tuple[Mapping[str, str | None], Mapping[str, str]]:
        """See Shelf."""
        rows = self.connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema ORDER BY name")
        return dict(tuple(row) for row in rows), schema_of(self.version)
