"""Our own runs in a plain loop of concurrent.futures, nothing kept: `loop.py RUNS PROCESSES` prints seconds as JSON."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from command import MEASURES, SCENARIO, VARIANT
from sixty import BANDS

from ecomarket.experiments.perform import perform
from ecomarket.experiments.plan import Plan
from ecomarket.experiments.variants import arms


def main() -> None:
    runs, processes = int(sys.argv[1]), int(sys.argv[2])
    began = time.perf_counter()
    cells = list(Plan(arms(SCENARIO, [VARIANT]), tuple(range(1, runs // len(BANDS) + 1)), MEASURES).cells())
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("forkserver")) as pool:
        heads = {result.head for result in pool.map(perform, cells)}
    assert len(heads) == len(cells)
    print(json.dumps({"seconds": time.perf_counter() - began, "runs": len(cells)}))


if __name__ == "__main__":
    main()
