"""Our exchange on the peers' stream: `ours.py STREAM COUNT HOW` prints JSON like every peer's driver.

HOW is `full` (check, reserve, match, settle with fees, event and trade records; batches), `single` (the same, one call
an order), `checked` or `match` (parts left out: through `bare.py`), or `reference`.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import flow
import numpy as np

from ecomarket.chance import Draws
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.kernel.state import DAY_LOTS, DAY_TURNOVER, MESSAGE
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.ledger.state import IDS, POSTED
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, Eligible, RecordKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST = len(SYSTEM_ACCOUNTS)
TICK = 100
BATCH = 4_000
"""Messages between two handings over of the journal: it stays in the near cache."""
BARE = ("checked", "match")
"""What leaves the ledger out."""
FEE_PPM = 500
CASH_EACH = 10**13
LOTS_EACH = 10**9
NEVER = 2**62
LATE = 2**61
"""When a day ends; messages come before it."""


def opened(engine: Any, accounts: int, markets: int = flow.MARKETS, *, recorded: bool = False, **sizes: int) -> Any:
    """Open the markets among accounts that lack nothing; touch every array.

    `recorded`: the kernel's opening balances too are transfers in the journal, as the reference's are.
    """
    rules = [VenueRules("bench", tick_cash=TICK, band_ppm=0, fee_buy_ppm=FEE_PPM, fee_sell_ppm=FEE_PPM)]
    listings = [Listing(i, 0, flow.MIDDLE * TICK) for i in range(1, markets + 1)]
    x = engine(FIRST + accounts, markets + 1, rules, listings, FIRST, **sizes)
    for state in (getattr(x, "_ledger", ()), getattr(x, "_book", ())):
        for array in state:
            array[...] = array.copy()
    if engine is KernelExchange and not recorded:
        endow(x, accounts)
    else:
        for a in range(FIRST, FIRST + accounts):
            x.transfer(0, AccountKind.WORLD, a, 0, CASH_EACH, 1)
            for i in range(1, markets + 1):
                x.allow(a, i, Eligible.ALL)
                x.transfer(0, AccountKind.ISSUANCE, a, i, LOTS_EACH, 1)
    x.open_session(0, range(1, markets + 1), NEVER)
    return x


def endow(x: KernelExchange, accounts: int) -> None:
    """Write the opening balances straight into the arrays: two million transfers would take longer than the rest."""
    ledger = x._ledger
    ledger.balance[0, FIRST:, POSTED] = CASH_EACH
    ledger.balance[0, AccountKind.WORLD, POSTED] = -CASH_EACH * accounts
    ledger.balance[1:, FIRST:, POSTED] = LOTS_EACH
    ledger.balance[1:, AccountKind.ISSUANCE, POSTED] = -LOTS_EACH * accounts
    ledger.eligible[1:, FIRST:] = Eligible.ALL


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


def batches(x: Any, made: NDArray[np.void]) -> tuple[float, int, int]:
    """Send messages in batches, handing the journal over between them; return seconds inside, trades, hits.

    Hits are withdrawals that found their order.
    """
    seconds, trades, hits = 0.0, 0, 0
    for at in range(0, len(made), BATCH):
        part = made[at : at + BATCH]
        start = time.process_time()
        outcomes = x.submit_batch(part)
        seconds += time.process_time() - start
        hits += int(((outcomes["refusal"] == 0) & (part["action"] == 1)).sum())
        trades += int((x.drain()[0]["kind"] == RecordKind.TRADE).sum())
    return seconds, trades, hits


def singles(x: Any, made: NDArray[np.void]) -> tuple[float, int, int]:
    """Send messages one call each; return as `batches`, hits by the records."""
    names = ("t", "account", "order", "instrument", "side", "price", "lots", "kind")
    calls = list(zip(*(made[name].tolist() for name in names), strict=True))
    gone = made["action"].tolist()
    submit, cancel = x.submit, x.cancel
    seconds, trades, hits = 0.0, 0, 0
    for at in range(0, len(calls), BATCH):
        part = list(zip(gone[at : at + BATCH], calls[at : at + BATCH], strict=True))
        start = time.process_time()
        for withdraw, (t, account, order, instrument, side, price, lots, kind) in part:
            if withdraw:
                hits += not cancel(t, account, order)
            else:
                submit(t, account, instrument, side, price, lots, kind)
        seconds += time.process_time() - start
        trades += int((x.drain()[0]["kind"] == RecordKind.TRADE).sum())
    return seconds, trades, hits


def next_day(x: KernelExchange) -> None:
    """Close the session, so that all that rests expires, and open the next."""
    markets = range(1, flow.MARKETS + 1)
    x.close_session(LATE, markets, end_of_day=True)
    x.open_session(LATE, markets, NEVER)
    x.drain()


def ready(rows: NDArray[np.int64], accounts: int, ids: int = 0) -> tuple[KernelExchange, NDArray[np.void]]:
    """Return an open exchange with room for `ids` orders, its code compiled and loaded, and the messages for it."""
    x = opened(KernelExchange, accounts, ids=(ids or len(rows)) + 10**4, slots=2**20)
    x.submit(0, FIRST, 1, 1, 0, 0)
    x.cancel(0, FIRST, 0)
    x.submit_batch(np.zeros(1, MESSAGE))
    made = to_messages(rows, accounts, int(x._ledger.counters[IDS]))
    x.drain()
    return x, made


def resting(x: Any) -> int:
    """Return how many orders rest."""
    return sum(len(x.resting(i)) for i in range(1, flow.MARKETS + 1))


def measure(rows: NDArray[np.int64], how: str, accounts: int = 10_000) -> dict[str, Any]:
    """Run one way once; return seconds, trades, lots, turnover in ticks, hits, orders resting, messages."""
    if how == "reference":
        x = opened(ReferenceExchange, accounts)
        seconds, trades, hits = singles(x, to_messages(rows, accounts, 0))
        lots, turnover = np.array([x.quotes(i)[6:] for i in range(1, flow.MARKETS + 1)]).sum(axis=0).tolist()
        told = {"lots": lots, "turnover": turnover // TICK}
    else:
        x, made = ready(rows, accounts)
        before = x._ledger.balance.copy()
        seconds, trades, hits = (singles if how == "single" else batches)(x, made)
        if how in BARE and not np.array_equal(before, x._ledger.balance):
            return {"missing": "this build cannot leave its ledger out"}
        day = x._book.markets[1:]
        told = {"lots": int(day[:, DAY_LOTS].sum()), "turnover": int(day[:, DAY_TURNOVER].sum()) // TICK}
        trades = None if how in BARE else trades  # counted by records, which are left out
    return {"seconds": seconds, "trades": trades, "hits": hits, "resting": resting(x), "messages": len(rows), **told}


def read(stream: str, count: int) -> NDArray[np.int64]:
    """Return the first `count` messages of a stream."""
    return np.fromfile(stream, dtype="<i8", count=count * 6).reshape(-1, 6)


def main() -> None:
    """Measure what the command line names."""
    print(json.dumps(measure(read(sys.argv[1], int(sys.argv[2])), sys.argv[3])))


if __name__ == "__main__":
    main()
