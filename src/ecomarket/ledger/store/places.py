"""Open a ledger wherever it is: a file, or a run in PostgreSQL named `URL#run`."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ecomarket.errors import IntegrityError
from ecomarket.ledger.place import is_url
from ecomarket.ledger.store import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.ledger.store.shelf import Shelf


def create(place: str | Path) -> Shelf:
    """Make room for a new ledger and return its shelf, to write. Raises RunError if there is one, or no way to it."""
    if is_url(place):
        from ecomarket.ledger.store import postgres  # noqa: PLC0415  (its driver is an extra)

        return postgres.create(str(place))
    return sqlite.create(Path(place))


def reopen(place: str | Path) -> Shelf:
    """Return the shelf of an existing ledger, to write. Raises RunError if there is none, or somebody else writes."""
    if is_url(place):
        from ecomarket.ledger.store import postgres  # noqa: PLC0415

        return postgres.reopen(str(place))
    return sqlite.reopen(Path(place))


def fold(place: str | Path) -> None:
    """Fold the log that a writer has left beside a file into it, if nobody has it open; a server has none.

    A writer leaves it where others read the file as it ends. Raises RunError if the file cannot be written.
    """
    if not is_url(place):
        sqlite.reopen(Path(place)).close()


@contextmanager
def reading(place: str | Path) -> Iterator[Shelf]:
    """Open a ledger read-only, in one read transaction, so that every answer is of the same event.

    Raises RunError if there is none.
    """
    if is_url(place):
        from ecomarket.ledger.store import postgres  # noqa: PLC0415

        with postgres.reading(str(place)) as shelf:
            yield shelf
    else:
        with sqlite.reading(Path(place)) as shelf:
            yield shelf


@contextmanager
def finding_damage() -> Iterator[None]:
    """Turn an error of the database in the block into IntegrityError: it opens, but does not hold what it should."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise IntegrityError(str(error.orig)) from error
    except UnicodeDecodeError as error:
        raise IntegrityError(f"text that is not UTF-8: {error.object[:60]!r}") from error
