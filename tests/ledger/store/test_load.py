"""LEDGER.md row 19: however much is behind, the next block costs no more work, and memory stays bounded.

Work is counted, not timed: instructions of SQLite's own machine, which are the same on every run. The times beside it are
kept for the page of reliability; `benchmarks/ledger.py` judges them.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sizes import SOAK

BURDEN = Path(__file__).parent / "burden.py"
EVENTS = 1_000_000 if SOAK else 60_000
GIB = 2**30
PERCENT = 20


def burden(*words):
    done = subprocess.run([sys.executable, BURDEN, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("load") / "ledger.db"


@pytest.fixture(scope="module")
def written(path):
    return burden("write", path, EVENTS)


def test_the_last_events_are_no_more_work_than_the_first(written, record_property):
    """Part by part, but for the first: there everybody is introduced and the books are still thin."""
    assert written["events"] >= EVENTS
    work = written["work"][1:]
    assert min(work) > 0
    assert max(work) * 100 <= min(work) * (100 + PERCENT), work
    assert written["peak"] < GIB
    record_property("events", written["events"])
    record_property("seconds_to_write", written["seconds"])
    record_property("MiB_at_most", written["peak"] // 2**20)


def test_it_verifies_in_bounded_memory(written, path, record_property):
    told = burden("verify", path)
    assert told["findings"] == []
    assert (told["head"], told["events"]) == (written["head"], written["events"])
    assert told["peak"] < GIB
    record_property("seconds_to_verify", told["seconds"])


def test_it_is_rebuilt_in_bounded_memory(written, path, record_property):
    with sqlite3.connect(path) as file:
        ((trades,),) = file.execute("SELECT count(*) FROM trade")
        file.execute("DELETE FROM trade WHERE seq % 2 = 0")
        file.execute("UPDATE balance SET posted = posted + 1 WHERE account = 20")
    file.close()
    told = burden("rebuild", path)
    assert told["findings"] == ["BAL-DIFF", "TRADE-DIFF"]
    assert told["rows"] > trades > written["events"] // 20
    assert told["peak"] < GIB
    assert burden("verify", path)["findings"] == []
    record_property("seconds_to_rebuild", told["seconds"])
