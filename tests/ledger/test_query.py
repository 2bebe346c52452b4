"""What a ledger answers: events, names, balances, statements; always as of one event."""

import sqlite3
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.errors import IntegrityError, RunError
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.statement import statement
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.tables import TABLES
from ecomarket.model.codes import AccountKind, RecordKind, TransferCode
from ecomarket.model.stated import NoteCode
from ecomarket.units import DAY


@pytest.fixture(scope="module")
def town(make, tmp_path_factory):
    path = tmp_path_factory.mktemp("query") / "ledger.db"
    town, journal = make(path, 11, 4, 80)
    town.path, town.journal = path, journal
    return town


def test_of_codes_that_differ_by_case_alone_the_one_that_is_written_is_meant(town):
    with open_ledger(town.path) as ledger:
        ledger.accounts[16] = ledger.accounts[16]._replace(code="p15")
        assert [ledger.account(code) for code in ("P15", "p15")] == [15, 16]
        assert ledger.account("p17") == ledger.account("P17") == 17


def test_a_ledger_says_who_and_what_it_is(town):
    with open_ledger(town.path) as ledger:
        assert (ledger.events, ledger.head) == (town.seq, town.journal.head.hex())
        assert ledger.manifest["scenario"] == ledger.started["scenario"] == "town"
        assert ledger.start == date(2024, 1, 1)
        assert ledger.day(40 * DAY) == date(2024, 2, 10)
        assert ledger.time(date(2024, 2, 10)) == 40 * DAY
        assert ledger.accounts[15].name_zh == "工厂15"
        assert ledger.accounts[AccountKind.FEE].code == "FEE"
        assert ledger.instruments[0].name_zh == "资金"
        assert ledger.instruments[2].code == "COD.2"
        assert ledger.account("p15") == 15
        assert ledger.instrument("cny") == 0


def test_events_are_chosen_by_the_beginning_of_a_code_and_by_a_name(town):
    with open_ledger(town.path) as ledger:
        codes = [i.code for i in ledger.instruments.values()]
        assert [codes[k] for k in ledger.listed("cod.")] == [c for c in codes if c.startswith("COD.")] != []
        assert ledger.listed("cod.1") == [ledger.instrument("COD.1")], "a code that is there is meant alone"
        assert ledger.named("工厂15") == ledger.named(ledger.accounts[15].name_en.upper()) == ledger.named("p15") == 15
        alone = [e.record["seq"] for code in codes for e in ledger.select("P15", code) if code.startswith("COD.")]
        assert [e.record["seq"] for e in ledger.select("工厂15", "cod.")] == sorted(alone) != []
        for wrong in ("", "zzz"):
            with pytest.raises(RunError, match="no instrument"):
                ledger.listed(wrong)
        with pytest.raises(RunError, match="no account"):
            ledger.named("工厂")


def test_a_name_that_two_share_is_asked_for_by_code(town):
    with open_ledger(town.path) as ledger:
        ledger.accounts[16] = ledger.accounts[16]._replace(name_zh="工厂15")
        with pytest.raises(RunError, match="no account"):
            ledger.named("工厂15")


def test_an_unknown_name_is_answered_with_near_ones(town):
    with open_ledger(town.path) as ledger:
        with pytest.raises(RunError, match=r"no account 'P151'.*near: .*P15"):
            ledger.account("P151")
        with pytest.raises(RunError, match=r"no instrument 'zzz' in the ledger$"):
            ledger.instrument("zzz")
        with pytest.raises(RunError, match="tables are: trade"):
            ledger.table("order")


def test_every_record_is_loaded_with_its_payloads(town):
    with open_ledger(town.path) as ledger:
        events = ledger.load()
        assert events.records["seq"].tolist() == list(range(1, town.seq + 1))
        notes = events.records["seq"][events.records["kind"] == RecordKind.NOTE]
        assert sorted(events.payloads) == notes.tolist()
        assert events.payloads[1] == canonical(ledger.started)
        assert len(list(ledger.notes(NoteCode.PARTICIPANT_REGISTERED))) == len(town.people)


