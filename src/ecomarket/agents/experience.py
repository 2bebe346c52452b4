"""What a market has taught those who trade in it: how much of what they planned they could trade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

_FADES: Final = 0.8
"""Part of a lean that is left after a plan (assumption)."""
_DOUBTS: Final = 0.3
"""Part of its trust that who could sell nothing of what it planned loses by the next plan (assumption)."""
_TRIES: Final = 0.02
"""Part of its doubt that who has nothing to sell loses by the next plan (assumption): in a year two thirds."""
_NEW: Final = 0.5
"""Weight of what happened since the last plan in `filled` (assumption)."""


class Experience:
    """One market as `n` firms have found it; arrays (n,).

    filled   part of what was planned that was traded, a running mean, 0 to 1; 0 for who has not traded yet
    sold     trust that what is cut for sale is sold, 0 to 1: whole after a sale and for who has not tried, less after
             each plan of which nothing was sold; who does not try comes back to it
    lean     how far from its forecast of the price a firm expects to trade, log: who could not buy leans up, who could
             not sell leans down, by `groping` for each plan of which nothing came (after Walras's tatonnement)
    """

    def __init__(self, n: int, groping: float) -> None:
        self.groping = groping
        self.filled: Floats = np.zeros(n)
        self.sold: Floats = np.ones(n)
        self.lean: Floats = np.zeros(n)

    def learn(self, rows: Rows, planned: Floats, got: Floats) -> None:
        """Take in what came of the last plan: lots `planned` for the looks there were, > 0 to buy, and lots `got`.

        A plan of less than a lot, or without a look, teaches nothing.

        >>> market = Experience(2, 0.1)
        >>> market.learn(np.array([0, 1]), np.array([10.0, -10.0]), np.array([5.0, 0.0]))
        >>> market.filled.tolist(), market.lean.tolist()
        ([0.25, 0.0], [0.05, -0.1])
        """
        known = np.abs(planned) >= 1.0
        part = np.where(known, np.clip(got / np.where(known, planned, 1.0), 0.0, 1.0), 0.0)
        self.filled[rows] = np.where(known, (1.0 - _NEW) * self.filled[rows] + _NEW * part, self.filled[rows])
        weight = np.where(planned <= -1.0, np.where(part > 0.0, 1.0, -_DOUBTS), _TRIES)
        before = self.sold[rows]
        self.sold[rows] = before + np.where(weight > 0.0, weight * (1.0 - before), weight * before)
        missed = np.where(known, np.sign(planned) * (1.0 - part), 0.0)
        self.lean[rows] = _FADES * self.lean[rows] + self.groping * missed
