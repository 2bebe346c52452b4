"""Records become history: numbered, timed, chained, and equal to what the town's own books say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.errors import IntegrityError, RunError
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.model.record import RECORD
from ecomarket.model.stated import NoteCode


def books(town, replay):
    a, i = replay.balances.shape[:2]
    return np.array([[[town.posted[x, y], town.held[x, y]] for y in range(i)] for x in range(a)])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), days=st.integers(1, 4), steps=st.integers(1, 60), people=st.integers(2, 6))
def test_replay_agrees_with_the_towns_books(make, seed, days, steps, people):
    town, journal = make(None, seed, days, steps, people=people)
    replay = journal.replay
    assert (replay.balances == books(town, replay)).all()
    open_ids = sorted({*town.orders, *(h for h, own in town.holds.items() if own[2])})
    assert replay.open_holds().tolist() == open_ids
    for o, own in town.orders.items():
        assert replay.holds[o][["account", "traded", "side", "price", "lots", "held"]].tolist() == tuple(own)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), days=st.integers(1, 4), steps=st.integers(1, 60))
def test_a_written_ledger_verifies_and_its_head_is_that_of_a_run_without_database(
    make, tmp_path_factory, seed, days, steps
):
    path = tmp_path_factory.mktemp("town") / "ledger.db"
    town, journal = make(path, seed, days, steps)
    report = verify(path)
    assert report.findings == []
    assert report.level == "invariants"
    assert report.events == town.seq == journal.events
    assert report.head == journal.head.hex() == make(None, seed, days, steps)[1].head.hex()


def test_what_was_told_is_remembered(make):
    _, journal = make(None, 3, 4, 120)
    replay = journal.replay
    assert replay.started["scenario"] == "town"
    assert replay.closes.tolist() == [0, 10_001, 10_002, 10_003]
    assert set(replay.obligations.values()) == {(50, 30, 20, 7)}
    assert replay.participants[15][2:] == ("P15", "enterprise", "Plant 15", "工厂15", "QH")


def test_another_manifest_or_an_earlier_commit_makes_another_head(towns, manifest):
    heads = set()
    for text, cut in ((manifest, False), (canonical({"seed": 2}), False), (manifest, True)):
        town, journal = towns(1), Journal(text)
        assert journal.head == journal.genesis
        if cut:
            journal.commit(*town.drain())
        journal.commit(*town.day(20))
        heads.add(journal.head)
    assert len(heads) == 3


def test_nothing_to_commit_is_no_block(towns, manifest):
    journal = Journal(manifest)
    assert journal.commit(0, np.zeros(0, RECORD), []) is None
    assert journal.commit(*towns().drain()).number == 1
    assert not Replay().apply(np.zeros(0, RECORD), []).rows


def refused(towns, manifest, change, match):
    town, journal = towns(), Journal(manifest)
    t, records, payloads = town.day(20)
    t, records, payloads = change(t, records, payloads) or (t, records, payloads)
    with pytest.raises(IntegrityError, match=match):
        journal.commit(t, records, payloads)


def setter(field, row, value):
    def change(t, records, payloads):
        records[field][row] = value

    return change


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (setter("seq", 3, 5), "numbered from 1"),
        (setter("t", 3, 5), "time falls"),
        (setter("t", 0, -1), "time falls"),
        (lambda t, r, p: (t - 10**9, r, p), "lie after"),
        (lambda t, r, p: (t, r, p[:-1]), "one to one"),
        (setter("other", 0, 1), "one to one"),
        (lambda t, r, p: (t, r, [b"{}" if k else b'{"a":1.5}' for k in range(len(p))]), "not canonical"),
        (setter("kind", -1, 99), "unknown kind 99"),
        (setter("kind", -1, -3), "unknown kind -3"),
        (
            lambda t, r, p: setter("counter", np.flatnonzero(r["kind"] == RecordKind.TRANSFER)[0], -1)(t, r, p),
            "no account",
        ),
        (
            lambda t, r, p: setter("amount", np.flatnonzero(r["kind"] == RecordKind.TRANSFER)[1], -5000)(t, r, p),
            "NONNEG account 15",
        ),
    ],
)
def test_what_is_not_legal_does_not_become_history(towns, manifest, change, match):
    refused(towns, manifest, change, match)


def test_registration_is_once_and_complete(towns, manifest):
    for payload, match in (
        ({"account": 15, "code": "X", "kind": "k", "en": "x", "zh": "x"}, "registered twice"),
        ({"account": True, "code": "X", "kind": "k", "en": "x", "zh": "x"}, "no integer 'account'"),
        ({"account": 99, "code": 5, "kind": "k", "en": "x", "zh": "x"}, "no text 'code'"),
    ):
        town = towns()
        town.note(NoteCode.PARTICIPANT_REGISTERED, payload)
        with pytest.raises(IntegrityError, match=match):
            Journal(manifest).commit(*town.drain())


def test_ids_come_from_a_counter_and_worlds_fit_the_memory(towns, manifest):
    town = towns()
    town.ids = 10**9
    town.hold(15, 1, 5)
    with pytest.raises(IntegrityError, match="id out of range"):
        Journal(manifest).commit(*town.drain())
    town = towns()
    town.note(NoteCode.RUN_STARTED, {"accounts": 10**6, "instruments": 10**6})
    with pytest.raises(IntegrityError, match="do not fit"):
        Journal(manifest).commit(*town.drain())


@pytest.mark.parametrize(
    "payload",
    [
        {"accounts": "many"},
        {"instruments": -1},
        {"caps": 5},
        {"caps": [5]},
        {"caps": [{"instruments": 5}]},
        {"caps": [{"instruments": [-1], "cap_lots": 1, "from": 0, "to": 1}]},
        {"caps": [{"instruments": [1], "cap_lots": "1", "from": 0, "to": 1}]},
        {"caps": [{"instruments": [1], "cap_lots": 1, "from": 0}]},
    ],
)
def test_a_start_that_cannot_be_read_is_refused(towns, manifest, payload):
    town = towns()
    town.note(NoteCode.RUN_STARTED, payload)
    with pytest.raises(IntegrityError, match="start of the run"):
        Journal(manifest).commit(*town.drain())


def test_a_closing_price_of_nothing_is_refused(towns, manifest):
    town = towns()
    town.emit(RecordKind.CLOSE, instrument=-1)
    with pytest.raises(IntegrityError, match="price of nothing"):
        Journal(manifest).commit(*town.drain())


def test_balances_grow_when_a_record_asks_for_more(manifest):
    records = np.zeros(1, RECORD)
    records[0] = np.void(
        (1, 0, 0, 0, 0, 7, 0, 0, 0, 40, 0, 30, RecordKind.TRANSFER, TransferCode.ISSUE, 0, 0, 0), dtype=RECORD
    )
    journal = Journal(manifest)
    journal.commit(0, records, [])
    assert journal.replay.balances.shape == (31, 41, 2)
    assert journal.replay.balances[30, 40, 0] == 7


def test_a_writer_takes_only_a_new_file_it_can_write(tmp_path, make):
    path = tmp_path / "ledger.db"
    make(path, days=1)
    with pytest.raises(RunError, match="already"):
        BlockWriter(path)
    with pytest.raises(RunError, match=r"E702 .*cannot be written"):
        BlockWriter(tmp_path / "nowhere" / "ledger.db")


def test_a_full_disk_is_one_clear_error_and_keeps_what_was_committed(tmp_path, towns, manifest):
    path = tmp_path / "ledger.db"
    writer = BlockWriter(path)
    town, journal = towns(), Journal(manifest, writer)
    journal.commit(*town.day(30))
    head = journal.head.hex()
    ((pages,),) = writer._shelf.connection.exec_driver_sql("PRAGMA page_count").all()
    writer._shelf.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(RunError, match=r"E701 .*the disk is full"):
        journal.commit(*town.day(2000))
    journal.close()
    journal.close()
    report = verify(path)
    assert (report.clean, report.head) == (True, head)
