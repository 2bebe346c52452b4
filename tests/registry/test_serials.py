"""Serial lots against an oracle that keeps one name for every single lot."""

from __future__ import annotations

import importlib.util
from collections import defaultdict, deque
from unittest.mock import patch

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.errors import RunError
from ecomarket.ledger import serials as serials_module
from ecomarket.ledger.canon import canonical
from ecomarket.ledger.findings import Notebook
from ecomarket.ledger.serials import SerialBook
from ecomarket.ledger.serials_trace import follow, read_lot
from ecomarket.model.codes import SINK_ACCOUNTS, AccountKind, RecordKind, TransferCode
from ecomarket.model.record import RECORD
from ecomarket.model.stated import NoteCode

A, B, C, SINK = 15, 16, 17, int(AccountKind.RETIRED)
ISSUANCE = int(AccountKind.ISSUANCE)
PEOPLE = (A, B, C)


class Story:
    """Writes records and, beside them, moves single lots by name."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, ...]] = []
        self.payloads: list[bytes] = []
        self.owned: dict[tuple[int, int], deque[int]] = defaultdict(deque)
        self.issued: dict[int, int] = defaultdict(int)
        self.way: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
        self.retired: dict[int, tuple[int, int, list[int]]] = {}
        self.balances = np.zeros((18, 4, 2), dtype=np.int64)

    def write(self, kind: int, code: int, instrument: int, account: int, counter: int, order: int, amount: int) -> int:
        row = np.zeros(1, dtype=RECORD)[0]
        row["seq"], row["kind"], row["code"], row["instrument"] = len(self.rows) + 1, kind, code, instrument
        row["account"], row["counter"], row["order"], row["amount"] = account, counter, order, amount
        self.rows.append(row)
        return len(self.rows)

    def pass_on(self, seq: int, giver: int, taker: int, i: int, names: list[int]) -> None:
        self.owned[taker, i].extend(names)
        self.balances[giver, i, 0] -= len(names)
        self.balances[taker, i, 0] += len(names)
        for name in names:
            self.way[i, name].append((seq, giver, taker))

    def issue(self, taker: int, i: int, n: int) -> None:
        seq = self.write(RecordKind.TRANSFER, TransferCode.ISSUE, i, ISSUANCE, taker, 0, n)
        names = list(range(self.issued[i], self.issued[i] + n))
        self.issued[i] += n
        self.pass_on(seq, ISSUANCE, taker, i, names)

    def give(self, giver: int, taker: int, i: int, n: int, *, trade: bool) -> None:
        queue = self.owned[giver, i]
        n = min(n, len(queue))
        if not n or giver == taker:
            return
        if trade:
            seq = self.write(RecordKind.TRADE, 1, i, taker, giver, 0, n)
        else:
            seq = self.write(RecordKind.TRANSFER, TransferCode.ASSIGN, i, giver, taker, 0, n)
        self.pass_on(seq, giver, taker, i, [queue.popleft() for _ in range(n)])

    def retire(self, giver: int, i: int, n: int, number: int) -> None:
        queue = self.owned[giver, i]
        n = min(n, len(queue))
        if not n:
            return
        seq = self.write(RecordKind.TRANSFER, TransferCode.RETIRE, i, giver, SINK, 2024, n)
        names = [queue.popleft() for _ in range(n)]
        self.pass_on(seq, giver, SINK, i, names)
        note = self.write(RecordKind.NOTE, NoteCode.RETIREMENT, i, giver, -1, 0, 0)
        self.rows[note - 1]["other"] = len(self.payloads)
        self.payloads.append(canonical({"retirement": number, "lots": n}))
        self.retired[number] = (giver, i, names)

    def undo(self, number: int) -> None:
        if number not in self.retired:
            return
        giver, i, names = self.retired.pop(number)
        seq = self.write(RecordKind.TRANSFER, TransferCode.REVERSAL, i, SINK, giver, number, len(names))
        for name in names:
            self.owned[SINK, i].remove(name)
        self.pass_on(seq, SINK, giver, i, names)

    def book(self, blocks: int = 1) -> SerialBook:
        book = SerialBook()
        rows = np.array(self.rows, dtype=RECORD)
        at = 0
        for part in np.array_split(rows, blocks):
            notes = int((part["kind"] == RecordKind.NOTE).sum())
            own = part.copy()
            own["other"][own["kind"] == RecordKind.NOTE] -= at
            book.add(own, self.payloads[at : at + notes])
            at += notes
        return book


steps = st.lists(
    st.tuples(
        st.sampled_from(["issue", "give", "give", "trade", "trade", "retire", "undo"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
        st.integers(1, 3),
        st.integers(1, 12),
    ),
    max_size=60,
)


def told(steps: list[tuple[str, int, int, int, int]]) -> Story:
    story = Story()
    for number, (what, a, b, i, n) in enumerate(steps, start=1):
        if what == "issue":
            story.issue(a, i, n)
        elif what in ("give", "trade"):
            story.give(a, b, i, n, trade=what == "trade")
        elif what == "retire":
            story.retire(a, i, n, number)
        else:
            story.undo(min(story.retired, default=0))
    return story


@given(steps, st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_ranges_say_of_every_single_lot_who_holds_it(steps, blocks):
    story = told(steps)
    found = {}
    for row in story.book(blocks).table():
        for lot in range(row["lo"], row["hi"]):
            assert (row["instrument"], lot) not in found
            found[row["instrument"], lot] = row["account"]
    expected = {(i, lot): account for (account, i), lots in story.owned.items() for lot in lots}
    assert found == expected


def uncompiled_kernel():
    """Load the kernel's source once more as ordinary Python."""
    spec = importlib.util.find_spec("ecomarket.ledger.serials_kernel")
    module = importlib.util.module_from_spec(spec)
    numba.config.DISABLE_JIT = True
    try:
        spec.loader.exec_module(module)
    finally:
        numba.config.DISABLE_JIT = False
    return module


