"""PostgreSQL in particular: many runs in one schema, one writer each, guards, what an edit there looks like."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from tests.postgres import Server

from ecomarket.errors import RunError
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.verify import verify


@pytest.fixture(scope="module")
def edited(server):
    server.database("edited")
    return "edited"


@pytest.fixture
def own(server, edited):
    """The name of a database that holds no ledger yet."""
    server.ask(edited, "DROP SCHEMA IF EXISTS ecomarket CASCADE")
    return edited


def test_runs_of_one_schema_do_not_see_each_other(make, server, own):
    url = server.address(own)
    heads = {name: make(f"{url}#{name}", seed)[1].head.hex() for seed, name in enumerate(("a", "b", "c"))}
    assert {name: verify(f"{url}#{name}").head for name in heads} == heads
    assert all(verify(f"{url}#{name}").clean for name in heads)
    assert server.ask(own, "SELECT count(DISTINCT run) FROM ecomarket.trade") == [(3,)]


def test_writers_who_begin_at_once_in_an_empty_database_do_not_disturb_each_other(make, server, own):
    url, seeds, together = server.address(own), range(1, 5), Barrier(4)

    def write(seed):
        together.wait()
        return make(f"{url}#writer-{seed}", seed)[1].head.hex()

    with ThreadPoolExecutor(len(seeds)) as pool:
        heads = list(pool.map(write, seeds))
    assert heads == [make(None, seed)[1].head.hex() for seed in seeds]
    found = [verify(f"{url}#writer-{seed}") for seed in seeds]
    assert [(each.head, each.clean) for each in found] == [(head, True) for head in heads]


def test_a_run_done_again_stands_before_the_earlier_one_which_is_kept(make, server, own):
    place = f"{server.address(own)}#again"
    make(place, 1)
    _, second = make(place, 2)
    assert verify(place).head == second.head.hex()
    assert server.ask(own, "SELECT count(*) FROM ecomarket.run WHERE name = 'again'") == [(2,)]


def test_a_run_has_one_writer(towns, manifest, server, own):
    place = f"{server.address(own)}#one"
    town, journal = towns(), Journal(manifest, BlockWriter(place))
    journal.commit(*town.day(20))
    with pytest.raises(RunError, match="somebody else is writing this run"):
        BlockWriter(place, append=True)
    journal.close()
    BlockWriter(place, append=True).close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ecomarket.block SET t = 0 WHERE number = 1",
        "DELETE FROM ecomarket.block",
        "TRUNCATE ecomarket.block",
        "INSERT INTO ecomarket.block SELECT * FROM ecomarket.block ON CONFLICT (run, number) DO UPDATE SET t = 0",
    ],
)
def test_the_guards_refuse_ordinary_edits_of_blocks(make, server, database, statement):
    make(f"{database}#guarded", 1, days=1)
    with pytest.raises(psycopg.errors.RaiseException, match="never changed or deleted"):
        server.ask("ledgers", statement)


@pytest.mark.parametrize(
    ("edit", "code", "table"),
    [
        ("UPDATE balance SET posted = posted + 1 WHERE account = 15 AND instrument = 0", "BAL-DIFF", "balance"),
        ("DELETE FROM trade WHERE seq = (SELECT max(seq) FROM trade)", "TRADE-DIFF", "trade"),
        ("INSERT INTO fact SELECT run, 900000, t, code, account, instrument, period, amount, extra FROM fact LIMIT 1", "FACT-DIFF", "fact"),
        ("UPDATE participant SET code = 'X' WHERE account = 16", "PART-DIFF", "participant"),
        ("UPDATE run SET head_seq = 3", "EV-HEAD", "run"),
        ("UPDATE run SET manifest = '{}'", "EV-GENESIS", "run"),
        ("SET session_replication_role = replica; UPDATE block SET body = overlay(body placing 'x'::bytea from 99) WHERE number = 2", "EV-SUM", "block"),
        ("SET session_replication_role = replica; DELETE FROM block WHERE number = 3", "EV-GAP", "block"),
        ("ALTER TABLE block DISABLE TRIGGER block_no_change", "SCHEMA", "sqlite_schema"),
        ("DROP TRIGGER block_no_truncate ON block", "SCHEMA", "sqlite_schema"),
        ("CREATE OR REPLACE FUNCTION block_is_kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", "SCHEMA", "sqlite_schema"),
        ("ALTER TABLE fact ADD COLUMN x integer", "SCHEMA", "sqlite_schema"),
        ("DROP VIEW posting", "SCHEMA", "sqlite_schema"),
        ("CREATE TABLE extra (x integer)", "SCHEMA", "sqlite_schema"),
        ("UPDATE alembic_version SET version_num = 'v1'", "SCHEMA", "sqlite_schema"),
        ("DROP TABLE trade CASCADE", "SCHEMA", "sqlite_schema"),
    ],
)  # fmt: skip
def test_what_was_edited_is_named(make, server, own, edit, code, table):
    place = f"{server.address(own)}#edited"
    make(place, 5, 4, 60)
    assert verify(place).clean
    with psycopg.connect(host=str(server.folder), user="clerk", dbname=own, options="-csearch_path=ecomarket") as file:
        file.execute(edit)
    assert (code, table) in {(f.code, f.table) for f in verify(place).findings}


def test_a_server_that_is_gone_is_one_clear_error_and_keeps_what_was_committed(towns, manifest):
    server = Server()
    try:
        place = f"{server.database('gone')}#town"
        town, journal = towns(), Journal(manifest, BlockWriter(place))
        journal.commit(*town.day(30))
        journal.commit(*town.day(30))
        head = journal.head.hex()
        server.kill()
        with pytest.raises(RunError, match=r"#town: block 3 cannot be written: [^\n]+$"):
            journal.commit(*town.day(30))
        journal.close()
        with pytest.raises(RunError, match="cannot be read"):
            verify(place)
        server.restart()
        report = verify(place)
        assert (report.findings, report.head) == ([], head)
    finally:
        server.remove()


def test_what_is_no_database_of_ours_is_said_in_one_sentence(make, server, own, monkeypatch):
    with pytest.raises(RunError, match="no such ledger"):
        verify(f"{server.address(own)}#nobody")
    make(f"{server.address(own)}#somebody", 1, days=1)
    with pytest.raises(RunError, match="no such ledger"):
        verify(f"{server.address(own)}#nobody")
    with pytest.raises(RunError, match="expected the run's name after '#'"):
        verify(server.address(own))
    for place in ("postgresql://clerk@/nothing?host=/nowhere#x", f"{server.address('nothing')}#x"):
        with pytest.raises(RunError, match=r"cannot be created: [^\n]+$"):
            BlockWriter(place)
    with pytest.raises(RunError, match="expected none, or postgresql"):
        verify("mysql://clerk@/nothing#x")
    with pytest.raises(RunError, match=r"host:port|invalid|port"):
        BlockWriter("postgresql://clerk@localhost:door/nothing#x")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RunError, match=r"pip install 'ecomarket\[postgres\]'"):
        verify(f"{server.address(own)}#somebody")


def test_a_password_is_never_told(server, make):
    place = f"{server.address('nothing').replace('clerk@', 'clerk:secret@')}#x"
    with pytest.raises(RunError) as told:
        make(place)
    assert "secret" not in str(told.value)
    assert "clerk@" in str(told.value)


def test_names_of_runs_may_be_any_words(make, server, own):
    place = f'{server.address(own)}#a\'b "c" 青海-s1'
    _, journal = make(place, 1, days=1)
    with open_ledger(place) as ledger:
        assert ledger.head == journal.head.hex()
