"""One bit is changed anywhere in a sealed file: it is always found, by its page, and by its row or event if it has one.

SQLite itself is the judge: it reads the flipped file from memory, and where it sees one row differ, that row must be the
one that is named. `dbstat` tells which page belongs to which table.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter

import pytest
from tests.ledger.proof.hands import KEYS, rows
from tests.ledger.test_tamper import event_of
from tests.sizes import cases

from ecomarket.ledger.block import Block
from ecomarket.ledger.findings import Notebook
from ecomarket.ledger.seal import read_seal, seal_path
from ecomarket.ledger.seal_check import check_pages
from ecomarket.ledger.store.sqlite import PAGE_BYTES as PAGE
from ecomarket.ledger.verify import verify

FLIPS = cases(1_000, 98_304)
STRIDE = 7_919
"""A prime: flip n is in byte n times this of the file, so that no byte is tried twice, and any run of flips lies all over."""


def read(data, table):
    """Return the rows of a table by rank, as SQLite reads them from a file in memory; None if it cannot."""
    db = sqlite3.connect(":memory:")
    db.text_factory = bytes
    try:
        db.deserialize(data)
        return db.execute(f'SELECT * FROM "{table}"').fetchall()
    except sqlite3.Error:
        return None
    finally:
        db.close()


def owners(path):
    """Return which table each page belongs to, by SQLite's own account."""
    db = sqlite3.connect(path)
    found = dict(db.execute("SELECT pageno, name FROM dbstat").fetchall())
    db.close()
    return found


def flipped(data, at, bit):
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


def findings(data, own):
    notes = Notebook()
    check_pages(data, own, notes)
    return notes.findings


@pytest.fixture(scope="module")
def own(sealed):
    return read_seal(seal_path(sealed)).file


def test_flips_are_all_found_and_named(sealed, own, record_property):
    data, said = sealed.read_bytes(), Counter()
    assert len(data) % STRIDE
    assert FLIPS.whole <= len(data)
    tables = owners(sealed)
    sound = {t: read(data, t) for t in KEYS}
    keys = {t: [tuple(r[k] for k in KEYS[t]) for r in rows(sealed, t)] for t in KEYS}
    blocks = {r["number"]: Block(**r) for r in rows(sealed, "block")}
    for flip in FLIPS.numbers:
        at = flip * STRIDE % len(data)
        changed = flipped(data, at, random.Random(flip).randrange(8))
        (found,) = findings(changed, own)
        page = at // PAGE + 1
        assert (found.code, found.values["page"], found.values["byte"]) == ("PAGE", page, at)
        assert found.table == tables.get(page, "")
        assert (found.values["was"], found.values["now"]) == (data[at], changed[at])
        said[found.values["what"]] += 1
        if found.table in sound:
            judge(found, read(changed, found.table), sound[found.table], keys[found.table], blocks)
    assert {"PAGE-EVENT", "PAGE-ROW", "PAGE-SPACE"} <= set(said)
    assert sum(said.values()) == len(FLIPS.numbers)
    record_property("flips", FLIPS.told)


def judge(found, now, before, keys, blocks):
    """Compare what is named with the one row that SQLite sees differ, if it sees one."""
    if now is None or len(now) != len(before):
        return
    unlike = [k for k, (a, b) in enumerate(zip(before, now, strict=True)) if a != b]
    if not unlike:
        return
    if len(unlike) == 1:
        assert found.key == keys[unlike[0]], found
    old, new = before[unlike[0]][-1], now[unlike[0]][-1]
    # a row whose head is damaged may have no body at all
    if found.table == "block" and len(unlike) == 1 and isinstance(new, bytes) and len(new) == len(old):
        places = [k for k in range(len(old)) if old[k] != new[k]]
        if len(places) == 1:
            assert found.seq == event_of(blocks[found.key[0]], places[0]), found


