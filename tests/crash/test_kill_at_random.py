"""LEDGER.md row 7: a run killed at random times, up to three times, ends in the head of the undisturbed one."""

from __future__ import annotations

import random
import shutil

import pytest
from tests.postgres import Server
from tests.sizes import cases

from ecomarket.ledger.place import place_of
from ecomarket.ledger.query import open_ledger

KILLED, DONE = -9, 0
BLOCKS = 40
RUNS = {"sqlite": cases(20, 1_000), "postgresql": cases(5, 200)}


@pytest.fixture(params=RUNS)
def ledger_url(request):
    """Where the ledgers are kept: "" for files, or a PostgreSQL server of the tests' own."""
    if request.param == "sqlite":
        yield ""
        return
    server = Server()
    yield server.database("killed")
    server.remove()


def test_killed_at_random(hamlet, blocks, ledger_url, tmp_path, record_property):
    """Whatever a kill leaves verifies, and the last start ends in the head of a run that nothing befell.

    How long a run takes differs from machine to machine and from minute to minute: the window of the kills closes
    on a run that ended before its kill and opens again after a kill, so that kills come on any machine.
    """
    runs, kills, places, width = RUNS["postgresql" if ledger_url else "sqlite"], 0, set(), 1.2
    for number in runs.numbers:
        chance = random.Random(number)
        seed = 1 + number % 5
        head, spent, _ = hamlet.whole(seed)
        out = tmp_path / str(number)
        folder = hamlet.path(out, seed)
        for _ in range(chance.randint(1, 3)):
            ended = hamlet.start(out, seed, kill_after=chance.uniform(0, width * spent), ledger=ledger_url)
            assert ended in (KILLED, DONE)
            kills += ended == KILLED
            width = max(0.1, width * 0.7) if ended == DONE else min(3.0, width * 1.2)
            places.add(blocks(place_of(folder)))
        assert hamlet.start(out, seed, ledger=ledger_url) == DONE
        with open_ledger(place_of(folder)) as opened:
            assert opened.head == head
        assert blocks(place_of(folder)) == BLOCKS
        shutil.rmtree(out)
    assert kills >= len(runs.numbers) // 2
    assert len(places) >= min(3, len(runs.numbers))
    record_property("runs", runs.told)
    record_property("kills", kills)
