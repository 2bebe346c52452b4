"""What a venue takes from each side of a trade, as everybody who trades there can reckon with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PPM: Final = 1_000_000


class Charges(NamedTuple):
    """Fees of one instrument's trades, the dearer of maker's and taker's: ppm of the price, cash a lot, cash an order.

    buy_ppm, sell_ppm   share of the price      buy_lot, sell_lot   cash for each lot      order   cash for each order
    """

    buy_ppm: int = 0
    sell_ppm: int = 0
    buy_lot: int = 0
    sell_lot: int = 0
    order: int = 0

    def bids(self, worth: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the most that is bid for lots of some worth, cash a lot, so that price and fee come to no more.

        >>> import numpy as np
        >>> Charges(buy_ppm=50_000, buy_lot=18).bids(np.array([123.0])).tolist()
        [100.0]
        """
        return (worth - self.buy_lot) / (1.0 + self.buy_ppm / PPM)

    def asks(self, worth: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the least that is asked for lots of some worth, cash a lot, so that what is left is no less.

        >>> import numpy as np
        >>> Charges(sell_ppm=50_000, sell_lot=5).asks(np.array([90.0])).tolist()
        [100.0]
        """
        return (worth + self.sell_lot) / max(1.0 - self.sell_ppm / PPM, 1.0 / PPM)


NONE: Final = Charges()
