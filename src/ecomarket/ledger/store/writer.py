"""The one writer of a ledger file: one transaction a block, with the rows of its projections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.ledger.store.schema import insert
from ecomarket.ledger.store.sqlite import create, reopen, storing, transaction
from ecomarket.ledger.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.tables import Rows

_RUN = "INSERT INTO run VALUES (1, ?, ?, 0, 0, 0, ?)"
_HEAD = "UPDATE run SET head_number = ?, head_seq = ?, head_t = ?, head_hash = ?"
_BLOCK = "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERTS = {name: insert(table) for name, table in TABLES.items()}


class BlockWriter:
    """A sink for Journal: writes blocks into a new SQLite file at `path`, or goes on in one (`append`).

    After an interruption at any point the file holds every block whose `write` returned, and nothing else.
    Raises RunError if the file exists, StorageError if it cannot be written (disk full, folder read-only, locked).
    """

    def __init__(self, path: Path, *, append: bool = False) -> None:
        self.path = path
        self._connection = reopen(path) if append else create(path)

    def begin(self, manifest: bytes, genesis: bytes) -> None:
        """Write down which run this is."""
        with storing(self.path), transaction(self._connection):
            self._connection.exec_driver_sql(_RUN, (manifest, genesis, genesis))

    def write(self, block: Block, rows: Rows) -> None:
        """Store one block and the rows it adds or changes, in one transaction."""
        connection = self._connection
        last = block.first_seq + block.n - 1
        fields = (block.number, block.first_seq, block.n, block.t, block.prev, block.hash, block.body)
        with storing(self.path), transaction(connection):
            connection.exec_driver_sql(_BLOCK, fields)
            for table, added in rows.items():
                connection.exec_driver_sql(_INSERTS[table], added)
            connection.exec_driver_sql(_HEAD, (block.number, last, block.t, block.hash))

    def close(self) -> None:
        """Fold the write-ahead log into the file, so that it is one file that can be copied and read anywhere.

        Raises StorageError if that cannot be done now; every block is stored all the same, and the file let go.
        """
        if self._connection.closed:
            return
        try:
            with storing(self.path):
                self._connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        finally:
            self._connection.close()
