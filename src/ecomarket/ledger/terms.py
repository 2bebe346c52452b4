"""The terms of an order after any event of a block: one that is replaced has several."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.model.codes import RecordKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.ledger.replay import Replay


class Terms(NamedTuple):
    """Price in cash a lot, and cash that a buy held above price x lots when it was accepted; one row an event."""

    price: NDArray[np.int64]
    fee: NDArray[np.int64]


def terms_at(records: NDArray[np.void], replay: Replay, order: NDArray[np.int64], row: NDArray[np.int64]) -> Terms:
    """Return the terms of `order` after record `row` of the block that `replay` applied last; both [m]."""
    final = replay.holds.take(order)
    price, fee = final["price"].copy(), final["fee"].copy()
    if not len(replay.replaced):
        return Terms(price, fee)
    near = np.minimum(np.searchsorted(replay.replaced, order), len(replay.replaced) - 1)
    early = replay.replaced[near] == order
    price[early], fee[early] = replay.former["price"][near[early]], replay.former["fee"][near[early]]
    placed = np.flatnonzero(records["kind"] == RecordKind.ORDER_ACCEPTED)
    placed = placed[np.lexsort((placed, records["order"][placed]))]
    width = len(records) + 1
    at = np.searchsorted(records["order"][placed] * width + placed, order * width + row, side="right") - 1
    last = placed[np.maximum(at, 0)]
    known = (at >= 0) & (records["order"][last] == order)
    r = records.take(last[known])
    price[known], fee[known] = r["price"], r["hold"] - r["price"] * r["amount"]
    return Terms(price, fee)