def test_where_sqlite_sees_no_row_differ_none_is_lost(sealed, own):
    """The other way round: a row that SQLite reads otherwise is never called free space."""
    data, rng = sealed.read_bytes(), random.Random(f"rows {FLIPS.numbers.start}")
    sound = {t: read(data, t) for t in KEYS}
    tables = owners(sealed)
    seen = 0
    for _ in FLIPS.numbers:
        at = rng.randrange(len(data))
        table = tables.get(at // PAGE + 1)
        if table not in sound or at % PAGE < 12:
            continue  # the head of a page belongs to no row, and hides many
        changed = flipped(data, at, rng.randrange(8))
        if (now := read(changed, table)) is not None and now != sound[table]:
            (found,) = findings(changed, own)
            overflow = found.values["what"] == "PAGE-SPACE"
            assert not overflow, (at, found)
            seen += 1
    assert seen > len(FLIPS.numbers) // 8


@pytest.mark.parametrize("table", ["transfer", "fact", "balance", "participant"])
def test_every_byte_of_a_row_and_of_the_pointer_to_it_names_the_row(sealed, own, table):
    """Read by hand: a leaf's pointers stand in order of key; a cell goes from where its pointer points to the next cell."""
    data = sealed.read_bytes()
    keys = [tuple(r[k] for k in KEYS[table]) for r in rows(sealed, table)]
    db = sqlite3.connect(sealed)
    query = "SELECT pageno, ncell FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path"
    leaves = db.execute(query, (table,)).fetchall()
    db.close()
    seen = 0
    for page, cells in leaves:
        base = (page - 1) * PAGE
        starts = [int.from_bytes(data[base + 8 + 2 * k : base + 10 + 2 * k], "big") for k in range(cells)]
        for k, key in enumerate(keys[seen : seen + cells]):
            end = min((s for s in starts if s > starts[k]), default=PAGE)
            last = starts[k] if table == "balance" else end - 1  # a balance that was changed may leave a gap
            for at in (8 + 2 * k, 9 + 2 * k, starts[k], last):
                (found,) = findings(flipped(data, base + at, k % 8), own)
                assert (found.table, found.key) == (table, key), (page, at)
        seen += cells
    assert seen == len(keys)


def test_verify_finds_them_through_the_whole_path(sealed, tmp_path):
    data, rng = sealed.read_bytes(), random.Random(f"path {FLIPS.numbers.start}")
    path = tmp_path / "ledger.db"
    seal_path(path).write_bytes(seal_path(sealed).read_bytes())
    places = [rng.randrange(len(data)) for _ in range(len(FLIPS.numbers) // 20)] + [0, 16, 18, 40, 95, 100, 105]
    for at in places:
        path.write_bytes(flipped(data, at, rng.randrange(8)))
        report = verify(path)
        (page,) = [f for f in report.findings if f.code == "PAGE"]
        assert page.values["byte"] == at
        assert (page.values["what"] == "PAGE-HEADER") == (at < 100)
        assert all(f.text(lang) for f in report.findings for lang in ("zh", "en"))


def test_more_than_one_byte_names_page_table_and_rows(sealed, own):
    data = bytearray(sealed.read_bytes())
    for page, table in owners(sealed).items():
        changed = bytearray(data)
        for k in range(3):
            changed[(page - 1) * PAGE + 700 + 911 * k] ^= 0x55
        (found,) = findings(bytes(changed), own)
        assert (found.values["page"], found.table) == (page, table)
        assert found.values.get("what", "PAGE") in ("PAGE", "PAGE-WHOLE")
        if found.key:
            assert "/".join(map(str, found.key)) == found.values["first"]


def test_two_pages_are_two_findings_and_each_names_its_row(sealed, own):
    data = sealed.read_bytes()
    tables = owners(sealed)
    trade, fact = (next(p for p, t in tables.items() if t == name) for name in ("transfer", "fact"))
    changed = flipped(flipped(data, trade * PAGE - 3, 2), fact * PAGE - 3, 1)
    found = findings(changed, own)
    assert [(f.table, f.values["what"]) for f in found] == [("transfer", "PAGE-EVENT"), ("fact", "PAGE-EVENT")]


def test_a_page_of_noise_is_found_and_the_rest_still_told(sealed, own):
    rng, data = random.Random(9), sealed.read_bytes()
    for page in range(0, len(data), PAGE):
        noise = data[:page] + rng.randbytes(PAGE) + data[page + PAGE :]
        found = findings(flipped(noise, (page + 2 * PAGE) % len(data) + 50, 0), own)
        assert {f.values["page"] for f in found} >= {page // PAGE + 1}
        assert len(found) == 2


def test_a_file_cut_or_lengthened_is_found(sealed, own, tmp_path):
    path, data = tmp_path / "ledger.db", sealed.read_bytes()
    seal_path(path).write_bytes(seal_path(sealed).read_bytes())
    for changed in (data[:-PAGE], data[: len(data) // 2], data + bytes(PAGE), data[:-1], data + b"x"):
        path.write_bytes(changed)
        found = verify(path).findings
        assert ("PAGE", "PAGE-COUNT") in {(f.code, f.values.get("what")) for f in found}
