"""The same market in pams, one session: `market_pams.py AGENTS ACTIONS` prints seconds, actions, trades as JSON."""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any

import quotes
from pams.agents import Agent
from pams.order import LIMIT_ORDER, Cancel, Order
from pams.runners import SequentialRunner

COUNTS = {"actions": 0, "trades": 0}


class Anything(Agent):
    """Withdraws its order if it still rests, places another at any of 200 prices."""

    live: Order | None = None

    def submit_orders(self, markets: list[Any]) -> list[Any]:
        """Return what the agent sends in this step."""
        market = markets[0]
        sent: list[Any] = []
        if self.live is not None and self.live.volume > 0:
            sent.append(Cancel(self.live))
        self.live = Order(
            self.agent_id, market.market_id, self.prng.random() < 0.5, LIMIT_ORDER, self.prng.randint(1, quotes.LOTS),
            price=float(quotes.LOW + self.prng.randrange(quotes.WIDTH)),
        )  # fmt: skip
        COUNTS["actions"] += 1
        return [*sent, self.live]

    def executed_order(self, log: Any) -> None:
        """Count a trade once, at its buyer."""
        COUNTS["trades"] += log.buy_agent_id == self.agent_id


def live(agents: int, actions: int) -> dict[str, Any]:
    """Run one session."""
    session = {
        "sessionName": "s", "iterationSteps": max(actions // agents, 2), "withOrderPlacement": True,
        "withOrderExecution": True, "withPrint": False, "maxNormalOrders": agents, "maxHighFrequencyOrders": 0,
    }  # fmt: skip
    settings = {
        "simulation": {"markets": ["M"], "agents": ["A"], "sessions": [session]},
        "M": {"class": "Market", "tickSize": 1.0, "marketPrice": 10_000.0},
        "A": {"class": "Anything", "numAgents": agents, "markets": ["M"], "assetVolume": 0, "cashAmount": 0},
    }
    runner = SequentialRunner(settings, prng=random.Random(1))
    runner.class_register(Anything)
    runner._setup()
    start = time.process_time()
    runner._run()
    return {"seconds": time.process_time() - start, **COUNTS}


if __name__ == "__main__":
    print(json.dumps(live(int(sys.argv[1]), int(sys.argv[2]))))
