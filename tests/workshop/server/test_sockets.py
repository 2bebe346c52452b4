"""The socket: who gets what, drivers and the grace time, cut lines, slow readers, silence, two tabs."""

from __future__ import annotations

import asyncio
import json
import re
import time

import pytest
import websockets
from tests.workshop.server.conftest import Player, until
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


class Line:
    """A socket with its first message sent."""

    def __init__(self, room, token, since="", **more):
        self.socket = connect(f"{room.socket_address}?since={since}", max_size=None, **more)
        self.socket.send(json.dumps({"auth": token}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def read(self):
        return json.loads(self.socket.recv(timeout=60))

    def frame(self):
        while "seq" not in (told := self.read()):
            pass
        return told

    def ends_with(self):
        until, code = time.monotonic() + 60, 0
        while not code:
            assert time.monotonic() < until, "it does not end"
            try:
                self.socket.recv(timeout=60)
            except ConnectionClosed as ended:
                code = ended.rcvd.code
        return code


def drivers(room):
    return [(seat, person) for seat, person in room.room.drives]


def test_a_seat_gets_a_snapshot_then_every_frame(opened) -> None:
    player = opened.join()
    with Line(opened, player.token) as line:
        snapshot = line.read()["snapshot"]
        assert snapshot["me"]["seat"] == "A1"
        until(lambda: opened.house.hub.outlets)
        for n in range(1, 31):
            opened.tick()
            frame = line.frame()
            assert frame["seq"] == n
            assert frame["me"]["note"] == "secret-of-A1"
            assert frame["m"]["online"] == {"A1": 1}
            assert frame["can"] == {"trade": True}


def test_the_snapshot_comes_first_whatever_happens_while_it_is_made(opened, monkeypatch) -> None:
    player, before = opened.join(), opened.room.snapshot

    def slow(_self, seat):
        made = before(seat)
        opened.tick(2)
        return made

    monkeypatch.setattr(type(opened.room), "snapshot", slow)
    with Line(opened, player.token) as line:
        assert "snapshot" in line.read()
        assert line.frame()["seq"] == 1


def test_who_comes_back_is_sent_the_newest_frame_and_fetches_the_gap(opened) -> None:
    player = opened.join()
    opened.tick(50)
    with Line(opened, player.token, since=20) as line:
        assert line.read()["seq"] == 50
    missed = player.get("/api/v1/history?since=20").json()
    assert [frame["seq"] for frame in missed] == list(range(21, 51))
    with Line(opened, player.token, since=700) as line:  # from another life of the server
        assert "snapshot" in line.read()


def test_no_frame_of_a_seat_holds_what_is_another_ones(opened) -> None:
    players = [opened.join(name=f"Person{n}") for n in range(4)]
    wall = Player(opened.client, opened.wall)
    lines = [Line(opened, who.token) for who in (*players, wall)]
    until(lambda: len(opened.house.hub.outlets) == 5)
    opened.tick(5)
    for who, line in zip((*players, wall), lines, strict=True):
        heard = [line.socket.recv(timeout=60) for _ in range(5)]
        heard += [who.get("/api/v1/state").text, who.get("/api/v1/history?since=0").text, who.get("/api/v1/me").text]
        if who is not wall:
            heard += [who.order("o").text]
        secrets = set(re.findall(r"secret-of-(\w+)", "".join(heard)))
        assert secrets == ({who.seat} if who.seat else set())
        assert "drought" not in "".join(heard)
        for other in (*players, wall):
            if other is not who:
                assert other.token not in "".join(heard)
        names = set(re.findall(r"Person\d", "".join(heard)))
        assert names <= ({f"Person{players.index(who)}"} if who is not wall else set())
        line.socket.close()


def test_the_facilitator_sees_every_seat_and_who_is_there(opened) -> None:
    opened.join(name="Li")
    with Line(opened, opened.secret) as line:
        until(lambda: opened.house.hub.outlets)
        opened.tick()
        frame = line.frame()
        assert set(frame["seats"]) == {"A1", "A2", "A3", "A4"}
        assert frame["people"][0]["name"] == "Li"
    assert opened.facilitator().get("/api/v1/state").json()["static"]["deck"]


def test_a_bot_takes_over_after_the_grace_time_and_gives_back_at_once(opened) -> None:
    player = opened.join()
    with Line(opened, player.token) as line:
        line.read()
        opened.lapse()  # while a socket is open no grace time runs
        assert drivers(opened) == [("A1", True)]
    until(lambda: opened.house.presence.timers)
    assert drivers(opened) == [("A1", True)]
    opened.lapse()
    assert drivers(opened) == [("A1", True), ("A1", False)]
    with Line(opened, player.token) as line:
        line.read()
        assert drivers(opened)[-1] == ("A1", True)
        opened.tick()
        assert line.frame()["me"]["driver"] == "person"


def test_the_grace_time_lapses_by_itself(opening) -> None:
    with opening(grace_s=0.05) as room:
        room.join()
        until(lambda: drivers(room) == [("A1", True), ("A1", False)])


def test_short_cuts_are_not_noticed_by_the_market(opened) -> None:
    player = opened.join()
    for _ in range(8):
        with Line(opened, player.token) as line:
            line.read()
        until(lambda: opened.house.presence.timers)
    assert drivers(opened) == [("A1", True)]


def test_requests_keep_a_seat_too(opened) -> None:
    player, ends = opened.join(), []
    for n in range(3):
        player.order(f"o{n}")
        ends.append(opened.house.presence.timers["A1"].when())
    assert ends == sorted(set(ends))  # each request begins the grace time anew
    opened.lapse()
    assert drivers(opened) == [("A1", True), ("A1", False)]
    player.get("/api/v1/state")
    assert drivers(opened)[-1] == ("A1", True)


def test_two_tabs_of_one_seat_are_one_driver(opened) -> None:
    player = opened.join()
    with Line(opened, player.token) as one:
        one.read()
        with Line(opened, player.token) as two:
            two.read()
        until(lambda: len(opened.house.hub.outlets) == 1)
        opened.lapse()
        opened.tick()
        assert one.frame()["me"]["driver"] == "person"
    assert drivers(opened) == [("A1", True)]
    assert player.order("same").json() == player.order("same").json()
    assert len(opened.room.orders) == 1


def test_a_person_has_three_sockets(opened) -> None:
    player = opened.join()
    lines = [Line(opened, player.token) for _ in range(3)]
    for line in lines:
        line.read()
    assert Line(opened, player.token).ends_with() == 4409
    for line in lines:
        line.socket.close()
    until(lambda: not opened.house.hub.outlets)
    opened.lapse()  # the one that was sent away does not keep the seat
    assert drivers(opened) == [("A1", True), ("A1", False)]
    with Line(opened, player.token) as line:
        assert "snapshot" in line.read()


@pytest.mark.parametrize(
    "first", ["", "{}", "[]", '{"auth": 3}', '{"auth": "guess"}', "[" * 3000, '{"auth": "\\ud800"}', "\x00"]
)
def test_who_does_not_say_a_token_that_holds_is_sent_away(opened, first) -> None:
    socket = connect(opened.socket_address)
    socket.send(first)
    with pytest.raises(ConnectionClosed) as ended:
        socket.recv(timeout=60)
    assert ended.value.rcvd.code == 4401


def test_pages_of_other_sites_get_no_socket(opened) -> None:
    with pytest.raises(InvalidStatus):
        connect(opened.socket_address, origin="http://evil.example")
    own = opened.serving.address
    with connect(opened.socket_address, origin=own) as socket:
        socket.send(json.dumps({"auth": opened.wall}))
        assert "snapshot" in json.loads(socket.recv(timeout=60))


def test_a_moved_phone_loses_its_socket_and_its_token(opened) -> None:
    player = opened.join()
    with Line(opened, player.token) as line:
        line.read()
        opened.join(seat="A1", pin=player.pin)
        assert line.ends_with() == 4410


def test_people_moved_to_another_seat_are_told_their_new_token(opened) -> None:
    player = opened.join(name="Li")
    with Line(opened, player.token) as line:
        line.read()
        pin = opened.ask("seat.reassign", seat="A1", to="A3").json()["pin"]
        moved = line.read()["moved"]
        assert (moved["seat"], moved["pin"]) == ("A3", pin)
        assert line.ends_with() == 4410
    now = Player(opened.client, moved["token"])
    assert now.get("/api/v1/me").json()["seat"] == "A3"
    assert drivers(opened)[-2:] == [("A1", False), ("A3", True)]


def test_silent_sockets_are_closed_and_beats_come_meanwhile(opened, monkeypatch) -> None:
    from ecomarket.workshop.server import sockets

    monkeypatch.setattr(sockets, "BEAT_S", 0.05)
    now = [1000.0]
    opened.house.clock = lambda: now[0]
    player = opened.join()
    with Line(opened, player.token) as line:
        line.read()
        assert line.read() == {"beat": 1}
        (outlet,) = opened.house.hub.outlets
        for _ in range(3):
            now[0] += sockets.SILENT_S - 1
            line.socket.send('{"beat":1}')
            until(lambda: outlet.heard == now[0])
            assert "beat" in line.read()
        assert not outlet.close_code
        now[0] += sockets.SILENT_S + 1
        assert line.ends_with() == 4408


@pytest.mark.parametrize("noise", ["", "null", "[" * 2000, '{"seq":1}', "\x00\x01", b"\xff\xfe\x00"])
def test_what_a_socket_says_later_is_of_no_consequence(opened, noise) -> None:
    player = opened.join()
    with Line(opened, player.token) as line:
        line.read()
        line.socket.send(noise)
        opened.tick()
        assert line.frame()["seq"] == 1


def test_too_large_messages_end_that_socket_alone(opened) -> None:
    player = opened.join()
    with Line(opened, player.token) as line, Line(opened, opened.wall) as other:
        line.read()
        other.read()
        line.socket.send("x" * 10_000)
        assert line.ends_with() == 1009
        opened.tick()
        assert other.frame()["seq"] == 1


def test_a_reader_that_stalls_holds_nobody_up(opened) -> None:
    """One client reads nothing while large frames pass; the others get each frame at once, and it gets the newest."""
    stalled, lively = opened.join(), opened.join()
    opened.room.secret = lambda seat: f"secret-of-{seat}" + "x" * 300_000

    async def told():
        slow = await websockets.connect(opened.socket_address, max_size=None, max_queue=1)
        await slow.send(json.dumps({"auth": stalled.token}))
        quick = await websockets.connect(opened.socket_address, max_size=None)
        await quick.send(json.dumps({"auth": lively.token}))
        await quick.recv()
        while len(opened.house.hub.outlets) < 2:  # noqa: ASYNC110  (it lives in another loop)
            await asyncio.sleep(0.01)
        for n in range(1, 61):  # each frame is read before the next is made, while the other reads nothing
            opened.room.tick()
            while json.loads(await quick.recv()).get("seq") != n:
                pass
        seen = []
        while not seen or seen[-1] < 60:
            message = json.loads(await slow.recv())
            if "seq" in message:
                seen.append(message["seq"])
        await slow.close()
        await quick.close()
        return seen

    seen = asyncio.run(told())
    assert len(seen) < 60
    assert seen == sorted(set(seen))


def test_seats_of_people_who_do_not_return_after_a_restart_go_to_their_bots(opening) -> None:
    from ecomarket.workshop.server.serve import Serving

    with opening() as room:
        room.join()
        room.serving.stop()
        room.room.drives.clear()
        room.serving = Serving(room.house)
        room.serving.start()
        assert not drivers(room)
        room.lapse()
        assert drivers(room) == [("A1", False)]


def test_a_machine_that_slept_finds_its_clock_paused(opened) -> None:
    from ecomarket.workshop.server.app import _slept

    asyncio.run(_slept(opened.house, 42.0))
    assert [command["type"] for command in opened.room.asked] == ["clock.pause", "message"]
    assert "42" in opened.room.asked[1]["text"]


def test_a_jump_is_noticed_and_a_slow_second_is_not() -> None:
    from ecomarket.workshop.server import waking

    times = iter([0.0, 1.1, 1.1, 4.0, 4.0, 30.0])
    jumps = []

    async def jumped(seconds):
        jumps.append(seconds)

    async def told():
        waking.LOOK_S, before = 0.001, waking.LOOK_S
        try:
            await waking.watch(jumped, lambda: next(times))
        except (StopIteration, RuntimeError):
            pass
        finally:
            waking.LOOK_S = before

    asyncio.run(told())
    assert [round(j) for j in jumps] == [26]


def test_a_room_that_failed_is_not_served_on(opened) -> None:
    player = opened.join()
    with Line(opened, player.token) as line:
        line.read()
        opened.room.failure = RuntimeError("the engine fell")
        assert line.ends_with() == 1012
    opened.serving.thread.join(10)
    assert not opened.serving.thread.is_alive()


def test_small_answers_are_not_held_back(opened) -> None:
    """Without TCP_NODELAY on what is accepted each answer waits 40 ms for the other side's acknowledgement."""
    import socket

    assert opened.serving.listener.proto == socket.IPPROTO_TCP
