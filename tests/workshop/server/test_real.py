"""The server around a real room: what is accepted is there once, whatever happens to sockets, tabs and the server itself."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from io import BytesIO
from random import Random
from zipfile import ZipFile

import httpx
import pytest
from tests.workshop.server.conftest import Player, until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from ecomarket.scenario.states import load_whole
from ecomarket.workshop.debrief.benchmark import prices_of
from ecomarket.workshop.game.again import play_again
from ecomarket.workshop.game.published import read_frames
from ecomarket.workshop.game.room import Room
from ecomarket.workshop.plan import room_plan
from ecomarket.workshop.plan.card import RoomCard
from ecomarket.workshop.server.bot import Bot, play
from ecomarket.workshop.server.opening import Rates, house_of
from ecomarket.workshop.server.serve import Serving

SOAK = os.environ.get("ECOMARKET_SOAK") == "1"
CUT_S = 600.0 if SOAK else 6.0
KILLS = 50 if SOAK else 2
CODE = "K7M3QX"
SCENARIO = load_whole("classroom-permits", ())
PLAN = room_plan(SCENARIO)


class Played:
    """A real room, served, in its first phase that trades."""

    def __init__(self, folder, grace_s=20.0, bot_rate=0.0):
        self.folder = folder / "room"
        RoomCard("classroom-permits", (), 1, "", CODE).write(self.folder)
        self.room = Room.open(SCENARIO, PLAN, 1, self.folder)
        self.room.start()
        self.house, self.secrets = house_of(
            self.room, SCENARIO, PLAN, self.folder, CODE, "", Rates(grace_s, bot_rate, 5)
        )
        self.serving = Serving(self.house)

    def __enter__(self):
        self.serving.start()
        self.client = httpx.Client(base_url=self.serving.address, timeout=60)
        return self

    def __exit__(self, *_):
        self.client.close()
        self.serving.stop()
        self.room.close()

    def join(self, **body):
        answer = self.client.post("/api/v1/join", json={"code": CODE, "lang": "en", **body})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        return Player(self.client, told["token"], told["seat"], told["pin"])

    def go(self):
        boss = Player(self.client, self.secrets["facilitator"])
        kinds = [phase["kind"] for phase in boss.get("/api/v1/state").json()["static"]["phases"]]
        for n in range(kinds.index("trade")):
            until(
                lambda n=n: boss.post("/api/v1/facilitator", {"id": f"n{n}", "type": "phase.next"}).status_code == 200,
                60,
            )
        until(lambda: self.house.hub.last is not None and '"kind":"trade"' in self.house.hub.last.head)
        return boss

    @property
    def socket_address(self):
        return self.serving.address.replace("http", "ws") + "/api/v1/ws"


@pytest.fixture
def played(tmp_path):
    with Played(tmp_path) as room:
        yield room


def offer(name, **more):
    body = {"id": name, "type": "order.place", "market": 1, "side": "sell", "price": "5000", "quantity": "0.001"}
    return {**body, **more}


def logged(folder):
    """Return the ids of seats' commands in the log, as they stand there."""
    lines = (folder / "commands.jsonl").read_text(encoding="utf-8").splitlines()
    return [row["id"] for row in map(json.loads, lines) if "seat" in row and "asked" in row]


def numbers(text):
    return set(re.findall(r"(?<![\w.])-?\d{5,}(?![\w.])", text))


def test_no_frame_of_a_seat_holds_a_number_that_only_another_seat_has(played) -> None:
    captured = {}
    played.room.listen(lambda frame: captured.update({frame.seq: frame}))
    players = [played.join(name=f"Person{n}") for n in range(4)]
    played.go()
    for n, player in enumerate(players):  # makes what each of them has differ
        assert (
            player.post(
                "/api/v1/commands", offer(f"a{n}", quantity=f"{n + 1}.{n}", price=str(4100 + 10 * n))
            ).status_code
            == 200
        )
        player.post("/api/v1/commands", {"id": f"b{n}", "type": "abate", "right": "so2", "amount": str(10 + n)})
    lines = [connect(f"{played.socket_address}?since=0") for _ in players]
    for player, line in zip(players, lines, strict=True):
        line.send(json.dumps({"auth": player.token}))
    checked = 0
    for player, line in zip(players, lines, strict=True):
        for _ in range(3):
            text = line.recv(timeout=60)
            while not text.startswith('{"seq":'):
                text = line.recv(timeout=60)
            assert not re.search(r"Person\d", text)
            until(lambda seq=json.loads(text)["seq"]: seq in captured)  # the socket may hear of it first
            frame = captured[json.loads(text)["seq"]]
            open_to_all = numbers(frame.shared.decode()) | numbers(frame.own[player.seat].decode())
            assert set(json.loads(text)) == {"seq", "m", "me", "can"}
            assert json.loads(text)["me"]["seat"] == player.seat
            for seat, own in frame.own.items():
                private = numbers(own.decode()) - open_to_all
                checked += len(private)
                assert seat == player.seat or not private & numbers(text)
        line.close()
    assert checked > 20


