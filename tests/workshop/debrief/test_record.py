"""What a room's log tells: phases, real time, changes that stood, who acted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.errors import EcomarketError
from ecomarket.units import DAY
from ecomarket.workshop.debrief.happened import read_room
from ecomarket.workshop.debrief.record import Record, Slot, Step, read_record
from ecomarket.workshop.debrief.surveys import surveys

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


def test_a_practice_says_nothing_of_the_run(room):
    record = read_room(*room()).record
    assert all(2400 <= s <= 4440 for _, s in record.timed)


def test_only_a_card_that_was_played_changed_something(room):
    changes = read_room(*room()).record.changes
    assert [(c.said["card"], c.t, c.s) for c in changes] == [("fine-up", 121 * DAY, 3110.0)]


def test_a_card_of_the_practice_is_no_change(tmp_path):
    both = {"en": "x", "zh": "y"}
    lines = [
        {"n": 1, "s": 0, "t": 5, "phase": 0, "round": "practice", "step": {"kind": "card", "card": "c", "name": both}},
        {"n": 2, "s": 9, "t": 6, "phase": 0, "round": "practice", "step": {"kind": "card-played", "of": 1}},
    ]
    (tmp_path / "commands.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read_record(tmp_path).changes == []


def test_a_room_that_never_said_keeps_its_ranking_hidden(tmp_path):
    (tmp_path / "commands.jsonl").write_text('{"n":1,"s":0,"t":0,"phase":0,"step":{"kind":"mark"}}\n')
    assert read_record(tmp_path).ranking == "hidden"
    assert Record().ranking == "public"


def test_a_torn_last_line_is_left_out_and_a_broken_one_is_told(tmp_path):
    line = json.dumps({"n": 1, "s": 0, "t": 0, "phase": 0, "step": {"kind": "mark"}})
    (tmp_path / "commands.jsonl").write_text(f"{line}\n{line[:20]}")
    assert len(read_record(tmp_path).steps) == 1
    (tmp_path / "commands.jsonl").write_text(f"{line}\n{line[:20]}\n{line}\n")
    with pytest.raises(EcomarketError, match=r"commands\.jsonl:2"):
        read_record(tmp_path)


def test_a_survey_is_counted_once_a_person(tmp_path):
    rows = [{"what": "survey", "person": "p1", "when": "before", "answers": {"q": n}} for n in (0, 2)]
    rows += [{"what": "survey", "person": "p2", "when": "after", "answers": {"q": 1}}, {"what": "join"}, 3]
    (tmp_path / "people.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows) + "{torn", encoding="utf-8")
    found = surveys(tmp_path)
    assert dict(found["q"]["before"]) == {2: 1}
    assert dict(found["q"]["after"]) == {1: 1}
    assert surveys(tmp_path / "nowhere") == {}
