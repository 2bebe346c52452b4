"""SQLite and PostgreSQL hold the same ledger: same head, same tables, same findings, same refusals."""

from __future__ import annotations

import pytest
from tests.sizes import cases

from ecomarket.errors import RunError
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.statement import statement
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import reading
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.tables import TABLES
from ecomarket.ledger.verify import verify
from ecomarket.ledger.worker import verify_in_worker

TOWNS = cases(3, 20)


def dump(place):
    with reading(place) as shelf:
        tables = {name: reader.rows(shelf, table) for name, table in TABLES.items()}
        return reader.run_rows(shelf), list(reader.blocks(shelf)), tables


@pytest.mark.parametrize("seed", TOWNS.numbers)
def test_the_same_town_is_the_same_ledger_in_both(make, tmp_path, database, seed, record_property):
    file, run = tmp_path / "ledger.db", f"{database}#town-{seed}"
    _, one = make(file, seed, days=4)
    _, other = make(run, seed, days=4)
    assert one.head == other.head
    assert dump(file) == dump(run)
    assert dump(file)[2]["trade"]
    record_property("towns", 1)


def test_it_verifies_reads_and_states_accounts(make, place):
    town, journal = make(place, 4)
    report = verify_in_worker(place)
    assert (report.findings, report.head, report.level) == ([], journal.head.hex(), "invariants")
    assert verify(place, "chain", expect_head=journal.head.hex()).clean
    with open_ledger(place) as ledger:
        assert (ledger.events, ledger.head) == (journal.events, journal.head.hex())
        assert (ledger.balances() == journal.replay.balances).all()
        assert len(ledger.load().records) == journal.events
        person = next(a.code for a in ledger.accounts.values() if a.account == town.people[0])
    assert {line.closing for line in statement(place, person)} <= set(journal.replay.balances[..., 0].ravel().tolist())


def test_what_is_there_is_gone_on_with(towns, manifest, place):
    town, journal = towns(), Journal(manifest, BlockWriter(place))
    journal.commit(*town.day(30))
    journal.close()
    journal.sink = BlockWriter(place, append=True)
    journal.commit(*town.day(30))
    journal.close()
    report = verify(place)
    assert (report.findings, report.head) == ([], journal.head.hex())


def test_a_moment_stays_a_moment_while_the_run_goes_on(towns, manifest, place):
    town, journal = towns(), Journal(manifest, BlockWriter(place))
    journal.commit(*town.day(30))
    with open_ledger(place) as ledger:
        before = ledger.events, ledger.table("trade"), ledger.balances()
        for _ in range(3):
            journal.commit(*town.day(30))
        assert ledger.events == before[0] < journal.events
        assert ledger.table("trade") == before[1]
        assert (ledger.balances() == before[2]).all()
        assert len(ledger.load().records) == before[0]
    with open_ledger(place) as ledger:
        assert ledger.events == journal.events
    journal.close()


def test_there_is_nothing_where_nothing_was_written(place):
    with pytest.raises(RunError, match="no such ledger"):
        verify(place)
    with pytest.raises(RunError, match="no such ledger"):
        BlockWriter(place, append=True)


def test_a_block_of_which_a_row_is_refused_is_not_there_at_all(make, towns, manifest, place):
    town, journal = towns(), Journal(manifest, BlockWriter(place))
    journal.commit(*town.day(30))
    head = journal.head.hex()
    sink, journal.sink = journal.sink, None
    block = journal.commit(*town.day(30))
    with pytest.raises(RunError, match="block 2 cannot be written"):
        sink.write(block, {"close": [(9, 0, 0, 1, 7, 1, 7)], "fact": [(None,) * len(TABLES["fact"].columns)]})
    sink.close()
    report = verify(place)
    assert (report.findings, report.head) == ([], head)
