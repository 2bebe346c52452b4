"""Somebody reads the file as its run ends: the writer waits for a while; then the run ends whole, but without a seal."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ecomarket.cli._shell import shell
from ecomarket.engine.folder import COMMITTED, ENDED, LEDGER, SEAL, mark
from ecomarket.engine.run import run
from ecomarket.ledger.store import sqlite

READS = """
import sys
from ecomarket.ledger.query import open_ledger

with open_ledger(sys.argv[1]):
    print("reading", flush=True)
    sys.stdin.read()
"""


class Reader:
    """A program of its own that reads a file: SQLite's locks belong to processes, and do not outlive a fork."""

    def __init__(self) -> None:
        self.process = None

    def come(self, path):
        words = (sys.executable, "-c", READS, str(path))
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "reading\n"

    def leave(self):
        if self.process is not None:
            self.process.communicate()
            self.process = None


@pytest.fixture
def reader():
    reader = Reader()
    yield reader
    reader.leave()


@pytest.fixture
def watched(hamlet, tmp_path, reader):
    """Run while a reader who came on the second day stays; return what came of it."""

    def go():
        def move(number, *_):
            if number == 2:
                reader.come(hamlet.path(tmp_path) / LEDGER)

        return run(hamlet.scenario, hamlet.driving(), tmp_path, move)

    return go


def files(folder):
    return {path.name for path in folder.iterdir() if path.name.startswith("ledger")}


def test_the_writer_waits_for_who_still_reads(hamlet, watched, reader, monkeypatch):
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            reader.leave()

    monkeypatch.setattr(sqlite, "sleep", pause)
    done = watched()
    assert pauses == [sqlite.PAUSE.total_seconds()] * 3
    assert done.sealed
    assert done.head == hamlet.whole()[0]
    assert files(done.folder) == {LEDGER, SEAL}


def test_who_reads_on_keeps_a_run_from_its_seal_alone(hamlet, watched, reader, monkeypatch, status, blocks):
    monkeypatch.setattr(sqlite, "TRIES", 1)
    done = watched()
    assert (done.sealed, done.status, done.head) == (False, COMMITTED, hamlet.whole()[0])
    assert status(done.folder) == COMMITTED
    assert SEAL not in files(done.folder)
    assert blocks(done.folder / LEDGER) == hamlet.whole()[2]
    mark(done.folder, ENDED)

    def seal():
        return CliRunner().invoke(shell, ["ledger", "seal", str(done.folder)], prog_name="ecomarket")

    refused = seal()
    assert refused.exit_code == 2
    assert "E745" in refused.output
    reader.leave()
    assert seal().exit_code == 0
    assert json.loads((done.folder / SEAL).read_bytes())["head"] == done.head
    assert files(done.folder) == {LEDGER, SEAL}
    assert blocks(done.folder / LEDGER) == hamlet.whole()[2]
