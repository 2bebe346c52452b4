"""A recorded room played again: every public frame byte for byte, and whatever was changed is found."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from ecomarket.cli._ledger_replay import command
from ecomarket.errors import RunError
from ecomarket.workshop.game import room as rooms
from ecomarket.workshop.game.again import Again, play_again
from ecomarket.workshop.game.log import RoomLog, read_log
from ecomarket.workshop.game.published import Published, read_frames
from ecomarket.workshop.game.room import Room
from ecomarket.workshop.plan.card import RoomCard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecomarket.workshop.game.room import Frame
    from ecomarket.workshop.game.session import Line

CARD = RoomCard("classroom-permits", (), 7, "", "K7M3QX", 10)
SCENARIO, PLAN = CARD.load()


@pytest.fixture(autouse=True, scope="module")
def _unhurried() -> Iterator[None]:
    """Let the engine's thread make no frame and no mark by itself: the test says when, however slow the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rooms, "TICK_S", 1e6)
        patch.setattr(rooms, "MARK_S", 1e6)
        yield


class Played:
    """A room with its clock in the hands of the test: what it published is kept as it was heard."""

    def __init__(self, folder: Path) -> None:
        self.room = Room.open(SCENARIO, PLAN, CARD.seed, folder, speed=CARD.speed)
        self.heard: dict[int, bytes] = {}
        self.room.listen(self.hear)
        self.asked = 0

    def hear(self, frame: Frame) -> None:
        self.heard[frame.seq] = frame.shared

    def act(self, kind: str, **more: Any) -> None:
        self.asked += 1
        name = f"{len(self.heard)}.{self.asked}.{self.room.session.published.seq}"
        assert self.room.facilitate({"id": name, "type": kind, **more}).result().ok, kind

    def order(self, seat: str, price: int, side: str = "sell") -> None:
        self.asked += 1
        asked = {
            "id": f"o{self.asked}.{self.room.session.published.seq}",
            "type": "order.place",
            "market": 1,
            "side": side,
        }
        self.room.submit(seat, {**asked, "price": str(price), "quantity": "0.01"}).result()

    def wait(self, seconds: float, frames: int = 2) -> None:
        """Let so much time pass on the wall, a frame after each part of it."""
        for _ in range(frames):
            self.room._ask(lambda: self.room.session.pass_time(seconds / frames)).result()
            self.room._ask(self.room._tick).result()

    def wait_for_the_ranking(self) -> None:
        """Wait until the thread that ranks has said who stands where."""
        until = time.monotonic() + 600
        while not self.room._ask(lambda: self.room.session.standings).result():
            assert time.monotonic() < until
            time.sleep(0.01)


def play(folder: Path) -> dict[int, bytes]:
    """Play a room by bots and a person, killed once; return what everybody saw."""
    CARD.write(folder)
    first = Played(folder)
    first.wait(0.5)
    while first.room.session.clock.phase.kind != "practice":
        first.act("phase.next")
    first.wait(30)
    while first.room.session.clock.phase.kind != "trade":
        first.act("phase.next")
    first.room.drive("A1", True).result()
    for n in range(4):
        first.order("A1", 900 + n)
        first.wait(3)
    first.act("clock.pause")
    first.wait(2)
    first.act("clock.resume")
    first.act("clock.add", minutes=1)
    first.act("shock.apply", card=PLAN.deck[0].code)
    first.wait(0.4)
    first.act("shock.undo")
    first.act("shock.apply", card=PLAN.deck[0].code)
    first.wait(4)
    first.act("message", to="all", text="你好 <b>all</b>")
    first.act("rule.set", policy="permit-compliance", set={"fine_cny": 5})
    first.act("market.halt", seconds=5)
    first.wait(0.3)
    kept = folder.with_name(f"{folder.name}-fell")
    first.room._ask(lambda: shutil.copytree(folder, kept)).result()  # as the disk is when the power fails
    first.room.close()
    shutil.rmtree(folder)
    kept.rename(folder)
    second = Played(folder)
    second.act("clock.resume")
    second.act("ranking", mode="public")
    second.order("A1", 700)
    while second.room.session.clock.phase.kind != "debrief":
        second.wait(60, 3)
        if second.room.session.clock.phase.kind == "talk":
            second.act("phase.next")
    second.wait_for_the_ranking()
    second.wait(1)
    second.room.close()
    assert min(second.heard) == max(first.heard) + 2  # the number between was published before anybody could hear
    return first.heard | second.heard


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, bytes]]:
    folder = tmp_path_factory.mktemp("rooms") / "room"
    return folder, play(folder)


@pytest.fixture
def room(recorded: tuple[Path, dict[int, bytes]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded[0], tmp_path / "room"))


def again(folder: Path, spare: Path) -> Again:
    spare.mkdir()
    return play_again(folder, SCENARIO, PLAN, CARD.seed, spare)


def test_every_public_frame_comes_again(recorded: tuple[Path, dict[int, bytes]], tmp_path: Path) -> None:
    folder, heard = recorded
    kept = {frame.seq: frame.shared for frame in read_frames(folder / "frames.jsonl")}
    assert heard.items() <= kept.items()
    assert len(kept) - len(heard) == 2  # the first of each opening
    events = {event["kind"] for shared in kept.values() for event in json.loads(shared)["events"]}
    assert events >= {"phase", "card", "card-undone", "message", "halt", "ended"}
    assert any(json.loads(shared)["trades"] for shared in kept.values())
    assert any("ranking" in json.loads(shared) for shared in kept.values())
    found = again(folder, tmp_path / "spare")
    assert found.same, found
    assert found.frames == len(kept)
    assert {ledger.world for ledger in found.ledgers} == {"run", "practice"}


