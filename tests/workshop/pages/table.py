"""A real room on the loopback, led and played by requests, for pages that look at it. For tests alone."""

from __future__ import annotations

import time

import httpx

from ecomarket.scenario.states import load_whole
from ecomarket.workshop.debrief.write import write_debrief
from ecomarket.workshop.game.room import Room
from ecomarket.workshop.plan import room_plan
from ecomarket.workshop.plan.card import RoomCard
from ecomarket.workshop.server.opening import Rates, house_of
from ecomarket.workshop.server.serve import Serving

CODE = "K7M3QX"
SEED = 7


class Table:
    """A room of a scenario, served; phases are ended by hand, whatever their clock says."""

    def __init__(self, name, folder):
        self.scenario, self.folder = load_whole(name, ()), folder / "room"
        self.plan = room_plan(self.scenario)
        RoomCard(name, (), SEED, "", CODE).write(self.folder)
        self.room = Room.open(self.scenario, self.plan, SEED, self.folder)
        base, rates = "http://192.168.1.20:8080", Rates(86400.0, 0.0)
        self.house, self.keys = house_of(self.room, self.scenario, self.plan, self.folder, CODE, base, rates)
        self.serving = Serving(self.house)
        self.count, self.tokens = 0, {}

    def __enter__(self):
        self.room.start()
        self.serving.start()
        self.address = self.serving.address
        self.client = httpx.Client(base_url=f"{self.address}/api/v1", timeout=120)
        return self

    def __exit__(self, *_):
        self.client.close()
        self.serving.stop()
        self.room.close()

    def ask(self, path, token, body=None):
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.client.post(path, json=body, headers=headers) if body else self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def join(self, seat, name=""):
        """Take a seat without a browser; say its PIN."""
        told = self.client.post("/join", json={"code": CODE, "seat": seat, "name": name, "lang": "zh"}).json()
        self.tokens[seat] = told["token"]
        return told["pin"]

    def lead(self, kind, **said):
        """Do what a facilitator does."""
        self.count += 1
        return self.ask("/facilitator", self.keys["facilitator"], {"id": f"f{self.count}", "type": kind, **said})

    def play(self, seat, kind, **said):
        """Do what a seat does."""
        self.count += 1
        return self.ask("/commands", self.tokens[seat], {"id": f"s{self.count}", "type": kind, **said})

    def state(self, seat=None):
        return self.ask("/state", self.tokens[seat] if seat else self.keys["facilitator"])

    def to(self, phase):
        """End phases until the one of this number is on and a day of it has begun."""
        while (now := self.state()["m"]["clock"]["phase"]) < phase:
            self.lead("phase.next")
            while self.state()["m"]["clock"]["phase"] == now:
                time.sleep(0.02)

    def debrief(self):
        """Write the debrief, without the bots' runs under other rules."""
        write_debrief(self.folder, self.scenario, self.plan, reruns=False, jobs=1)