PLAIN = uncompiled_kernel()


@given(steps, st.integers(1, 5))
@settings(max_examples=50, deadline=None)
def test_the_source_uncompiled_says_the_same(steps, blocks):
    story = told(steps)
    plain = {name: getattr(PLAIN, name) for name in ("list_ranges", "new_queues", "run_moves")}
    with patch.multiple(serials_module, **plain):
        slow = story.book(blocks).table()
    assert np.array_equal(slow, story.book(blocks).table())


@given(steps)
@settings(max_examples=200, deadline=None)
def test_every_lot_tells_its_whole_way_and_who_shared_it(steps):
    story = told(steps)
    moves = story.book().moves
    for i, issued in story.issued.items():
        own = moves[moves["instrument"] == i]
        for lot in range(issued):
            traced = follow(own, i, lot, "X")
            assert [s[:3] for s in traced.steps] == story.way[i, lot]
            same = {n for n in range(issued) if story.way[i, n] == story.way[i, lot]}
            assert set(range(traced.lo, traced.hi)) <= same
            assert traced.lo <= lot < traced.hi


@given(steps)
@settings(max_examples=100, deadline=None)
def test_ranges_of_a_true_journal_are_whole(steps):
    story, notes = told(steps), Notebook()
    story.book().audit(story.balances, notes)
    assert notes.findings == []


def audit(story: Story) -> list[str]:
    notes = Notebook()
    story.book().audit(story.balances, notes)
    return [f.code for f in notes.findings]


def test_a_balance_that_its_serials_do_not_make_is_found():
    story = told([("issue", A, A, 1, 10), ("give", A, B, 1, 4)])
    story.balances[A, 1, 0] += 1
    assert audit(story) == ["SER-PART"]


def test_a_retirement_undone_twice_is_found():
    story = told([("issue", A, A, 1, 10), ("retire", A, A, 1, 4)])
    number = next(iter(story.retired))
    story.undo(number)
    story.write(RecordKind.TRANSFER, TransferCode.REVERSAL, 1, SINK, A, number, 4)
    assert "ONE-USE" in audit(story)


def test_a_reversal_of_no_retirement_takes_nothing():
    story = told([("issue", A, A, 1, 10), ("retire", A, A, 1, 4)])
    story.write(RecordKind.TRANSFER, TransferCode.REVERSAL, 1, SINK, A, 99, 4)
    assert "ONE-USE" in audit(story)


def test_more_given_than_there_is_is_found():
    story = told([("issue", A, A, 1, 10)])
    story.write(RecordKind.TRANSFER, TransferCode.ASSIGN, 1, A, B, 0, 11)
    assert "ONE-USE" in audit(story)


def test_lots_that_touch_and_belong_together_are_one_range():
    story = told([("issue", A, A, 1, 10), ("issue", A, A, 1, 5), ("give", A, B, 1, 4), ("give", A, B, 1, 4)])
    assert story.book().table()[["lo", "hi", "account"]].tolist() == [(0, 8, B), (8, 15, A)]


def test_what_comes_back_stands_behind_what_stayed():
    story = told([("issue", A, A, 1, 10), ("give", A, B, 1, 4), ("give", B, A, 1, 4), ("give", A, C, 1, 7)])
    assert story.book().table()[["lo", "hi", "account"]].tolist() == [(0, 1, C), (1, 4, A), (4, 10, C)]


def test_a_sink_keeps_events_apart():
    story = told([("issue", A, A, 1, 10), ("retire", A, A, 1, 4), ("retire", A, A, 1, 3)])
    own = story.book().table()
    assert own[own["account"] == SINK][["lo", "hi"]].tolist() == [(0, 4), (4, 7)]
    assert SINK in SINK_ACCOUNTS


@pytest.mark.parametrize("text", ["CEA.2025", "CEA.2025:", ":7", "CEA:-1", "CEA:x", "CEA:1.5"])
def test_what_is_no_lot_is_refused_with_an_example(text):
    with pytest.raises(RunError, match=r"for example CEA\.2025:1204"):
        read_lot(text)


def test_a_lot_that_was_never_issued_is_refused():
    moves = told([("issue", A, A, 1, 10)]).book().moves
    with pytest.raises(RunError, match="lots 0 to 9 were issued"):
        follow(moves, 1, 10, "CEA")
    with pytest.raises(RunError, match="no issue"):
        follow(moves[:0], 1, 0, "CEA")
