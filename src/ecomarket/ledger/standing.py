"""How the accounts stood at some event: balances and closing prices just before or after it, by replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ecomarket.ledger.replay import Replay
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block


class Standing(NamedTuple):
    """Balances int64 [accounts, instruments, 2] (posted, held), and closing prices by instrument in cash a lot."""

    balances: NDArray[np.int64]
    closes: NDArray[np.int64]

    def posted(self, account: int, instrument: int = CASH) -> int:
        """Return what an account has, held or not."""
        return int(self.balances[account, instrument, 0])

    def free(self, account: int, instrument: int = CASH) -> int:
        """Return what an account has that nothing holds."""
        return int(self.balances[account, instrument, 0] - self.balances[account, instrument, 1])


def standings(blocks: Iterable[Block], before: Sequence[int]) -> dict[int, Standing]:
    """Return how the accounts stood just before each of these events; one past the last event stands for the end.

    Raises IntegrityError if the journal cannot be replayed.
    """
    replay, wanted, found = Replay(), sorted(set(before)), dict[int, Standing]()
    for block in blocks:
        records, payloads, at = block.records, block.payloads, 0
        while wanted and wanted[0] < block.first_seq + block.n:
            cut = max(at, wanted[0] - block.first_seq)
            replay.apply(records[at:cut], payloads)
            found[wanted.pop(0)] = Standing(replay.balances.copy(), replay.closes.copy())
            at = cut
        if not wanted:
            return found
        replay.apply(records[at:], payloads)
    return found | {seq: Standing(replay.balances.copy(), replay.closes.copy()) for seq in wanted}
