"""A hamlet whose runs are killed. Children are forked from the warm process, so a start costs a tenth of a second."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import time
import traceback
from pathlib import Path

import pytest
from tests.sizes import SOAK

from ecomarket.engine.folder import LEDGER, read_manifest
from ecomarket.engine.run import Driving, run, run_key
from ecomarket.errors import EcomarketError
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.resume import stored_run
from ecomarket.ledger.verify import verify
from ecomarket.scenario import load

HERE = Path(__file__).parent
DONE, STOPPED, FAILED, ASKED = 0, 2, 70, 130
BLOCK = re.compile(r'INSERT INTO "?block"? .*?\((\d+),')


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Trace:
    """Calls `act` at a named point of flush number `flush`: SQLite itself tells each statement before it runs it.

    before-journal: the block is about to be inserted; between: the block is in, the first row of a projection is not;
    before-commit: all is in; after-commit: the next thing after the commit; fold: the file is about to be closed.
    """

    def __init__(self, point: str, flush: int, act=die) -> None:
        self.point, self.flush, self.act = point, flush, act
        self.block = 0
        self.before = ""

    def hear(self, statement: str) -> None:
        before, self.before = self.before, statement
        block = BLOCK.match(statement)
        if block:
            self.block = int(block[1])
        here = {
            "before-journal": bool(block),
            "between": bool(BLOCK.match(before)) and not block,
            "before-commit": statement == "COMMIT",
            "after-commit": before == "COMMIT",
            "fold": statement.startswith("PRAGMA journal_mode = DELETE"),
        }[self.point]
        if here and self.block == self.flush:
            self.act()

    def install(self) -> None:
        connect = sqlite3.connect

        def traced(*args, **kwargs):
            connection = connect(*args, **kwargs)
            connection.set_trace_callback(self.hear)
            return connection

        sqlite3.connect = traced


class Hamlet:
    """One scenario, its undisturbed runs by seed, and children that run it under a fault."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scenario = load(HERE / "hamlet.yaml")
        self._whole: dict[tuple, tuple] = {}

    def driving(self, seed=1, until=None, **more) -> Driving:
        return Driving(seed=seed, until=until or self.scenario.end, **more)

    def whole(self, seed=1, until=None):
        """The undisturbed run: (head, seconds it took, blocks)."""
        key = seed, until
        if key not in self._whole:
            began = time.perf_counter()
            done = run(self.scenario, self.driving(seed, until), self.folder)
            spent = time.perf_counter() - began
            with open_ledger(done.folder / LEDGER) as ledger:
                self._whole[key] = done.head, spent, sum(1 for _ in ledger.blocks())
        return self._whole[key]

    def path(self, out: Path, seed=1, until=None) -> Path:
        return out / run_key(self.scenario, self.driving(seed, until)).name

    def start(self, out: Path, seed=1, until=None, fault=None, kill_after=None, ledger="") -> int:
        """Run in a forked child under `fault()`; return its exit code, -9 if it was killed, 130 if broken off."""
        child = os.fork()
        if not child:
            code = FAILED
            try:
                if fault is not None:
                    fault()
                run(self.scenario, self.driving(seed, until, ledger=ledger), out)
                code = DONE
            except EcomarketError as error:
                print(f"{type(error).__name__}: {error}", file=sys.__stderr__)
                code = STOPPED
            except KeyboardInterrupt:
                code = ASKED
            except BaseException:  # noqa: BLE001  (whatever it is, the parent shall see it)
                traceback.print_exc(file=sys.__stderr__)
            finally:
                os._exit(code)
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def blocks_in(ledger: Path | str, level: str = "invariants") -> int:
    """How many blocks a ledger holds; it verifies to the level."""
    if stored_run(ledger) is None:
        return 0
    report = verify(ledger, level)
    assert report.findings == []
    with open_ledger(ledger) as opened:
        return sum(1 for _ in opened.blocks())


def status_of(folder: Path) -> str:
    return read_manifest(folder)["status"]


@pytest.fixture(scope="session")
def hamlet(tmp_path_factory):
    hamlet = Hamlet(tmp_path_factory.mktemp("whole"))
    hamlet.whole()
    return hamlet


@pytest.fixture(scope="session")
def soak():
    return SOAK


@pytest.fixture(scope="session")
def trace():
    return Trace


@pytest.fixture(scope="session")
def blocks():
    return blocks_in


@pytest.fixture(scope="session")
def status():
    return status_of
