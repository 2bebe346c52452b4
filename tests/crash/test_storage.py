"""LEDGER.md row 8: disk full, folder read-only, file locked, log cut: one clear error, the last commit intact."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ecomarket.engine.folder import LEDGER
from ecomarket.engine.run import run
from ecomarket.errors import StorageError
from ecomarket.ledger.faults import storage_fault
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.store.sqlite import PAGE_BYTES

KILLED, DONE, STOPPED = -9, 0, 2
NOBODY = 65534


def connecting(*settings, timeout=0.05):
    """Let every connection of this process begin with these settings."""
    connect = sqlite3.connect

    def connected(*args, **kwargs):
        connection = connect(*args, **{**kwargs, "timeout": timeout})
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
        return connection

    sqlite3.connect = connected


def goes_on(hamlet, out):
    """Without the fault the run goes on to the head of the undisturbed one."""
    assert hamlet.start(out) == DONE
    with open_ledger(hamlet.path(out) / LEDGER) as ledger:
        assert ledger.head == hamlet.whole()[0]


def test_the_disk_is_full_at_page_k(hamlet, blocks, tmp_path, capfd, soak, record_property):
    """SQLite finds no further page; wherever that is, what was committed verifies and the run goes on later."""
    whole = Path(hamlet.path(hamlet.folder) / LEDGER)
    pages = whole.stat().st_size // PAGE_BYTES
    limits = range(1, pages + 1) if soak else range(2, pages, pages // 15)
    kept = set()
    for limit in limits:
        out = tmp_path / str(limit)
        ended = hamlet.start(out, fault=lambda at=limit: connecting(f"max_page_count = {at}"))
        said = capfd.readouterr().err
        if ended == DONE:
            continue
        assert ended == STOPPED, said
        assert said.startswith(f"StorageError: E701 {hamlet.path(out) / LEDGER}")
        kept.add(blocks(hamlet.path(out) / LEDGER))
        goes_on(hamlet, out)
    assert len(kept) >= 4
    record_property("limits", len(limits))


def as_nobody():
    """Give up root's power to write anywhere."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)


