"""What an unfriendly machine may send: nothing brings a 500, tells what is another's, or holds the others up."""

from __future__ import annotations

import http.client
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from tests.workshop.server.conftest import CODE, Player
from tests.workshop.server.patient import HEARD_S, be_patient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from ecomarket.workshop.server.house import House
from ecomarket.workshop.server.limits import DoorLimits

SOAK = os.environ.get("ECOMARKET_SOAK") == "1"
EXAMPLES = 1000 if SOAK else 40
FRAMES = 10_000 if SOAK else 300
REFUSAL = {"ok", "code", "zh", "en"}


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    be_patient(monkeypatch)


def test_schemathesis_finds_no_server_error_and_no_answer_outside_the_schema(opened, monkeypatch) -> None:
    schema = schemathesis.openapi.from_url(f"{opened.serving.address}/api/v1/schema")
    player = opened.join()
    opened.tick()  # a room makes a frame a second; without one who asks for it waits
    tokens = (player.token, opened.secret, opened.wall, "")
    checks = (not_a_server_error, status_code_conformance, response_schema_conformance)
    monkeypatch.setattr(DoorLimits, "deaf", lambda _self, _address: False)
    monkeypatch.setattr(House, "may_command", lambda _self, _seat, bot: True)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 10
    for operation in operations:

        @given(case=operation.as_strategy(), token=st.sampled_from(tokens), knows=st.booleans())
        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not SOAK)
        def attack(case, token, knows):
            if knows and isinstance(case.body, dict) and "code" in case.body:
                case.body["code"] = CODE
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            case.call_and_validate(headers=headers, checks=checks, timeout=HEARD_S)

        attack()


def raw(room, method, path, body=b"", **headers):
    """Send bytes as they are; return status and body."""
    line = http.client.HTTPConnection(*room.serving.listener.getsockname()[:2], timeout=HEARD_S)
    try:
        line.request(method, path, body, {"Content-Type": "application/json", **headers})
        answer = line.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        line.close()


BODIES = (
    b"", b"{", b"nul", b"[]", b'"x"', b"NaN", b"\xff\xfe", b"\x00" * 100, b"[" * 4000, b'{"a":' * 700 + b"1" + b"}" * 700,
    b'{"code":"K7M3QX","name":"\\ud800"}', b'{"code":"K7M3QX","\\ud800":1}', b'{"code":"K7M3QX","name":"a\\u0000b"}',
    b'{"code":"K7M3QX","name":"\\u202eevil"}', b'{"code":' + b"9" * 4000 + b"}", b'{"id":"x","type":"order.place"}',
    b'{"id":"x","type":"order.place","market":1e400,"side":"buy","quantity":1}',
    b'{"id":"x","type":"order.place","market":1,"side":"buy","quantity":Infinity}',
    b'{"id":"x","type":"order.place","market":1,"side":"buy","quantity":"' + b"9" * 3000 + b'"}',
    b'{"id":"x","type":"rule.set","venue":"v","set":{"a":{"b":1}}}', b'{"id":"x","type":"rule.set","set":{"\\ud800":1}}',
    b'{"id":"x","type":"message","text":"\\ud800"}', b'{"id":"x","type":{"a":1}}', b'{"id":"x","type":["order.place"]}',
)  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/api/v1/join", "/api/v1/lobby", "/api/v1/commands", "/api/v1/facilitator", "/api/v1/survey"]
)
def test_bodies_that_cannot_be_meant_are_refused_in_words(opened, path) -> None:
    player = opened.join()
    for body in BODIES:
        for token in (player.token, opened.secret):
            status, told, _ = raw(opened, "POST", path, body, Authorization=f"Bearer {token}")
            assert 400 <= status < 500, (body[:60], status)
            assert set(json.loads(told)) == REFUSAL
    assert not opened.room.orders
    assert opened.client.get("/healthz").status_code == 200


def test_oversized_bodies_are_refused_by_their_length_and_by_their_count(opened) -> None:
    status, told, headers = raw(opened, "POST", "/api/v1/join", b"x" * 5000)
    assert status == 413
    assert json.loads(told)["code"] == "TOO_LARGE"
    assert headers["x-content-type-options"] == "nosniff"
    status, told, _ = raw(opened, "POST", "/api/v1/join", iter([b"x" * 1000] * 9))
    assert status == 413
    assert json.loads(told)["code"] == "TOO_LARGE"


def test_methods_and_paths_that_are_not_there_are_refused_in_words(opened) -> None:
    for method, path in (
        ("DELETE", "/api/v1/state"), ("PUT", "/"), ("GET", "/api/v1/nothing"), ("GET", "/static/../house.py"),
        ("GET", "/static/%2e%2e/house.py"), ("GET", "/static//etc/passwd"), ("GET", "/debrief"), ("GET", "/docs"),
        ("POST", "/api/v1/ws"), ("TRACE", "/"),
    ):  # fmt: skip
        status, told, headers = raw(opened, method, path)
        assert status in (404, 405), path
        assert set(json.loads(told)) == REFUSAL
        assert "default-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>"[:24], "a" * 25, "a\nb", "a\x1b[2J", "\u202eabc", "\ufeffx", "\U0001f600" * 3]
)
def test_names_are_short_and_plain_and_nobody_runs_them(opened, name) -> None:
    answer = opened.client.post("/api/v1/join", json={"code": CODE, "lang": "en", "name": name})
    if any(c in name for c in "\n\x1b\u202e\ufeff") or len(name) > 24:
        assert answer.status_code == 422
        return
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    seen = opened.facilitator().get("/api/v1/state")
    assert seen.json()["people"][0]["name"] == name
    assert seen.headers["x-content-type-options"] == "nosniff"


