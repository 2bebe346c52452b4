"""Somebody rewrites history and makes all hashes anew: the chain alone shows nothing, a written-down head or a seal does."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.ledger.proof.hands import blocks_of, edit, manifest_of, rewrite, rows
from tests.sizes import cases

from ecomarket.ledger.findings import Notebook
from ecomarket.ledger.seal import Seal, read_seal, seal_ledger, seal_path, take_seal, text_of
from ecomarket.ledger.seal_check import check_contents
from ecomarket.ledger.store.places import reading
from ecomarket.ledger.tables import TABLES
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import RecordKind

CASES = cases(50, 500)
MANUAL = Path(__file__).parents[3] / "docs" / "reference" / "ledger.md"


def codes(path, level="invariants", **more):
    return {f.code for f in verify(path, level, **more).findings}


def lay_seal(sound, path):
    shutil.copyfile(seal_path(sound), seal_path(path))


def test_history_rewritten_from_any_block_with_all_hashes_anew(small, tmp_path, record_property):
    """A fact is changed, or a year's emissions taken out: nothing that the chain, replay or invariants could see."""
    rng, blocks = random.Random(1 + CASES.numbers.start), blocks_of(small)
    head = rows(small, "run")[0]["head_hash"].hex()
    told = [b.number for b in blocks if (b.records["kind"] == RecordKind.FACT).any()]
    for case in CASES.numbers:
        path, number = tmp_path / f"{case}.db", rng.choice(told)

        def change(records, by=rng.randrange(1, 99)):
            row = rng.choice((records["kind"] == RecordKind.FACT).nonzero()[0].tolist())
            records["amount"][row] += by
            return records

        rewrite(path, manifest_of(small), blocks, change, number)
        assert codes(path) == set(), "the chain alone shows it after all: tell the manual"
        assert codes(path, expect_head=head) == {"EV-EXPECT"}
        assert codes(path, expect_head=head[:16]) == {"EV-EXPECT"}
        lay_seal(small, path)
        found = verify(path).findings
        assert {"SEAL", "PAGE"} == {f.code for f in found}
        tables = {f.table for f in found if f.values.get("what") == "SEAL-TABLE"}
        assert tables == {"run", "block", "fact"}
        path.unlink()
    record_property("histories", CASES.told)


@pytest.mark.parametrize("kept", [1, 2])
def test_a_tail_cut_off_with_the_head_edited_to_match(small, tmp_path, kept):
    path, blocks = tmp_path / "ledger.db", blocks_of(small)
    last, gone = blocks[kept - 1], blocks[kept].first_seq
    new_head = (last.number, gone - 1, last.t, last.hash)
    edit(
        small,
        path,
        ("DELETE FROM block WHERE number > ?", (kept,)),
        ("UPDATE run SET head_number = ?, head_seq = ?, head_t = ?, head_hash = ?", new_head),
        *((f'DELETE FROM "{n}" WHERE seq >= ?', (gone,)) for n, t in TABLES.items() if "seq" in t.names),
    )
    sealed = verify(path, "chain")
    assert {"PAGE", "SEAL"} == {f.code for f in sealed.findings}
    assert "SEAL-HEAD" in {f.values.get("what") for f in sealed.findings}
    seal_path(path).unlink()
    assert codes(path, "chain") == set()
    assert codes(path, "chain", expect_head=blocks[-1].hash.hex()) == {"EV-EXPECT"}


@pytest.mark.incoherent("a seal of another run is laid beside it")
def test_the_ledger_of_another_run_in_this_ones_place(small, sealed, make, tmp_path):
    """Both are sound, even of the same scenario and seed; only what was written down elsewhere tells them apart."""
    head = rows(small, "run")[0]["head_hash"].hex()
    other = tmp_path / "ledger.db"
    make(other, 6, 3, 60)
    assert codes(other) == set()
    assert codes(other, expect_head=head) == {"EV-EXPECT"}
    assert codes(other, "file", expect_head=head) == {"EV-EXPECT"}
    report = verify(other, "file")
    assert report.clean
    assert (report.events, report.head) == (verify(other).events, verify(other).head)
    lay_seal(small, other)
    found = verify(other).findings
    assert {"SEAL", "PAGE"} == {f.code for f in found}
    assert "SEAL-HEAD" in {f.values.get("what") for f in found}
    assert all(f.text(lang) for f in found for lang in ("zh", "en"))


def test_a_seal_kept_elsewhere_is_not_fooled_by_a_new_one_beside(small, make, tmp_path):
    kept, path = tmp_path / "kept.json", tmp_path / "ledger.db"
    shutil.copyfile(seal_path(small), kept)
    make(path, 6, 3, 60)
    seal_ledger(path)
    assert codes(path) == set(), "whoever may write both ledger and seal cannot be found by them"
    assert {"SEAL", "PAGE"} == codes(path, seal=kept)


