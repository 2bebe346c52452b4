"""Measure the exchange: full path against the plain reference, arrival loop against SimPy, compiling against loading.

Prints ratios, because absolute times depend on the machine, of the best of several runs in processor time, so that
other work on the machine does not count. Every array is touched before the clock starts, and the
results of the two sides are compared, so that both have done the same work.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy
import stream

import ecomarket
from ecomarket.chance import Draws
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import AccountKind, Eligible
from ecomarket.model.order import ARRIVAL, INTENT

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE = stream.BASE_TICKS * 100
INSTRUMENTS = 20


def opened(engine: Callable[..., Any], accounts: int, **sizes: int) -> Any:
    """Open 20 markets among accounts that lack nothing; touch every array."""
    rules = [VenueRules("bench", fee_buy_ppm=500, fee_sell_ppm=500)]
    listings = [Listing(i, 0, REFERENCE) for i in range(1, INSTRUMENTS + 1)]
    x = engine(stream.FIRST + accounts, INSTRUMENTS + 1, rules, listings, stream.FIRST, **sizes)
    for state in (getattr(x, "_ledger", ()), getattr(x, "_book", ())):
        for array in state:
            array[...] = array.copy()
    for a in range(stream.FIRST, stream.FIRST + accounts):
        x.transfer(0, AccountKind.WORLD, a, 0, 10**12, 1)
        for i in range(1, INSTRUMENTS + 1):
            x.allow(a, i, Eligible.ALL)
            x.transfer(0, AccountKind.ISSUANCE, a, i, 10**6, 1)
    x.open_session(0, range(1, INSTRUMENTS + 1), 10**12)
    x.drain()
    return x


def full_path(count: int = 200_000, accounts: int = 200) -> None:
    """Compare check, reserve, match, settle, record: messages a second of kernel and reference on one stream."""
    rows = stream.order_stream(count, accounts, INSTRUMENTS, seed=1)
    fast, slow = [], []
    for _ in range(4):
        x = opened(KernelExchange, accounts, ids=count + 10**4, slots=2**16)
        start = time.process_time()
        outcomes = x.submit_batch(rows)
        fast.append(time.process_time() - start)
    kernel_records = x.drain()[0]
    names = ("t", "account", "instrument", "side", "price", "lots", "kind", "tif")
    calls = [(bool(r["action"]), [int(r[n]) for n in names], int(r["order"])) for r in rows]
    for _ in range(2):
        x = opened(ReferenceExchange, accounts)
        start = time.process_time()
        for cancel, order, number in calls:
            if cancel:
                x.cancel(order[0], order[1], number)
            else:
                x.submit(*order)
        slow.append(time.process_time() - start)
    assert np.array_equal(kernel_records, x.drain()[0])
    hit = (outcomes["refusal"] == 0)[rows["action"] == 1].mean()
    trades = int((kernel_records["kind"] == 20).sum())
    print(f"full path: {count:,} messages, {trades:,} trades, {hit:.0%} of withdrawals find their order")
    print(f"  kernel    {count / min(fast) / 1e6:8.2f} M messages/s   {min(fast) / count * 1e9:6.0f} ns each")
    print(f"  reference {count / min(slow) / 1e6:8.2f} M messages/s")
    print(f"  ratio     {min(slow) / min(fast):8.1f}   (at least 40)")


def looks(agents: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return arrivals and intents of agents who look at random times, each at one of 20 markets."""
    draws, numbers = Draws(5), np.arange(count)
    arrivals = np.zeros(count, ARRIVAL)
    arrivals["t"] = 1 + numbers * 7
    arrivals["intent"] = draws.bits(numbers, "who") % np.uint64(agents)
    for name in "uvw":
        arrivals[name] = draws.uniform(numbers, name)
    intents = np.zeros(agents, INTENT)
    who = np.arange(agents)
    intents["account"] = stream.FIRST + who
    intents["instrument"] = 1 + who % INSTRUMENTS
    intents["reservation"] = REFERENCE + (draws.bits(who, "value") % np.uint64(41)).astype(np.int64) * 100 - 2_000
    intents["lots_max"] = 10
    return arrivals, intents


