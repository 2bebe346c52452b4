"""A room that is not one: it keeps the contract of workshop/game in a few lines, and a server around it on the loopback."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from types import SimpleNamespace

import httpx
import pytest

from ecomarket.workshop.server.house import House, Settings
from ecomarket.workshop.server.people import People
from ecomarket.workshop.server.serve import Serving

CODE = "K7M3QX"
NEVER_S = 86400.0
"""A grace time that no test sees the end of: it lapses when a test says so."""


LEVER = {
    "what": "venue", "code": "table", "param": "price_band", "name": {"zh": "桌", "en": "Table"}, "label": {"zh": "区间", "en": "band"},
    "unit": {"zh": "%", "en": "%"}, "percent": True, "value": "10", "step": "1", "least": "1", "most": "99",
}  # fmt: skip


@dataclass(frozen=True)
class Seat:
    code: str
    kind: str = "enterprise"
    group: str = "works"
    name_zh: str = "工厂"
    name_en: str = "Works"


@dataclass
class Double:
    """Seats with a secret each, orders that are counted, frames when it is told to."""

    seats: tuple[Seat, ...]
    seq: int = 0
    orders: list = field(default_factory=list)
    drives: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    kept: dict = field(default_factory=dict)
    frames: list = field(default_factory=list)
    listeners: list = field(default_factory=list)
    failure: BaseException | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def secret(self, seat):
        return f"secret-of-{seat}"

    def submit(self, seat, command):
        with self.lock:
            return done(self._reply((seat, command["id"]), command, lambda: self.orders.append((seat, command))))

    def facilitate(self, command):
        with self.lock:
            return done(self._reply(("", command["id"]), command, lambda: self.asked.append(command)))

    def _reply(self, key, command, act):
        if key in self.kept:
            before, reply = self.kept[key]
            return reply if before == command else SimpleNamespace(ok=False, body=said("IDEMPOTENCY_CONFLICT"))
        if command.get("quantity") == "666":
            reply = SimpleNamespace(ok=False, body=said("MARKET_CLOSED"))
        else:
            act()
            reply = SimpleNamespace(
                ok=True, body={"ok": True, "events": [{"kind": "order", "order": len(self.orders)}]}
            )
        self.kept[key] = (command, reply)
        return reply

    def levers(self):
        return self._alive([LEVER])

    def preview(self, command):
        return self._alive(SimpleNamespace(ok=True, body={"ok": True, "zh": "规则", "en": f"rule {command['set']}"}))

    def _alive(self, found):
        future = Future()
        future.cancel() if self.failure else future.set_result(found)
        return future

    def drive(self, seat, person):
        self.drives.append((seat, person))
        return done(SimpleNamespace(ok=True, body={"ok": True}))

    def own(self, seat):
        driver = next((p for s, p in reversed(self.drives) if s == seat), False)
        me = {"seat": seat, "cash": 1, "note": self.secret(seat), "driver": "person" if driver else "bot"}
        return {"me": me, "can": {"trade": True}}

    def shared(self):
        return {"clock": {"phase": 1, "paused": False}, "markets": [], "trades": [], "events": []}

    def snapshot(self, seat):
        if self.failure:
            raise CancelledError
        static = {"markets": [], "deck": [{"code": "drought"}], "seats": [s.code for s in self.seats]}
        return {"seq": self.seq, "code": CODE, "static": static, "m": self.shared(), **(self.own(seat) if seat else {})}

    def history(self, since):
        return [{"seq": n, "m": self.shared()} for n in range(since + 1, self.seq + 1)][-600:]

    def listen(self, callback):
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def tick(self):
        with self.lock:
            self.seq += 1
            own = {s.code: json.dumps(self.own(s.code)).encode() for s in self.seats}
            frame = SimpleNamespace(seq=self.seq, shared=json.dumps(self.shared()).encode(), own=own)
        for callback in tuple(self.listeners):
            callback(frame)


def said(code):
    return {"ok": False, "code": code, "zh": "不行", "en": "no"}


def done(value):
    future = Future()
    future.set_result(value)
    return future


def until(holds, seconds=60.0):
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.01)


class Player:
    """Somebody with a token."""

    def __init__(self, client, token, seat="", pin=""):
        self.client, self.token, self.seat, self.pin = client, token, seat, pin
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path):
        return self.client.get(path, headers=self.headers)

    def post(self, path, body):
        return self.client.post(path, json=body, headers=self.headers)

    def order(self, name, **more):
        body = {
            "id": name,
            "type": "order.place",
            "market": 1,
            "side": "buy",
            "price": "64.6",
            "quantity": "45",
            **more,
        }
        return self.post("/api/v1/commands", body)


class Open:
    """A room being served, and how to come in."""

    def __init__(self, folder, seats=4, most=1, **settings):
        self.room = Double(tuple(Seat(f"A{n}") for n in range(1, seats + 1)))
        codes = [seat.code for seat in self.room.seats]
        self.people = People.open(folder, dict.fromkeys(codes, most), codes)
        self.secret = self.people.new_door("facilitator")
        self.wall = self.people.new_door("projector")
        self.bot_key = self.people.new_door("bot")
        title = {"zh": "课", "en": "Class"}
        self.house = House(self.room, self.people, Settings(CODE, folder, title, **{"grace_s": NEVER_S, **settings}))
        self.people.online = self.house.presence.is_online
        self.serving = Serving(self.house)

    def __enter__(self):
        self.serving.start()
        self.client = httpx.Client(base_url=self.serving.address, timeout=20)
        return self

    def __exit__(self, *_):
        self.client.close()
        self.serving.stop()

    def tick(self, times=1):
        """Let the room make frames, and wait until the server has the last one."""
        for _ in range(times):
            self.room.tick()
        until(lambda: self.house.hub.last is not None and self.house.hub.last.seq == self.room.seq)

    def lapse(self):
        """Let every grace time that runs be over, at once; nothing may be asked of the server meanwhile."""
        for seat in tuple(self.house.presence.timers):
            self.house.presence.lapse(seat)

    def knock(self, **body):
        return self.client.post("/api/v1/join", json={"code": CODE, "lang": "en", **body})

    def join(self, **body):
        answer = self.knock(**body)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        return Player(self.client, told["token"], told["seat"], told["pin"])

    def facilitator(self):
        return Player(self.client, self.secret)

    def ask(self, kind, **more):
        self.asked = getattr(self, "asked", 0) + 1
        return self.facilitator().post("/api/v1/facilitator", {"id": f"f{self.asked}", "type": kind, **more})

    @property
    def socket_address(self):
        return self.serving.address.replace("http", "ws") + "/api/v1/ws"


@pytest.fixture
def opened(tmp_path):
    with Open(tmp_path) as room:
        yield room


@pytest.fixture
def opening(tmp_path):
    return lambda **settings: Open(tmp_path, **settings)