@pytest.fixture
def open_place():
    """A folder whose path everybody may walk."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.mark.parametrize("room", [5_000, 20_000])
def test_the_disk_is_full_when_a_dead_run_is_looked_at(hamlet, trace, blocks, status, tmp_path, capfd, room):
    """Its log cannot be read without a little room; that says nothing of the ledger, which is not set apart."""
    assert hamlet.start(tmp_path, fault=trace("after-commit", 9).install) == KILLED
    ledger = hamlet.path(tmp_path) / LEDGER
    assert hamlet.start(tmp_path, fault=lambda: limited(room)) == STOPPED
    assert capfd.readouterr().err.startswith(f"StorageError: E704 {ledger}")
    assert status(ledger.parent) == "running"
    assert blocks(ledger) == 9
    goes_on(hamlet, tmp_path)


def test_a_folder_that_cannot_be_written(hamlet, open_place, capfd):
    out = open_place / "runs"
    out.mkdir()
    out.chmod(0o555)
    assert hamlet.start(out, fault=as_nobody) == STOPPED
    said = capfd.readouterr().err
    assert said.startswith(f"StorageError: E702 {hamlet.path(out)} cannot be written")
    assert said.count("\n") == 1
    out.chmod(0o755)
    goes_on(hamlet, out)


def test_a_ledger_that_may_no_longer_be_written(hamlet, trace, blocks, open_place, capfd):
    out = open_place / "runs"
    assert hamlet.start(out, fault=trace("after-commit", 9).install) == KILLED
    folder = hamlet.path(out)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert hamlet.start(out, fault=as_nobody) == STOPPED
    said = capfd.readouterr().err
    assert said.startswith("StorageError: E702")
    assert str(folder) in said
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert blocks(folder / LEDGER) == 9
    goes_on(hamlet, out)


def test_a_ledger_that_is_locked(hamlet, trace, blocks, tmp_path, capfd):
    """Another program holds the file before the run goes on, and in the middle of it."""
    assert hamlet.start(tmp_path, fault=trace("after-commit", 9).install) == KILLED
    ledger = hamlet.path(tmp_path) / LEDGER
    other = sqlite3.connect(ledger, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert hamlet.start(tmp_path, fault=connecting) == STOPPED
    assert capfd.readouterr().err.startswith(f"StorageError: E703 {ledger} is locked")
    other.close()
    assert blocks(ledger) == 9

    def lock_at_20():
        def lock():
            holder = os.fork()
            if holder:
                os.read(taken, 1)
                return
            db = sqlite3_connect(ledger, isolation_level=None)
            db.execute("BEGIN IMMEDIATE")
            os.write(told, b"!")
            os.read(waiting, 1)
            os._exit(0)

        sqlite3_connect = sqlite3.connect
        connecting()
        trace("after-commit", 20, lock).install()

    taken, told = os.pipe()
    waiting, go = os.pipe()
    assert hamlet.start(tmp_path, fault=lock_at_20) == STOPPED
    assert capfd.readouterr().err.startswith(f"StorageError: E703 {ledger} is locked")
    os.write(go, b"!")
    assert blocks(ledger) == 20
    goes_on(hamlet, tmp_path)


def test_the_log_is_cut(hamlet, trace, blocks, tmp_path, soak, record_property):
    """At each of its last 500 bytes: the cut commit is gone whole, every one before it is there."""
    assert hamlet.start(tmp_path, fault=trace("after-commit", 9).install) == KILLED
    folder = hamlet.path(tmp_path)
    log = (folder / "ledger.db-wal").read_bytes()
    cuts = range(1, 501) if soak else range(1, 501, 13)
    for cut in cuts:
        copy = tmp_path / "cut" / folder.name
        shutil.rmtree(copy.parent, ignore_errors=True)
        copy.mkdir(parents=True)
        for name in ("manifest.json", LEDGER):
            shutil.copy(folder / name, copy / name)
        (copy / "ledger.db-wal").write_bytes(log[:-cut])
        assert blocks(copy / LEDGER) == 8
    goes_on(hamlet, copy.parent)
    record_property("cuts", len(cuts))


def limited(room=20_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


@pytest.mark.parametrize(("lang", "word"), [("en", "the disk is full"), ("zh", "磁盘已满")])
def test_no_room_for_tables_and_report(hamlet, tmp_path, lang, word):
    """The ledger is committed; what is missing is written when there is room, without a second run."""
    assert hamlet.start(tmp_path) == DONE
    command = [sys.executable, "-m", "ecomarket", "run", str(hamlet.scenario.path.resolve()), "--lang", lang]
    command += ["--out", str(tmp_path), "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limited)
    assert done.returncode == 2, done.stderr
    assert word in done.stderr
    assert "E701" in done.stderr
    assert str(tmp_path) in done.stderr
    assert done.stderr.count("\n") == 1
    assert subprocess.run(command, check=False).returncode == 0
    assert (hamlet.path(tmp_path) / "report.html").is_file()


def test_a_file_in_the_place_of_the_folder(hamlet, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(StorageError, match=r"E702 .*taken") as caught:
        run(hamlet.scenario, hamlet.driving(), tmp_path / "taken")
    assert "无法写入" in caught.value.text("zh")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "E701"),
        (OSError(122, "Disk quota exceeded"), "E701"),
        (OSError(13, "Permission denied"), "E702"),
        (OSError(30, "Read-only file system"), "E702"),
        (OSError(5, "Input/output error"), "E704"),
    ],
)
def test_errors_of_the_system_have_their_words(error, code):
    found = storage_fault(Path("runs/ledger.db"), error)
    assert found.code == code
    for lang in ("en", "zh"):
        assert "runs/ledger.db" in found.text(lang)


def test_a_file_that_is_no_database(hamlet, trace, status, tmp_path):
    assert hamlet.start(tmp_path, fault=trace("after-commit", 9).install) == KILLED
    folder = hamlet.path(tmp_path)
    for name in (LEDGER, "ledger.db-wal"):
        (folder / name).write_bytes(b"this is no database" * 400)
    assert hamlet.start(tmp_path) == STOPPED
    assert status(folder) == "quarantined"
