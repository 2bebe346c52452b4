"""How the cost of a message moves with their number and with the number of accounts: `scale.py messages|accounts`.

Prints JSON: size -> nanoseconds a message (full path, batches, base stream). The messages that fill the books come
before the clock starts, so that a short stream is not another mixture. Sizes take turns; the best of each counts.
"""

from __future__ import annotations

import json
import sys

import flow
import ours

MESSAGES = (10**4, 10**5, 10**6, 10**7)
ACCOUNTS = (10, 100, 1_000, 10_000, 100_000)
ACCOUNTS_MESSAGES = 500_000
TIMES = 3
TIMED_AT_MOST = 10**6
"""Larger streams are timed once: they last long enough to average what disturbs them."""


def cost(messages: int, accounts: int) -> float:
    """Return nanoseconds a message of one run."""
    x, made = ours.ready(flow.flow("base", messages + flow.WARM_UP), accounts)
    ours.batches(x, made[: flow.WARM_UP])
    return ours.batches(x, made[flow.WARM_UP :])[0] / messages * 1e9


def best(cases: list[tuple[int, int, int]]) -> dict[int, float]:
    """Return by size the least cost of the cases (size, messages, accounts), taken in turn."""
    found: dict[int, float] = {}
    for turn in range(TIMES):
        for size, messages, accounts in cases:
            if turn == 0 or messages <= TIMED_AT_MOST:
                found[size] = min(found.get(size, 1e9), cost(messages, accounts))
    return found


if __name__ == "__main__":
    if sys.argv[1] == "messages":
        print(json.dumps(best([(n, n, 10_000) for n in MESSAGES])))
    else:
        print(json.dumps(best([(a, ACCOUNTS_MESSAGES, a) for a in ACCOUNTS])))
