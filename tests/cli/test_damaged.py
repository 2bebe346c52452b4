"""A ledger in which bytes were changed: whoever reads it is told so, or reads what is left; no traceback, no fault of ours."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecomarket.cli import _open
from ecomarket.cli._shell import shell

DAMAGED = 4
PLACES = st.lists(st.tuples(st.integers(0), st.integers(1, 255)), min_size=1, max_size=4)


def call(*words):
    done = CliRunner().invoke(shell, words, prog_name="ecomarket")
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    code, _, err = call(
        "run", "classroom-permits", "--until", "2025-04-30", "--no-report", "--quiet", "--out", str(out)
    )
    assert code == 0, err
    (folder,) = out.iterdir()
    return folder


def damaged(whole, folder, places):
    """A copy of the run whose blocks have other bytes: (a place in all of them together, what is added to the byte)."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder)
    with sqlite3.connect(folder / "ledger.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        bodies = {n: bytearray(body) for n, body in connection.execute("SELECT number, body FROM block")}
        for at, more in places:
            body = bodies[list(bodies)[at % len(bodies)]]
            place = at // len(bodies) % len(body)
            body[place] = (body[place] + more) % 256
        connection.executemany("UPDATE block SET body = ? WHERE number = ?", [(bytes(b), n) for n, b in bodies.items()])
    connection.close()
    return str(folder)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=PLACES)
def test_every_reader_says_so_or_reads_what_is_left(whole, tmp_path, places):
    run = damaged(whole, tmp_path / "run", places)
    for words in (
        ("show", run),
        ("lots", run),
        ("statement", run, "A1"),
        ("export", run, "--out", str(tmp_path / "out")),
    ):
        code, _, err = call("ledger", *words)
        assert code in (0, 2, DAMAGED), (words, err)


def test_what_makes_no_sense_is_told_with_what_verify_finds(whole, tmp_path, monkeypatch):
    def senseless(*_):
        raise ValueError("Side 3")

    monkeypatch.setattr("ecomarket.cli._event.event_line", senseless)
    run = damaged(whole, tmp_path / "run", [(7, 1)])
    code, _, err = call("ledger", "show", run)
    assert code == DAMAGED
    assert f"ecomarket ledger verify {run}" in err.replace("\n", "")
    code, _, err = call("ledger", "show", str(whole))
    assert code == 3, "a ledger that verifies is not to blame"
    assert _open.SENSELESS[0] is ValueError
