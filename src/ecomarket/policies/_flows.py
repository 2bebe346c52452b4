"""What came into holdings and what left them, from one look to the next: issues and sales as an authority sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.model.observation import PolicyView


class Flows:
    """Lots gained and lost by some accounts in some instruments, since they were last taken.

    What came in and went out again between two looks is not seen; a policy looks before and after each sitting.
    """

    def __init__(self, accounts: Sequence[int], instruments: Sequence[int]) -> None:
        self._at = np.ix_(np.array(accounts, dtype=np.int64), np.array(instruments, dtype=np.int64))
        self._instruments = np.array(instruments, dtype=np.int64)
        self._row = {account: n for n, account in enumerate(accounts)}
        self._held = np.zeros((len(accounts), len(instruments)), dtype=np.int64)
        self._gained, self._value = np.zeros((2, len(accounts)), dtype=np.int64)
        self._lost = np.zeros(len(accounts), dtype=np.int64)
        self._begun = False

    def look(self, view: PolicyView) -> None:
        """Add what changed since the last look; what left is valued at the last close, else at the 20-day mean."""
        held = view.balances[:, :, 0][self._at]
        if self._begun:
            change = held - self._held
            close, mean = view.board.close[self._instruments], view.board.mean20[self._instruments]
            out = np.maximum(-change, 0)
            self._gained += np.maximum(change, 0).sum(axis=1)
            self._lost += out.sum(axis=1)
            self._value += (out * np.where(close > 0, close, mean)).sum(axis=1)
        self._held, self._begun = held, True

    def take(self, account: int) -> tuple[int, int, int]:
        """Return lots gained, lots lost and the cash value of these, and begin again from nothing."""
        row = self._row[account]
        taken = int(self._gained[row]), int(self._lost[row]), int(self._value[row])
        self._gained[row] = self._lost[row] = self._value[row] = 0
        return taken