def test_a_log_laid_beside_a_sealed_file_is_found(small, tmp_path):
    """SQLite would read the row that the log holds; the file itself is as sealed, to the byte."""
    path = tmp_path / "ledger.db"
    shutil.copyfile(small, path)
    lay_seal(small, path)
    path.with_name("ledger.db-wal").write_bytes(b"anything")
    found = verify(path).findings
    assert [(f.code, f.values["what"]) for f in found] == [("SEAL", "SEAL-BESIDE")]


@pytest.mark.parametrize("with_seal", [True, False])
def test_who_verifies_changes_nothing_though_a_write_was_left_half_done(small, tmp_path, with_seal):
    """A rollback journal lies beside the file, as if the process that edited it had died: SQLite would undo the edit."""
    path = tmp_path / "ledger.db"
    shutil.copyfile(small, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as editor:
        for pragma in ("journal_mode = DELETE", "cache_size = 1"):
            editor.execute(f"PRAGMA {pragma}")
        if with_seal:
            lay_seal(small, path)
        editor.execute("BEGIN")
        for table in ("trade", "transfer", "fact"):
            editor.execute(f"UPDATE {table} SET t = t + 1")
        left = {name: tmp_path.joinpath(name).read_bytes() for name in ("ledger.db", "ledger.db-journal")}
        editor.execute("ROLLBACK")
    for name, content in left.items():
        tmp_path.joinpath(name).write_bytes(content)
    assert left["ledger.db"] != small.read_bytes()
    there = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert codes(path) == ({"SEAL", "PAGE"} if with_seal else set())
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == there


def test_a_ledger_that_is_still_written_is_not_sealed(small, tmp_path):
    from ecomarket.errors import RunError

    path = tmp_path / "ledger.db"
    shutil.copyfile(small, path)
    path.with_name("ledger.db-wal").write_bytes(b"anything")
    with pytest.raises(RunError, match="still being written"):
        take_seal(path)
    path.with_name("ledger.db-wal").unlink()
    assert take_seal(path).head == read_seal(seal_path(small)).head


def test_the_file_rewritten_page_by_page_with_the_same_rows_is_another_file(small, tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copyfile(small, path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA page_size = 8192")
    db.execute("VACUUM")
    db.close()
    lay_seal(small, path)
    assert codes(path) == {"PAGE"}
    seal_path(path).unlink()
    assert codes(path) == set()


def test_a_seal_without_a_file_compares_tables_and_head(small, tmp_path):
    """As for a database server, where there is no file to seal."""
    seal = read_seal(seal_path(small))._replace(file=None)
    path = tmp_path / "ledger.db"
    edit(small, path, ("UPDATE fact SET amount = amount + 1 WHERE seq IN (SELECT min(seq) FROM fact)", ()))
    seal_path(path).write_bytes(text_of(seal))
    assert read_seal(seal_path(path)) == seal
    assert {(f.code, f.table) for f in verify(path).findings} == {("SEAL", "fact"), ("FACT-DIFF", "fact")}
    shutil.copyfile(small, path)
    assert verify(path).clean
    notes = Notebook()
    with reading(path) as shelf:
        check_contents(shelf, Seal("", 0, 0, {"run": (2, "")}, None), notes, set())
        check_contents(shelf, Seal("", 0, 0, {"run": (2, "")}, None), notes, {"run"})
    assert [(f.code, f.table) for f in notes.findings] == [("SEAL", "run")]


def test_every_bit_of_a_seal_counts(small, tmp_path):
    """A seal that was changed itself is said to be no seal; the ledger is never called clean by it."""
    rng, path, data = random.Random(8), tmp_path / "ledger.db", seal_path(small).read_bytes()
    shutil.copyfile(small, path)
    for _ in range(len(CASES.numbers) * 2):
        changed = bytearray(data)
        changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        if bytes(changed).split() == data.split():
            continue  # only white space
        seal_path(path).write_bytes(changed)
        report = verify(path, "file")
        assert {f.code for f in report.findings} <= {"SEAL", "PAGE", "FILE"}
        assert report.findings, changed


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"digest": 1}', "null", "[" * 100_000, "\ud800".encode("utf-8", "surrogatepass")]
)
def test_what_is_no_seal_is_a_finding(small, tmp_path, text):
    path = tmp_path / "ledger.db"
    shutil.copyfile(small, path)
    seal_path(path).write_bytes(text if isinstance(text, bytes) else text.encode())
    assert [f.code for f in verify(path, "file").findings] == ["SEAL"]


def test_the_manual_says_what_the_chain_alone_does_not_show():
    manual = MANUAL.read_text(encoding="utf-8")
    for words in ("What a chain cannot show", "`--expect-head`", "`ledger.seal.json`", "whoever can write both"):
        assert words in manual, words
