"""Old ledgers are read as they are for ever; to be written they are brought up to date; projections are rebuilt."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.ledger.store.test_both import dump

from ecomarket.errors import RunError
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.rebuild import rebuild
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.migrations.journal import SQLITE_JOURNAL
from ecomarket.ledger.store.places import reading
from ecomarket.ledger.store.schema import SCHEMA, SCHEMA_VERSION
from ecomarket.ledger.store.sqlite import OLDEST
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.tables import TABLES
from ecomarket.ledger.verify import verify

DATA = Path(__file__).parents[2] / "data"


class Golden(NamedTuple):
    """A ledger kept for ever (tests/data/README.md): its version, head hash and SHA-256, and a table it does not know."""

    version: int
    head: str
    digest: str
    strange: str
    events: int = 476


GOLDEN = {
    "ledger-v2.db": Golden(
        2,
        "95248d0a8d8f45f227e8f1993a7b1c87ffec814021de8dc990cb82d5452a3356",
        "4cda4af5323dd49efc63b347f3ddf13490307327b5214693f2aa6fcf504729e4",
        "alembic_version",
    ),
    "ledger-v3.db": Golden(
        3,
        "cee302cb3ef601fb9903e32eaba5fe7612d233d86418a359c0f17339be1443e6",
        "bb8947c698adf15cbf45e4444091fa9ea68fd0200a7f5e7c2cd686910727f3d7",
        "stranger",
    ),
    "ledger-v4.db": Golden(
        4,
        "562f7054c7bdd8666417ca23b15606f2f302d818c70e72b36c3d9956ad73f925",
        "0a0fe9cb668cdfbc427962435e72c7854c74c4ba121ca3995854d716835c2907",
        "stranger",
        494,
    ),
    "ledger-v5.db": Golden(
        5,
        "562f7054c7bdd8666417ca23b15606f2f302d818c70e72b36c3d9956ad73f925",
        "8717f73af588012a765eeb037ef9889d25dd8bc361f7194ec150d6806686cd34",
        "stranger",
        494,
    ),
}
OLD = [name for name, golden in GOLDEN.items() if golden.version < SCHEMA_VERSION]


def schema(path):
    with reading(path) as shelf:
        return reader.schema(shelf)


def bare(path):
    """What an old file is besides its number: SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_version_has_its_file_as_it_was_written():
    assert {p.name: bare(p) for p in DATA.glob("ledger-*.db")} == {name: g.digest for name, g in GOLDEN.items()}
    assert [golden.version for golden in GOLDEN.values()] == list(range(OLDEST, SCHEMA_VERSION + 1))


@pytest.mark.parametrize("name", GOLDEN)
def test_an_old_ledger_verifies_and_is_not_touched(name):
    path = DATA / name
    before = bare(path)
    report = verify(path)
    assert (report.findings, report.head, report.level) == ([], GOLDEN[name].head, "invariants")
    with open_ledger(path) as ledger:
        assert ledger.events == GOLDEN[name].events
        assert ledger.balances().sum(axis=0)[:, 0].tolist() == [0] * 4
        assert ledger.load().records["seq"].tolist() == list(range(1, GOLDEN[name].events + 1))
    assert bare(path) == before


