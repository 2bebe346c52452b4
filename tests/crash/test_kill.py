"""What a run that died leaves: it is gone on with from the command line, or refused, or set apart, in clear words."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ecomarket.engine.folder import LEDGER
from ecomarket.engine.resume import resume
from ecomarket.engine.run import run
from ecomarket.errors import RunError
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.resume import Stored, stored_run
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.model.codes import RecordKind

KILLED, DONE, STOPPED = -9, 0, 2
NOTHING = Stored(b"", (), 0)


def call(*words):
    command = [sys.executable, "-m", "ecomarket", *map(str, words), "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def files_of(folder):
    """Every byte of a run's folder but the ledger's own file, whose pages may lie elsewhere, and its seal."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.startswith("ledger.")
    }


@pytest.fixture(scope="module")
def whole(hamlet, tmp_path_factory):
    """The undisturbed run from the command line, tables and report and all."""
    out = tmp_path_factory.mktemp("undisturbed")
    done = call("run", hamlet.scenario.path.resolve(), "--out", out, "-q")
    assert done.returncode == 0, done.stderr
    return next(out.iterdir())


def test_resume_from_the_command_line_leaves_the_same_bytes(hamlet, trace, whole, status, tmp_path):
    """Manifest, measures, tables and report of a run that died and was resumed are those of one that did not."""
    assert hamlet.start(tmp_path, fault=trace("between", 17).install) == KILLED
    folder = tmp_path / whole.name
    done = call("run", "--resume", folder.name, "--out", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["resumed"]
    assert status(folder) == "ended"
    assert files_of(folder) == files_of(whole)
    verified = call("ledger", "verify", folder)
    assert verified.returncode == 0, verified.stdout
    again = call("run", "--resume", folder)
    assert again.returncode == 0
    assert "already done" in again.stdout


def test_results_that_were_not_written_are_written_without_a_second_run(hamlet, whole, tmp_path):
    """The process died after the last commit: the same command writes tables and report."""
    assert hamlet.start(tmp_path) == DONE
    folder = tmp_path / whole.name
    before = (folder / LEDGER).stat().st_mtime_ns
    done = call("run", hamlet.scenario.path.resolve(), "--out", tmp_path, "-q")
    assert done.returncode == 0, done.stderr
    assert (folder / LEDGER).stat().st_mtime_ns == before
    assert files_of(folder) == files_of(whole)


def test_ctrl_c_says_how_to_resume_and_resume_goes_on(hamlet, status, tmp_path):
    command = [
        "run",
        hamlet.scenario.path.resolve(),
        "--out",
        tmp_path,
        "--set",
        "calendar.end=2029-12-31",
        "--no-report",
    ]
    child = subprocess.Popen(
        [sys.executable, "-m", "ecomarket", *map(str, command), "--lang", "en"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (ledgers := list(tmp_path.glob("*/ledger.db"))) or not (stored_run(ledgers[0]) or NOTHING).events:
        time.sleep(0.02)
        assert child.poll() is None, child.communicate()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate()
    assert child.returncode == 130, err
    folder = ledgers[0].parent
    assert f"ecomarket run --resume {folder}" in err
    assert status(folder) == "interrupted"
    with open_ledger(folder / LEDGER) as ledger:
        before = ledger.events
    done = run_again_until(folder, "2025-12-31")
    assert done.returncode == 2
    assert "E710" in done.stderr
    assert "the last day was 2029-12-31, now it is 2025-12-31" in done.stderr
    with open_ledger(folder / LEDGER) as ledger:
        assert ledger.events == before


def run_again_until(folder, day):
    return call("run", "--resume", folder, "--until", day)


@pytest.fixture
def dead(hamlet, trace, tmp_path):
    """A run that died in its 17th flush."""
    assert hamlet.start(tmp_path, fault=trace("after-commit", 17).install) == KILLED
    return hamlet.path(tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--seed", "2"), "the seed was 1, now it is 2"),
        (("--set", "venues.permit-market.price_band=0.05"), "the scenario (digest) was"),
        (("qinghai",), "the scenario's name was hamlet, now it is qinghai"),
    ],
)
def test_another_run_is_refused_in_clear_words(dead, words, said):
    done = call("run", *words, "--resume", dead)
    assert done.returncode == 2
    assert "E710" in done.stderr
    assert said in done.stderr
    assert "--force-new" in done.stderr
    assert done.stderr.count("\n") <= 2


def test_force_new_begins_a_child_that_names_its_parent_outside_the_chain(hamlet, dead, status):
    done = call("run", "--resume", dead, "--seed", "2", "--force-new", "--json", "--no-report")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    child = Path(answer["run"])
    assert child != dead
    assert json.loads((child / "manifest.json").read_text(encoding="utf-8"))["parent"]["run"] == dead.name
    assert answer["head"] == hamlet.whole(2)[0]
    assert status(dead) == "recovered"


def test_another_program_is_refused(dead):
    manifest = json.loads((dead / "manifest.json").read_text(encoding="utf-8"))
    (dead / "manifest.json").write_text(json.dumps(manifest | {"code": "0123456789abcdef"}), encoding="utf-8")
    done = call("run", "--resume", dead)
    assert done.returncode == 2
    assert "the program (digest of its sources) was 0123456789abcdef" in done.stderr


def test_nothing_to_resume(tmp_path):
    done = call("run", "--resume", "nowhere")
    assert done.returncode == 2
    assert "E711 nowhere" in done.stderr


def rewrite(ledger, statement, *values):
    db = sqlite3.connect(ledger)
    db.execute("DROP TRIGGER IF EXISTS block_no_update")
    db.execute(statement, values)
    db.commit()
    db.close()


def test_a_broken_tail_is_quarantined_and_left_alone(hamlet, dead, status):
    """The sweep of any later run marks it; nothing is deleted; only --force does it again."""
    rewrite(dead / LEDGER, "UPDATE block SET hash = zeroblob(32) WHERE number = 9")
    before = (dead / LEDGER).read_bytes()
    run(hamlet.scenario, hamlet.driving(seed=3), dead.parent)
    assert status(dead) == "quarantined"
    for again in (
        lambda: run(hamlet.scenario, hamlet.driving(), dead.parent),
        lambda: resume(dead, hamlet.scenario, hamlet.driving()),
    ):
        with pytest.raises(RunError, match="E712") as caught:
            again()
        assert "隔离" in caught.value.text("zh")
    assert (dead / LEDGER).read_bytes() == before
    done = run(hamlet.scenario, hamlet.driving(force=True), dead.parent)
    assert done.head == hamlet.whole()[0]


def test_a_history_made_anew_is_found_at_its_first_event(hamlet, dead):
    """Somebody rewrote the ledger, hashes and all: it verifies, but the scenario does not make it."""
    with open_ledger(dead / LEDGER) as ledger:
        old = list(ledger.blocks())
        manifest = ledger.manifest
    for path in dead.glob("ledger.db*"):
        path.unlink()
    journal = Journal(canonical(manifest), BlockWriter(dead / LEDGER))
    forged = 0
    for block in old:
        records = block.records.copy()
        records["checksum"] = 0
        facts = (records["kind"] == RecordKind.CLOSE).nonzero()[0]
        if block.number == 12:
            records["price"][facts[0]] += 10
            forged = int(records["seq"][facts[0]])
        journal.commit(block.t, records, block.payloads)
    journal.close()
    done = call("run", "--resume", dead)
    assert done.returncode == 1
    assert f"RESIM: done again, event {forged} of block 12 is not the one that is stored" in done.stderr
    with open_ledger(dead / LEDGER) as ledger:
        assert sum(1 for _ in ledger.blocks()) == len(old)


def test_two_processes_do_not_drive_one_run(hamlet, trace, tmp_path):
    """The second finds the folder taken, says so, and the first ends undisturbed."""
    ready, told = os.pipe()
    waiting, go = os.pipe()

    def pause():
        os.write(told, b"!")
        os.read(waiting, 1)

    result = []
    first = threading.Thread(
        target=lambda: result.append(hamlet.start(tmp_path, fault=trace("after-commit", 5, pause).install))
    )
    first.start()
    os.read(ready, 1)
    with pytest.raises(RunError, match="E706"):
        run(hamlet.scenario, hamlet.driving(), tmp_path)
    os.write(go, b"!")
    first.join()
    assert result == [DONE]
    with open_ledger(hamlet.path(tmp_path) / LEDGER) as ledger:
        assert ledger.head == hamlet.whole()[0]
