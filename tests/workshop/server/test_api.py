"""Who may come in, and who may ask what: joins, tokens, PINs, rates, the same command twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from tests.workshop.server.conftest import Player, until
from tests.workshop.server.patient import LONG_S, be_patient, stand_still
from websockets.sync.client import connect

from ecomarket.workshop.server.limits import DoorLimits


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    be_patient(monkeypatch)


def test_who_knows_the_code_takes_the_next_seat(opened) -> None:
    first, second = opened.join(name="  王芳 "), opened.join(seat="A4")
    assert (first.seat, second.seat) == ("A1", "A4")
    assert len(first.token) >= 22
    assert first.pin.isdigit()
    assert len(first.pin) == 6
    assert opened.join().seat == "A2"
    me = first.get("/api/v1/me").json()
    assert me["role"] == "seat"
    assert me["name"] == "王芳"


def test_who_asks_before_the_first_frame_is_given_it(opened, monkeypatch) -> None:
    """A bot that joins in the room's first second finds markets in its frame; where none comes it is told to ask again."""
    player = opened.join()
    with monkeypatch.context() as hasty:
        hasty.setattr("ecomarket.workshop.server.hub.FIRST_S", 0.0)
        assert player.get("/api/v1/frame").json()["code"] == "ROOM_BUSY"
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(player.get, "/api/v1/frame")
        opened.tick()
        frame = asked.result(60).json()
    assert frame["seq"] == 1
    assert {"m", "me", "can"} <= set(frame)


def test_a_code_is_read_as_people_type_it(opened) -> None:
    assert opened.knock(code="k7m-3qx").status_code == 200


def test_what_is_kept_of_secrets_is_hashes(opened, tmp_path) -> None:
    player = opened.join(name="Li")
    kept = (tmp_path / "people.jsonl").read_text(encoding="utf-8")
    for secret in (player.token, player.pin, opened.secret, opened.wall, opened.bot_key):
        assert secret not in kept
    assert (tmp_path / "people.jsonl").stat().st_mode & 0o077 == 0


def test_a_taken_seat_wants_its_pin_and_the_old_phone_is_out(opened) -> None:
    first = opened.join(seat="A1", name="Li")
    assert opened.knock(seat="A1").json()["code"] == "SEAT_TAKEN"
    wrong = "000000" if first.pin != "000000" else "111111"
    assert opened.knock(seat="A1", pin=wrong).json()["code"] == "WRONG_PIN"
    second = opened.join(seat="A1", pin=first.pin)
    assert second.seat == "A1"
    assert second.token != first.token
    assert first.get("/api/v1/state").status_code == 401
    assert second.get("/api/v1/me").json()["name"] == "Li"


def test_a_locked_room_lets_a_phone_be_changed_at_a_seat_for_several(opening) -> None:
    with opening(most=3) as room:
        dead = room.join(seat="A1", name="Li")
        room.ask("join.lock", on=True)
        anew = room.join(seat="A1", pin=dead.pin)  # nobody types a name again
        assert anew.get("/api/v1/me").json()["name"] == "Li"
        assert dead.get("/api/v1/me").status_code == 401
        with connect(room.socket_address) as socket:
            socket.send(json.dumps({"auth": anew.token}))
            until(lambda: room.house.presence.sockets)
            assert room.knock(seat="A1", pin=dead.pin, name="Wu").json()["code"] == "JOIN_LOCKED"


SENT = "0123456789abcdef01234567"


def test_who_heard_no_answer_asks_again_and_has_the_seat_that_was_given(opened) -> None:
    lost = opened.join(seat="A2", name="Li", id=SENT)
    opened.ask("join.lock", on=True)  # it is no newcomer
    again = opened.join(seat="A2", name="Li", id=SENT)
    assert (again.seat, again.get("/api/v1/me").json()["name"]) == ("A2", "Li")
    assert lost.get("/api/v1/me").status_code == 401
    assert [person.seat for person in opened.people.by_token.values()] == ["A2"]
    assert opened.knock(seat="A2", name="Wu", pin=lost.pin).json()["code"] == "WRONG_PIN"
    assert opened.join(seat="A2", name="Li", pin=again.pin).seat == "A2"  # the PIN is that of the answer that was heard
    assert opened.knock(seat="A2", name="Li", id=SENT[::-1]).json()["code"] == "JOIN_LOCKED"
    assert opened.knock(seat="A2", id="short").status_code == 422


