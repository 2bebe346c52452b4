"""The seal from the command line: only what verifies is sealed, and a sealed ledger that was changed is said to be so."""

from __future__ import annotations

import json
import shutil
import sqlite3

import pytest
from click.testing import CliRunner

from ecomarket.cli._shell import shell
from ecomarket.errors import RunError
from ecomarket.ledger.pages import Pages, varint
from ecomarket.ledger.seal import SCHEMA, read_seal, seal_ledger, seal_path, text_of


def call(*words):
    done = CliRunner().invoke(shell, ["ledger", *map(str, words)])
    assert "Traceback" not in done.output
    return done.exit_code, done.output


@pytest.fixture
def folder(small, tmp_path):
    """A run's folder, not sealed yet."""
    shutil.copyfile(small, tmp_path / "ledger.db")
    return tmp_path


def test_what_verifies_is_sealed(folder, small):
    code, text = call("verify", folder)
    assert code == 0
    assert text.rstrip().endswith("no seal")
    code, text = call("seal", folder)
    assert code == 0
    assert "ledger.seal.json" in text
    assert read_seal(folder / "ledger.seal.json") == read_seal(seal_path(small))
    code, text = call("verify", folder, "--json")
    assert code == 0
    assert json.loads(text)["sealed"] is True


def test_what_does_not_verify_is_not_sealed(folder):
    with sqlite3.connect(folder / "ledger.db") as db:
        db.execute("UPDATE balance SET posted = posted + 1 WHERE account = 15 AND instrument = 0")
    code, text = call("seal", folder)
    assert code == 1
    assert "BAL-DIFF" in text
    assert not (folder / "ledger.seal.json").exists()


def test_a_change_after_the_seal_is_found_and_not_sealed_over(folder):
    assert call("seal", folder)[0] == 0
    before = (folder / "ledger.seal.json").read_bytes()
    with sqlite3.connect(folder / "ledger.db") as db:
        db.execute("UPDATE fact SET amount = amount + 1 WHERE seq IN (SELECT min(seq) FROM fact)")
    for verb in ("verify", "seal"):
        code, text = call(verb, folder)
        assert code == 1
        assert {line.split()[0] for line in text.splitlines()[:-1]} >= {"PAGE", "SEAL", "FACT-DIFF"}
    assert (folder / "ledger.seal.json").read_bytes() == before


def test_a_seal_kept_elsewhere_is_the_one_that_counts(folder, small, tmp_path):
    kept = tmp_path / "kept.json"
    kept.write_bytes(seal_path(small).read_bytes())
    assert call("verify", folder, "--seal", kept)[0] == 0
    (folder / "ledger.seal.json").write_text("{}")
    assert call("verify", folder)[0] == 1
    assert call("verify", folder, "--seal", kept)[0] == 0
    code, text = call("verify", folder, "--seal", tmp_path / "lost.json")
    assert code == 2
    assert "lost.json" in text


def test_a_seal_says_what_the_manual_says(small):
    told = json.loads(seal_path(small).read_text(encoding="utf-8"))
    assert list(told) == ["schema", "head", "blocks", "events", "tables", "file", "digest"]
    assert told["schema"] == SCHEMA
    db = sqlite3.connect(small)
    for name, (rows, _) in told["tables"].items():
        assert db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] == rows
    ((head, events),) = db.execute("SELECT head_hash, head_seq FROM run").fetchall()
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.close()
    assert (told["head"], told["events"], len(told["file"]["pages"])) == (head.hex(), events, pages)
    assert sum(count for count, *_ in told["file"]["uses"]) == pages
    assert text_of(read_seal(seal_path(small))) == seal_path(small).read_bytes()


def test_a_place_that_cannot_be_written_is_one_sentence(folder):
    (folder / "ledger.seal.json").mkdir()
    with pytest.raises(RunError, match="cannot be written"):
        seal_ledger(folder / "ledger.db")


def test_pages_are_read_as_sqlite_reads_them(make, tmp_path):
    """Tables of every depth that a ledger can have: the judge is SQLite's own dbstat."""
    path = tmp_path / "ledger.db"
    make(path, 2, 40, 300, people=12)
    pages = Pages(path.read_bytes())
    db = sqlite3.connect(path)
    for number, name, kind in db.execute("SELECT pageno, name, pagetype FROM dbstat").fetchall():
        use = pages.uses[number - 1]
        assert use.table == name
        assert (use.start >= 0) == (kind == "overflow")
    for (_, key), (home, cell) in pages.long.items():
        if _ == "block":
            body = db.execute("SELECT body FROM block WHERE number = ?", key).fetchone()[0]
            assert pages.record(home, cell).endswith(body)
    db.close()


def test_long_numbers_are_read():
    for value, stored in (
        (127, b"\x7f"),
        (16_384, b"\x81\x80\x00"),
        (-1, b"\xff" * 9),
        (2**62, b"\xa0" + b"\x80" * 7 + b"\x00"),
    ):
        assert varint(stored, 0) == (value, len(stored))
