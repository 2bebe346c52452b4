"""How the cost of a message moves with their number and with the number of accounts: `scale.py messages|accounts`.

Prints JSON: size -> `ns` a message (full path, batches, base stream) and, by messages, the C++ matcher's `cpp` and the
orders `resting` at the end: where prices wander, orders stay behind, so that the books of a long stream are fuller.
`days` is the cost of as many messages in days of DAY, at whose end all that rests expires: the number of messages
alone moves, with books as full as one day makes them. The messages that fill the books come before the clock starts, so
that a short stream is not another mixture. Sizes take turns; the best of each counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import flow
import ours
from venvs import BUILD, matcher

from ecomarket.ledger.state import IDS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MESSAGES = (10**4, 10**5, 10**6, 10**7)
ACCOUNTS = (10, 100, 1_000, 10_000, 100_000)
ACCOUNTS_MESSAGES = 500_000
DAY = 10**5
TIMES = 3
TIMED_AT_MOST = 10**6
"""Larger streams are timed once: they last long enough to average what disturbs them."""


def cost(rows: NDArray[Any], accounts: int) -> dict[str, float]:
    """Return nanoseconds a message of one run, orders that rest at its end."""
    x, made = ours.ready(rows, accounts)
    ours.batches(x, made[: flow.WARM_UP])
    seconds = ours.batches(x, made[flow.WARM_UP :])[0]
    return {"ns": seconds / (len(rows) - flow.WARM_UP) * 1e9, "resting": ours.resting(x)}


def cost_in_days(count: int, accounts: int) -> float:
    """Return nanoseconds a message of `count` messages in days; what rests at a day's end expires outside the clock."""
    days = [
        flow.flow("base", min(DAY, count - at) + flow.WARM_UP, seed) for seed, at in enumerate(range(0, count, DAY))
    ]
    x, first = ours.ready(days[0], accounts, ids=count + len(days) * flow.WARM_UP)
    seconds = 0.0
    for n, rows in enumerate(days):
        made = first if n == 0 else ours.to_messages(rows, accounts, int(x._ledger.counters[IDS]))
        ours.batches(x, made[: flow.WARM_UP])
        seconds += ours.batches(x, made[flow.WARM_UP :])[0]
        ours.next_day(x)
    return seconds / count * 1e9


def cost_cpp(rows: NDArray[Any], cpp: Path) -> float:
    """Return nanoseconds a message of the C++ matcher."""
    path = flow.write(BUILD / "scale.i64", rows)
    command = [str(cpp), str(path), str(flow.LOWEST), str(flow.WARM_UP)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    path.unlink()
    return float(told["seconds"] / (len(rows) - flow.WARM_UP) * 1e9)


def by_messages() -> dict[int, dict[str, float]]:
    """Return costs by number of messages, among 10,000 accounts."""
    cpp = matcher()
    found: dict[int, dict[str, float]] = {}
    for turn in range(TIMES):
        for count in MESSAGES:
            if turn and count > TIMED_AT_MOST:
                continue
            rows = flow.flow("base", count + flow.WARM_UP)
            told = cost(rows, 10_000) | {"days": cost_in_days(count, 10_000)}
            told |= {"cpp": cost_cpp(rows, cpp)} if cpp else {}
            found[count] = {key: min(value, found.get(count, told)[key]) for key, value in told.items()}
    return found


def by_accounts() -> dict[int, dict[str, float]]:
    """Return costs by number of accounts, on one stream."""
    rows = flow.flow("base", ACCOUNTS_MESSAGES + flow.WARM_UP)
    found: dict[int, dict[str, float]] = {}
    for _ in range(TIMES):
        for count in ACCOUNTS:
            told = cost(rows, count)["ns"]
            found[count] = {"ns": min(told, found.get(count, {"ns": told})["ns"])}
    return found


if __name__ == "__main__":
    print(json.dumps(by_messages() if sys.argv[1] == "messages" else by_accounts()))