def test_who_heard_no_answer_has_the_seat_also_after_the_server_fell(opening) -> None:
    with opening(most=2) as room:
        room.join(id=SENT)
        shared = room.join(seat="A2", name="Li")
        room.join(seat="A2", name="Wu", pin=shared.pin, id=SENT[::-1])
    with opening(most=2) as room:
        assert room.join(id=SENT).seat == "A1"
        mate = room.join(seat="A2", name="Wu", pin=shared.pin, id=SENT[::-1])
        assert (mate.seat, mate.pin) == ("A2", "")  # the seat's PIN is the other's too
        assert [person.seat for person in room.people.by_token.values()] == ["A2", "A1", "A2"]
        kept = (room.people.file.path).read_text(encoding="utf-8")
        assert SENT not in kept


def test_team_mates_share_a_seat_up_to_its_most(opening) -> None:
    with opening(most=2) as room:
        one = room.join(seat="A1", name="Li")
        two = room.join(seat="A1", name="Wu", pin=one.pin)
        assert one.get("/api/v1/me").status_code == two.get("/api/v1/me").status_code == 200
        three = room.join(seat="A1", name="Xu", pin=one.pin)
        left = [p.get("/api/v1/me").status_code for p in (one, two, three)]
        assert sorted(left) == [200, 200, 401]  # one who was not connected gave way


def test_a_pin_cannot_be_guessed_from_many_addresses(opened, monkeypatch) -> None:
    stand_still(opened)
    player = opened.join(seat="A1")
    other = opened.join(seat="A2")
    monkeypatch.setattr(DoorLimits, "wrong_try", lambda _self, _address: False)
    wrong = "000000" if player.pin != "000000" else "111111"
    told = [opened.knock(seat="A1", pin=wrong).json()["code"] for _ in range(11)]
    assert told == ["WRONG_PIN"] * 10 + ["TOO_MANY_TRIES"]
    assert opened.knock(seat="A1", pin=player.pin).json()["code"] == "TOO_MANY_TRIES"
    assert opened.knock(seat="A2", pin=other.pin).status_code == 200


def test_a_full_room_and_a_locked_room_say_so(opened) -> None:
    for _ in range(4):
        opened.join()
    assert opened.knock().json()["code"] == "ROOM_FULL"
    assert opened.knock(seat="B9").json()["code"] == "NO_SEAT"
    assert opened.ask("join.lock", on=True).status_code == 200
    assert opened.knock(seat="A1").json()["code"] == "JOIN_LOCKED"
    assert opened.ask("join.lock", on=False).status_code == 200
    assert opened.knock(seat="A1").json()["code"] == "SEAT_TAKEN"


def test_a_locked_room_still_lets_phones_change(opened) -> None:
    player = opened.join(seat="A1")
    opened.ask("join.lock", on=True)
    assert opened.join(seat="A1", pin=player.pin).seat == "A1"


def test_guessing_the_code_is_slow_and_a_class_behind_one_address_is_not(opened) -> None:
    stand_still(opened)
    told = [opened.knock(code="AAAAAA").json()["code"] for _ in range(8)]
    assert told == ["WRONG_CODE"] * 5 + ["TOO_MANY_TRIES"] * 3
    player = opened.join(seat="A1")
    assert opened.knock(seat="A1").status_code == 409  # what does not succeed is not counted
    moves = [opened.knock(seat="A1", pin=player.pin).status_code for _ in range(61)]
    assert moves[:59] == [200] * 59
    assert moves[59:] == [429, 429]


def test_a_guesser_is_not_even_heard_in_the_end(opened) -> None:
    stand_still(opened)
    for _ in range(302):
        opened.house.limits.wrong_try("127.0.0.1")
    assert opened.knock().json()["code"] == "TOO_MANY_TRIES"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "x" * 300, "bearer \x7f"])
