"""What the reference page promises: the bot of twelve lines is run as it stands, and every path is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.workshop.server.patient import be_patient

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "workshop.md").read_text(encoding="utf-8")
BOT = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    be_patient(monkeypatch)


def bought(room, rounds=3):
    """Run the bot of the page against a room that lacks something, and return its orders."""
    source = BOT.replace("time.sleep(1)", "time.sleep(0)")
    names = {"URL": room.serving.address, "CODE": "K7M3QX", "ROUNDS": rounds}
    exec(compile(source, "workshop.md", "exec"), names)
    names["room"].close()
    return [command for _, command in room.room.orders]


def test_the_bot_has_twelve_lines_and_a_pause() -> None:
    assert len(BOT.splitlines()) == 12
    assert "time.sleep(1)" in BOT


def test_the_bot_of_twelve_lines_buys_what_it_lacks(opened, monkeypatch) -> None:
    room = opened.room
    market = {"m": 1, "open": True, "asks": [[640, 25], [650, 90]], "bids": [], "last": 640, "reference": 640}
    need = {"m": 1, "right": "so2", "need": 140, "have": 100, "gap": 40, "due": "2025-12-31", "charge": 9}
    own, static = room.own, room.snapshot
    monkeypatch.setattr(
        type(room), "shared", lambda _self: {"clock": {"kind": "trade"}, "markets": [market], "trades": []}
    )
    monkeypatch.setattr(
        type(room),
        "own",
        lambda _self, seat: {**own(seat), "me": {**own(seat)["me"], "needs": [need]}, "can": {"trade": True}},
    )
    monkeypatch.setattr(
        type(room), "snapshot", lambda _self, seat: {**static(seat), "static": {"markets": [{"m": 1, "lot": "0.001"}]}}
    )
    opened.tick()
    orders = bought(opened)
    assert len({order["id"] for order in orders}) == 3
    assert {(order["price"], order["quantity"], order["side"], order["kind"]) for order in orders} == {
        ("64.0000", "0.0250", "buy", "ioc")
    }


def test_every_path_and_close_code_is_told(opened) -> None:
    from ecomarket.workshop.server import hub, sockets

    for path in opened.client.get("/api/v1/schema").json()["paths"]:
        assert path.rpartition("/")[2] in PAGE
    for code in (sockets.NO_TOKEN, sockets.SILENT, sockets.TOO_MANY, hub.GONE):
        assert str(code) in PAGE