def test_sockets_cut_at_random_lose_and_double_nothing(tmp_path) -> None:
    """Each client's socket is cut again and again, each command is sent up to three times; the seat stays its own."""
    with Played(tmp_path, grace_s=0.4) as room:
        players = [room.join() for _ in range(4)]
        room.go()
        end, sent, told = time.monotonic() + CUT_S, [], []
        stop = threading.Event()

        def connected(player, draw):
            while not stop.is_set():
                with suppress(ConnectionClosed, OSError, TimeoutError), connect(room.socket_address) as line:
                    line.send(json.dumps({"auth": player.token}))
                    line.recv(timeout=60)
                    time.sleep(draw.random())
                    line.socket.close() if draw.random() < 0.5 else None  # as a phone that leaves the network
                time.sleep(draw.random() * 0.8)

        def trading(player, draw):
            n = 0
            with httpx.Client(base_url=room.serving.address, timeout=60) as client:
                mine = Player(client, player.token, player.seat)
                while time.monotonic() < end:
                    n += 1
                    answers = [mine.post("/api/v1/commands", offer(f"o{n}")) for _ in range(draw.randrange(1, 4))]
                    done = {json.dumps(a.json()) for a in answers if a.status_code != 429}
                    assert len(done) <= 1, done
                    if done and json.loads(next(iter(done)))["ok"]:
                        sent.append((player.seat, f"o{n}"))
                    told.append(done)
                    time.sleep(0.5)

        threads = [
            threading.Thread(target=f, args=(p, Random(f"{p.seat}{f.__name__}")))
            for p in players
            for f in (connected, trading)
        ]
        for thread in threads:
            thread.start()
        for thread in threads[1::2]:
            thread.join()
        stop.set()
        for thread in threads:
            thread.join()
        assert sent
        kept = logged(room.folder)
        assert len(set(kept)) == len(kept)
        assert {f"{seat}/{name}" for seat, name in sent} <= set(kept)
        with connect(room.socket_address) as line:
            line.send(json.dumps({"auth": players[0].token}))
            until(lambda: b'"driver":"person"' in room.house.hub.last.own[players[0].seat])
        until(lambda: b'"driver":"bot"' in room.house.hub.last.own[players[0].seat])


def test_the_bot_plays_a_real_room(tmp_path) -> None:
    with Played(tmp_path, bot_rate=50.0) as room:
        room.go()
        bots = [Bot(room.serving.address, CODE, key=room.secrets["bot"]) for _ in range(2)]
        play(bots, 0.2, lambda _bot: None, rounds=10)
        assert sum(bot.orders for bot in bots) > 0
        assert logged(room.folder)


def test_the_bot_of_the_page_plays_a_real_room(played) -> None:
    from tests.workshop.server.test_page import BOT

    names = {"URL": played.serving.address, "CODE": CODE, "ROUNDS": 3}
    played.go()
    exec(compile(BOT.replace("time.sleep(1)", "time.sleep(0.2)"), "workshop.md", "exec"), names)
    names["room"].close()


class Process:
    """`room open` or `room resume` in a process of its own."""

    def __init__(self, *words):
        environment = {**os.environ, "ECOMARKET_LANG": "en", "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ecomarket", "room", *map(str, words)], env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.said = ""
        while "Ctrl-C" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        self.address = re.search(r"(http://\S+)/\?code", self.said)[1]
        self.code = re.search(r"code=(\w+)", self.said)[1]
        self.client = httpx.Client(base_url=self.address, timeout=60)
        until(lambda: self.is_up(), 60)

    def is_up(self):
        try:
            return self.client.get("/healthz").json()["seq"] > 0
        except httpx.TransportError:
            return False

    def end(self, how):
        self.client.close()
        self.process.send_signal(how)
        self.process.wait(60)
        self.process.stdout.close()


