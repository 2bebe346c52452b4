"""What a right is worth beyond the border of its zone: prices there, as they are at one's own end of the passage."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.public.borders import is_open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ecomarket.model.observation import Board
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]


class Passage(NamedTuple):
    """A way out of a zone or into it: rows whose right is at that end, the rights sold and delivered, what arrives."""

    rows: NDArray[np.int64]
    sold: int
    delivered: int
    arrives: float
    out: bool


class Beyond:
    """The other zones' markets, for rows each of which deals in one right; `instruments` int64, shape (rows,)."""

    def __init__(self, setting: Setting, instruments: NDArray[np.int64]) -> None:
        self._setting = setting
        self._passages = tuple(_passages(setting, instruments))

    def prices(self, board: Board, home: Floats) -> tuple[Floats, Floats]:
        """Return the prices to sell at and to buy at, cash a lot, where those at home are `home`.

        A lot sold away is worth the price over there of what arrives, a lot from there costs the price of what must be
        sent. Both sides know both markets, so who deals across expects to meet half way. A border that its account has
        closed leads nowhere.
        """
        selling, buying, listed = home.copy(), home.copy(), self._setting.instruments
        going = (board.close + board.mean20) / 2.0
        for rows, sold, delivered, arrives, out in self._passages:
            if not is_open(self._setting, board, listed[sold], listed[delivered]):
                continue
            if out:
                selling[rows] = np.maximum(selling[rows], (home[rows] + going[delivered] * arrives) / 2.0)
            else:
                buying[rows] = np.minimum(buying[rows], (home[rows] + going[sold] / arrives) / 2.0)
        return selling, buying


def _passages(setting: Setting, instruments: NDArray[np.int64]) -> Iterable[Passage]:
    for (sold, delivered), arrives in setting.passages.items():
        for own, out in ((sold, True), (delivered, False)):
            rows = np.flatnonzero(instruments == own)
            if len(rows):
                yield Passage(rows, sold, delivered, arrives, out)
