"""A ledger in PostgreSQL is sealed by its head and its tables, exactly as the same ledger in a file is."""

from __future__ import annotations

import sqlite3

from ecomarket.ledger.rebuild import rebuild
from ecomarket.ledger.seal import read_seal, seal_ledger, seal_path, take_seal
from ecomarket.ledger.verify import verify


def test_the_same_town_has_the_same_seal_in_both(make, tmp_path, database):
    path, run = tmp_path / "ledger.db", f"{database}#sealed-both"
    make(path, 3, 3, 40)
    make(run, 3, 3, 40)
    file, server = take_seal(path), take_seal(run)
    assert server == file._replace(file=None)


def test_a_run_in_a_database_is_compared_with_the_seal_it_is_given(make, tmp_path, database):
    one, other, kept = f"{database}#sealed-one", f"{database}#sealed-other", tmp_path / "kept.json"
    make(one, 3, 2, 40)
    make(other, 4, 2, 40)
    assert seal_ledger(one, kept) == read_seal(kept)
    report = verify(one, seal=kept)
    assert report.clean
    assert report.sealed
    found = verify(other, seal=kept).findings
    assert {f.code for f in found} == {"SEAL"}
    assert {f.table for f in found} >= {"run", "block", "balance"}
    assert "SEAL-HEAD" in {f.values["what"] for f in found}
    assert not verify(one).sealed


def test_a_sealed_file_that_is_rebuilt_is_sealed_anew(make, tmp_path):
    path = tmp_path / "ledger.db"
    make(path, 3, 2, 40)
    seal_ledger(path)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE fact SET amount = amount + 1 WHERE seq IN (SELECT min(seq) FROM fact)")
    assert {f.code for f in verify(path).findings} == {"PAGE", "SEAL", "FACT-DIFF"}
    assert rebuild(path).rows
    assert verify(path).clean
    assert read_seal(seal_path(path)) == take_seal(path)
