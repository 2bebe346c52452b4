"""Many runs of a small market: what keeping and telling cost a run, what a second process gives, how memory grows.

    python benchmarks/experiments.py             60 and 240 runs
    python benchmarks/experiments.py 8 16        fewer

Beside it the same runs by a plain loop over concurrent.futures, which keeps nothing and cannot go on when stopped.
Ratios within this run only: wall time against the time spent in the runs themselves (their measures included).
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from ecomarket.experiments import replicate
from ecomarket.experiments.perform import perform
from ecomarket.experiments.plan import Plan
from ecomarket.experiments.study import Way
from ecomarket.experiments.variants import arms

BOOK = Path(__file__).parents[1] / "scenarios" / "validity" / "p25.yaml"
SHORT = ["calendar.end=2025-01-02"]
MEASURES = ["price.vwap", "volume.quantity"]


def timed(runs: int, jobs: int) -> tuple[float, float]:
    """Return wall seconds of an experiment, and the seconds that its runs took together."""
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        found = replicate(BOOK, runs, overrides=SHORT, measures=MEASURES, way=Way(jobs, Path(folder)))
        return time.perf_counter() - began, found.numbers.seconds


def plain(runs: int, jobs: int) -> float:
    """Return wall seconds of a plain loop over the same runs."""
    cells = Plan(arms(BOOK, (), SHORT), tuple(range(1, runs + 1)), tuple(MEASURES)).cells()
    began = time.perf_counter()
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("forkserver")) as pool:
        done = [result.head for result in pool.map(perform, cells)]
    assert len(set(done)) == runs
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    few, many = (int(word) for word in sys.argv[1:3]) if sys.argv[2:] else (60, 240)
    timed(1, 1)  # compiles
    for jobs in (1, 2):
        wall, within = timed(few, jobs)
        told = f", overhead {1000 * (wall - within) / few:.1f} ms a run" if jobs == 1 else " (processes begun anew)"
        print(f"{few} runs, {jobs} job(s): {few / wall:.2f} a second{told}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, _ = timed(many, 1)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{many} runs, 1 job: {many / wall:.2f} a second; the process's peak grew by {grown / 1024:.1f} MB")
    two, _ = timed(many, 2)
    print(f"{many} runs, 2 jobs: {many / two:.2f} a second, {wall / two:.2f} times one job's rate")
    print(f"{many} runs, concurrent.futures of 2: {many / plain(many, 2):.2f} a second")


if __name__ == "__main__":
    main()
