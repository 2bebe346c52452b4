"""Balances are written every so many events: who reads a ledger in between, or goes on with it, is told no less."""

from __future__ import annotations

import sqlite3

import pytest
from tests.ledger.store.test_both import dump

from ecomarket.errors import RunError
from ecomarket.ledger import journal as journals
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.rebuild import rebuild
from ecomarket.ledger.resume import Rejoin, stored_run
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import reading
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.verify import verify

DAYS = 6


@pytest.fixture
def died(towns, manifest, place, monkeypatch):
    """The function that leaves six days of a process that died; balances are written `every` so many events."""

    def died(every):
        """Return the days and the journal."""
        monkeypatch.setattr(journals, "BALANCES_EVERY", every)
        town, journal = towns(3), Journal(manifest, BlockWriter(place))
        days = [town.day(30) for _ in range(DAYS)]
        for day in days:
            journal.commit(*day)
        journal.sink.close()
        return days, journal

    return died


def standing(place):
    with reading(place) as shelf:
        return reader.standing(shelf), len(list(reader.unstood(shelf)))


def balances(place):
    with open_ledger(place) as ledger:
        return ledger.balances()


def in_the_fourth(towns):
    """Return the number of an event of the fourth day."""
    town = towns(3)
    return int([town.day(30) for _ in range(4)][-1][1]["seq"][0])


def whole(place, manifest, days):
    """Write the same days to the end, and return all that is then there."""
    journal = Journal(manifest, BlockWriter(place))
    for day in days:
        journal.commit(*day)
    journal.close()
    return dump(place)


def test_balances_are_written_when_the_events_pass_a_multiple(died, place, towns):
    died(in_the_fourth(towns))
    assert standing(place) == (4, DAYS - 4)


def test_a_reader_is_told_every_balance_before_it_is_written(died, place):
    _, journal = died(10**9)
    assert standing(place) == (0, DAYS)
    assert dump(place)[2]["balance"] == []
    assert (balances(place) == journal.replay.balances).all()
    assert verify(place).findings == []


def test_what_stands_early_is_carried_on_from_there(died, place, towns):
    _, journal = died(in_the_fourth(towns))
    with open_ledger(place) as ledger:
        assert ledger.table("balance")[1] == journal.replay.balance_rows() != dump(place)[2]["balance"]
    assert verify(place).findings == []


def test_rebuilding_writes_the_balances_of_a_run_that_stopped(died, place, manifest, tmp_path):
    days, _ = died(10**9)
    done = rebuild(place)
    assert done.report.clean
    assert standing(place) == (DAYS, 0)
    assert dump(place) == whole(tmp_path / "whole.db", manifest, days)
    assert rebuild(place).rows is None


@pytest.mark.parametrize("more", [0, 1])
def test_a_run_gone_on_with_ends_with_every_balance(died, towns, place, manifest, tmp_path, more):
    """Also when nothing was left to do but to write them: what moved while blocks were compared is not forgotten."""
    died(in_the_fourth(towns))
    town = towns(3)
    days = [town.day(30) for _ in range(DAYS + more)]
    journal = Journal(manifest, Rejoin(place, stored_run(place)))
    for day in days:
        journal.commit(*day)
    journal.close()
    assert standing(place) == (DAYS + more, 0)
    assert dump(place) == whole(tmp_path / "whole.db", manifest, days)
    assert verify(place).clean


def test_after_a_commit_that_failed_the_balances_stay_as_they_stood(towns, manifest, place):
    town, sink = towns(3), BlockWriter(place)
    journal = Journal(manifest, sink)
    journal.commit(*town.day(30))

    class Full:
        def __getattr__(self, name):
            return getattr(sink, name)

        def write(self, block, rows):
            raise RunError("full", "满")

    journal.sink = Full()
    with pytest.raises(RunError, match="full"):
        journal.commit(*town.day(30))
    journal.close()
    assert standing(place) == (0, 1)
    assert verify(place).findings == []
    assert balances(place).any()


@pytest.mark.incoherent("the row is edited by hand")
@pytest.mark.parametrize(
    ("edit", "keys"),
    [
        ("UPDATE standing SET block = block - 1", {(1,)}),
        ("UPDATE standing SET block = 99", {(1,)}),
        ("UPDATE standing SET seq = seq + 1", {(1,)}),
        ("UPDATE standing SET id = 2", {(1,), (2,)}),
        ("DELETE FROM standing", {(1,)}),
        ("INSERT INTO standing SELECT 2, block, seq FROM standing", {(2,)}),
    ],
)
def test_an_edit_of_where_balances_stand_is_found(make, tmp_path, edit, keys):
    path = tmp_path / "ledger.db"
    make(path, 3)
    with sqlite3.connect(path) as file:
        file.execute(edit)
    file.close()
    assert {f.key for f in verify(path).findings if f.code == "STAND-DIFF"} == keys


@pytest.mark.incoherent("the row is edited by hand")
def test_balances_that_do_not_fit_where_they_stand_are_found(make, tmp_path):
    """Somebody says they were written a day earlier, in both columns, and leaves the balances as they are."""
    path = tmp_path / "ledger.db"
    make(path, 3)
    with sqlite3.connect(path) as file:
        ((number, first),) = file.execute("SELECT number, first_seq FROM block ORDER BY number DESC LIMIT 1").fetchall()
        file.execute("UPDATE standing SET block = ?, seq = ?", (number - 1, first - 1))
    file.close()
    assert {f.code for f in verify(path).findings} == {"BAL-DIFF"}
