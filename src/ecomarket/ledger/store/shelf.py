"""A shelf: one ledger in an open database. What the rooms outside hold, and what SQLite and PostgreSQL each fill in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    import sqlalchemy as sa

    from ecomarket.ledger.tables import Row, Table


class Shelf(ABC):
    """One ledger: its connection, the version of its tables, and for PostgreSQL its number among the runs (else 0).

    `version` is 0 in a file that is no ledger of ours.
    """

    def __init__(self, connection: sa.Connection, version: int, run: int = 0) -> None:
        self.connection = connection
        self.version = version
        self.run = run

    # --- write
    @abstractmethod
    def writing(self, what: str) -> AbstractContextManager[None]:
        """Run the block in one writing transaction: all or nothing. Raises RunError that `what` cannot be written."""

    @abstractmethod
    def begin(self, manifest: bytes, genesis: bytes) -> None:
        """Write down which run this is, before its first block, and make sure of being its one writer."""

    @abstractmethod
    def add_block(self, fields: Row) -> None:
        """Store a block, fields in order of BLOCK_COLUMNS."""

    @abstractmethod
    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Store rows of a projection; a balance replaces its older row."""

    @abstractmethod
    def move_head(self, head: Row) -> None:
        """Set the head in table run, fields in order of HEAD_COLUMNS."""

    @abstractmethod
    def empty_projections(self) -> None:
        """Drop what the projections hold and lay them out as they are today; the version becomes today's."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database; never raises because it is gone already."""

    # --- check
    @abstractmethod
    def damage(self) -> list[str]:
        """Return what the database itself finds wrong with its pages."""

    @abstractmethod
    def headers(self) -> list[tuple[str, object, object]]:
        """Return settings that tell what the database holds: name, stored, expected."""

    @abstractmethod
    def schema(self) -> tuple[Mapping[str, str | None], Mapping[str, str]]:
        """Return the definition of each object by name: as it is there, as a ledger of this version should have it."""
