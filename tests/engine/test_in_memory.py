"""A run kept in memory is that of a folder, and one that is asked to stop is none."""

from __future__ import annotations

import signal
from datetime import date

import pytest

from ecomarket.engine import in_memory
from ecomarket.engine.drive import drive
from ecomarket.engine.in_memory import run_in_memory
from ecomarket.engine.run import Driving, run
from ecomarket.scenario import load

UNTIL = date(2025, 2, 28)


def test_it_ends_in_the_head_of_the_same_run_in_a_folder(tmp_path) -> None:
    scenario = load("classroom-permits")
    kept = run_in_memory(scenario, 3, UNTIL)
    done = run(scenario, Driving(seed=3, until=UNTIL), tmp_path)
    assert (kept.journal.head.hex(), kept.journal.events, kept.keeper.trades) == (done.head, done.events, done.trades)
    assert len(kept.blocks.load().records) == done.events


def test_asked_to_stop_it_is_no_run(monkeypatch) -> None:
    """Ctrl-C after the first day: half a run must not pass for a whole one."""

    def interrupted(scenario, driving, journal, move):
        del move
        return drive(scenario, driving, journal, lambda *_: signal.raise_signal(signal.SIGINT))

    monkeypatch.setattr(in_memory, "drive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_in_memory(load("classroom-permits"), 3, UNTIL)