def agent(env: simpy.Environment, x: Any, number: int, mine: list[Any], intents: np.ndarray) -> Any:
    """Live as one SimPy process: sleep, then act through one call into the kernel."""
    for t, u, v, w in mine:
        yield env.timeout(t - env.now)
        x.run_arrival(t, 0, number, intents, u, v, w)


def by_simpy(x: Any, arrivals: np.ndarray, intents: np.ndarray) -> float:
    """Drive each agent as a process of its own; return seconds."""
    diary: list[list[Any]] = [[] for _ in intents]
    for t, intent, _, u, v, w in arrivals.tolist():
        diary[intent].append((t, u, v, w))
    start = time.process_time()
    env = simpy.Environment()
    for number, mine in enumerate(diary):
        env.process(agent(env, x, number, mine, intents))
    env.run()
    return time.process_time() - start


def by_loop(x: Any, arrivals: np.ndarray, intents: np.ndarray) -> float:
    """Drive all agents in the compiled loop; return seconds."""
    start = time.process_time()
    x.run_arrivals(arrivals, intents, 0, 10**12)
    return time.process_time() - start


def driving(agents: int, count: int) -> None:
    """Compare agents' looks a second: compiled arrival loop and SimPy process per agent, same journal."""
    seconds: dict[Any, list[float]] = {by_loop: [], by_simpy: []}
    journals = []
    for drive, times in ((by_loop, 3), (by_simpy, 2)):
        for _ in range(times):
            x = opened(KernelExchange, agents, ids=count + agents * 30, slots=2**16)
            x.use_strategies([stream.zero_intelligence])
            arrivals, intents = looks(agents, count)
            x.run_arrivals(arrivals, intents, 0, 1)
            seconds[drive].append(drive(x, arrivals, intents))
        journals.append(x.drain()[0])
    assert np.array_equal(*journals)
    trades = int((journals[0]["kind"] == 20).sum())
    loop, processes = min(seconds[by_loop]), min(seconds[by_simpy])
    print(f"driving {agents:,} agents: {count:,} looks, {trades:,} trades")
    print(f"  arrival loop      {count / loop / 1e3:10,.0f} k looks/s")
    print(f"  SimPy process each{count / processes / 1e3:10,.0f} k looks/s")
    print(f"  ratio             {processes / loop:10.1f}   (at least 20)")


def everything() -> None:
    """Call every compiled entry once."""
    x = opened(KernelExchange, 2)
    x.use_strategies([stream.zero_intelligence])
    x.submit(1, stream.FIRST, 1, 1, REFERENCE, 1)
    x.run_arrivals(*looks(2, 10), 0, 10**12)
    auction = x.open_auction(2, 0, 1, stream.FIRST, 5, 1, uniform=True)
    x.bid(2, auction, stream.FIRST + 1, REFERENCE, 5)
    x.clear_auction(3, auction)
    x.deal(3, 5, 0, 1, stream.FIRST, stream.FIRST + 1, REFERENCE, 1)
    x.quotes(1)
    x.close_session(4, [1], end_of_day=True)


def compiling() -> None:
    """Time a fresh process that calls everything, with an empty and with a filled cache."""
    source = str(Path(ecomarket.__file__).parents[1])
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "ECOMARKET_CACHE_DIR": folder, "PYTHONPATH": source}
        seconds = []
        for _ in range(2):
            before = os.times()
            subprocess.run([sys.executable, __file__, "everything"], env=env, check=True)
            after = os.times()
            used = after.children_user + after.children_system - before.children_user - before.children_system
            seconds.append((after.elapsed - before.elapsed, used))
    (cold, cold_used), (warm, warm_used) = seconds
    print("compile, imports included:")
    print(f"  cold      {cold:6.1f} s, {cold_used:.1f} s of processor   (at most 15)")
    print(f"  cached    {warm:6.1f} s, {warm_used:.1f} s of processor")


if __name__ == "__main__":
    if sys.argv[1:] == ["everything"]:
        everything()
    else:
        full_path()
        driving(1_000, 200_000)
        driving(10_000, 200_000)
        compiling()
