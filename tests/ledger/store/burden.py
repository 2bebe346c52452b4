"""A process of its own that writes, verifies or rebuilds a long ledger, and tells what it cost: see test_load.py.

python burden.py write PATH EVENTS        python burden.py verify PATH        python burden.py rebuild PATH
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from ecomarket.ledger import journal as journals
from ecomarket.ledger.rebuild import rebuild
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.verify import verify
from ledger import MANIFEST, days

STEPS = 100
"""Instructions of SQLite's machine that are one unit of work."""


def counted():
    """Let every connection of this process count its work; return the counter."""
    connect, done = sqlite3.connect, [0]

    def tick():
        done[0] += 1
        return 0

    def counting(*args, **kwargs):
        connection = connect(*args, **kwargs)
        connection.set_progress_handler(tick, STEPS)
        return connection

    sqlite3.connect = counting
    return done


def write(path, events):
    """Write the benchmark's ledger; tell the work of each part of the events, in which balances are written equally often."""
    journals.BALANCES_EVERY = min(journals.BALANCES_EVERY, events // 5)
    parts = min(10, events // journals.BALANCES_EVERY)
    done, work, counts = counted(), [0] * parts, [0] * parts
    journal = journals.Journal(MANIFEST, BlockWriter(path))
    for drained in days(events):
        part, before = min(parts - 1, journal.events * parts // events), done[0]
        block = journal.commit(*drained)
        work[part], counts[part] = work[part] + done[0] - before, counts[part] + block.n
    journal.close()
    rates = [w * 1_000 // n for w, n in zip(work, counts, strict=True)]
    return {"events": journal.events, "head": journal.head.hex(), "work": rates}


def verified(path):
    report = verify(path)
    return {"findings": [f.text("en") for f in report.findings[:5]], "head": report.head, "events": report.events}


def rebuilt(path):
    done = rebuild(path)
    return {"findings": sorted({f.code for f in done.report.findings}), "rows": done.rows}


def peak():
    """Return the most memory this process has had, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


if __name__ == "__main__":
    verb, place = sys.argv[1], Path(sys.argv[2])
    began = time.monotonic()
    told = {
        "write": lambda: write(place, int(sys.argv[3])),
        "verify": lambda: verified(place),
        "rebuild": lambda: rebuilt(place),
    }
    print(json.dumps(told[verb]() | {"seconds": round(time.monotonic() - began), "peak": peak()}))
