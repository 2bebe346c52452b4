"""The price that a trader expects in its own market: that of the last deals, and what its own looks there taught it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.model.observation import Board

    Floats = NDArray[np.float64]
    Lots = NDArray[np.int64]

_FADES: Final = 0.8
"""Part of a lean that is left a day after which nothing was wanted (assumption)."""
LEAN_MAX: Final = 3.0
"""Furthest, as a logarithm, that anybody expects to deal from the market's price."""


class GoingPrice:
    """What `n` rows expect to pay or get, each in the market of its instrument; arrays (n,).

    had    what each row held when it last took stock, less what it used since, lots
    lean   how far from the market's price it expects to deal, log: who could not buy leans up, who could not sell down,
           until there is a deal (after Walras's tatonnement)
    """

    def __init__(self, instruments: Lots) -> None:
        self.instruments = instruments
        self.had = np.zeros(len(instruments), dtype=np.int64)
        self.lean: Floats = np.zeros(len(instruments))

    def cash(self, board: Board) -> Floats:
        """Return the price that each row expects, cash a lot."""
        market = (board.close[self.instruments] + board.mean20[self.instruments]) / 2.0
        return np.asarray(market * np.exp(self.lean))

    def learn(self, has: Lots, target: Lots, tried: Floats, step: Floats) -> None:
        """Take stock: what each row holds and wanted to hold, and the part of that it tried to get since, 0 to 1.

        Who tried and got nothing leans by the whole `step`; who got all it tried for forgets what it leaned, who wanted
        nothing by and by.
        """
        wish = target - self.had
        known = (wish != 0) & (tried > 0.0)
        planned = np.sign(wish) * np.maximum(np.abs(wish) * tried, 1.0)  # a look tries for a lot at least
        part = np.where(known, np.clip((has - self.had) / np.where(known, planned, 1.0), 0.0, 1.0), 0.0)
        same = np.where(self.lean * wish >= 0.0, self.lean, 0.0)
        moved = (same + step * np.sign(wish)) * (1.0 - part)
        idle = np.where(wish == 0, _FADES * self.lean, self.lean)
        self.lean = np.where(known, np.clip(moved, -LEAN_MAX, LEAN_MAX), idle)
        self.had = has.copy()
