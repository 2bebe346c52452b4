"""What is promised about the compiled code itself: no reference counts, guarded buffers, an honest cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
import pytest

from ecomarket.errors import InternalError
from ecomarket.exchange import kernel, kernel_auction, kernel_ledger
from ecomarket.exchange.market import KernelExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import AccountKind, Eligible
from ecomarket.model.order import ARRIVAL, INTENT

ROOT = Path(__file__).parents[2]
QUOTE = """
def quote(me, market, draw):
    return 1, market.low + {add} * market.tick, 1, 0, 0
"""


def small(**sizes) -> KernelExchange:
    x = KernelExchange(18, 2, [VenueRules("v", tick_cash=1)], [Listing(1, 0, 1_000)], 15, **sizes)
    for account in (15, 16, 17):
        x.allow(account, 1, Eligible.ALL)
        x.transfer(0, AccountKind.WORLD, account, 0, 10**9, 1)
        x.transfer(0, AccountKind.ISSUANCE, account, 1, 10**6, 1)
    x.open_session(0, [1], 10**9)
    return x


def entries(x: KernelExchange) -> dict[str, tuple]:
    """Each entry with arguments to compile it for."""
    bids = np.zeros((0, 7), np.int64)
    return {
        "messages": (kernel.run_messages, (x._ledger, x._book, x._message, x._outcome, 0)),
        "expiry": (kernel.take_out_all, (x._ledger, x._book, 0, bids[:, 0].copy(), 0, bids[:, 0].copy())),
        "opening": (kernel.move_band, (x._book, 1, 0, 0, bids[:, 0].copy())),
        "transfer": (kernel_ledger.post_transfer, (x._ledger, 0, 0, 0, 0, 0, 0, 0)),
        "auction": (kernel_auction.clear_bids, (x._ledger, 0, 0, 1, 0, 0, bids, 0, 0, True, 0, 0)),
        "arrivals": (x._loop, (x._ledger, x._book, np.zeros(1, ARRIVAL), np.zeros(1, INTENT), 0, 0)),
    }


def test_no_entry_counts_references(strategy_file) -> None:
    """Counting would cost a factor of four. A cached function has no text to look at, so compile without the cache."""
    module = strategy_file("ecomarket_test_one", QUOTE.format(add=0))
    x = small()
    x.use_strategies([module.quote])
    for name, (entry, arguments) in entries(x).items():
        fresh = numba.jit(**entry.targetoptions)(entry.py_func)
        fresh.compile(tuple(numba.typeof(a) for a in arguments))
        text = fresh.inspect_llvm(fresh.signatures[0])
        assert len(text) > 10_000, name
        assert "NRT_incref" not in text, name


def test_brim_of_journal_slots_and_ids() -> None:
    """One order that meets three hundred, with room for one record, one order, one id at the start."""
    brim, wide = small(journal_rows=1, slots=1, ids=1), small()
    for x in (brim, wide):
        for k in range(300):
            assert x.submit(k, 15, 1, 2, 1_000 + k % 50, 1).resting_lots == 1
        assert x.submit(300, 16, 1, 1, 1_049, 400).filled_lots == 300
        x.close_session(301, [1], end_of_day=True)
    assert np.array_equal(brim.drain()[0], wide.drain()[0])
    assert len(brim._ledger.journal) > 300


def test_brim_of_an_opening_an_expiry_and_an_auction() -> None:
    brim, wide = small(journal_rows=1), small()
    for x in (brim, wide):
        for k in range(40):
            x.submit(1, 15, 1, 2, 1_099 - k, 1, 0, 4)
            x.submit(1, 15, 1, 1, 901 + k, 1)
        x.submit(2, 16, 1, 1, 1_060, 1)
        x.submit(2, 17, 1, 2, 930, 45)
        auction = x.open_auction(3, 0, 1, 15, 10, 1, uniform=True)
        for k in range(60):
            x.bid(3, auction, 16 + k % 2, 1 + k, 1)
        assert len(x.clear_auction(4, auction)) == 10
        x.close_session(5, [1], end_of_day=True)
        x.open_session(6, [1], 10)
    assert np.array_equal(brim.drain()[0], wide.drain()[0])


def test_debug_build_stops_at_a_broken_balance(engines) -> None:
    x = engines.uncompiled(17, 2, [VenueRules("v")], [Listing(1, 0, 420_000)], 15)
    assert x.transfer(0, AccountKind.ISSUANCE, 15, 1, 5, 1) == 0
    x._ledger.balance[15, 1, 0] += 1
    with pytest.raises(InternalError):
        x.transfer(0, AccountKind.ISSUANCE, 15, 1, 5, 1)


def child(script: str, path: Path, **env: str) -> SimpleNamespace:
    """Run a script in a fresh process that imports this source tree; return what it printed as JSON."""
    source = str(Path(kernel.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(path), source]), **env},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(**json.loads(done.stdout))


CACHED = """
import json
import numpy as np
import ecomarket_test_cached as plug_in
from ecomarket.exchange import kernel
from ecomarket.exchange.market import KernelExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import AccountKind, Eligible
from ecomarket.model.order import ARRIVAL, INTENT

x = KernelExchange(16, 2, [VenueRules("v")], [Listing(1, 0, 420_000)], 15)
x.use_strategies([plug_in.quote])
x.allow(15, 1, Eligible.ALL)
x.transfer(0, AccountKind.WORLD, 15, 0, 10**9, 1)
x.open_session(0, [1], 100)
intents = np.zeros(1, INTENT)
intents["account"], intents["instrument"] = 15, 1
x.run_arrivals(np.zeros(1, ARRIVAL), intents, 0, 5)
stats = [x._loop.stats, kernel.move_band.stats]
print(json.dumps({
    "bid": x.quotes(1).best_bid,
    "hits": sum(sum(s.cache_hits.values()) for s in stats),
    "misses": sum(sum(s.cache_misses.values()) for s in stats),
}))
"""


def test_second_process_compiles_nothing_and_an_edited_strategy_is_noticed(tmp_path) -> None:
    plug_in = tmp_path / "ecomarket_test_cached.py"
    plug_in.write_text(QUOTE.format(add=1), encoding="utf-8")
    assert child(CACHED, tmp_path).bid == 378_100
    again = child(CACHED, tmp_path)
    assert (again.bid, again.misses) == (378_100, 0)
    assert again.hits == 2
    plug_in.write_text(QUOTE.format(add=7), encoding="utf-8")
    assert child(CACHED, tmp_path).bid == 378_700


CHECKED = """
import hashlib
import json
import numpy as np
import stream
from ecomarket.exchange.market import KernelExchange
from ecomarket.ledger import postings

x = KernelExchange(*stream.SHAPE, journal_rows=1, slots=1, ids=1)
answers = stream.drive(x, 5, 2_000)
print(json.dumps({"debug": postings.DEBUG, "digest": hashlib.sha256(x.drain()[0].tobytes()).hexdigest()}))
"""


def test_bounds_checked_debug_build_runs_a_stream_to_the_same_end(streams, tmp_path) -> None:
    import hashlib

    x = KernelExchange(*streams.SHAPE)
    streams.drive(x, 5, 2_000)
    checked = child(
        CHECKED, ROOT / "benchmarks", NUMBA_BOUNDSCHECK="1", ECOMARKET_DEBUG="1", ECOMARKET_CACHE_DIR=str(tmp_path)
    )
    assert checked.debug
    assert checked.digest == hashlib.sha256(x.drain()[0].tobytes()).hexdigest()
