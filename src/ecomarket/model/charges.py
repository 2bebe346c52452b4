"""What a venue takes from each side of a trade, as everybody who trades there can reckon with it."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    Whole = int | NDArray[np.int64]

PPM: Final = 1_000_000


class Charges(NamedTuple):
    """Fees of one instrument's trades, the dearer of maker's and taker's: ppm of the price, cash a lot, cash an order.

    buy_ppm, sell_ppm   share of the price      buy_lot, sell_lot   cash for each lot      order   cash for each order
    Each is one number, or an array with one for each of several instruments. `lots` says over how many lots an order's
    own charge is spread; left out, it is not reckoned with.
    """

    buy_ppm: Whole = 0
    sell_ppm: Whole = 0
    buy_lot: Whole = 0
    sell_lot: Whole = 0
    order: Whole = 0

    def bids(self, worth: ArrayLike, lots: ArrayLike = np.inf) -> NDArray[np.float64]:
        """Return the most that is bid for lots of some worth, cash a lot, so that price and fee come to no more.

        >>> Charges(buy_ppm=50_000, buy_lot=18).bids([123.0]).tolist()
        [100.0]
        """
        fixed = self.buy_lot + self.order / np.asarray(lots, dtype=np.float64)
        return np.asarray((np.asarray(worth) - fixed) / (1.0 + self.buy_ppm / PPM), dtype=np.float64)

    def asks(self, worth: ArrayLike, lots: ArrayLike = np.inf) -> NDArray[np.float64]:
        """Return the least that is asked for lots of some worth, cash a lot, so that what is left is no less.

        >>> Charges(sell_ppm=50_000, sell_lot=5).asks([90.0]).tolist()
        [100.0]
        """
        fixed = self.sell_lot + self.order / np.asarray(lots, dtype=np.float64)
        kept = np.maximum(1.0 - self.sell_ppm / PPM, 1.0 / PPM)
        return np.asarray((np.asarray(worth) + fixed) / kept, dtype=np.float64)

    def paid(self, price: ArrayLike) -> NDArray[np.float64]:
        """Return what a lot bought at a price costs with its fee, cash.

        >>> Charges(buy_ppm=50_000, buy_lot=18).paid([100.0]).tolist()
        [123.0]
        """
        return np.asarray(np.asarray(price) * (1.0 + self.buy_ppm / PPM) + self.buy_lot, dtype=np.float64)

    def kept(self, price: ArrayLike) -> NDArray[np.float64]:
        """Return what is left of the price of a lot sold when its fee is paid, cash, at least 0.

        >>> Charges(sell_ppm=50_000, sell_lot=5).kept([100.0]).tolist()
        [90.0]
        """
        left = np.asarray(price) * (1.0 - self.sell_ppm / PPM) - self.sell_lot
        return np.asarray(np.maximum(left, 0.0), dtype=np.float64)

    def affords(self, cash: int, price: float) -> int:
        """Return how many lots some cash pays at a price (> 0), with the fees; for one instrument.

        >>> Charges(buy_ppm=50_000, order=10).affords(220, 100)
        2
        """
        return max(cash - int(self.order), 0) // ceil(self.paid(price))


NONE: Final = Charges()


def charges_of(table: Mapping[int, Charges], instruments: NDArray[np.int64]) -> Charges:
    """Return the charges of each instrument in turn, as arrays; `table` is that of the setting, no entry: no charges.

    >>> charges_of({7: Charges(buy_ppm=5)}, np.array([7, 8])).buy_ppm.tolist()
    [5, 0]
    """
    rows = [table.get(i, NONE) for i in instruments.tolist()]
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), len(NONE)).T
    return Charges(*columns)