def test_guessed_tokens_open_nothing(opened) -> None:
    player = opened.join()
    near = [player.token[:-1] + c for c in "AZaz09_-" if c != player.token[-1]]
    hashes = [next(iter(opened.people.by_token)), opened.people.doors["facilitator"]]
    for guess in (*near, *hashes, player.pin, CODE, player.token.lower() + "x", "null", "undefined", "p1", "A1"):
        assert Player(opened.client, guess).get("/api/v1/state").status_code == 401
        socket = connect(opened.socket_address)
        socket.send(json.dumps({"auth": guess}))
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=HEARD_S)


def test_malformed_frames_end_at_most_their_own_socket(opened) -> None:
    """Noise before and after the first message, on as many sockets as it takes; the others go on."""
    player, draw = opened.join(), Random(7)
    with connect(opened.socket_address) as lively:
        lively.send(json.dumps({"auth": opened.wall}))
        lively.recv(timeout=HEARD_S)
        sent = 0
        while sent < FRAMES:
            with connect(opened.socket_address) as socket:
                if draw.random() < 0.5:
                    socket.send(json.dumps({"auth": player.token}))
                try:
                    for _ in range(draw.randrange(1, 20)):
                        noise = draw.randbytes(draw.randrange(0, 300))
                        socket.send(noise if draw.random() < 0.5 else noise.decode("latin-1"))
                        sent += 1
                except ConnectionClosed:
                    pass
        opened.tick()
        assert json.loads(lively.recv(timeout=HEARD_S))["seq"] == 1


def test_bytes_that_are_no_http_end_their_connection_alone(opened) -> None:
    import socket

    for noise in (
        b"\x00\xff" * 50 + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/v1/join HTTP/1.1\r\nContent-Length: -4\r\n\r\n",
        b"GET /" + b"a" * 70_000,
    ):
        with socket.create_connection(opened.serving.listener.getsockname()[:2], timeout=HEARD_S) as line:
            line.sendall(noise)
            line.shutdown(socket.SHUT_WR)
            told = b""
            with suppress(ConnectionResetError):
                while part := line.recv(4096):
                    told += part
            assert told[:10] in (b"", b"HTTP/1.1 4")  # nothing where it cut the line with our bytes unread
    assert opened.client.get("/healthz").status_code == 200


def test_five_hundred_joins_at_once_leave_the_room_as_it_was(opened) -> None:
    """Some with the code, most without; whoever sits there meanwhile trades as before."""
    player = opened.join()

    def knock(n):
        return opened.knock(code=CODE if n % 5 == 0 else "AAAAAA").status_code

    with ThreadPoolExecutor(8) as pool:
        knocking = [pool.submit(knock, n) for n in range(500)]
        assert [player.order(f"o{n}").status_code for n in range(20)] == [200] * 20
        told = [one.result() for one in knocking]
    assert set(told) <= {200, 403, 409, 429}
    assert told.count(200) == 3
    assert player.get("/api/v1/me").status_code == 200
    assert len(opened.people.by_token) == 4


def test_pages_come_with_strict_headers(tmp_path, opening) -> None:
    pages = tmp_path / "pages"
    (pages / "js").mkdir(parents=True)
    (pages / "index.html").write_text('<script type="module" src="/static/js/a.js"></script>', encoding="utf-8")
    (pages / "js" / "a.js").write_text("export const a = 1;" * 100, encoding="utf-8")
    with opening(pages=pages) as room:
        page = room.client.get("/")
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["referrer-policy"] == "no-referrer"
        address = page.text.split('"')[3]
        part = room.client.get(address)
        assert part.headers["cache-control"].endswith("immutable")
        assert part.headers["content-encoding"] == "gzip"
        assert part.text.startswith("export")
        assert room.client.get("/static/js/a.js").headers["cache-control"] == "no-cache"
        again = room.client.get("/", headers={"If-None-Match": page.headers["etag"]})
        assert again.status_code == 304
        assert {len(both) for both in room.client.get("/words").json().values()} == {2}  # Chinese and English
        (tmp_path / "debrief.en.html").write_text("<p>done", encoding="utf-8")
        told = room.client.get("/debrief?lang=en")
        assert told.text == "<p>done"
        assert "sandbox" in told.headers["content-security-policy"]
        assert room.client.get("/debrief?lang=../x").status_code == 404
        one, two = room.join(), room.join()
        assert one.post("/api/v1/debrief", {"lang": "en"}).status_code == 404
        for seat in (one.seat, two.seat):
            (tmp_path / f"debrief-{seat}.en.html").write_text(f"<p>of {seat}", encoding="utf-8")
        links = [who.post("/api/v1/debrief", {"lang": "en"}).json()["path"] for who in (one, two)]
        assert [room.client.get(link).text for link in links] == ["<p>of A1", "<p>of A2"]
        assert room.client.get("/debrief/A1").status_code == 404
        assert Player(room.client, room.secret).post("/api/v1/debrief", {"lang": "en"}).status_code == 403
