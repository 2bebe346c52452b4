"""What a room's log tells: phases, real time, changes that stood, who acted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workshop.debrief.conftest import write_log

from ecomarket.errors import EcomarketError
from ecomarket.units import DAY
from ecomarket.workshop.debrief.happened import read_room
from ecomarket.workshop.debrief.record import Record, Slot, Step, read_record
from ecomarket.workshop.debrief.surveys import surveys

MARK = {"s": 0, "t": 0, "step": {"kind": "mark"}}
times = st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**6)), min_size=1, max_size=20)


@given(times, st.integers(0, 10**12), st.integers(0, 10**12))
def test_time_in_the_room_never_runs_backwards(pairs, one, other):
    steps = [Step(0, 0, 0.0, 0, True, "phase", "", {"phase": 1})]
    steps += [Step(n, t, float(s), 1, True, "", "A", {}) for n, (t, s) in enumerate(pairs, 1)]
    record = Record(tuple(steps), (Slot("lobby"), Slot("trade", 10**12)))
    first, last = record.seconds(min(one, other)), record.seconds(max(one, other))
    if first is not None and last is not None:
        assert first <= last


def test_a_room_is_read(room):
    happened = read_room(*room())
    record = happened.record
    assert [span.kind for span in record.spans] == [phase.kind for phase in happened.plan.phases]
    assert [span.end_t // DAY for span in record.trading] == [89, 180, 272, 364]
    assert record.seconds(90 * DAY - 1) == 3000
    assert record.seconds(0) == 2400
    assert len(record.acts("A1")) == 2
    assert set(record.people) == {"A1", "D1"}
    assert happened.ranking == "public"


def test_what_was_played_at_once_was_no_rush():
    """A phase cut short jumps to its evening: what was traded in the jump was not traded in its last seconds."""
    begun = Step(1, 0, 10.0, 0, True, "phase", "", {"phase": 1})
    cut = Step(2, 40 * DAY, 30.0, 1, True, "phase", "", {"phase": 2})
    record = Record((begun, cut), (Slot("lobby"), Slot("trade", 90 * DAY - 1), Slot("debrief")))
    (span,) = record.trading
    assert (span.left_t, span.end_t) == (40 * DAY, 90 * DAY - 1)
    assert record.seconds(60 * DAY) == 30.0


def test_a_practice_says_nothing_of_the_run(room):
    record = read_room(*room()).record
    assert all(2400 <= s <= 4440 for _, s in record.timed)


def test_only_a_card_that_was_played_changed_something(room):
    changes = read_room(*room()).record.changes
    assert [(c.said["card"], c.t, c.s) for c in changes] == [("fine-up", 121 * DAY, 3110.0)]


def test_a_card_of_the_practice_is_no_change(tmp_path):
    both = {"en": "x", "zh": "y"}
    lines = [
        {"s": 0, "t": 5, "round": "practice", "step": {"kind": "card", "card": "c", "name": both}},
        {"s": 9, "t": 6, "round": "practice", "step": {"kind": "card-played", "of": 1}},
    ]
    write_log(tmp_path, lines)
    assert read_record(tmp_path).changes == []


def test_a_room_that_never_said_keeps_its_ranking_hidden(tmp_path):
    write_log(tmp_path, [MARK])
    assert read_record(tmp_path).ranking == "hidden"
    assert Record().ranking == "public"


def test_a_torn_last_line_is_left_out_and_a_changed_one_is_told(tmp_path):
    write_log(tmp_path, [MARK, MARK])
    path = tmp_path / "commands.jsonl"
    whole = path.read_text()
    path.write_text(whole + whole[:20])
    assert len(read_record(tmp_path).steps) == 2
    path.write_text(whole.replace('"s":0', '"s":1', 1))
    with pytest.raises(EcomarketError, match="line 1: not what"):
        read_record(tmp_path)


def test_a_survey_is_counted_once_a_person(tmp_path):
    rows = [{"what": "survey", "person": "p1", "when": "before", "answers": {"q": n}} for n in (0, 2)]
    rows += [{"what": "survey", "person": "p2", "when": "after", "answers": {"q": 1}}, {"what": "join"}, 3]
    (tmp_path / "people.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows) + "{torn", encoding="utf-8")
    found = surveys(tmp_path)
    assert dict(found["q"]["before"]) == {2: 1}
    assert dict(found["q"]["after"]) == {1: 1}
    assert surveys(tmp_path / "nowhere") == {}
