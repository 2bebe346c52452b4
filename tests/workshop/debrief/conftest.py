"""A room that was played: the run of a classroom scenario by bots, and a log such as a room writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecomarket.engine.run import Driving, run
from ecomarket.scenario import load
from ecomarket.units import DAY
from ecomarket.workshop.game.log import FILE, RoomLog
from ecomarket.workshop.plan import room_plan
from ecomarket.workshop.plan.card import RoomCard

SEED = 7
PHASE_S = {0: 0.0, 1: 480.0, 2: 1000.0, 3: 2100.0, 4: 2400.0, 5: 3000.0, 6: 3480.0, 7: 3960.0, 8: 4440.0}
"""Seconds at which the phases of classroom-permits begin."""


class Log:
    """The log of a room, line by line."""

    def __init__(self):
        self.lines = []

    def add(self, t, s, phase, *, step=None, seat="", asked=None, around="run"):
        line = {"n": len(self.lines) + 1, "t": t, "s": round(s * 1000), "phase": phase, "left": 0, "round": around}
        line |= {"step": step} if step else {"seat": seat, "id": f"{seat}/1", "asked": asked, "decision": {"verb": "x"}}
        self.lines.append(line)
        return line["n"]

    def write(self, folder):
        write_log(folder, self.lines)


def write_log(folder, lines):
    """Write the log of a room as a room does, chained."""
    log = RoomLog(folder / FILE)
    log.write({"phase": 0, "round": "run", **line} for line in lines)
    log.close()


def played(mode="public"):
    """Tell a room: two people, a card that was played and one that was taken back, four quarters."""
    log = Log()
    log.add(0, 100, 0, step={"kind": "drive", "seat": "A1", "person": True})
    log.add(0, 120, 0, step={"kind": "drive", "seat": "D1", "person": True})
    for phase in (1, 2):
        log.add(0, PHASE_S[phase], phase - 1, step={"kind": "phase", "phase": phase})
    log.add(170 * DAY, 2000, 2, seat="B1", asked={"type": "order.place"}, around="practice")
    for phase in (3, 4):
        log.add(0, PHASE_S[phase], phase - 1, step={"kind": "phase", "phase": phase})
    log.add(20 * DAY, 2460, 4, seat="A1", asked={"type": "order.place"})
    log.add(89 * DAY, PHASE_S[5], 4, step={"kind": "phase", "phase": 5})
    both = {"en": "The fine <b>rises</b>", "zh": "罚款<b>提高</b>"}
    card = log.add(120 * DAY, 3100, 5, step={"kind": "card", "card": "fine-up", "name": both, "text": both})
    log.add(121 * DAY, 3110, 5, step={"kind": "card-played", "of": card})
    log.add(130 * DAY, 3120, 5, step={"kind": "card", "card": "fine-down", "name": both, "text": both})
    log.add(130 * DAY, 3125, 5, step={"kind": "card-undone"})
    log.add(170 * DAY, 3300, 5, seat="A1", asked={"type": "abate"})
    for phase, day in ((6, 180), (7, 272), (8, 364)):
        log.add(day * DAY, PHASE_S[phase], phase - 1, step={"kind": "phase", "phase": phase})
    log.add(365 * DAY - 1, 4450, 8, step={"kind": "ranking", "mode": mode})
    return log


def people(folder):
    rows = [
        {"what": "survey", "person": f"p{n}", "when": when, "answers": {"q1": n % 3, "q2": 0}}
        for n in range(5)
        for when in ("before", "after")
    ]
    rows.insert(0, {"what": "person", "person": "p1", "seat": "A1", "name": "<script>alert(1)</script>"})
    (folder / "people.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Return what gives the run's folder of a shipped scenario, run once."""
    out, known = tmp_path_factory.mktemp("runs"), {}

    def of(name):
        if name not in known:
            scenario = load(name)
            known[name] = run(scenario, Driving(SEED, scenario.end), out).folder
        return known[name]

    return of


@pytest.fixture
def room(runs, tmp_path):
    """Return what makes the folder of a room, its scenario and its plan."""

    def make(name="classroom-permits", mode="public", *, log=True):
        folder = tmp_path / f"{name}-{SEED}-K7M3QX"
        folder.mkdir()
        (folder / "run").symlink_to(runs(name), target_is_directory=True)
        scenario = load(name)
        RoomCard(name, (), SEED, "", "K7M3QX").write(folder)
        if log:
            played(mode).write(folder)
            people(folder)
        return Path(folder), scenario, room_plan(scenario)

    return make
