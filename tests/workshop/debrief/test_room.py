"""The debrief of a room that was really opened: people at two seats, a card, a phase cut short, the ranking shown."""

from __future__ import annotations

import json

import pytest

from ecomarket.scenario import load
from ecomarket.workshop.debrief.record import read_record
from ecomarket.workshop.debrief.standings import standings
from ecomarket.workshop.debrief.write import write_debrief
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.plan import room_plan
from ecomarket.workshop.plan.card import RoomCard


class Table:
    """A session that is driven without a wall clock."""

    def __init__(self, folder):
        self.scenario = load("classroom-permits")
        self.plan = room_plan(self.scenario)
        self.folder = folder
        self.session = Session(self.scenario, self.plan, 7, folder)
        self.asked = 0

    def go(self, seconds):
        for _ in range(seconds // 10):
            self.session.pass_time(10)

    def lead(self, kind, **said):
        self.asked += 1
        reply = self.session.facilitate({"id": f"f{self.asked}", "type": kind, **said})
        assert reply.ok, reply

    def ask(self, seat, kind, **said):
        self.asked += 1
        reply = self.session.submit([(seat, {"id": f"s{self.asked}", "type": kind, **said})])[0]
        assert reply.ok, reply


@pytest.fixture
def table(tmp_path):
    folder = tmp_path / "classroom-permits-7-K7M3QX"
    RoomCard("classroom-permits", (), 7, "", "K7M3QX").write(folder)
    table = Table(folder)
    yield table
    table.session.leave()


def test_a_room_is_played_and_told(table):
    for seat in ("A1", "D1"):
        table.session.drive(seat, person=True)
    table.go(60)
    table.lead("phase.next")
    table.lead("phase.next")  # practice
    table.go(100)
    table.ask("A1", "order.place", market=1, side="sell", price="900", quantity="1")
    table.lead("phase.next")
    table.lead("phase.next")  # the first quarter
    table.go(100)
    table.ask("D1", "abate", right="so2", amount="25")
    table.ask("D1", "order.place", market=1, side="buy", price="1000", quantity="5")
    table.go(200)
    table.lead("shock.apply", card="fine-up")
    table.go(60)
    early = standings(table.folder / "run", table.session.codes, table.scenario)  # while the run goes on
    assert all(s.saved_cash is None for s in early)
    assert sum(s.cost_cash for s in early) > 0
    table.lead("phase.next")  # cut short
    for _ in range(3):
        table.go(600)
    assert table.session.ended is not None
    table.lead("ranking", mode="public")

    written = write_debrief(table.folder, table.scenario, table.plan, reruns=False, jobs=1)
    told = json.loads(written[0].read_text(encoding="utf-8"))
    assert told["proof"]["head"] == table.session.ended.head
    assert told["room"]["trades"] == table.session.ended.trades
    assert told["ranking"] == "public"
    assert [c["text"]["en"] for c in told["rules"]["changes"]] == ["The fine is ten times as high"]
    assert [m["kind"] for m in told["marks"]].count("phase") == 4
    assert {s["seat"] for s in told["seats"] if s["person"]} == {"A1", "D1"}
    seconds = [m["s"] for m in told["marks"]]
    assert seconds == sorted(seconds)
    assert 0 <= read_record(table.folder).steps[-1].s <= 3000
    page = written[1].read_text(encoding="utf-8")
    assert "（机器人）" in page
    assert table.session.ended.head in page
