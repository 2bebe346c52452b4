"""Keep a run's blocks in memory: what measures and a report are made from when a run keeps no database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.ledger.query import gathered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.query import Events
    from ecomarket.ledger.tables import Row, Rows


class BlockKeeper:
    """A sink for Journal that stores nothing: 96 bytes an event, gone with the process."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []

    def begin(self, manifest: bytes, genesis: bytes) -> None:
        """Need nothing: the journal knows which run this is."""

    def write(self, block: Block, rows: Rows) -> None:
        """Keep the block; its rows can be replayed."""
        del rows
        self.blocks.append(block)

    def stand(self, block: Block, moved: Callable[[], Sequence[Row]]) -> None:
        """Need nothing: balances can be replayed."""

    def close(self) -> None:
        """Let go of nothing."""

    def load(self) -> Events:
        """Return every record of the run as one array, and every payload."""
        return gathered(self.blocks, sum(block.n for block in self.blocks))
