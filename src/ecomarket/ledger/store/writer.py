"""The one writer of a ledger: one transaction a block, with the rows of its projections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.ledger.faults import fault
from ecomarket.ledger.place import without_password
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import create, reopen
from ecomarket.ledger.store.schema import SCHEMA_VERSION
from ecomarket.ledger.tables import BALANCE, STANDING, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.tables import Row, Rows


class BlockWriter:
    """A sink for Journal: writes blocks into a new SQLite file, or into a new run of a PostgreSQL database.

    `place` is a path or `URL#run` (ledger.place). With `append` the ledger is there already and is appended to: then
    `begin` must not be called. After an interruption at any point it holds every block whose `write` returned, and
    nothing else. Raises RunError if it is there (or, with `append`, is not), somebody else writes it, or it cannot be
    written (disk full, folder read-only, locked, server gone).
    """

    def __init__(self, place: str | Path, *, append: bool = False) -> None:
        self.place = place
        self._shelf = reopen(place) if append else create(place)
        if self._shelf.version != SCHEMA_VERSION:
            version = self._shelf.version
            self._shelf.close()
            raise fault("E739", path=without_password(str(place)), version=version)

    def begin(self, manifest: bytes, genesis: bytes) -> None:
        """Write down which run this is."""
        self._shelf.begin(manifest, genesis)

    def write(self, block: Block, rows: Rows) -> None:
        """Store one block and the rows it adds, in one transaction."""
        shelf = self._shelf
        last = block.first_seq + block.n - 1
        with shelf.writing(f"block {block.number}"):
            shelf.add_block((block.number, block.first_seq, block.n, block.t, block.prev, block.hash, block.body))
            for name, added in rows.items():
                shelf.add(TABLES[name], added)
            shelf.move_head((block.number, last, block.t, block.hash))

    def stand(self, block: Block, moved: Callable[[], Sequence[Row]]) -> None:
        """Store the balances as they are after this block, in one transaction; nothing if they are stored already.

        `moved` gives at least the rows that changed since this was done the last time.
        """
        with self._shelf.writing("the balances"):
            if block.number == reader.standing(self._shelf):
                return
            self._shelf.add(BALANCE, moved())
            self._shelf.add(STANDING, [(1, block.number, block.first_seq + block.n - 1)])

    def close(self) -> None:
        """Let go of the ledger; a file is then one file that can be copied and read anywhere."""
        self._shelf.close()
