"""A zero-intelligence market in ours: `market_ours.py AGENTS ACTIONS` prints seconds, actions, trades as JSON.

An action is what the arrival loop does for an agent: withdraw its order if it still rests, decide, send another. The
agents' times and chances are drawn as in a run, inside the measured time. Records stay in memory; `chained` is what
the day would cost besides if they were also sealed into the hash chain and every balance checked.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import ours
import quotes

from ecomarket.chance import Draws
from ecomarket.engine.arrivals import Session, draw_arrivals
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.ledger.journal import Journal
from ecomarket.model.codes import RecordKind
from ecomarket.model.order import INTENT
from ecomarket.units import DAY, HOUR


def live(agents: int, actions: int) -> dict[str, Any]:
    """Let a day pass that touches every array, then measure one."""
    x = ours.opened(KernelExchange, agents, 1, recorded=True, ids=4 * actions, slots=2**18)
    x.close_session(0, [1], end_of_day=True)
    x.use_strategies([quotes.anything])
    intents = np.zeros(agents, INTENT)
    intents["account"] = ours.FIRST + np.arange(agents)
    intents["instrument"] = 1
    journal = Journal(b"{}")
    looks = np.full(agents, actions / agents)
    for day in range(2):
        session = Session(0, day * DAY + 9 * HOUR, day * DAY + 15 * HOUR)
        x.open_session(session.open_t, [1], session.close_t)
        start = time.process_time()
        arrivals = draw_arrivals(intents, np.zeros(agents, np.int64), looks, [session], Draws(1))
        x.run_arrivals(arrivals, intents, 0, session.close_t)
        seconds = time.process_time() - start
        x.close_session(session.close_t, [1], end_of_day=True)
        records, payloads = x.drain()
        start = time.process_time()
        journal.commit(session.close_t, records, payloads)
        chained = time.process_time() - start
    kinds = records["kind"]
    return {
        "seconds": seconds, "chained": chained, "actions": len(arrivals),
        "trades": int((kinds == RecordKind.TRADE).sum()), "withdrawn": int((kinds == RecordKind.ORDER_CANCELLED).sum()),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(live(int(sys.argv[1]), int(sys.argv[2]))))