def change_log(folder: Path, change: Callable[[Line], Line]) -> None:
    """Write the log anew with lines changed, chained as if nothing had been."""
    lines = [change(line) for line in read_log(folder / "commands.jsonl")]
    (folder / "commands.jsonl").unlink()
    log = RoomLog(folder / "commands.jsonl")
    log.write(lines)
    log.close()


def change_frames(folder: Path, change: Callable[[Any], Any]) -> None:
    """Write the frames anew with some changed or left out, chained as if nothing had been."""
    frames = [new for frame in read_frames(folder / "frames.jsonl") if (new := change(frame)) is not None]
    (folder / "frames.jsonl").unlink()
    published = Published(folder / "frames.jsonl")
    for frame in frames:
        published.put(frame)
    published.close()


def test_a_changed_frame_is_named(room: Path, tmp_path: Path) -> None:
    def richer(frame: Any) -> Any:
        return (
            frame._replace(shared=frame.shared.replace(b'"paused":false', b'"paused":true'))
            if frame.seq == 9
            else frame
        )

    change_frames(room, richer)
    found = again(room, tmp_path / "spare")
    assert not found.same
    assert found.first == (9, "m.clock.paused", "true", "false")
    assert found.differing == 1


@pytest.mark.parametrize("lost", [1, 9])
def test_a_frame_that_was_taken_out_is_named(room: Path, tmp_path: Path, lost: int) -> None:
    change_frames(room, lambda frame: None if frame.seq == lost else frame)
    found = again(room, tmp_path / "spare")
    assert found.first is not None
    assert found.first[:2] == (lost, "frames.jsonl")


def test_an_end_that_was_cut_off_is_named(room: Path, tmp_path: Path) -> None:
    last = read_log(room / "commands.jsonl")[-1]["seq"]
    change_frames(room, lambda frame: frame if frame.seq < last else None)
    found = again(room, tmp_path / "spare")
    assert found.first is not None
    assert found.first[:2] == (last, "frames.jsonl")


def test_a_changed_command_is_found(room: Path, tmp_path: Path) -> None:
    def dearer(line: Line) -> Line:
        decision = line.get("decision", {})
        return (
            {**line, "decision": {**decision, "price": decision["price"] + 10}}
            if line.get("seat") and decision.get("verb") == "place"
            else line
        )

    change_log(room, dearer)
    found = again(room, tmp_path / "spare")
    assert not found.same
    assert not next(ledger for ledger in found.ledgers if ledger.world == "run").same


def test_a_command_that_cannot_be_done_is_told(room: Path, tmp_path: Path) -> None:
    change_log(
        room, lambda line: {**line, "decision": {"verb": "fly"}} if line.get("seat") and "decision" in line else line
    )
    found = again(room, tmp_path / "spare")
    assert found.first is not None
    assert found.first.place == "commands.jsonl"


@pytest.mark.incoherent("a ledger is changed on purpose")
@pytest.mark.parametrize("sealed", [True, False])
def test_a_changed_ledger_is_found(room: Path, tmp_path: Path, sealed: bool) -> None:
    with closing(sqlite3.connect(room / "run" / "ledger.db")) as ledger:
        for (name,) in ledger.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            ledger.execute(f"drop trigger {name}")
        ledger.execute("delete from block where rowid = (select max(rowid) from block)")
        ledger.commit()
    if not sealed:
        (room / "run" / "ledger.seal.json").unlink()
    found = again(room, tmp_path / "spare")
    assert found.first is None
    assert not found.same


@pytest.mark.parametrize("name", ["commands.jsonl", "frames.jsonl"])
def test_a_broken_chain_is_told_with_its_line(room: Path, tmp_path: Path, name: str) -> None:
    rows = (room / name).read_bytes().split(b"\n")
    rows[3] = rows[3].replace(b'"s":', b'"s":1')
    (room / name).write_bytes(b"\n".join(rows))
    with pytest.raises(RunError, match=f"{name}, line 4: not what"):
        again(room, tmp_path / "spare")


def test_what_a_room_booked_after_its_last_frame_is_no_difference(tmp_path: Path) -> None:
    """Days go by and the room is closed before anybody sees them: its ledger goes further than its record."""
    folder = tmp_path / "room"
    CARD.write(folder)
    played = Played(folder)
    while played.room.session.clock.phase.kind != "trade":
        played.act("phase.next")
    played.order("A1", 900)
    played.wait(3)

    def closed_unseen() -> None:
        played.room.session.pass_time(20)
        played.room._closing.set()

    played.room._ask(closed_unseen).result()
    played.room.close()
    found = again(folder, tmp_path / "spare")
    run = next(ledger for ledger in found.ledgers if ledger.world == "run")
    assert found.same
    assert run.head != run.again


def test_a_room_without_a_log_is_told(room: Path, tmp_path: Path) -> None:
    (room / "commands.jsonl").unlink()
    with pytest.raises(RunError, match="nobody played"):
        again(room, tmp_path / "spare")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_verb_says_what_it_found(room: Path, lang: str) -> None:
    done = CliRunner().invoke(command, [str(room), "--json", "--lang", lang], catch_exceptions=False)
    assert done.exit_code == 0
    told = json.loads(done.output)
    assert told["same"]
    assert told["frames"] > 20