def test_without_a_token_that_holds_nothing_is_told(opened, header) -> None:
    for path in ("state", "history?since=0", "me", "qr"):
        answer = opened.client.get(f"/api/v1/{path}", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401
        assert set(answer.json()) == {"ok", "code", "zh", "en"}


def test_each_role_has_its_doors(opened) -> None:
    player, wall = opened.join(), Player(opened.client, opened.wall)
    order = {"id": "x", "type": "ready"}
    pause = {"id": "x", "type": "clock.pause"}
    assert player.post("/api/v1/facilitator", pause).status_code == 403
    assert wall.post("/api/v1/facilitator", pause).status_code == 403
    assert wall.post("/api/v1/commands", order).status_code == 403
    assert opened.facilitator().post("/api/v1/commands", order).status_code == 403
    assert player.get("/api/v1/qr").status_code == 403
    assert wall.get("/api/v1/qr").json()["url"].endswith("/?code=K7M3QX")
    assert opened.facilitator().post("/api/v1/facilitator", pause).status_code == 200


def test_a_tutor_sees_and_helps_own_seats_only(opened) -> None:
    token = opened.ask("tutor.add", name="T", seats=["A1", "A2"]).json()["token"]
    opened.join(seat="A1", name="Li")
    opened.tick()
    tutor, ids = Player(opened.client, token), count()
    seen = tutor.get("/api/v1/state").json()
    assert set(seen["seats"]) == {"A1", "A2"}
    assert "deck" not in seen["static"]
    assert opened.room.secret("A3") not in json.dumps(seen)
    for body, status in (
        ({"type": "message", "to": "A1", "text": "hi"}, 200),
        ({"type": "seat.autopilot", "seat": "A2", "on": True}, 200),
        ({"type": "message", "to": "all", "text": "hi"}, 403),
        ({"type": "message", "to": "A3", "text": "hi"}, 403),
        ({"type": "seat.autopilot", "seat": "A3", "on": True}, 403),
        ({"type": "clock.pause"}, 403),
        ({"type": "tutor.add", "seats": ["A3"]}, 403),
    ):
        answer = tutor.post("/api/v1/facilitator", {"id": f"t{next(ids)}", **body})
        assert answer.status_code == status, body


def test_a_seat_without_a_person_keeps_its_bot(opening) -> None:
    with opening(grace_s=LONG_S) as room:
        assert room.ask("seat.autopilot", seat="A1", on=False).json()["code"] == "SEAT_EMPTY"
        room.join(seat="A1")
        assert room.ask("seat.autopilot", seat="A1", on=True).status_code == 200
        assert room.ask("seat.autopilot", seat="A1", on=False).status_code == 200


def test_the_same_command_again_is_done_once(opened) -> None:
    player = opened.join()
    answers = [player.order("tap").json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(opened.room.orders) == 1
    conflict = player.order("tap", quantity="46")
    assert conflict.status_code == 409
    assert conflict.json()["code"] == "IDEMPOTENCY_CONFLICT"


def test_numbers_and_decimals_are_the_same_command(opened) -> None:
    player = opened.join()
    player.order("a", price=64.6, quantity=45)
    assert opened.room.orders[0][1] == {
        "id": "a",
        "type": "order.place",
        "market": 1,
        "side": "buy",
        "price": "64.6",
        "quantity": "45",
        "life": "phase",
        "kind": "limit",
    }
    assert player.order("a").status_code == 200


def test_what_the_room_refuses_is_told_with_409(opened) -> None:
    answer = opened.join().order("x", quantity="666")
    assert answer.status_code == 409
    assert answer.json()["code"] == "MARKET_CLOSED"


def test_a_seat_has_a_rate_and_a_bot_with_the_key_a_higher_one(opening) -> None:
    with opening(bot_rate=200.0) as room:
        stand_still(room)
        player, bot = room.join(), room.join(bot_key=room.bot_key)
        told = [player.order(f"o{n}").status_code for n in range(40)]
        assert told == [200] * 20 + [429] * 20
        assert [bot.order(f"o{n}").status_code for n in range(60)] == [200] * 60


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"id": "x", "type": "order.place", "market": 1, "side": "by", "quantity": 1}, "side"),
        ({"id": "x", "type": "order.place", "market": 1, "side": "buy", "quantity": "1e5"}, "quantity"),
        ({"id": "x", "type": "order.place", "market": 1, "side": "buy", "quantity": 1, "prise": 3}, "prise"),
        ({"id": "", "type": "ready"}, "id"),
        ({"type": "ready"}, "id"),
        ({"id": "x", "type": "surrender"}, ""),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_meant_is_told_in_both_languages(opened, body, where) -> None:
    answer = opened.join().post("/api/v1/commands", body)
    told = answer.json()
    assert answer.status_code == 422
    assert set(told) == {"ok", "code", "zh", "en"}
    assert told["code"] == "BAD_REQUEST"
    assert told["en"].startswith(where)
    assert not opened.room.orders


