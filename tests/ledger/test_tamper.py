"""Whatever somebody changes in a ledger file, verification says where. Each test edits a copy of one sound file."""

import multiprocessing
import random
import shutil
import sqlite3
import threading
import time

import pytest

from ecomarket.errors import RunError
from ecomarket.ledger.block import Block, block_hash, seal
from ecomarket.ledger.findings import CODES, LISTED_MAX, Notebook
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.store.schema import BLOCK_COLUMNS, RUN_COLUMNS, SCHEMA
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.tables import TABLES
from ecomarket.ledger.verify import verify
from ecomarket.ledger.worker import verify_in_worker
from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.model.record import RECORD

KEYS = {"run": ("id",), "block": ("number",), **{n: t.names[: t.keys] for n, t in TABLES.items()}}
COLUMNS = {"run": RUN_COLUMNS, "block": BLOCK_COLUMNS, **{n: t.names for n, t in TABLES.items()}}
TRIGGERS = [name for name in SCHEMA if name.startswith("block_no")]


class Hand:
    """Somebody with the file and time: edits a copy, puts the guards back as they were."""

    def __init__(self, sound, path):
        self.sound, self.path = sound, path

    def edit(self, *statements):
        shutil.copyfile(self.sound, self.path)
        db = sqlite3.connect(self.path, isolation_level=None)
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("BEGIN")
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        for statement, values in statements:
            db.execute(statement, values)
        for name in TRIGGERS:
            db.execute(SCHEMA[name])
        db.execute("COMMIT")
        db.close()

    def rows(self, table):
        db = sqlite3.connect(self.sound)
        found = db.execute(f'SELECT * FROM "{table}"').fetchall()
        db.close()
        return [dict(zip(COLUMNS[table], row, strict=True)) for row in found]

    def findings(self, level="replay", **more):
        return verify(self.path, level, **more).findings


