"""A run killed at any moment leaves a ledger that verifies, and is the beginning of the whole one."""

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.verify import verify

CHILD = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("town", sys.argv[1])
town = importlib.util.module_from_spec(spec)
spec.loader.exec_module(town)
town.make_ledger(Path(sys.argv[2]), seed=9, days=int(sys.argv[3]), steps=60)
"""
DAYS = 400


def committed(path):
    if not path.exists():
        return 0
    db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        row = db.execute("SELECT head_number FROM run").fetchone()
        return row[0] if row else 0
    except sqlite3.OperationalError:
        return 0
    finally:
        db.close()


@pytest.mark.parametrize("kill_after_days", [1, 17, 60])
def test_kill_leaves_a_verified_beginning(make, tmp_path, kill_after_days):
    path = tmp_path / "ledger.db"
    home = str(Path(__file__).parent / "conftest.py")
    child = subprocess.Popen([sys.executable, "-c", CHILD, home, str(path), str(DAYS)])
    try:
        while committed(path) < kill_after_days and child.poll() is None:
            time.sleep(0.005)
    finally:
        child.send_signal(signal.SIGKILL)
        ended = child.wait()
    assert ended == -signal.SIGKILL, "the child was done before it was killed: make it longer"
    report = verify(path)
    assert report.findings == []
    with open_ledger(path) as ledger:
        days = ledger.load().records
        last = int(days["t"][-1])
    assert report.events == len(days) > 0
    survived = committed(path)
    assert survived >= kill_after_days
    whole = make(None, 9, survived, 60)[1]
    assert (whole.head.hex(), whole.replay.t) == (report.head, last)
