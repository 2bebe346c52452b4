"""Who may do what: every command of the facilitator and every route that is not for all, by role."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from tests.workshop.server.patient import HEARD_S, be_patient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from ecomarket.workshop.server.commands import FacilitatorCommand

ALL = {
    "phase.next": {}, "clock.pause": {}, "clock.resume": {}, "market.resume": {}, "room.end": {}, "shock.undo": {}, "clock.add": {"minutes": 1},
    "market.halt": {}, "shock.apply": {"card": "drought"}, "rule.set": {"venue": "table", "set": {"price_band": 0.1}},
    "message": {"to": "A1", "text": "hi"}, "seat.autopilot": {"seat": "A1", "on": True}, "ranking": {"mode": "hidden"}, "join.lock": {"on": False},
    "seat.pin": {"seat": "A1"}, "seat.reassign": {"seat": "A1"}, "tutor.add": {"seats": ["A1"]}, "tutor.remove": {"tutor": "t1"},
}  # fmt: skip
OF_TUTORS = ("message", "seat.autopilot")
ROLES = ("facilitator", "tutor", "seat", "projector", "nobody")


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    be_patient(monkeypatch)


def drain(socket):
    """Hear whatever comes until the socket is closed."""
    while True:
        socket.recv(HEARD_S)


def kinds():
    union = get_args(get_args(FacilitatorCommand.model_fields["root"].annotation)[0]) or get_args(
        FacilitatorCommand.model_fields["root"].annotation
    )
    return {kind for one in union for kind in get_args(one.model_fields["type"].annotation)}


def everybody(opened):
    made = opened.ask("tutor.add", name="T", seats=["A1"]).json()
    tokens = {
        "facilitator": opened.secret, "tutor": made["token"], "seat": opened.join(seat="A1").token, "projector": opened.wall, "nobody": "x" * 32,
    }  # fmt: skip
    return {role: {"Authorization": f"Bearer {token}"} for role, token in tokens.items()}


def test_every_command_of_the_facilitator_is_here() -> None:
    assert kinds() == set(ALL)


@pytest.mark.parametrize("kind", sorted(ALL))
def test_each_command_is_for_its_roles_alone(opened, kind) -> None:
    heads = everybody(opened)
    for role in reversed(ROLES):  # the facilitator last: some commands change who may come
        asked = {"id": f"{role}-{kind}", "type": kind, **ALL[kind]}
        before = len(opened.room.asked)
        status = opened.client.post("/api/v1/facilitator", json=asked, headers=heads[role]).status_code
        may = role == "facilitator" or (role == "tutor" and kind in OF_TUTORS)
        assert status == (200 if may else 401 if role == "nobody" else 403), role
        assert may or len(opened.room.asked) == before


@pytest.mark.parametrize(("method", "path"), [("GET", "rules"), ("POST", "rules/preview"), ("GET", "benchmark")])
def test_rules_are_the_facilitators(opened, method, path) -> None:
    body = {"json": {"id": "p", "type": "rule.set", **ALL["rule.set"]}} if method == "POST" else {}
    found = {
        role: opened.client.request(method, f"/api/v1/{path}", headers=head, **body).status_code
        for role, head in everybody(opened).items()
    }
    assert found == {"facilitator": 200, "tutor": 403, "seat": 403, "projector": 403, "nobody": 401}
    assert opened.room.asked == []  # a preview does nothing


def test_a_tutors_link_holds_until_it_is_taken_back(opening) -> None:
    with opening() as room:
        made = room.ask("tutor.add", name="T", seats=["A1"]).json()
        other = room.ask("tutor.add", seats=["A2"]).json()
        room.tick()
        assert made["path"] == f"/f#{made['token']}"
        desk = room.facilitator().get("/api/v1/state")
        assert [row["tutor"] for row in desk.json()["tutors"]] == [made["tutor"], other["tutor"]]
        assert made["token"] not in desk.text
        with connect(room.socket_address) as socket:
            socket.send(json.dumps({"auth": made["token"]}))
            assert set(json.loads(socket.recv(HEARD_S))["snapshot"]["seats"]) == {"A1"}
            assert room.ask("tutor.remove", tutor=made["tutor"]).status_code == 200
            with pytest.raises(ConnectionClosed) as closed:
                drain(socket)
        assert closed.value.rcvd.code == 4410
        assert room.ask("tutor.remove", tutor=made["tutor"]).json()["code"] == "NO_TUTOR"
    with opening() as again:  # and after the server came back
        head = {"Authorization": f"Bearer {made['token']}"}
        assert again.client.get("/api/v1/me", headers=head).status_code == 401
        head = {"Authorization": f"Bearer {other['token']}"}
        assert again.client.get("/api/v1/me", headers=head).json()["seats"] == ["A2"]
        assert again.ask("tutor.add", seats=["A3"]).json()["tutor"] not in (made["tutor"], other["tutor"])


def test_only_the_facilitator_is_told_of_tutors_and_the_folder(opened) -> None:
    heads = everybody(opened)
    opened.tick()
    for role in ("tutor", "seat", "projector"):
        found = opened.client.get("/api/v1/state", headers=heads[role]).json()
        assert not {"tutors", "folder"} & set(found)


@pytest.mark.parametrize("path", ["state", "rules"])
def test_a_room_whose_engine_fell_says_how_to_go_on(opened, path) -> None:
    opened.tick()
    opened.serving.house.room.failure = RuntimeError("a fault")
    answer = opened.facilitator().get(f"/api/v1/{path}")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (503, "ROOM_FAILED")
    assert all("ecomarket room resume" in told[lang] for lang in ("zh", "en"))


def test_the_zip_is_the_facilitators(opened) -> None:
    found = {
        role: opened.client.get("/api/v1/export?names=1", headers=head).status_code
        for role, head in everybody(opened).items()
    }  # there is no room in this folder, so that nobody gets one
    assert found == {"facilitator": 404, "tutor": 403, "seat": 403, "projector": 403, "nobody": 401}