def test_a_freed_seat_is_gone_and_can_be_taken_anew(opened) -> None:
    player = opened.join(seat="A2")
    assert opened.ask("seat.reassign", seat="A2").status_code == 200
    assert player.get("/api/v1/state").status_code == 401
    assert opened.knock(seat="A2", pin=player.pin).status_code == 200  # nobody asks a PIN of a free seat
    assert opened.ask("seat.reassign", seat="A9").json()["code"] == "NO_SEAT"
    assert opened.ask("seat.reassign", seat="A3", to="A4").json()["code"] == "SEAT_EMPTY"


def test_a_new_pin_replaces_the_old(opened) -> None:
    player = opened.join(seat="A1")
    pin = opened.ask("seat.pin", seat="A1").json()["pin"]
    if pin != player.pin:
        assert opened.knock(seat="A1", pin=player.pin).json()["code"] == "WRONG_PIN"
    assert opened.join(seat="A1", pin=pin).seat == "A1"


def test_the_servers_own_commands_are_done_once_too(opened) -> None:
    body = {"id": "same", "type": "seat.pin", "seat": "A1"}
    one, two = (opened.facilitator().post("/api/v1/facilitator", body).json() for _ in range(2))
    assert one == two
    other = opened.facilitator().post("/api/v1/facilitator", {**body, "seat": "A2"})
    assert other.json()["code"] == "IDEMPOTENCY_CONFLICT"


def test_people_language_and_survey_are_kept_and_survive_a_restart(opening) -> None:
    with opening() as room:
        player = room.join(name="Li")
        assert player.post("/api/v1/language", {"lang": "zh"}).status_code == 200
        assert player.post("/api/v1/survey", {"when": "before", "answers": {"q1": 2}}).status_code == 200
        room.ask("join.lock", on=True)
        tutor = room.ask("tutor.add", seats=["A1"]).json()["token"]
        room.people.file.close()
        from ecomarket.workshop.server.people import People

        again = People.open(room.house.settings.folder, room.people.most, room.people.order)
        assert again.by_token == room.people.by_token
        assert again.person(player.token).lang == "zh"
        assert again.locked
        assert again.tutor(tutor).seats == ("A1",)
        assert again.is_door("facilitator", room.secret)
        assert again.knows_pin("A1", player.pin)
        assert again.join("A1", "", "en", player.pin).person.code == "p1"
        room.people.file = again.file


def test_a_torn_last_line_is_cut_off_and_a_torn_other_line_is_told(tmp_path) -> None:
    from ecomarket.errors import RunError
    from ecomarket.workshop.server.people import People

    people = People.open(tmp_path, {"A1": 1}, ["A1"])
    made = people.join("A1", "Li", "zh", "")
    people.file.close()
    path = tmp_path / "people.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"what":"join","per')
    again = People.open(tmp_path, {"A1": 1}, ["A1"])
    assert again.person(made.token) is not None
    assert path.read_bytes() == whole
    path.write_bytes(b"{torn\n" + whole)
    with pytest.raises(RunError, match="line 1"):
        People.open(tmp_path, {"A1": 1}, ["A1"])


def test_the_lobby_lists_seats_to_who_knows_the_code(opened) -> None:
    opened.join(seat="A2")
    told = opened.client.post("/api/v1/lobby", json={"code": "K7M3QX"}).json()
    assert [(s["seat"], s["free"]) for s in told["seats"]] == [("A1", True), ("A2", False), ("A3", True), ("A4", True)]
    assert opened.client.post("/api/v1/lobby", json={"code": "XXXXXX"}).json()["code"] == "WRONG_CODE"


def test_the_schema_is_published_and_names_every_command(opened) -> None:
    document = opened.client.get("/api/v1/schema").json()
    assert document["openapi"].startswith("3.")
    kinds = json.dumps(document)
    for kind in ("order.place", "otc.counter", "auction.bid", "shock.apply", "join.lock", "seat.autopilot"):
        assert kind in kinds
    assert opened.client.get("/healthz").json()["ok"] is True


def test_every_refusal_of_the_server_has_words() -> None:
    from ecomarket.i18n import catalogue
    from ecomarket.workshop.server.refusals import STATUS

    assert set(STATUS) <= set(catalogue("room"))