def test_a_killed_server_comes_back_with_all_that_was_answered(tmp_path) -> None:
    """Killed in the middle of orders, again and again: tokens and secret hold, each answered command is there once."""
    first = Process("open", "classroom-permits", "--port", "0", "--out", tmp_path)
    (folder,) = tmp_path.iterdir()
    secret = re.search(r"secret:\s+(\S+)", first.said)[1]
    told = first.client.post("/api/v1/join", json={"code": first.code, "lang": "en"}).json()
    boss = Player(first.client, secret)
    kinds = [phase["kind"] for phase in boss.get("/api/v1/state").json()["static"]["phases"]]
    for n in range(kinds.index("trade")):
        until(
            lambda n=n: boss.post("/api/v1/facilitator", {"id": f"n{n}", "type": "phase.next"}).status_code == 200, 60
        )
    answered, server, n, draw = [], first, 0, Random(5)
    for kill in range(KILLS):
        player = Player(server.client, told["token"])
        killing = threading.Timer(draw.random(), server.process.kill)
        with suppress(httpx.TransportError):
            while True:
                n += 1
                answer = player.post("/api/v1/commands", offer(f"o{n}"))
                if answer.status_code == 200:
                    answered.append((f"o{n}", answer.json()))
                if killing.ident is None:
                    killing.start()  # some time after the first answer of this life
                time.sleep(0.02)
        server.end(signal.SIGKILL)
        shown = [frame.seq for frame in read_frames(folder / "frames.jsonl")]
        server = Process("resume", folder, "--port", "0")
        assert "secret and links are those of before" in server.said
        boss, player = Player(server.client, secret), Player(server.client, told["token"])
        assert boss.get("/api/v1/state").json()["m"]["clock"]["paused"] is True
        assert [frame["seq"] for frame in player.get("/api/v1/history?since=0").json()][: len(shown)] == shown[-600:]
        assert player.get("/api/v1/me").json()["seat"] == told["seat"]
        kept = logged(folder)
        assert len(kept) == len(set(kept))
        assert {f"{told['seat']}/{name}" for name, _ in answered} <= set(kept)
        assert boss.post("/api/v1/facilitator", {"id": f"go{kill}", "type": "clock.resume"}).status_code == 200
        # the same again is answered again
        assert player.post("/api/v1/commands", offer(answered[-1][0])).json() == answered[-1][1]
    server.end(signal.SIGINT)
    assert server.process.returncode in (0, 130)
    (tmp_path / "spare").mkdir()
    again = play_again(folder, SCENARIO, PLAN, RoomCard.read(folder).seed, tmp_path / "spare")
    assert again.same, again
    assert again.frames >= len(shown) > 0


def test_a_port_that_is_taken_is_one_sentence(tmp_path, played) -> None:
    port = played.serving.listener.getsockname()[1]
    words = [
        sys.executable,
        "-m",
        "ecomarket",
        "--lang",
        "zh",
        "room",
        "open",
        "classroom-permits",
        "--port",
        str(port),
        "--out",
        tmp_path / "out",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "无法监听" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_room_that_is_played_can_be_taken_home_with_and_without_names(played) -> None:
    who = played.client.post("/api/v1/join", json={"code": CODE, "name": "Mei-Lin", "lang": "en"}).json()
    head = {"Authorization": f"Bearer {played.secrets['facilitator']}"}
    held = {}
    for names in (0, 1):
        answer = played.client.get(f"/api/v1/export?names={names}", headers=head, timeout=120)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text[:200]
        with ZipFile(BytesIO(answer.content)) as whole:
            assert whole.testzip() is None
            held[names] = {name.partition("/")[2]: whole.read(name) for name in whole.namelist()}
    assert {"room.json", "people.jsonl", "run/ledger.db"} <= set(held[0])
    assert set(held[0]) == set(held[1])
    assert b"Mei-Lin" in held[1]["people.jsonl"]
    everything = b"".join([*held[0].values(), *held[1].values()])
    assert b"Mei-Lin" not in b"".join(held[0].values())
    assert not any(secret.encode() in everything for secret in (who["token"], *played.secrets.values()))
    assert played.client.get("/api/v1/state", headers=head).status_code == 200  # the room goes on


def test_the_benchmark_is_solved_for_the_facilitator_and_stands_in_no_frame(played) -> None:
    head = {"Authorization": f"Bearer {played.secrets['facilitator']}"}
    found = lambda: played.client.get("/api/v1/benchmark", headers=head).json()  # noqa: E731
    until(lambda: found()["solved"], 120)
    prices = found()["prices"]
    assert prices == {
        right: {year: list(two) for year, two in years.items()} for right, years in prices_of(SCENARIO).items()
    }
    assert prices
    who = played.client.post("/api/v1/join", json={"code": CODE, "lang": "en"}).json()
    for token in (who["token"], played.secrets["projector"], played.secrets["facilitator"]):
        for path in ("state", "frame", "history?since=0"):
            seen = played.client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"}).text
            assert "benchmark" not in seen
            assert not any(
                f"{price:.4f}" in seen for years in prices.values() for two in years.values() for price in two
            )
