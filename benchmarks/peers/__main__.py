"""Measure, print, keep the results: `peers.py [streams] [scale] [market]`, all three if none is named.

Results go to build/peers/last.json, where parts measured earlier stay. `peers.py --chart` measures nothing: it draws
docs/benchmarks.svg and fills the tables of docs/reference/benchmarks.md from that file.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import market
import streams
from tables import as_text, tables
from turns import Driver, in_turn
from venvs import BUILD, HERE, python_of
from words import STREAMS

LAST = BUILD / "last.json"
PARTS = ("streams", "scale", "market")
RESTING = 1_000_000


def scale() -> dict[str, Any]:
    """Measure how cost moves with size, and the memory of resting orders."""
    asked = [Driver(name, (sys.executable, HERE / "scale.py", name), 1) for name in ("messages", "accounts")]
    found: dict[str, Any] = in_turn(asked)
    memory = [
        Driver("kernel", (sys.executable, HERE / "memory.py", "kernel", str(RESTING)), 1),
        Driver("reference", (sys.executable, HERE / "memory.py", "reference", str(RESTING // 10)), 1),
    ]
    bourse = python_of("bourse")
    if bourse is not None:
        memory.append(Driver("bourse", (bourse, HERE / "memory.py", "bourse", str(RESTING)), 1))
    return {**found, "memory": in_turn(memory)}


def machine() -> dict[str, Any]:
    """Say what was measured on, and how busy it was."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(), "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1), "python": platform.python_version(),
    }  # fmt: skip


def main() -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = json.loads(LAST.read_text(encoding="utf-8")) if LAST.exists() else {}
    if sys.argv[1:] == ["--chart"]:
        from page import write_page

        write_page(results)
        return
    parts = [part for part in PARTS if part in sys.argv[1:]] or list(PARTS)
    results["machine"] = machine()
    if "streams" in parts:
        results["streams"] = {name: streams.measure(name) for name in STREAMS}
    if "scale" in parts:
        results["scale"] = scale()
    if "market" in parts:
        results["market"] = market.measure()
    LAST.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(f"\non {results['machine']['cores']} cores, load {results['machine']['load']} at the start:")
    for table in tables(results):
        print("\n" + as_text(table))


if __name__ == "__main__":
    main()