@pytest.mark.parametrize("name", GOLDEN)
def test_an_edit_of_an_old_ledger_is_found(name, tmp_path):
    path = Path(shutil.copy(DATA / name, tmp_path))
    with sqlite3.connect(path) as file:
        file.execute("UPDATE balance SET posted = posted + 1 WHERE account = 15 AND instrument = 0")
        file.execute(f"CREATE TABLE {GOLDEN[name].strange} (version_num TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
    file.close()
    found = {(f.code, f.key) for f in verify(path).findings}
    assert found == {("BAL-DIFF", (15, 0)), ("SCHEMA", (GOLDEN[name].strange,))}


@pytest.mark.parametrize("name", OLD)
def test_rebuilding_brings_an_old_ledger_up_to_date(name, tmp_path, make):
    path = Path(shutil.copy(DATA / name, tmp_path))
    with open_ledger(path) as ledger:
        events = ledger.load().records.tobytes()
    done = rebuild(path)
    assert done.report.clean
    assert done.rows == sum(len(rows) for rows in dump(path)[2].values())
    make(tmp_path / "new.db", 1, days=1)
    assert schema(path) == schema(tmp_path / "new.db") == SCHEMA
    with open_ledger(path) as ledger:
        assert ledger.load().records.tobytes() == events
    report = verify(path)
    assert (report.findings, report.head) == ([], GOLDEN[name].head)
    assert rebuild(path).rows is None


@pytest.mark.parametrize("name", OLD)
def test_an_old_ledger_is_gone_on_with_only_after_it_is_rebuilt(name, tmp_path):
    path = Path(shutil.copy(DATA / name, tmp_path))
    with pytest.raises(RunError, match="run `ecomarket ledger rebuild` first"):
        BlockWriter(path, append=True)
    assert verify(path).findings == []
    rebuild(path)
    BlockWriter(path, append=True).close()
    assert verify(path).findings == []


def test_the_present_version_is_gone_on_with_at_once(tmp_path):
    name = next(name for name, golden in GOLDEN.items() if golden.version == SCHEMA_VERSION)
    path = Path(shutil.copy(DATA / name, tmp_path))
    assert rebuild(path).rows is None
    BlockWriter(path, append=True).close()
    report = verify(path)
    assert (report.findings, report.head) == ([], GOLDEN[name].head)


def test_what_a_version_brought_is_never_edited():
    """A new version adds to the list; whoever changes what is there makes every older file look forged."""
    text = "\0".join(f"{since} {name} {statement}" for since, name, statement in SQLITE_JOURNAL if since <= 3)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "69dd890d53ff370e"


def broken(place, server, *statements):
    if isinstance(place, Path):
        with sqlite3.connect(place) as file:
            for statement in statements:
                file.execute(statement)
        file.close()
    else:
        server.ask("ledgers", *(f"SET search_path = ecomarket; {s}" for s in statements))


def test_projections_are_rebuilt_from_the_journal(make, place, server):
    make(place, 7, 4, 60)
    sound = dump(place)
    assert rebuild(place).rows is None
    own = (
        "" if isinstance(place, Path) else f" AND run = (SELECT max(id) FROM run WHERE name = '{place.split('#')[1]}')"
    )
    edits = [
        "UPDATE balance SET posted = posted + 1, held = 3 WHERE account = 15" + own,
        "UPDATE trade SET price = price + 1 WHERE 1 = 1" + own,
        *(f'DELETE FROM "{name}" WHERE 1 = 1{own}' for name in TABLES if name not in ("balance", "trade")),
    ]
    broken(place, server, *edits)
    done = rebuild(place)
    assert {f.code for f in done.report.findings} == {t.finding for t in TABLES.values()}
    assert done.rows == sum(len(rows) for rows in sound[2].values())
    assert done.version == SCHEMA_VERSION
    assert dump(place) == sound
    assert verify(place).clean


@pytest.mark.incoherent("the tables are set back by hand")
def test_tables_of_an_earlier_version_verify_until_they_are_brought_up_to_date(make, server):
    """What a program of version 3 left in PostgreSQL: no registry_act, its own revision, runs of its number."""
    place = server.database("earlier") + "#town"
    make(place, 7, 4, 60)
    head = verify(place).head
    back = (
        "DROP TABLE registry_act",
        "DROP TABLE standing",
        "UPDATE alembic_version SET version_num = 'v3'",
        "UPDATE run SET version = 3",
    )
    server.ask("earlier", *(f"SET search_path = ecomarket; {s}" for s in back))
    assert (verify(place).findings, verify(place).head) == ([], head)
    done = rebuild(place)
    assert (done.report.clean, done.version) == (True, 3)
    report = verify(place)
    assert (report.findings, report.head, rebuild(place).rows) == ([], head, None)


def test_a_lost_table_and_a_strange_one_are_put_right(make, tmp_path):
    path = tmp_path / "ledger.db"
    make(path, 7)
    sound = dump(path)
    broken(
        path,
        None,
        "DROP VIEW posting",
        "DROP TABLE trade",
        "CREATE TABLE extra (x)",
        "ALTER TABLE fact ADD COLUMN x INTEGER",
    )
    assert {f.key[0] for f in rebuild(path).report.findings} == {"posting", "trade", "extra", "fact"}
    assert dump(path) == sound
    assert schema(path) == SCHEMA


@pytest.mark.incoherent("the journal is broken by hand")
@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE run SET head_seq = 3",
        "DROP TRIGGER block_no_delete",
        "DROP TRIGGER block_no_update; UPDATE block SET t = 1 WHERE number = 2",
    ],
)
def test_nothing_is_built_on_a_journal_that_is_not_sound(make, tmp_path, edit):
    path = tmp_path / "ledger.db"
    make(path, 7)
    broken(path, None, *edit.split("; "))
    before = bare(path)
    with pytest.raises(RunError, match="the journal is not sound"):
        rebuild(path)
    assert bare(path) == before
