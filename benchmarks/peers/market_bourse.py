"""The same market in bourse: `market_bourse.py AGENTS ACTIONS OWN` prints seconds, actions, trades as JSON.

OWN 0: numpy agents who each step withdraw their order and place another at any of 200 prices. OWN 1: bourse's own
NumpyRandomAgents, which never withdraw.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import quotes
from bourse.core import StepEnvNumpy
from bourse.step_sim.agents import BaseNumpyAgent, NumpyRandomAgents


class Anything(BaseNumpyAgent):
    """Agents with one order each, known by the ids that came back for the step before."""

    def __init__(self, agents: int) -> None:
        self.agents = agents
        self.live: Any = None
        self.kinds = np.repeat(np.array([2, 1], np.uint32), agents)
        self.traders = np.tile(np.arange(agents, dtype=np.uint32), 2)
        self.none = np.zeros(agents, np.uint64)

    def update(self, rng: Any, level_2_data: Any) -> Any:
        """Return a withdrawal and an order for each agent; the first step has nothing to withdraw."""
        del level_2_data
        n = self.agents
        sides = rng.choice([True, False], size=2 * n)
        lots = rng.integers(1, quotes.LOTS + 1, size=2 * n, dtype=np.uint32)
        prices = rng.integers(quotes.LOW, quotes.LOW + quotes.WIDTH, size=2 * n, dtype=np.uint32)
        known = self.none if self.live is None else self.live
        kinds = self.kinds if self.live is not None else np.where(self.kinds == 2, 0, 1).astype(np.uint32)
        return kinds, sides, lots, self.traders, prices, np.concatenate([known, self.none])


def live(agents: int, actions: int, *, own: bool) -> dict[str, Any]:
    """Run the steps as bourse's own runner does, but hand the ids back to the agents."""
    steps = max(actions // agents, 2)
    rng = np.random.default_rng(1)
    env = StepEnvNumpy(1, 0, 1, 10 * agents)
    if own:
        crowd = NumpyRandomAgents(agents, (quotes.LOW, quotes.LOW + quotes.WIDTH), (1, quotes.LOTS + 1), 1)
    else:
        crowd = Anything(agents)
    start = time.process_time()
    for _ in range(steps):
        ids = env.submit_instructions(crowd.update(rng, env.level_2_data()))
        if not own:
            crowd.live = ids[agents:]
        env.step()
    seconds = time.process_time() - start
    return {"seconds": seconds, "actions": agents * steps, "trades": len(env.get_trades())}


if __name__ == "__main__":
    print(json.dumps(live(int(sys.argv[1]), int(sys.argv[2]), own=sys.argv[3] == "1")))
