"""Whole runs: the shipped scenario by kernel and by reference, the share of time outside kernel and plans, and --help.

Ratios within this run only: the machine's own speed drops out. The reference runs a cut (its first months) beside the
kernel's same cut, because it is slow; both include everything a user waits for.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CUT = "2024-03-31"
REPEATS = 15


def seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def run_seconds(engine: str, out: Path, *more: str) -> float:
    return seconds(
        sys.executable, "-m", "ecomarket", "run", "qinghai", "--engine", engine, "--out", str(out / engine),
        "--force", "--quiet", "--no-report", *more,
    )  # fmt: skip


def inside(out: Path) -> dict[str, float]:
    """Time one kernel run in this process: plans, the exchange with its arrival loop, and the rest."""
    from ecomarket.agents.strategy import Strategy
    from ecomarket.engine import day
    from ecomarket.engine.run import Driving, run
    from ecomarket.exchange.kernel.market import KernelExchange
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.registry import discover
    from ecomarket.scenario import load

    spent = {"plans": 0.0, "kernel": 0.0}
    depth = 0

    def timed(owner: Any, name: str, share: str) -> None:
        inner = getattr(owner, name)

        def outer(*args: object, **values: object) -> object:
            nonlocal depth
            depth += 1
            start = time.perf_counter()
            try:
                return inner(*args, **values)
            finally:
                depth -= 1
                if depth == 0:
                    spent[share] += time.perf_counter() - start

        setattr(owner, name, outer)

    for kind in discover("ecomarket.agents.strategies", Strategy).values():
        for name in ("plan", "looks", "operate", "bids"):
            timed(kind, name, "plans")
    for name in vars(Exchange):
        if not name.startswith("_"):
            timed(KernelExchange, name, "kernel")
    timed(day, "draw_arrivals", "kernel")
    scenario = load("qinghai")
    start = time.perf_counter()
    run(scenario, Driving(seed=1, until=scenario.end, force=True), out)
    return {**spent, "whole": time.perf_counter() - start}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        run_seconds("kernel", out, "--until", CUT)
        kernel = statistics.median(run_seconds("kernel", out, "--until", CUT) for _ in range(3))
        reference = run_seconds("reference", out, "--until", CUT)
        print(
            f"qinghai to {CUT}, whole process: kernel {kernel:.1f} s, reference {reference / kernel:.1f} times as long"
        )
        whole = inside(out)
        outside = 1 - (whole["plans"] + whole["kernel"]) / whole["whole"]
        print(
            f"qinghai, all years: {whole['whole']:.1f} s; kernel {whole['kernel']:.1f} s, plans {whole['plans']:.1f} s"
        )
        print(f"  share of time outside kernel and plans: {outside:.0%}")
    helped = statistics.median(seconds(sys.executable, "-m", "ecomarket", "--help") for _ in range(REPEATS))
    bare = statistics.median(seconds(sys.executable, "-c", "pass") for _ in range(REPEATS))
    print(f"--help: {helped / bare:.1f} times a bare interpreter")


if __name__ == "__main__":
    main()
