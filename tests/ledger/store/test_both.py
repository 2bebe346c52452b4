"""SQLite and PostgreSQL hold the same ledger: same head, same tables, same findings, same refusals."""

from __future__ import annotations

from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import reading
from ecomarket.ledger.tables import TABLES
from ecomarket.ledger.verify import verify


def dump(place):
    with reading(place) as shelf:
        return reader.run_rows(shelf), list(reader.blocks(shelf)), {n: reader.rows(shelf, t) for n, t in TABLES.items()}


def test_the_same_town_is_the_same_ledger_in_both(make, tmp_path, database):
    _, one = make(tmp_path / "ledger.db", 3)
    _, other = make(f"{database}#town", 3)
    assert one.head == other.head
    assert dump(tmp_path / "ledger.db") == dump(f"{database}#town")


def test_it_verifies(make, place):
    _, journal = make(place, 4)
    report = verify(place)
    assert report.findings == []
    assert report.head == journal.head.hex()
    with open_ledger(place) as ledger:
        assert ledger.events == journal.events
