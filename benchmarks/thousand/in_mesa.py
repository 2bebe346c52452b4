"""The same market as a Mesa model, run by `mesa.batch_run`: `in_mesa.py RUNS PROCESSES` prints seconds, means as JSON.

Agents, book and rules are those of sixty.py; Mesa brings its agents and their seeds, its step, its collector of data.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import mesa
import sixty


class Trader(mesa.Agent, sixty.Trader):
    """A trader as an agent of Mesa, which hands on to it all but the model."""


class Sixty(mesa.Model):
    """Sixty traders, two markets; a step is a day."""

    def __init__(self, seed: int, band: float) -> None:
        super().__init__(seed=seed)
        self.markets = [sixty.Market(good, band) for good in sixty.GOODS]
        for sign, limit in sixty.population():
            Trader(self, sign, limit)
        told = {key: (lambda m, key=key: sixty.outcome(m.markets)[key]) for key in TOLD}
        self.datacollector = mesa.DataCollector(model_reporters=told)

    def step(self) -> None:
        """Play a day and collect, as `batch_run` wants it; end with the year."""
        sixty.day(self.steps, self.markets, list(self.agents), self.random)
        self.datacollector.collect(self)
        self.running = self.steps < sixty.DAYS


TOLD = [f"{kind}.{good}" for kind in ("price", "volume") for good in sixty.GOODS]


def main() -> None:
    runs, processes = int(sys.argv[1]), int(sys.argv[2])
    asked: dict[str, Any] = {"seed": range(1, runs // len(sixty.BANDS) + 1), "band": list(sixty.BANDS)}
    began = time.perf_counter()
    rows = mesa.batch_run(Sixty, asked, number_processes=processes, max_steps=sixty.DAYS, display_progress=False)
    told = {"seconds": time.perf_counter() - began, "runs": len(rows), "means": sixty.means(rows)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
