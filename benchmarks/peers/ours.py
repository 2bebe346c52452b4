"""Our exchange on the peers' stream: `ours.py STREAM COUNT HOW` prints JSON like every peer's driver.

HOW is `full` (check, reserve, match, settle with fees, event and trade records; batches), `single` (the same, one call
an order), `match` (the ledger left out: run with ECOMARKET_BARE=1), or `reference`.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import flow
import numpy as np

from ecomarket.chance import Draws
from ecomarket.exchange.kernel_state import DAY_LOTS, DAY_TURNOVER, MESSAGE
from ecomarket.exchange.market import KernelExchange
from ecomarket.exchange.reference import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, RecordKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST = len(SYSTEM_ACCOUNTS)
TICK = 100
BATCH = 20_000
FEE_PPM = 500


def opened(engine: Any, accounts: int, markets: int, fee_ppm: int, **sizes: int) -> Any:
    """Open the markets among accounts that lack nothing; touch every array."""
    rules = [VenueRules("bench", tick_cash=TICK, band_ppm=0, fee_buy_ppm=fee_ppm, fee_sell_ppm=fee_ppm)]
    listings = [Listing(i, 0, flow.MIDDLE * TICK) for i in range(1, markets + 1)]
    x = engine(FIRST + accounts, markets + 1, rules, listings, FIRST, **sizes)
    for state in (getattr(x, "_ledger", ()), getattr(x, "_book", ())):
        for array in state:
            array[...] = array.copy()
    for a in range(FIRST, FIRST + accounts):
        x.transfer(0, AccountKind.WORLD, a, 0, 10**13, 1)
        for i in range(1, markets + 1):
            x.allow(a, i, Eligible.ALL)
            x.transfer(0, AccountKind.ISSUANCE, a, i, 10**9, 1)
    x.open_session(0, range(1, markets + 1), 2**62)
    x.drain()
    return x


def to_messages(rows: NDArray[np.int64], accounts: int, ids: int) -> NDArray[np.void]:
    """Turn a stream into the kernel's messages; accounts are drawn, ids follow `ids`."""
    made = np.zeros(len(rows), MESSAGE)
    new = rows[:, 0] != 2
    gone = ~new
    # buyers and sellers are different people, so that nobody meets himself: the peers know no such rule
    drawn = (Draws(1).bits(np.arange(len(rows)), "account") % np.uint64(accounts // 2)).astype(np.int64)
    who = FIRST + drawn * 2 + (rows[:, 2] == 2)
    made["t"] = np.arange(1, len(rows) + 1)
    made["account"] = who
    made["instrument"] = 1 + rows[:, 1]
    made["side"] = rows[:, 2]
    made["price"] = rows[:, 3] * TICK
    made["lots"] = rows[:, 4]
    made["kind"] = rows[:, 0] == 1
    made["action"] = gone
    made["order"][gone] = (ids + np.cumsum(new))[rows[gone, 5]]
    made["account"][gone] = who[rows[gone, 5]]
    return made


def batches(x: Any, made: NDArray[np.void]) -> tuple[float, int]:
    """Send messages in batches, handing the journal over between them; return seconds inside and trades."""
    seconds, trades = 0.0, 0
    for at in range(0, len(made), BATCH):
        part = made[at : at + BATCH]
        start = time.process_time()
        x.submit_batch(part)
        seconds += time.process_time() - start
        trades += int((x.drain()[0]["kind"] == RecordKind.TRADE).sum())
    return seconds, trades


def singles(x: Any, made: NDArray[np.void]) -> tuple[float, int]:
    """Send messages one call each."""
    calls = [
        (int(r["t"]), int(r["account"]), int(r["order"]) if r["action"] else 0, int(r["instrument"]), int(r["side"]),
         int(r["price"]), int(r["lots"]), int(r["kind"]))
        for r in made
    ]  # fmt: skip
    seconds, trades = 0.0, 0
    for at in range(0, len(calls), BATCH):
        part = calls[at : at + BATCH]
        submit, cancel = x.submit, x.cancel
        start = time.process_time()
        for t, account, order, instrument, side, price, lots, kind in part:
            if order:
                cancel(t, account, order)
            else:
                submit(t, account, instrument, side, price, lots, kind)
        seconds += time.process_time() - start
        trades += int((x.drain()[0]["kind"] == RecordKind.TRADE).sum())
    return seconds, trades


def measure(stream: str, count: int, how: str, accounts: int = 10_000) -> dict[str, float]:
    """Run one way once; return seconds, trades, lots, turnover in ticks, messages."""
    rows = np.fromfile(stream, dtype="<i8", count=count * 6).reshape(-1, 6)
    if how == "reference":
        x = opened(ReferenceExchange, accounts, flow.MARKETS, FEE_PPM)
        seconds, trades = singles(x, to_messages(rows, accounts, 0))
        return {"seconds": seconds, "trades": trades, "messages": len(rows)}
    x = opened(KernelExchange, accounts, flow.MARKETS, FEE_PPM, ids=count + 10**4, slots=2**20)
    ids = int(x._ledger.counters[2])
    x.submit(0, FIRST, 1, 1, 0, 0)
    made = to_messages(rows, accounts, ids + 1)
    seconds, trades = (singles if how == "single" else batches)(x, made)
    day = x._book.markets[1:]
    return {
        "seconds": seconds, "trades": trades, "lots": int(day[:, DAY_LOTS].sum()),
        "turnover": int(day[:, DAY_TURNOVER].sum()) // TICK, "messages": len(rows),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:]))))
