"""Bytes a resting order takes, by layout and by what the process grows: `memory.py kernel|reference|bourse ORDERS`.

Orders that never meet are sent, the records handed over as they come. The kernel starts with small pools that double
when full, as in a run. The process's growth is read from the kernel's page count, so it holds whatever else grew.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from pathlib import Path

LEVELS = 500
MARKETS = 20


def resident() -> int:
    """Return the bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def orders(count: int) -> list[tuple[int, int, int]]:
    """Return market, side (1 buys), ticks away from the middle of `count` orders."""
    return [(n % MARKETS, 1 + n // MARKETS % 2, 1 + n // (2 * MARKETS) % LEVELS) for n in range(count)]


def bourse(count: int) -> dict[str, float]:
    """Rest `count` orders in bourse."""
    from bourse.core import OrderBook

    books = [OrderBook(0, 1, True) for _ in range(MARKETS)]
    sent = orders(count)
    before = resident()
    for number, (market, side, away) in enumerate(sent):
        books[market].set_time(number)
        books[market].place_order(side == 1, 5, 0, price=10_000 - away if side == 1 else 10_000 + away)
    return {"grown": (resident() - before) / count}


def ours(count: int, kind: str) -> dict[str, float]:
    """Rest `count` orders in our kernel or reference."""
    import numpy as np
    import ours

    from ecomarket.exchange.kernel.market import KernelExchange
    from ecomarket.exchange.kernel.state import MESSAGE
    from ecomarket.exchange.reference.market import ReferenceExchange

    engine = KernelExchange if kind == "kernel" else ReferenceExchange
    x = ours.opened(engine, 1_000)
    table = np.array(orders(count))
    made = np.zeros(count, MESSAGE)
    made["t"] = 1 + np.arange(count)
    made["account"] = ours.FIRST + np.arange(count) % 1_000
    made["instrument"] = 1 + table[:, 0]
    made["side"] = table[:, 1]
    made["price"] = (10_000 + np.where(table[:, 1] == 1, -1, 1) * table[:, 2]) * ours.TICK
    made["lots"] = 5
    x.drain()
    gc.collect()
    before = resident()
    (ours.batches if kind == "kernel" else ours.singles)(x, made)
    gc.collect()
    grown = (resident() - before) / count
    if kind == "reference":
        return {"grown": grown}
    book = x._book
    each = book.orders.itemsize * book.orders.shape[1] + book.terms.itemsize + book.slot_of.itemsize
    ladder = book.levels.nbytes + book.words.nbytes + book.summary.nbytes
    return {"grown": grown, "layout": each, "ladder": ladder}


if __name__ == "__main__":
    count = int(sys.argv[2])
    print(json.dumps(bourse(count) if sys.argv[1] == "bourse" else ours(count, sys.argv[1])))
