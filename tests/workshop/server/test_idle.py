"""Sockets that say nothing, or say it byte by byte: they are cut in time, and nobody is kept out by them."""

from __future__ import annotations

import json
import resource
import socket
from contextlib import ExitStack, suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workshop.server.conftest import CODE, Player
from tests.workshop.server.patient import HEARD_S, LONG_S, be_patient
from websockets.sync.client import connect

from ecomarket.workshop.server import idle

SILENT = 300


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    be_patient(monkeypatch)


def dial(room, said=b""):
    """Open a connection and say something that is no whole request."""
    line = socket.create_connection(room.serving.listener.getsockname()[:2], timeout=HEARD_S)
    line.sendall(said)
    return line


def is_cut(line) -> bool:
    """Wait until the other end is gone; nothing comes before."""
    with suppress(ConnectionResetError):
        return line.recv(1) == b""
    return True


HALVES = (b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST /api/v1/join HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")


def test_three_hundred_silent_sockets_keep_nobody_out(opened, monkeypatch) -> None:
    """The oldest give way; who comes then joins, trades and hears frames on connections of their own."""
    monkeypatch.setattr(idle, "IDLE_MOST", 100)
    monkeypatch.setattr(idle, "WAIT_S", LONG_S)
    with ExitStack() as lines:
        silent = [lines.enter_context(dial(opened, HALVES[n % 3])) for n in range(SILENT)]
        assert all(is_cut(line) for line in silent[: SILENT - 100])
        with httpx.Client(base_url=opened.serving.address, timeout=HEARD_S) as client:
            told = client.post("/api/v1/join", json={"code": CODE, "lang": "en"}).json()
            player = Player(client, told["token"])
            assert [player.order(f"o{n}").status_code for n in range(5)] == [200] * 5
            with connect(opened.socket_address) as line:
                line.send(json.dumps({"auth": told["token"]}))
                assert "snapshot" in json.loads(line.recv(HEARD_S))
                opened.tick()
                while "seq" not in (heard := json.loads(line.recv(HEARD_S))):
                    pass
                assert heard["seq"] == opened.room.seq


@pytest.mark.parametrize("said", HALVES)
@pytest.mark.parametrize("after", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_whoever_never_finishes_a_request_is_cut_and_others_are_not(opening, monkeypatch, said, after) -> None:
    """However slow this machine is: it may be cut before it has said anything, and that is the same."""
    monkeypatch.setattr(idle, "WAIT_S", LONG_S)
    with opening() as room, connect(room.socket_address) as lively:
        lively.send(json.dumps({"auth": room.wall}))
        lively.recv(HEARD_S)
        monkeypatch.setattr(idle, "WAIT_S", 0.5)
        with dial(room) as line:
            with suppress(ConnectionError):
                line.sendall(after)
                answer = b"" if after else b"}"
                while not answer.endswith(b"}") and (part := line.recv(4096)):
                    answer += part
                line.sendall(said)
            assert is_cut(line)
        room.tick()
        assert json.loads(lively.recv(HEARD_S))["seq"] == room.room.seq  # an upgraded connection waits for no request


class Line:
    def __init__(self, waiting):
        self.waiting = waiting

    def cut(self):
        del self.waiting[self]


@given(st.lists(st.sampled_from("aaab"), max_size=60), st.integers(1, 10))
def test_the_oldest_of_the_most_crowded_address_gives_way(whence, most) -> None:
    """Property: never more than the most wait, and one address alone cannot push out another that has fewer."""
    found = idle.Idle()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(idle, "IDLE_MOST", most)
        for address in whence:
            before = list(found.waiting.items())
            found.add(Line(found.waiting), address)
            assert len(found.waiting) <= most
            gone = [pair for pair in before if pair[0] not in found.waiting]
            if gone:
                counts = {a: [x for _, x in before].count(a) + (a == address) for _, a in before}
                assert counts[gone[0][1]] == max(counts.values())
                assert gone == [next(pair for pair in before if pair[1] == gone[0][1])]


def test_a_server_asks_for_files_and_never_for_fewer() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    idle.ask_for_files()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == before[1]
    assert soft >= min(before[0], idle.FILES_MOST)
