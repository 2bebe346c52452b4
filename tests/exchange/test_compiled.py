"""What is promised about the compiled code itself: no reference counts, guarded buffers, an honest cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
import pytest

from ecomarket.errors import InternalError
from ecomarket.exchange.kernel import auction, call, entries, ledger, read, sessions
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.ledger.state import ROWS
from ecomarket.model.codes import AccountKind, Eligible, RecordKind, SelfTrade, TimeInForce
from ecomarket.model.order import ARRIVAL, INTENT, RESTING

ROOT = Path(__file__).parents[2]
QUOTE = """
def quote(me, market, draw):
    return 1, market.low + {add} * market.tick, 1, 0, 0
"""
COUNTING = """
def quote(me, market, draw):
    me["a"] += 1
    me["margin"] = me["a"] * 2
    return 1 + int(me["a"]) % 2, market.reference_price, 3, 0, 0
"""


def small(rules: VenueRules | None = None, **sizes) -> KernelExchange:
    venue = rules or VenueRules("v", tick_cash=1)
    x = KernelExchange(18, 2, [venue], [Listing(1, 0, 1_000)], 15, **sizes)
    for account in (15, 16, 17):
        x.allow(account, 1, Eligible.ALL)
        x.transfer(0, AccountKind.WORLD, account, 0, 10**9, 1)
        x.transfer(0, AccountKind.ISSUANCE, account, 1, 10**6, 1)
    x.open_session(0, [1], 10**9)
    return x


def calls_of(x: KernelExchange) -> dict[str, tuple]:
    """Each entry with arguments to compile it for."""
    bids = np.zeros((0, 10), np.int64)
    rates, parties, sellers, lots = (np.zeros(s, np.int64) for s in (5, (3, 3), (2, 2), (1, 4)))
    return {
        "messages": (entries.run_messages, (x._block.at, x._message, x._outcome, 0)),
        "changes": (entries.run_changes, (x._block.at, x._message, x._outcome, 0)),
        "order": (entries.run_new, (x._block.at, *range(10))),
        "withdrawal": (entries.run_back, (x._block.at, 0, 0, 0)),
        "touch": (read.touch, (x._block.at, 1)),
        "expiry": (sessions.take_out_all, (x._ledger, x._book, 0, bids[:, 0].copy(), 0, bids[:, 0].copy())),
        "opening": (sessions.move_band, (x._book, 1, 0, 0, bids[:, 0].copy())),
        "call's end": (call.end_call, (x._ledger, x._book, 0, 1)),
        "call left": (call.drop_market_orders, (x._ledger, x._book, 0, 1)),
        "call so far": (call.indicate, (x._book, 1)),
        "depth": (read.copy_depth, (x._book, 1, bids)),
        "resting": (read.copy_resting, (x._book, 1, np.zeros(0, RESTING))),
        "transfer": (ledger.post_transfer, (x._ledger, 0, 0, 0, 0, 0, 0, 0)),
        "auction": (auction.clear_sale, (x._ledger, 0, 0, 1, sellers, bids, lots, 0, True, rates, parties)),
        "purchase": (auction.clear_purchase, (x._ledger, 0, 0, 1, 0, 0, bids, lots, 0, True, rates, parties)),
        "arrivals": (x._loop, (x._block.at, np.zeros(1, ARRIVAL), np.zeros(1, INTENT), 0, 0)),
    }


def test_no_entry_counts_references(strategy_file) -> None:
    """Counting would cost a factor of four. A cached function has no text to look at, so compile without the cache."""
    module = strategy_file("ecomarket_test_one", QUOTE.format(add=0))
    x = small()
    x.use_strategies([module.quote])
    for name, (entry, arguments) in calls_of(x).items():
        fresh = numba.jit(**entry.targetoptions)(entry.py_func)
        fresh.compile(tuple(numba.typeof(a) for a in arguments))
        text = fresh.inspect_llvm(fresh.signatures[0])
        assert len(text) > 5_000, name
        assert "NRT_incref" not in text, name


def test_a_copy_of_an_exchange_has_books_of_its_own() -> None:
    x = small()
    assert x.submit(1, 15, 1, 1, 990, 5).resting_lots == 5
    twin = deepcopy(x)
    assert twin.submit(2, 16, 1, 2, 990, 3).filled_lots == 3
    assert (x.quotes(1).bid_lots, twin.quotes(1).bid_lots) == (5, 2)
    assert (x.posted(16, 1), twin.posted(16, 1)) == (10**6, 10**6 - 3)


def test_what_is_no_message_is_an_error_and_not_another_account() -> None:
    """2**32 + 15 would be account 15 in 32 bits."""
    x = small()
    for order in ((2**32 + 15, 1, 1, 990, 5), (15, 2**32 + 1, 1, 990, 5), (15, 1, 2**16 + 1, 990, 5)):
        with pytest.raises(OverflowError):
            x.submit(1, *order)
    assert x.quotes(1).best_bid == 0


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


def both(rules: VenueRules, **wide: int) -> tuple[KernelExchange, KernelExchange]:
    """An exchange whose buffers take one record, one order, one id at the start, and one with room for everything."""
    return small(rules, journal_rows=1, slots=1, ids=1), small(rules, **wide)


def test_brim_of_one_order_that_meets_all_parts_of_icebergs() -> None:
    brim, wide = both(VenueRules("v", tick_cash=1, maker_sell_ppm=100, fee_fixed_cash=3))
    for x in (brim, wide):
        for k in range(5):
            assert x.submit(k, 15, 1, 2, 1_000, 100, 0, 0, 1 + k).resting_lots == 100
        assert x.submit(9, 16, 1, 1, 1_000, 450).filled_lots == 450
        assert x.resting(1)["lots"].sum() == 50
    records = brim.drain()[0]
    assert np.array_equal(records, wide.drain()[0])
    assert (records["kind"] == RecordKind.TRADE).sum() == 50 + 50 + 34 + 25 + 20
    assert brim._book.counters[0] == wide._book.counters[0]


@pytest.mark.parametrize("rule", list(SelfTrade))
@pytest.mark.parametrize("call", [False, True])
def test_brim_of_one_order_that_meets_its_owners_orders(rule: SelfTrade, call: bool) -> None:
    """Each of forty own orders makes a record, under decrement two; then the terms of one order change forty times."""
    brim, wide = both(VenueRules("v", tick_cash=1, self_trade=rule))
    for x in (brim, wide):
        if call:
            x.open_session(0, [1], 10**9, call=True)
        for k in range(40):
            x.submit(1, 15, 1, 2, 1_000 + k, 2, 0, 0, k % 2)
        own = x.submit(2, 15, 1, 1, 1_050, 200)
        assert own.resting_lots == {0: 200, 1: 0, 2: 120}[int(rule)]
        last = x.submit(3, 16, 1, 2, 1_060, 40).order
        for k in range(40):
            assert x.replace(4, 16, last, 1_060 - k % 7, 100).refusal == 0
    assert np.array_equal(brim.drain()[0], wide.drain()[0])


def test_brim_of_a_call() -> None:
    brim, wide = both(VenueRules("v", tick_cash=1, fee_min_cash=7))
    for x in (brim, wide):
        x.open_session(0, [1], 10**9, call=True)
        for k in range(60):
            assert x.submit(1, 15, 1, 2, 980 + k % 7, 3, k % 2, 0, (k + 1) % 2).resting_lots == 3
            assert x.submit(1, 16, 1, 1, 1_010 + k % 5, 2, int(k % 3 == 0)).resting_lots == 2
        assert x.uncross(2, [1])[0][1:] == (982, 120, 120 - (90 + 15 + 12 + 15))
        assert x.quotes(1).best_bid == 0
    records = brim.drain()[0]
    assert np.array_equal(records, wide.drain()[0])
    assert (records["kind"] == RecordKind.TRADE).sum() > 60


def test_brim_of_arrivals_leaves_no_trace_of_a_look_that_found_no_room(strategy_file) -> None:
    module = strategy_file("ecomarket_test_counting", COUNTING)
    memory = []
    brim, wide = both(VenueRules("v", tick_cash=1))
    for x in (brim, wide):
        x.use_strategies([module.quote])
        arrivals, intents = np.zeros(60, ARRIVAL), np.zeros(3, INTENT)
        arrivals["t"], arrivals["intent"] = np.arange(60), np.arange(60) % 3
        intents["account"], intents["instrument"] = (15, 16, 17), 1
        assert x.run_arrivals(arrivals, intents, 0, 10**6) == 60
        memory.append(intents)
    assert memory[1]["a"].tolist() == [20, 20, 20]
    assert np.array_equal(*memory)
    records = brim.drain()[0]
    assert (records["kind"] == RecordKind.TRADE).any()
    assert np.array_equal(records, wide.drain()[0])


def test_a_deep_book_does_not_hand_over_a_journal_that_is_not_full() -> None:
    """Each message is guarded by what it can reach, not by all that rests: buffers are left when really full."""
    x = small(VenueRules("v", tick_cash=1, band_ppm=500_000), journal_rows=1_000)
    rows = np.zeros(200_000, kernel_message())
    rows["account"], rows["instrument"], rows["lots"] = 15, 1, 1
    rows["side"] = 1 + np.arange(len(rows)) % 2
    rows["price"] = np.where(rows["side"] == 1, 700 - np.arange(len(rows)) % 50, 1_300 + np.arange(len(rows)) % 50)
    assert (x.submit_batch(rows)["resting"] == 1).all()
    x.drain()
    more = rows[:10_000].copy()
    more["account"], more["lots"], more["side"] = 16 + np.arange(10_000) % 2, 4, 1 + np.arange(10_000) // 2 % 2
    more["price"] = 1_000 + np.arange(10_000) % 3
    more["price"][::100] = np.where(more["side"][::100] == 1, 1_310, 690)
    outcomes = x.submit_batch(more)
    assert outcomes["filled"].sum() > 5_000
    handed = [len(rows) for rows in x._full]
    assert len(handed) > 10
    assert min(handed) > 900
    assert x._ledger.counters[ROWS] <= 1_000


def kernel_message() -> np.dtype:
    from ecomarket.exchange.kernel.state import MESSAGE

    return MESSAGE


def test_a_resting_order_takes_less_than_64_bytes() -> None:
    """Row, hidden and shown lots, expiry and fees, and the place of its id; and a slot is used again."""
    x = small(slots=64, ids=4_096)
    book = x._book
    assert sum(a[0].nbytes for a in (book.orders, book.terms)) + book.slot_of.itemsize < 64
    for k in range(1_000):
        order = x.submit(k, 15, 1, 2, 1_000, 9, 0, TimeInForce.GTD, 2, 10**6).order
        assert x.cancel(k, 15, order) == 0
    assert len(x._book.orders) == 64


@pytest.mark.incoherent("a balance is broken by hand")
def test_debug_build_stops_at_a_broken_balance(engines) -> None:
    x = engines.uncompiled(17, 2, [VenueRules("v")], [Listing(1, 0, 420_000)], 15)
    assert x.transfer(0, AccountKind.ISSUANCE, 15, 1, 5, 1) == 0
    x._ledger.balance[1, 15, 0] += 1
    with pytest.raises(InternalError):
        x.transfer(0, AccountKind.ISSUANCE, 15, 1, 5, 1)


def child(script: str, path: Path, **env: str) -> SimpleNamespace:
    """Run a script in a fresh process that imports this source tree; return what it printed as JSON."""
    source = str(Path(entries.__file__).parents[3])
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
from ecomarket.exchange.kernel import sessions
from ecomarket.exchange.kernel.market import KernelExchange
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
stats = [x._loop.stats, sessions.move_band.stats]
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
from ecomarket.exchange.kernel.market import KernelExchange
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


COUNTED = """
import json
import numpy as np
from ecomarket.compiled import numba

@numba.njit
def last(numbers, index):
    return numbers[index]

own = {"__name__": "ecomarket.exchange.kernel.pretended"}
exec("def at(numbers, index):\\n    return numbers[index]", own)
inside = numba.njit(own["at"])
try:
    found = int(inside(np.arange(3), -1))
except IndexError:
    found = "refused"
print(json.dumps({"outside": int(last(np.arange(3), -1)), "inside": found}))
"""


def test_only_the_kernel_does_not_count_from_the_end_and_bounds_checks_refuse_it(tmp_path) -> None:
    told = child(COUNTED, tmp_path, NUMBA_BOUNDSCHECK="1", ECOMARKET_CACHE_DIR=str(tmp_path))
    assert told.outside == 2
    assert told.inside == "refused"
