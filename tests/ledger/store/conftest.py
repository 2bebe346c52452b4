"""Ledgers of the same town in either database, and a PostgreSQL server for as long as the session lasts."""

from __future__ import annotations

from itertools import count

import pytest
from tests.postgres import Server


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server of our own."""
    own = Server()
    yield own
    own.remove()


@pytest.fixture(scope="session")
def database(server):
    """The address of a database that the tests of a session share."""
    return server.database("ledgers")


NUMBERS = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Where a new ledger may be: a file, or a new run in PostgreSQL."""
    if request.param == "sqlite":
        return tmp_path / "ledger.db"
    return f"{request.getfixturevalue('database')}#run-{next(NUMBERS)}"
