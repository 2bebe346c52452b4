"""PostgreSQL: one schema `ecomarket`, many runs. Everything here that is said in PostgreSQL's own dialect."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from ecomarket.ledger.faults import absent, fault, unwritten
from ecomarket.ledger.place import checked_url, without_password
from ecomarket.ledger.store.migrations.upgrade import upgrade
from ecomarket.ledger.store.schema import (
    APPLICATION_ID,
    BLOCK_COLUMNS,
    HEAD_COLUMNS,
    REVISION,
    SCHEMA_VERSION,
    postgres_columns,
    postgres_projections,
    replacing,
    upserted,
)
from ecomarket.ledger.store.shelf import Shelf
from ecomarket.ledger.tables import STANDING, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import psycopg

    from ecomarket.errors import RunError
    from ecomarket.ledger.tables import Row, Table

SCHEMA_NAME: Final = "ecomarket"
EARLIER: Final = {f"v{version}": version for version in range(3, SCHEMA_VERSION)}
"""Versions that tables may still have which nobody has written to since; 3 was the first in PostgreSQL."""
_LAYING_OUT: Final = 0
"""Advisory lock number, beside those of the runs, of whoever makes or migrates the tables."""
_DESCRIBE: Final = """
SELECT c.relname, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'ecomarket'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f') GROUP BY c.relname
UNION ALL SELECT t.tgname, p.proname || ' ' || t.tgtype || ' ' || t.tgenabled::text
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE c.relnamespace = 'ecomarket'::regnamespace AND NOT t.tgisinternal
UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'ecomarket'::regnamespace"""


def _engine(url: str) -> sa.Engine:
    """Return an engine whose connections see the schema of ours. Raises RunError if the driver is not installed."""
    try:
        return sa.create_engine(
            url,
            poolclass=NullPool,
            connect_args={"options": f"-csearch_path={SCHEMA_NAME}", "application_name": "ecomarket"},
        )
    except ModuleNotFoundError as error:
        raise fault("E736", name=error.name) from None
    except (sa.exc.ArgumentError, ValueError) as error:
        raise fault("E734", path=without_password(url), why=error) from None


def _parted(place: str) -> tuple[str, str]:
    """Return the database's address and the run's name. Raises RunError if there is no name."""
    url, _, name = place.partition("#")
    if not name:
        raise fault("E737", path=without_password(place))
    return checked_url(url), name


class PostgresShelf(Shelf):
    """One run's ledger among those of a PostgreSQL database."""

    def __init__(self, connection: sa.Connection, version: int, run: int, place: str) -> None:
        super().__init__(connection, version, run)
        self.place = without_password(place)

    @contextmanager
    def writing(self, what: str) -> Iterator[None]:
        """See Shelf."""
        with _refusing(partial(unwritten, self.place, what)), self.connection.begin():
            yield

    def begin(self, manifest: bytes, genesis: bytes) -> None:
        """See Shelf. An earlier run of the same name is kept, and from now on stands behind this one."""
        values = {"name": _parted(self.place)[1], "version": SCHEMA_VERSION, "manifest": manifest, "genesis": genesis}
        with self.writing("the run"):
            self.run = self.connection.execute(
                sa.text(
                    "INSERT INTO run (name, version, manifest, genesis, head_number, head_seq, head_t, head_hash)"
                    " VALUES (:name, :version, :manifest, :genesis, 0, 0, 0, :genesis) RETURNING id"
                ),
                values,
            ).scalar_one()
            self.claim()
            self.add(STANDING, [(1, 0, 0)])

    def claim(self) -> None:
        """Become the run's one writer for as long as this connection lives. Raises RunError if there is one."""
        lock = sa.text("SELECT pg_try_advisory_lock(:ours, :run)")
        if not self.connection.execute(lock, {"ours": APPLICATION_ID, "run": self.run}).scalar_one():
            raise fault("E735", path=self.place)

    def add_block(self, fields: Row) -> None:
        """See Shelf."""
        marks = ", ".join(["%s"] * (1 + len(BLOCK_COLUMNS)))
        self.connection.exec_driver_sql(f"INSERT INTO block VALUES ({marks})", (self.run, *fields))  # noqa: S608

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """See Shelf."""
        if upserted(table):
            marks = ", ".join(["%s"] * (1 + len(table.columns)))
            self.connection.exec_driver_sql(
                f'INSERT INTO "{table.name}" VALUES ({marks})'  # noqa: S608  (a name of TABLES)
                f" ON CONFLICT (run, {', '.join(table.names[: table.keys])}){replacing(table)}",
                [(self.run, *row) for row in rows],
            )
            return
        driver = cast("psycopg.Connection", self.connection.connection.driver_connection)
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" FROM STDIN'.encode()) as copy:
            for row in rows:
                copy.write_row((self.run, *row))

    def move_head(self, head: Row) -> None:
        """See Shelf."""
        changes = ", ".join(f"{c} = %s" for c in HEAD_COLUMNS)
        self.connection.exec_driver_sql(f"UPDATE run SET {changes} WHERE id = %s", (*head, self.run))  # noqa: S608

    def empty_projections(self) -> None:
        """See Shelf."""
        for name in TABLES:
            self.connection.exec_driver_sql(f'DELETE FROM "{name}" WHERE run = %s', (self.run,))  # noqa: S608
        self.connection.exec_driver_sql("UPDATE run SET version = %s WHERE id = %s", (SCHEMA_VERSION, self.run))
        self.version = SCHEMA_VERSION

    def close(self) -> None:
        """Let go of the database, and of being this run's writer."""
        with suppress(sa.exc.DBAPIError):  # the server may be gone; what it committed, it keeps
            self.connection.close()

    def damage(self) -> list[str]:
        """See Shelf: PostgreSQL checks its pages by itself when it reads them."""
        return []

    def headers(self) -> list[tuple[str, object, object]]:
        """See Shelf."""
        told = ", ".join(self._revisions())
        return [("alembic_version", told, told if told in EARLIER else REVISION)]

    def schema(self) -> tuple[Mapping[str, str | None], Mapping[str, str]]:
        """See Shelf."""
        there = self.connection.exec_driver_sql(_DESCRIBE)
        told = ", ".join(self._revisions())
        return dict(tuple(row) for row in there), postgres_columns(EARLIER.get(told, SCHEMA_VERSION))

    def _revisions(self) -> list[str]:
        """Return what the tables say their version is: one, unless somebody wrote another."""
        return list(map(str, self.connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()))


