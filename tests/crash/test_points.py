"""LEDGER.md row 6: a run killed at each named point of each of its flushes goes on and ends in the same head."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.sizes import cases

from ecomarket.engine import run, sweep
from ecomarket.engine.folder import LEDGER, RECOVERED, RUNNING
from ecomarket.ledger.query import open_ledger

KILLED, DONE, ASKED = -9, 0, 130
KEEPS = {"before-journal": -1, "between": -1, "before-commit": -1, "after-commit": 0}
"""Blocks in the file after a crash at the point of flush k, less k."""


SEEDS = cases(1, 20)
FLUSHES = 40


@pytest.mark.parametrize("point", KEEPS)
def test_killed_in_each_flush_in_turn(hamlet, trace, blocks, status, tmp_path, soak, record_property, point):
    """One run is started 41 times: the k-th start dies in flush k."""
    for seed in SEEDS.numbers:
        head, _, flushes = hamlet.whole(seed)
        assert flushes == FLUSHES
        out = tmp_path / str(seed)
        folder = hamlet.path(out, seed)
        for flush in range(1, flushes + 1):
            assert hamlet.start(out, seed, fault=trace(point, flush).install) == KILLED
            level = "invariants" if soak or flush % 8 == 0 else "chain"
            assert blocks(folder / LEDGER, level) == flush + KEEPS[point]
            assert status(folder) == RUNNING
        assert hamlet.start(out, seed) == DONE
        with_head(folder, head)
    record_property("kills", f"{len(SEEDS.numbers) * FLUSHES} of {SEEDS.whole * FLUSHES}")


def with_head(folder, head):
    with open_ledger(folder / LEDGER) as ledger:
        assert ledger.head == head


@pytest.mark.parametrize("moment", ["before the mark", "after the mark"])
def test_killed_while_the_dead_are_marked(hamlet, trace, blocks, status, tmp_path, soak, record_property, moment):
    """Each start that dies in a flush is followed by one that dies in the sweep."""

    def fall_in_sweep():
        mark = sweep.mark

        def marked(*words):
            if moment == "after the mark":
                mark(*words)
            os.kill(os.getpid(), signal.SIGKILL)

        sweep.mark = marked

    dying = range(1, FLUSHES + 1, 1 if soak else 2)
    for seed in SEEDS.numbers:
        head, _, flushes = hamlet.whole(seed)
        assert flushes == FLUSHES
        out = tmp_path / str(seed)
        folder = hamlet.path(out, seed)
        for flush in dying:
            assert hamlet.start(out, seed, fault=trace("after-commit", flush).install) == KILLED
            assert hamlet.start(out, seed, fault=fall_in_sweep) == KILLED
            assert status(folder) == (RECOVERED if moment == "after the mark" else RUNNING)
            assert blocks(folder / LEDGER, "chain") == flush
        assert hamlet.start(out, seed) == DONE
        with_head(folder, head)
    record_property("kills", f"{len(SEEDS.numbers) * len(dying) * 2} of {SEEDS.whole * len(dying) * 2}")


def test_killed_while_the_file_is_opened_or_closed(hamlet, blocks, tmp_path):
    """Then a rollback journal may stand beside the file, and half a write in it: a reader finds every block all the same,
    and leaves file and journal as they are; who writes undoes the half."""
    head, _, flushes = hamlet.whole()
    assert hamlet.start(tmp_path) == DONE
    folder = hamlet.path(tmp_path)

    def write_half():
        db = sqlite3.connect(folder / LEDGER, isolation_level=None)
        db.execute("PRAGMA cache_size = 1")
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE run SET head_t = 0")
        db.execute("CREATE TABLE half AS SELECT zeroblob(3000) FROM block, block LIMIT 500")
        os.kill(os.getpid(), signal.SIGKILL)

    assert hamlet.start(tmp_path, fault=write_half) == KILLED
    assert (folder / "ledger.db-journal").stat().st_size > 0
    left = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    with open_ledger(folder / LEDGER) as ledger:
        assert (ledger.head, sum(1 for _ in ledger.blocks())) == (head, flushes)
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()} == left
    with closing(sqlite3.connect(folder / LEDGER)) as writer:
        writer.execute("SELECT 1 FROM sqlite_schema")
    assert blocks(folder / LEDGER) == flushes
    with_head(folder, head)


@pytest.mark.parametrize("moment", ["before the seal", "amid the seal", "after the seal"])
def test_killed_in_the_seal(hamlet, trace, blocks, status, tmp_path, moment):
    """Every day is in, the seal is or is not; a start that dies after it must not leave a seal of another file."""

    def fall_in_seal():
        seal = run.seal_run

        def half(path, data):
            with path.open("wb") as file:
                file.write(data[:100])
            os.kill(os.getpid(), signal.SIGKILL)

        def sealed(*words):
            if moment == "amid the seal":
                Path.write_bytes = half
            if moment != "before the seal":
                seal(*words)
            os.kill(os.getpid(), signal.SIGKILL)

        run.seal_run = sealed

    head, _, flushes = hamlet.whole()
    folder = hamlet.path(tmp_path)
    for fault in (fall_in_seal, trace("fold", 0).install, fall_in_seal):
        assert hamlet.start(tmp_path, fault=fault) == KILLED
        assert blocks(folder / LEDGER) == flushes
    assert hamlet.start(tmp_path) == DONE
    assert status(folder) == "committed"
    assert (folder / "ledger.seal.json").is_file()
    assert not (folder / "ledger.seal.json.part").exists()
    assert blocks(folder / LEDGER) == flushes
    with_head(folder, head)


def asking(at, told):
    """Let Ctrl-C come right after statement number `at`, and write down in a file how many there were."""
    spoken = 0

    def heard(of):
        def speak(*words):
            nonlocal spoken
            done = of(*words)
            spoken += 1
            told.write_text(str(spoken), encoding="utf-8")
            if spoken == at:
                signal.raise_signal(signal.SIGINT)
            return done

        return speak

    class Cursor(sqlite3.Cursor):
        execute = heard(sqlite3.Cursor.execute)

    class Connection(sqlite3.Connection):
        execute, executemany = heard(sqlite3.Connection.execute), heard(sqlite3.Connection.executemany)

        def cursor(self, factory=Cursor):
            return super().cursor(factory)

    connect = sqlite3.connect
    sqlite3.connect = lambda *args, **kwargs: connect(*args, **kwargs, factory=Connection)


@pytest.mark.parametrize("dead", [False, True])
def test_asked_to_stop_at_any_statement(hamlet, trace, tmp_path, capfd, soak, record_property, dead):
    """Ctrl-C, also where the run does not listen for it: it ends, or is broken off, and no error is told instead."""
    head, _, _ = hamlet.whole()
    told = tmp_path / "told"

    def start(name, at):
        if dead:
            assert hamlet.start(tmp_path / name, fault=trace("after-commit", 30).install) == KILLED
        return hamlet.start(tmp_path / name, fault=lambda: asking(at, told))

    assert start("counted", 0) == DONE
    last = int(told.read_text(encoding="utf-8"))
    ends = []
    for at in [at for at in range(1, last + 1) if soak or at % 60 == 1 or min(at, last - at) < 12]:
        out = tmp_path / str(at)
        ends.append(start(out.name, at))
        assert ends[-1] in (DONE, ASKED), (at, capfd.readouterr().err)
        assert hamlet.start(out) == DONE
        with_head(hamlet.path(out), head)
    assert set(ends) == {DONE, ASKED}
    record_property("asked", len(ends))
