"""Go on with a run that stopped: it is done again from the start, compared block by block, then written on.

A live run cannot be stored, so nothing is restored: the same scenario and seed make the same blocks. While a block's
number is within the stored chain it is compared instead of written; after that it is appended. Nothing of this enters
the chain, so a run that was interrupted ends in the same head as one that was not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecomarket.errors import RunError
from ecomarket.ledger.canon import parse
from ecomarket.ledger.faults import ABSENT, difference, fault, parted
from ecomarket.ledger.place import is_url, without_password
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import reading
from ecomarket.ledger.store.writer import BlockWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.tables import Row, Rows


class Stored(NamedTuple):
    """What a ledger holds of its run: the manifest it began with, the hash of each block, and the last event."""

    manifest: bytes
    hashes: tuple[bytes, ...]
    events: int


def stored_run(place: str | Path) -> Stored | None:
    """Return what is stored of the run at `place`, None if it stopped before anything was committed.

    Raises RunError if there is something that cannot be read as a ledger.
    """
    if not is_url(place) and not (Path(place).is_file() and Path(place).stat().st_size):
        return None
    try:
        with reading(place) as shelf:
            if not shelf.schema()[0] or not reader.run_rows(shelf):
                return None
            run = reader.run_row(shelf)
            hashes = tuple(block.hash for block in reader.blocks(shelf))
            return Stored(run.manifest, hashes, run.head_seq)
    except RunError as error:
        if error.code == ABSENT:
            return None
        raise


def check_same(path: str | Path, stored: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise RunError at the first field of the manifest `stored` that the run of `now` does not share."""
    for what, value in stored.items():
        if what in now and now[what] != value:
            raise difference(path, what, value, now[what])


class Rejoin:
    """A sink for Journal that compares blocks with the stored ones, then hands the rest to the ledger's writer.

    Raises ResimulationError at the first event that differs; then nothing is written.
    """

    def __init__(self, place: str | Path, stored: Stored) -> None:
        self.place = without_password(str(place))
        self.stored = stored
        self.checked = 0
        self._open = place
        self._sink = BlockWriter(place, append=True)

    def begin(self, manifest: bytes, genesis: bytes) -> None:
        """Raise RunError if the stored run is another one."""
        del genesis
        if manifest != self.stored.manifest:
            check_same(self.place, parse(self.stored.manifest), parse(manifest))
            raise fault("E744", path=self.place)

    def write(self, block: Block, rows: Rows) -> None:
        """Compare the block with the stored one of its number; store it if there is none."""
        if block.number > len(self.stored.hashes):
            self._sink.write(block, rows)
            return
        if block.hash != self.stored.hashes[block.number - 1]:
            raise parted("E713", self.place, _first_difference(self._open, block), block=block.number)
        self.checked = block.number

    def stand(self, block: Block, moved: Callable[[], Sequence[Row]]) -> None:
        """Store the balances, unless stored blocks are left to be compared: what moved waits for the next time."""
        if not self.behind:
            self._sink.stand(block, moved)

    @property
    def behind(self) -> bool:
        """Whether stored blocks are left that have not been compared yet."""
        return self.checked < len(self.stored.hashes)

    def settle(self, events: int) -> None:
        """Raise ResimulationError if the run has ended, after `events`, before the stored one."""
        if self.behind:
            raise parted("E714", self.place, events, stored=self.stored.events)

    def close(self) -> None:
        """Close the ledger's writer."""
        self._sink.close()


def _first_difference(place: str | Path, block: Block) -> int:
    """Return the first event of a block that is not the stored one."""
    with open_ledger(place) as ledger:
        there = next(b for b in ledger.blocks() if b.number == block.number)
    n = min(block.n, there.n)
    ours, theirs = block.records[:n], there.records[:n]
    unlike = np.flatnonzero(ours != theirs)  # the checksum of a note covers its payload
    return block.first_seq + (int(unlike[0]) if len(unlike) else n)
