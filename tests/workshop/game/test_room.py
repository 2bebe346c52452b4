"""A room with its engine thread: many callers at once, one order of things."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from ecomarket.scenario.states import load_whole
from ecomarket.workshop.game import room as room_module
from ecomarket.workshop.game.again import play_again
from ecomarket.workshop.game.room import Frame, Room
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.plan.load import room_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SCENARIO = load_whole("classroom-permits", ())
PLAN = room_plan(SCENARIO)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room.open(SCENARIO, PLAN, 3, tmp_path / "room")
    opened.start()
    while opened.snapshot(None)["m"]["clock"]["kind"] != "trade":
        number = opened.snapshot(None)["m"]["clock"]["phase"]
        assert opened.facilitate({"id": f"n{number}", "type": "phase.next"}).result().ok
    yield opened
    opened.close()
    assert opened.failure is None


def sell(seat: str, number: int) -> dict[str, Any]:
    return {"id": f"{seat}{number}", "type": "order.place", "market": 1, "side": "sell", "price": "5000", "quantity": "0.001"}  # fmt: skip


def test_many_callers_are_each_answered_once_and_nothing_is_lost(room: Room) -> None:
    seats = [seat.code for seat in room.seats]
    for seat in seats:
        room.drive(seat, True).result()

    def some(seat: str) -> list[Any]:
        answers = [room.submit(seat, sell(seat, n // 2)) for n in range(40)]  # each of them twice
        return [answer.result(120) for answer in answers]

    with ThreadPoolExecutor(len(seats)) as pool:
        told = dict(zip(seats, pool.map(some, seats), strict=True))
    for seat, replies in told.items():
        assert replies[::2] == replies[1::2]
        made = {reply.body["events"][0]["made"] for reply in replies if reply.ok}
        assert len(made) == 20
        until(lambda seat=seat, made=made: {order["order"] for order in room.snapshot(seat)["me"]["orders"]} >= made)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds: a frame comes each second."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.02)


def test_frames_come_numbered_and_hold_nothing_of_others(room: Room) -> None:
    frames: list[Frame] = []
    stop = room.listen(frames.append)
    for seat in ("A1", "B1"):
        room.drive(seat, True).result()
    room.facilitate({"id": "m", "type": "message", "to": "A1", "text": "for you alone"}).result()
    until(lambda: len(frames) >= 3 and any("for you alone" in f.own["A1"].decode() for f in frames))
    stop()
    assert [f.seq for f in frames] == list(range(frames[0].seq, frames[0].seq + len(frames)))
    assert not any("for you alone" in part.decode() for f in frames for part in (f.shared, f.own["B1"]))
    newest = json.loads(frames[-1].shared)
    assert newest["clock"]["kind"] == "trade"
    assert newest["markets"][0]["m"] == 1
    assert [line["seq"] for line in room.history(frames[0].seq)] == [f.seq for f in frames[1:]]


def test_a_closed_room_cancels_what_waits_and_can_be_taken_up(room: Room, tmp_path: Path) -> None:
    room.drive("A1", True).result()
    made = room.submit("A1", sell("A1", 1)).result()
    room.close()
    assert room.submit("A1", sell("A1", 2)).cancelled()
    again = Room.open(SCENARIO, PLAN, 3, tmp_path / "room")
    again.start()
    clock = again.snapshot(None)["m"]["clock"]
    assert (clock["kind"], clock["paused"]) == ("trade", True)
    assert again.submit("A1", sell("A1", 1)).result() == made
    assert again.submit("A1", sell("A1", 3)).result().body["code"] == "PAUSED"
    assert again.snapshot("A1")["me"]["driver"] == "person"
    again.close()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Return what has to be set before the world comes nearer to the end of a phase that is cut short."""
    opened, rush = threading.Event(), Session.rush
    monkeypatch.setattr(Session, "rush", lambda session: rush(session) if opened.is_set() else True)
    monkeypatch.setattr(room_module, "RUSH_S", 0.0)
    return opened


def test_a_phase_cut_short_is_played_out_while_others_are_answered(tmp_path: Path, gate: threading.Event) -> None:
    """The answer comes with the next phase; till then the clock says so and decisions wait. The ledger is the same."""
    (tmp_path / "beside").mkdir()
    beside = Session(SCENARIO, PLAN, 3, tmp_path / "beside")
    opened = Room.open(SCENARIO, PLAN, 3, tmp_path / "room")  # its clock stands: only what is asked moves it
    while not beside.clock.is_last:
        n, trades = beside.clock.number, beside.clock.phase.kind == "trade"
        following = {"id": f"n{n}", "type": "phase.next"}
        assert beside.facilitate(following).ok
        asked = [opened.facilitate(following) for _ in range(2)]
        if trades:
            for kind in ("phase.next", "clock.pause", "room.end"):
                assert opened.facilitate({"id": f"{kind}{n}", "type": kind}).result(60).body["code"] == "RUSHED"
            assert opened.submit("A1", sell("A1", n)).result(60).body["code"] == "RUSHED"
            assert opened.facilitate({"id": f"m{n}", "type": "message", "to": "all", "text": "wait"}).result(60).ok
            until(lambda: opened.snapshot(None)["m"]["clock"].get("rushed") is True)
            assert opened.snapshot("A1")["can"]["trade"]["code"] == "RUSHED"
            assert not any(answer.done() for answer in asked)
        gate.set()
        assert all(answer.result(120).ok for answer in asked)
        gate.clear()
        assert opened.session.clock.number == n + 1
        assert opened.session.rushed_from is None
    assert beside.ended is not None
    assert opened.session.ended is not None
    assert opened.session.ended.head == beside.ended.head
    beside.leave()
    opened.close()
    assert opened.failure is None
    (tmp_path / "spare").mkdir()
    again = play_again(tmp_path / "room", SCENARIO, PLAN, 3, tmp_path / "spare")
    assert again.same, again.first


def test_a_room_that_ends_while_a_phase_is_played_out_was_not_asked_to(tmp_path: Path, gate: threading.Event) -> None:
    opened = Room.open(SCENARIO, PLAN, 3, tmp_path / "room")
    while opened.session.clock.phase.kind != "trade":
        assert opened.facilitate({"id": f"n{opened.session.clock.number}", "type": "phase.next"}).result(120).ok
    number = opened.session.clock.number
    cut = opened.facilitate({"id": "cut", "type": "phase.next"})
    until(lambda: opened.snapshot(None)["m"]["clock"].get("rushed") is True)
    opened.close()
    assert cut.cancelled()
    again = Room.open(SCENARIO, PLAN, 3, tmp_path / "room")
    clock = again.snapshot(None)["m"]["clock"]
    assert (clock["phase"], clock["paused"], "rushed" in clock) == (number, True, False)
    gate.set()
    assert again.facilitate({"id": "cut", "type": "phase.next"}).result(120).ok
    assert again.session.clock.number == number + 1
    again.close()
    assert again.failure is None
