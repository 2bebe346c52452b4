"""Two ledgers are compared event by event: how far they agree, and what each tells next."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sizes import SOAK

from ecomarket.cli._shell import shell
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.diff import diff
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.model.codes import RecordKind
from ecomarket.model.stated import NoteCode


@pytest.fixture(scope="module")
def write(towns, manifest, tmp_path_factory):
    """Write a town of three days, changed on the way and cut into blocks at other places; return its folder."""

    def write(change=lambda records, payloads: None, cuts=(), text=manifest):
        folder = tmp_path_factory.mktemp("town")
        town, rows, payloads, last = towns(4), [], [], 0
        for _ in range(3):
            last, records, told = town.day(30)
            records["other"] += np.where(records["kind"] == RecordKind.NOTE, len(payloads), 0)
            rows.append(records)
            payloads += told
        records = np.concatenate(rows)
        change(records, payloads)
        journal = Journal(text, BlockWriter(folder / "ledger.db"))
        for part in np.split(np.arange(len(records)), cuts):
            own = records[part].copy()
            notes = own["kind"] == RecordKind.NOTE
            mine = [payloads[k] for k in own["other"][notes]]
            own["other"][notes] = np.arange(len(mine))
            journal.commit(last if part[-1] == len(records) - 1 else int(own["t"][-1]), own, mine)
        journal.close()
        return folder

    return write


def compare(one, other):
    with open_ledger(one / "ledger.db") as a, open_ledger(other / "ledger.db") as b:
        return diff(a, b)


def call(*words):
    done = CliRunner().invoke(shell, ["ledger", "diff", *map(str, words)])
    return done.exit_code, done.output


@settings(max_examples=200 if SOAK else 15, deadline=None)
@given(data=st.data())
def test_the_first_changed_event_is_named_however_the_blocks_are_cut(write, data):
    """The oracle: the record or payload that was changed, and nothing before it."""
    seen = {}
    cuts = st.lists(st.integers(1, 120), unique=True, max_size=5).map(sorted)

    def change(records, payloads):
        facts = np.flatnonzero(np.isin(records["kind"], [RecordKind.FACT, RecordKind.CLOSE, RecordKind.NOTE])).tolist()
        row = data.draw(st.sampled_from(facts[1:]))
        seen["seq"] = row + 1
        if records["kind"][row] == RecordKind.NOTE:
            told = json.loads(payloads[records["other"][row]])
            payloads[records["other"][row]] = canonical({**told, "zh": "另一个", "beneficiary": "nobody"})
        else:
            records["amount"][row] += 1

    one, other = write(cuts=data.draw(cuts)), write(change, data.draw(cuts))
    found = compare(one, other)
    assert found.events == seen["seq"] - 1
    assert int(found.one.record["seq"]) == int(found.other.record["seq"]) == seen["seq"]
    assert not found.same
    back = compare(other, one)
    assert (back.events, back.one.payload, back.other.payload) == (found.events, found.other.payload, found.one.payload)


def test_the_same_run_twice_is_the_same(write):
    one, other = write(), write()
    assert compare(one, other).same
    code, text = call(one, other)
    assert code == 0
    assert "the same" in text


def test_other_blocks_with_the_same_events_are_told(write):
    code, text = call(write(), write(cuts=(40, 70)))
    assert code == 1
    assert "other blocks" in text


def test_one_that_ends_early_agrees_to_its_end(write, make, tmp_path):
    for days in (2, 4):
        (tmp_path / str(days)).mkdir()
        make(tmp_path / str(days) / "ledger.db", 8, days, 30)
    short, long = tmp_path / "2", tmp_path / "4"
    found = compare(short, long)
    with open_ledger(short / "ledger.db") as ledger:
        assert (found.events, found.t) == (ledger.events, int(ledger.load().records["t"][-1]))
    assert found.one is None
    assert int(found.other.record["seq"]) == found.events + 1
    code, text = call(short, long)
    assert code == 1
    assert f"ends here, after event {found.events}" in text


def test_other_manifests_with_the_same_events_are_not_the_same_run(write, manifest):
    other = write(text=canonical({**json.loads(manifest), "seed": 2, "more": "x"}))
    found = compare(write(), other)
    assert found.manifest == {"seed": (1, 2), "more": (None, "x")}
    assert not found.same
    code, text = call(write(), other)
    assert code == 1
    assert "differ in seed: 1 and 2" in text


def test_both_events_stand_in_words_and_in_the_document(write):
    def change(records, payloads):
        row = np.flatnonzero(records["kind"] == RecordKind.TRANSFER)[0]
        records["amount"][row] += 10_000

    one, other = write(), write(change)
    code, text = call(one, other)
    assert code == 1
    assert "A 11 2024-01-01  0:00:00  transfer · opening balance  WORLD -> P15  100,000.00 CNY" in text
    assert "B 11 2024-01-01  0:00:00  transfer · opening balance  WORLD -> P15  100,001.00 CNY" in text
    code, text = call(one, other, "--json")
    document = json.loads(text)
    assert (document["same"], document["events"]) == (False, 10)
    assert [e["amount"] for e in document["next"]] == [10**9, 10**9 + 10_000]
    assert code == 1


def test_runs_that_part_at_once(make, towns, manifest, write, tmp_path):
    journal = Journal(manifest, BlockWriter(tmp_path / "ledger.db"))
    town = towns(1)
    town.rows, town.payloads, town.seq = [], [], 0
    town.note(NoteCode.RUN_STARTED, {"start": "2023-01-01"})
    journal.commit(*town.drain())
    journal.close()
    code, text = call(tmp_path, write())
    assert code == 1
    assert "part at the first event" in text
    assert "2023-01-01" in text


def started(records, payloads):
    """Give a run another digest, which stands in its first note."""
    at = records["other"][0]
    payloads[at] = canonical({**json.loads(payloads[at]), "digest": "of another scenario"})


def test_the_note_with_the_digest_does_not_hide_where_the_rules_begin_to_tell(write):
    def change(records, payloads):
        started(records, payloads)
        records["fee_buy"][np.flatnonzero(records["kind"] == RecordKind.TRADE)[0]] += 1

    trade = int(np.flatnonzero(kinds_of(write()) == RecordKind.TRADE)[0]) + 1
    for cuts in ((), (1,), (3, trade)):
        code, text = call(write(), write(change, cuts))
        assert code == 1
        assert "differs in digest; apart from it" in text
        assert f"they agree up to event {trade - 1} (" in text
        assert f"A {trade} " in text
    code, text = call(write(), write(change), "--json")
    document = json.loads(text)
    assert (document["same"], document["events"], document["after_start"]["events"]) == (False, 0, trade - 1)
    one, other = document["after_start"]["next"]
    assert other["fee_buy"] == one["fee_buy"] + 1


def kinds_of(folder):
    with open_ledger(folder / "ledger.db") as ledger:
        return ledger.load().records["kind"]


def test_runs_that_differ_in_nothing_but_their_digest_are_not_the_same(write):
    one, other = write(), write(started)
    code, text = call(one, other)
    assert code == 1
    with open_ledger(one / "ledger.db") as ledger:
        assert text.rstrip().endswith(f"the same {ledger.events} events")


@pytest.mark.incoherent("an order holds more than it can cost")
def test_events_that_read_alike_are_told_apart_by_their_fields(write):
    def change(records, payloads):
        records["hold"][np.flatnonzero(records["kind"] == RecordKind.ORDER_ACCEPTED)[0]] += 7

    code, text = call(write(), write(change))
    assert code == 1
    one, two = (line.split(maxsplit=1)[1] for line in text.splitlines() if line.startswith(("  A ", "  B ")))
    assert one == two
    field = next(line for line in text.splitlines() if line.startswith("  in hold: "))
    held = [int(word) for word in field.split() if word.isdigit()]
    assert held[1] == held[0] + 7


def test_what_cannot_be_read_is_exit_2(write, tmp_path):
    (tmp_path / "ledger.db").write_text("this is no database")
    for words in ((write(), tmp_path), (tmp_path / "nowhere", write())):
        code, text = call(*words)
        assert code == 2, text
