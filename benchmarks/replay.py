"""How quick is a replay? A flow of new orders, withdrawals and changes, from file to tables, and its peak memory."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from ecomarket.chance import bits
from ecomarket.exchange.rules import VenueRules
from ecomarket.replay.run import replay_orders
from ecomarket.replay.setup import Setup

ROWS = 200_000


def write_flow(path: Path, rows: int) -> None:
    """Write a flow about 42 CNY: six new orders in ten, the rest withdrawals and changes of what may be there."""
    draws = bits(1, np.arange(rows), "flow").tolist()
    live: list[str] = []
    with path.open("w", encoding="utf-8") as file:
        file.write("time,action,order,account,side,price,lots,kind,tif\n")
        for row, draw in enumerate(draws):
            t, price, lots = 34_200 + row // 100, 4_200 + (draw >> 8) % 41 - 20, (draw >> 16) % 50 + 1
            what = draw % 100
            if what < 40 and live:
                at = (draw >> 24) % len(live)
                name = live.pop(at) if what < 35 else live[at]
                rest = f"cancel,{name},,,,,," if what < 35 else f"replace,{name},,,{price / 100:.2f},{lots},,"
            else:
                name, side = f"o{row}", ("buy", "sell")[draw >> 40 & 1]
                rest = f"new,{name},a{row % 500},{side},{price / 100:.2f},{lots},limit,"
                live = [*live[-500:], name]
            file.write(f"{t},{rest}\n")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flow.csv"
        setup = Setup(VenueRules("bench", band_ppm=0))
        write_flow(path, 1_000)
        replay_orders(path, setup, Path(folder) / "warm")
        write_flow(path, rows)
        start, used = time.perf_counter(), time.process_time()
        done = replay_orders(path, setup, Path(folder) / "out")
        wall, used = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"replay: {rows:,} rows, {done.tally.trades:,} trades: {wall:.1f} s, {used:.1f} s processor time, ", end="")
    print(f"{rows / used:,.0f} rows a second of it; peak memory {peak} MB")


if __name__ == "__main__":
    main()