def create(place: str) -> PostgresShelf:
    """Return the shelf of a new run, its tables made or brought up to date; its row comes with `begin`.

    Raises RunError if the database cannot be reached or laid out.
    """
    url, _ = _parted(place)
    with _refusing(partial(_unopened, "E733", place)):
        connection = _engine(url).connect()
        with connection.begin():
            _lay_out(connection)
    return PostgresShelf(connection, SCHEMA_VERSION, 0, place)


def reopen(place: str) -> PostgresShelf:
    """Return the shelf of a run that is there, to write. Raises RunError if there is none, or it has a writer."""
    url, name = _parted(place)
    with _refusing(partial(unwritten, without_password(place), "the ledger")):
        connection = _engine(url).connect()
        with connection.begin():
            _lay_out(connection)
            shelf = PostgresShelf(connection, *_find(connection, name, place), place)
            shelf.claim()
    return shelf


@contextmanager
def reading(place: str) -> Iterator[PostgresShelf]:
    """Open a run read-only, in one serializable transaction that never waits for the writer of a run nor stops it.

    Raises RunError if the database cannot be reached or holds no such run.
    """
    url, name = _parted(place)
    options = {"isolation_level": "SERIALIZABLE", "postgresql_readonly": True, "postgresql_deferrable": True}
    with (
        _refusing(partial(_unopened, "E734", place)),
        _engine(url).connect().execution_options(**options) as connection,
    ):
        if connection.exec_driver_sql("SELECT to_regclass('ecomarket.run')").scalar_one() is None:
            raise absent(without_password(place))
        yield PostgresShelf(connection, *_find(connection, name, place), place)


@contextmanager
def _refusing(refusal: Callable[[str], RunError]) -> Iterator[None]:
    """Turn what the database or its driver says into one RunError, made by `refusal` of its first line."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise refusal(_first_line(error.orig)) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "psycopg":  # COPY goes past SQLAlchemy, so its errors do too
            raise
        raise refusal(_first_line(error)) from error


def _unopened(code: str, place: str, why: str) -> RunError:
    return fault(code, path=without_password(place), why=why)


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0]


def _find(connection: sa.Connection, name: str, place: str) -> tuple[int, int]:
    """Return version and number of the newest run of this name. Raises RunError if there is none."""
    newest = sa.text("SELECT version, id FROM run WHERE name = :name ORDER BY id DESC LIMIT 1")
    row = connection.execute(newest, {"name": name}).one_or_none()
    if row is None:
        raise absent(without_password(place))
    return row[0], row[1]


def _lay_out(connection: sa.Connection) -> None:
    """Make or migrate the tables, one process at a time."""
    run = connection.exec_driver_sql
    run("SELECT pg_advisory_xact_lock(%s, %s)", (APPLICATION_ID, _LAYING_OUT))
    if run("SELECT to_regnamespace('ecomarket')").scalar_one() is None:
        run(f"CREATE SCHEMA {SCHEMA_NAME}")
    told = run("SELECT to_regclass('ecomarket.alembic_version')").scalar_one()
    have = run("SELECT version_num FROM alembic_version").scalar_one_or_none() if told else None
    upgrade(connection, have, REVISION)
    there = {name for (name,) in run("SELECT relname FROM pg_class WHERE relnamespace = 'ecomarket'::regnamespace")}
    for name, statement in postgres_projections().items():
        if name not in there:
            run(statement)