@pytest.fixture(scope="module")
def sound(make, tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "ledger.db"
    make(path, 5, 4, 60)
    assert verify(path).clean
    return path


@pytest.fixture
def hand(sound, tmp_path):
    return Hand(sound, tmp_path / "ledger.db")


def another(rng, value):
    if isinstance(value, int):
        return rng.choice((value + 1, -value - 1, value ^ 1 << rng.randrange(40), 0 if value else 7))
    if isinstance(value, str):
        place = rng.randrange(len(value) + 1)
        return value[:place] + rng.choice("aZ5 县") + value[place:]
    flipped = bytearray(value)
    flipped[rng.randrange(len(value))] ^= rng.randrange(1, 256)
    return rng.choice((bytes(flipped), value[:-1], value + b"\0"))


def where(keys):
    return " AND ".join(f'"{k}" = ?' for k in keys)


def test_every_changed_cell_of_every_table_is_found_by_table_and_key(hand):
    rng = random.Random(4)
    tried = 0
    for table, columns in COLUMNS.items():
        rows = hand.rows(table)
        assert rows, f"the town writes no {table}"
        keys = KEYS[table]
        taken = {tuple(r[k] for k in keys) for r in rows}
        for column in columns:
            for row in rng.sample(rows, min(len(rows), 22)):
                value = another(rng, row[column])
                old = tuple(row[k] for k in keys)
                new = tuple(value if k == column else row[k] for k in keys)
                if new != old and new in taken:
                    continue
                hand.edit((f'UPDATE "{table}" SET "{column}" = ? WHERE {where(keys)}', (value, *old)))
                named = {(f.table, f.key) for f in hand.findings()}
                assert (table, old) in named or (table, new) in named, (table, column, old, value, named)
                tried += 1
    assert tried > 1000


def test_every_deleted_row_is_found(hand):
    rng = random.Random(5)
    for table, keys in KEYS.items():
        rows = hand.rows(table)
        for row in rng.sample(rows, min(len(rows), 8)):
            key = tuple(row[k] for k in keys)
            hand.edit((f'DELETE FROM "{table}" WHERE {where(keys)}', key))
            codes = {(f.code, f.table) for f in hand.findings()}
            expected = {"block": {("EV-GAP", "block"), ("EV-HEAD", "run")}, "run": {("EV-GENESIS", "run")}}
            assert codes & expected.get(table, {(TABLES[table].finding, table) if table in TABLES else None}), (
                table,
                key,
                codes,
            )


@pytest.mark.incoherent("a row is taken out")
def test_a_balance_that_became_zero_keeps_its_row(towns, manifest, tmp_path):
    path = tmp_path / "ledger.db"
    town, journal = towns(), Journal(manifest, BlockWriter(path))
    journal.commit(*town.drain())
    town.transfer(15, 16, 1, 1000, TransferCode.ASSIGN)
    journal.commit(*town.drain())
    journal.close()
    assert verify(path).clean
    db = sqlite3.connect(path)
    assert db.execute("DELETE FROM balance WHERE account = 15 AND instrument = 1 AND posted = 0").rowcount == 1
    db.commit()
    db.close()
    assert [(f.code, f.key) for f in verify(path).findings] == [("BAL-DIFF", (15, 1))]


def test_every_added_row_is_found(hand):
    rng = random.Random(6)
    for table, keys in KEYS.items():
        row = rng.choice(hand.rows(table))
        added = {**row, keys[0]: max(r[keys[0]] for r in hand.rows(table)) + 1}
        key = tuple(added[k] for k in keys)
        hand.edit((f'INSERT INTO "{table}" VALUES ({",".join("?" * len(added))})', tuple(added.values())))
        assert any(f.table == table and set(key) <= set(f.key) for f in hand.findings()), (table, key)


def test_two_swapped_rows_are_found(hand):
    rng = random.Random(7)
    for table, keys in KEYS.items():
        rows = hand.rows(table)
        if len(rows) < 2:
            continue
        for _ in range(5):
            a, b = rng.sample(rows, 2)
            rest = [c for c in COLUMNS[table] if c not in keys]
            if all(a[c] == b[c] for c in rest):
                continue
            put = f'UPDATE "{table}" SET {", ".join(f"{c} = ?" for c in map(repr, rest))} WHERE {where(keys)}'.replace(
                "'", '"'
            )
            hand.edit(*((put, (*(x[c] for c in rest), *(y[k] for k in keys))) for x, y in ((a, b), (b, a))))
            named = {(f.table, f.key) for f in hand.findings()}
            assert {(table, tuple(x[k] for k in keys)) for x in (a, b)} <= named


def test_every_flipped_byte_of_a_block_is_found_by_its_event(hand):
    rng = random.Random(8)
    blocks = [Block(**row) for row in hand.rows("block")]
    for _ in range(500):
        block = rng.choice(blocks)
        at = rng.randrange(len(block.body))
        body = bytearray(block.body)
        body[at] ^= rng.randrange(1, 256)
        hand.edit(("UPDATE block SET body = ? WHERE number = ?", (bytes(body), block.number)))
        found = hand.findings("chain")
        seqs = {f.seq for f in found if f.code == "EV-SUM"}
        assert event_of(block, at) in seqs, (block.number, at, found)
        assert any(f.code == "EV-HASH" and f.key == (block.number,) for f in found)


def event_of(block, at):
    """Return the seq of the event to which a byte of a block belongs, a payload's length included."""
    if at < block.n * RECORD.itemsize:
        return block.first_seq + at // RECORD.itemsize
    notes = block.records["seq"][block.records["kind"] == RecordKind.NOTE]
    end = block.n * RECORD.itemsize
    for seq, payload in zip(notes, block.payloads, strict=True):
        end += 4 + len(payload)
        if at < end:
            return int(seq)
    raise AssertionError(at)


def test_a_cut_tail_is_found_by_the_head_and_with_the_head_edited_only_by_who_wrote_it_down(hand):
    *_, before, last = [Block(**row) for row in hand.rows("block")]
    head = last.hash.hex()
    cut = ("DELETE FROM block WHERE number = ?", (last.number,))
    hand.edit(cut)
    assert {f.code for f in hand.findings("chain")} == {"EV-HEAD"}
    new_head = (before.number, before.first_seq + before.n - 1, before.t, before.hash)
    edit = ("UPDATE run SET head_number = ?, head_seq = ?, head_t = ?, head_hash = ?", new_head)
    gone = [(f'DELETE FROM "{n}" WHERE seq >= ?', (last.first_seq,)) for n, t in TABLES.items() if "seq" in t.names]
    hand.edit(cut, edit, *gone)
    assert hand.findings("chain") == []
    assert {f.code for f in hand.findings("chain", expect_head=head)} == {"EV-EXPECT"}
    assert {f.code for f in hand.findings("replay")} == {"BAL-DIFF", "STAND-DIFF"}


def test_the_head_somebody_wrote_down_may_be_its_first_16_digits(sound):
    head = verify(sound, "chain").head
    assert verify(sound, "chain", expect_head=head[:16].upper()).clean
    assert not verify(sound, "chain", expect_head=head[:15]).clean
    assert not verify(sound, "chain", expect_head="0" * 64).clean


def test_a_rewritten_block_with_a_new_hash_breaks_the_chain_after_it(hand):
    blocks = [Block(**row) for row in hand.rows("block")]
    records = blocks[1].records.copy()
    records["amount"][5] += 1
    forged = seal(blocks[0].prev, blocks[0], blocks[1].t, records, blocks[1].payloads)
    assert forged.hash == block_hash(blocks[0].prev, forged)
    hand.edit(("UPDATE block SET body = ?, hash = ? WHERE number = 2", (forged.body, forged.hash)))
    assert [(f.code, f.key) for f in hand.findings("chain")] == [("EV-PREV", (3,))]


def test_broken_numbers_of_a_block_are_named(hand):
    for column, value, code in (
        ("first_seq", 9, "EV-GAP"),
        ("n", 10**9, "EV-PAYLOAD"),
        ("n", -1, "EV-PAYLOAD"),
        ("t", 1, "EV-HASH"),
        ("prev", b"x", "EV-PREV"),
    ):
        hand.edit((f"UPDATE block SET {column} = ? WHERE number = 2", (value,)))
        assert (code, (2,)) in {(f.code, f.key) for f in hand.findings("chain")}, column


def test_the_schema_is_compared_letter_for_letter(hand):
    for statement, name in (
        ("CREATE TABLE extra (x)", "extra"),
        ("DROP VIEW posting", "posting"),
        ("DROP TABLE trade", "trade"),
        ("ALTER TABLE fact ADD COLUMN x INTEGER", "fact"),
        ("CREATE INDEX i ON trade (t)", "i"),
        ("PRAGMA application_id = 7", "application_id"),
        ("PRAGMA user_version = 7", "user_version"),
    ):
        hand.edit((statement, ()))
        found = hand.findings("file")
        assert [(f.code, f.key) for f in found] == [("SCHEMA", (name,))], statement
    shutil.copyfile(hand.sound, hand.path)
    db = sqlite3.connect(hand.path)
    db.execute("DROP TRIGGER block_no_delete")
    db.close()
    assert [f.key for f in hand.findings("file")] == [("block_no_delete",)]


def test_a_missing_table_is_a_finding_not_a_crash(hand):
    for table in COLUMNS:
        if table == "block":
            continue  # its guards go with it
        hand.edit((f'DROP TABLE "{table}"', ()))
        assert ("SCHEMA", (table,)) in {(f.code, f.key) for f in hand.findings("invariants")}, table


def test_a_blank_page_anywhere_is_a_finding_or_a_file_that_cannot_be_read(hand):
    raw = hand.sound.read_bytes()
    outcomes = set()
    size = int.from_bytes(raw[16:18], "big")
    for page in range(0, len(raw), size):
        hand.path.write_bytes(raw[:page] + bytes(size) + raw[page + size :])
        try:
            found = hand.findings("invariants")
            assert found, page
            outcomes |= {f.code for f in found}
        except RunError as error:
            outcomes.add(str(error).partition(": ")[2][:26])
    assert {"FILE", "the ledger cannot be read:"} <= outcomes


def test_what_is_no_ledger_cannot_be_read(tmp_path):
    path = tmp_path / "ledger.db"
    with pytest.raises(RunError, match="no such ledger"):
        verify(path)
    for text in ("this is a letter, not a ledger, " * 100, ""):
        path.write_text(text)
        for reader in (verify, verify_in_worker):
            with pytest.raises(RunError, match="cannot be read"):
                reader(path)


def test_the_worker_says_the_same(sound):
    assert verify_in_worker(sound, "chain") == verify(sound, "chain")


def test_a_reader_that_dies_is_said_not_waited_for(sound):
    told = []

    def ask():
        try:
            verify_in_worker(sound)
        except RunError as error:
            told.append(str(error))

    asking = threading.Thread(target=ask)
    asking.start()
    while not (children := multiprocessing.active_children()):
        time.sleep(0.001)
    children[0].kill()
    asking.join()
    assert len(told) == 1
    assert "died with exit code -9" in told[0]


def test_the_guards_refuse_ordinary_edits_of_blocks(sound, tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copyfile(sound, path)
    db = sqlite3.connect(path)
    for statement, why in (
        ("UPDATE block SET t = 0 WHERE number = 1", "never changed"),
        ("DELETE FROM block", "never deleted"),
        ("INSERT OR REPLACE INTO block SELECT * FROM block WHERE number = 1", "never replaced"),
    ):
        with pytest.raises(sqlite3.IntegrityError, match=why):
            db.execute(statement)
    db.close()


def test_findings_speak_both_languages_and_only_known_codes(hand):
    hand.edit(
        ("UPDATE balance SET posted = posted + 1 WHERE account = 15 AND instrument = 0", ()),
        ("DELETE FROM trade WHERE seq IN (SELECT max(seq) FROM trade)", ()),
        ("UPDATE run SET head_seq = 3", ()),
    )
    report = verify(hand.path)
    assert {f.code for f in report.findings} == {"BAL-DIFF", "TRADE-DIFF", "EV-HEAD"} <= set(CODES)
    texts = {lang: [f.text(lang) for f in report.findings] for lang in ("zh", "en")}
    assert any("balance(15, 0)" in t and "stored" in t for t in texts["en"])
    assert any("balance（15, 0）" in t and "回放" in t for t in texts["zh"])
    assert report.summary("en").startswith("corrupt: 3 findings")
    assert "3" in report.summary("zh")
    assert verify(hand.sound).summary("en").startswith("clean: ")


def test_a_flood_of_findings_is_counted_not_listed():
    notes = Notebook()
    for seq in range(LISTED_MAX + 5):
        notes.add("TIME", seq=seq)
    assert (len(notes.findings), notes.more()) == (LISTED_MAX, {"TIME": 5})