def test_events_are_chosen_by_account_instrument_kind_and_period(town):
    with open_ledger(town.path) as ledger:
        r = ledger.load().records
        chosen = [e.record["seq"] for e in ledger.select("P15", "COD.1", RecordKind.TRADE, DAY, 3 * DAY)]
        mine = ((r["account"] == 15) | (r["counter"] == 15)) & (r["instrument"] == 1) & (r["kind"] == RecordKind.TRADE)
        expected = r["seq"][mine & (r["t"] >= DAY) & (r["t"] < 3 * DAY)].tolist()
        assert chosen == expected
        assert expected
        assert [e.record["seq"] for e in ledger.select()] == r["seq"].tolist()
        first = next(ledger.select())
        assert first.payload == ledger.started
        assert [e.payload is None for e in ledger.select(kind=RecordKind.CLOSE)] == [True] * 12


def test_a_period_begins_with_its_first_instant_and_ends_before_its_last(town):
    with open_ledger(town.path) as ledger:
        t = ledger.load().records["t"]
        first, last = (int(x) for x in (t[len(t) // 3], t[len(t) // 2]))
        chosen = [int(e.record["t"]) for e in ledger.select(since=first, until=last)]
        assert (chosen[0], len(chosen)) == (first, ((t >= first) & (t < last)).sum())


def test_every_column_of_a_projection_is_what_the_record_says(towns, manifest, tmp_path):
    town = towns()
    common = {"account": 15, "instrument": 2, "order": 202403, "amount": 11, "price": 13}
    town.emit(RecordKind.FACT, code=7, **common)
    town.emit(RecordKind.OBLIGATION, code=2, hold=5, other=6, **common)
    town.emit(RecordKind.CLOSE, venue=3, instrument=2, price=13, amount=11, other=143)
    town.trade(15, 16, 1, 20_000, 3, flags=1)
    town.transfer(15, 16, 1, 4, TransferCode.ASSIGN, 2024)
    journal = Journal(manifest, BlockWriter(tmp_path / "ledger.db"))
    journal.commit(*town.drain())
    journal.close()
    n = town.seq
    with open_ledger(tmp_path / "ledger.db") as ledger:
        tables = {
            name: [dict(zip(c, r, strict=True)) for r in rows][-1]
            for name in TABLES
            for c, rows in [ledger.table(name)]
            if rows
        }
    assert tables["fact"] == {
        "seq": n - 4,
        "t": 0,
        "code": 7,
        "account": 15,
        "instrument": 2,
        "period": 202403,
        "amount": 11,
        "extra": 13,
    }
    assert tables["obligation"] == {
        "seq": n - 3,
        "t": 0,
        "scheme": 2,
        "account": 15,
        "instrument": 2,
        "period": 202403,
        "required": 11,
        "met": 5,
        "shortfall": 6,
        "charge": 13,
    }
    assert tables["close"] == {
        "seq": n - 2,
        "t": 0,
        "venue": 3,
        "instrument": 2,
        "price": 13,
        "lots": 11,
        "turnover": 143,
    }
    assert tables["trade"] == {
        "seq": n - 1,
        "t": 0,
        "venue": 0,
        "instrument": 1,
        "mechanism": 3,
        "buyer": 15,
        "seller": 16,
        "buy_order": 0,
        "sell_order": 0,
        "price": 20_000,
        "lots": 3,
        "fee_buy": 30,
        "fee_sell": 30,
        "flags": 1,
    }
    assert tables["transfer"] == {
        "seq": n,
        "t": 0,
        "code": int(TransferCode.ASSIGN),
        "debit": 15,
        "credit": 16,
        "instrument": 1,
        "amount": 4,
        "reference": 2024,
    }
    assert tables["balance"]["account"] == 20
    assert tables["participant"]["name_en"] == "Plant 20"
    assert tables["instrument"]["lot"] == "0.01"


def test_balances_are_those_of_the_town(town):
    with open_ledger(town.path) as ledger:
        balances = ledger.balances()
    for (a, i), posted in town.posted.items():
        assert balances[a, i].tolist() == [posted, town.held[a, i]]


def test_postings_are_double_entry_and_add_up_to_the_balances(town):
    db = sqlite3.connect(town.path)
    sums = db.execute("SELECT account, instrument, sum(amount) FROM posting GROUP BY 1, 2").fetchall()
    assert {(a, i): s for a, i, s in sums if s} == {k: v for k, v in town.posted.items() if v}
    assert {s for (s,) in db.execute("SELECT sum(amount) FROM posting GROUP BY seq, instrument")} == {0}
    db.close()


def test_a_reader_sees_one_moment_while_the_writer_goes_on(towns, manifest, tmp_path):
    path = tmp_path / "ledger.db"
    town, journal = towns(), Journal(manifest, BlockWriter(path))
    journal.commit(*town.day(20))
    with open_ledger(path) as ledger:
        before = ledger.events
        journal.commit(*town.day(20))
        assert len(ledger.load().records) == before == ledger.events
        assert max(row[0] for row in ledger.table("close")[1]) <= before
    with open_ledger(path) as ledger:
        assert ledger.events == journal.events > before
    journal.close()


def test_a_ledger_that_has_not_started_has_no_first_day(manifest, tmp_path):
    Journal(manifest, BlockWriter(tmp_path / "ledger.db")).close()
    with open_ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.events == 0
        assert ledger.balances().any() == np.False_
        with pytest.raises(RunError, match="no first day"):
            _ = ledger.start


def test_a_ledger_without_its_run_row_is_not_read(town, tmp_path):
    path = tmp_path / "ledger.db"
    path.write_bytes(town.path.read_bytes())
    db = sqlite3.connect(path)
    db.execute("DELETE FROM run")
    db.commit()
    db.close()
    with pytest.raises(RunError, match="names 0 runs"), open_ledger(path):
        pass


def test_a_statement_tells_what_happened_in_each_year(towns, manifest, tmp_path):
    town = towns()
    town.transfer(15, AccountKind.SURRENDER, 1, 30, TransferCode.SURRENDER, 2024)
    town.trade(15, 16, 1, 100, 50)
    town.t = 366 * DAY
    town.trade(16, 15, 1, 200, 20)
    town.transfer(16, 15, 1, 7, TransferCode.ASSIGN)
    town.transfer(15, 17, 1, 2, TransferCode.ASSIGN)
    journal = Journal(manifest, BlockWriter(tmp_path / "ledger.db"))
    journal.commit(*town.drain())
    journal.close()
    lines = statement(tmp_path / "ledger.db", "P15")
    units = [tuple(x)[3:] for x in lines if x.code == "COD.1"]
    assert units == [(0, 1000, 50, 0, 30, 0, 0, 1020), (1020, 0, 0, 20, 0, 7, 2, 1005)]
    cash = [tuple(x)[3:] for x in lines if x.code == "CNY"]
    assert cash[0] == (0, 10**9, 0, 5002, 0, 0, 0, 10**9 - 5002)
    assert cash[1] == (10**9 - 5002, 0, 3998, 0, 0, 0, 0, 10**9 - 1004)
    fees = statement(tmp_path / "ledger.db", "FEE")
    assert [(x.year, x.received, x.closing) for x in fees] == [(2024, 4, 4), (2025, 4, 8)]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), account=st.sampled_from(["P15", "P16", "FEE", "WORLD", "ISSUANCE", "RETIRED"]))
def test_every_statement_adds_up_to_the_balances(make, tmp_path_factory, seed, account):
    path = tmp_path_factory.mktemp("statement") / "ledger.db"
    town, _ = make(path, seed, 3, 60)
    lines = statement(path, account)
    for x in lines:
        assert x.opening + x.issued + x.bought - x.sold - x.retired + x.received - x.given == x.closing
    with open_ledger(path) as ledger:
        who = ledger.account(account)
    closing = {x.instrument: x.closing for x in lines}
    assert all(closing.get(i, 0) == town.posted[who, i] for i in range(4))


def test_a_statement_is_not_made_of_an_edited_balance(town, tmp_path):
    path = tmp_path / "ledger.db"
    path.write_bytes(town.path.read_bytes())
    db = sqlite3.connect(path)
    db.execute("UPDATE balance SET posted = posted + 1 WHERE account = 15 AND instrument = 2")
    db.commit()
    db.close()
    with pytest.raises(IntegrityError, match=r"instruments \[2\]"):
        statement(path, "P15")
