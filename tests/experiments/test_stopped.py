"""Experiments that are stopped, killed, or have cells that fail: no table is lost, and going on ends in the same bytes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from tests.sizes import SOAK

from ecomarket.chance import Draws, key
from ecomarket.experiments import compare
from ecomarket.experiments.study import Way
from ecomarket.experiments.table import load

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p25.yaml"
KILLS, RUNS = (10, 1_000) if SOAK else (2, 32)
"""How often an experiment is killed, and how many runs it has, of both rules together."""
LOOSE = "loose:participants.buyers.strategies.0.constrained=false"
BRITTLE = '''
import os
import pandas as pd
from ecomarket.results.measure import Measure

class Brittle(Measure):
    """A measure of a third party that does not bear some seeds."""

    kind, label_en, label_zh, unit, reference, keys = "brittle", "Brittle", "易碎", "1", "none", ("year",)

    def compute(self, frames):
        seed = str(frames.opening["seed"])
        if seed in os.environ.get("BRITTLE_DIES", "").split():
            os._exit(9)
        if seed in os.environ.get("BRITTLE_FAILS", "").split():
            raise ZeroDivisionError("odd luck")
        return pd.DataFrame({"year": [2025], "seed": [int(seed)]})
'''


@pytest.fixture(scope="module")
def plug_in(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plug-in")
    (folder / "brittle.py").write_text(BRITTLE, encoding="utf-8")
    told = folder / "brittle-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: brittle\nVersion: 1\n", encoding="utf-8")
    (told / "entry_points.txt").write_text(
        "[ecomarket.results.measures]\nbrittle = brittle:Brittle\n", encoding="utf-8"
    )
    return folder


def words(out, *more, verb=("replicate", BOOK)):
    return [
        sys.executable, "-m", "ecomarket", *map(str, verb), "--no-report", "--set", "calendar.end=2025-01-02",
        "--measure", "price.vwap", "--out", str(out), *more,
    ]  # fmt: skip


def environment(lang="en", path="", **more):
    searched = os.pathsep.join(filter(None, (str(path), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "ECOMARKET_LANG": lang, "NO_COLOR": "1", "COLUMNS": "120", "PYTHONPATH": searched, **more}


def call(out, *more, **told):
    done = subprocess.run(words(out, *more), capture_output=True, text=True, env=environment(**told), check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def cells(out):
    return list((out / "cells").rglob("*.json"))


def started(out, *more, **told):
    verb = ("compare", BOOK, LOOSE)
    return subprocess.Popen(
        words(out, *more, verb=verb), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(**told)
    )


def wait_for(what, seconds=120):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_a_cell_that_fails_costs_itself_and_is_run_again_when_asked(tmp_path, plug_in):
    asked = ("--runs", "4", "--measure", "brittle", "-q")
    code, out, err = call(tmp_path, *asked, path=plug_in, BRITTLE_FAILS="2 3")
    table = load(next(tmp_path.glob("table.*"))).set_index("seed")
    assert code == 3
    assert list(table["status"]) == ["done", "failed", "failed", "done"]
    assert table.loc[2, "message"] == "E907 the run failed: ZeroDivisionError: odd luck"
    assert re.search(r"brittle\.seed@2025 +2 +2\.5 ", out)
    assert "failed: p25, seed 3: E907" in err
    assert "2 of 4 cells failed" in err
    code, out, _ = call(tmp_path, *asked, "--retry-failed", path=plug_in, lang="zh")
    assert code == 0
    assert re.search(r"brittle\.seed@2025 +4 +2\.5 ", out)


def test_a_process_that_dies_costs_only_its_cell(tmp_path, plug_in):
    code, _, err = call(
        tmp_path, "--runs", "5", "--measure", "brittle", "--jobs", "2", "-q", path=plug_in, lang="zh", BRITTLE_DIES="3"
    )
    table = load(next(tmp_path.glob("table.*"))).set_index("seed")
    assert code == 3
    assert table.loc[3, "message"].startswith("E909")
    assert list(table.index[table["status"] == "done"]) == [1, 2, 4, 5]
    assert "E909 该运行的进程两次终止" in err


def test_killed_and_stopped_it_goes_on_and_ends_in_the_same_bytes(tmp_path, record_property):
    """Killed at drawn places, then stopped by Ctrl-C, then done: as if nothing had been. No process stays behind."""
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    asked, marked = ("--runs", str(RUNS // 2), "--jobs", "2", "-q"), {"MARK": str(tmp_path)}
    for at in range(KILLS):
        luck = [float(Draws(at).uniform(key("kill"), what)) for what in ("cells", "when")]
        wanted = len(cells(parts)) + 1 + int(luck[0] * (RUNS // (2 * KILLS) - 2))
        run = started(parts, *asked, **marked)
        wait_for(lambda wanted=wanted: len(cells(parts)) >= wanted)
        time.sleep(0.1 * luck[1])
        run.kill()
        run.communicate()
        wait_for(lambda: not alive(tmp_path), 20)
    before = len(cells(parts))
    run = started(parts, *asked, **marked)
    wait_for(lambda: len(cells(parts)) > before)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=60)
    if run.returncode == 130:  # not if it was done before it heard
        assert "goes on from there" in err
    for out in (whole, parts):
        short, way = ["calendar.end=2025-01-02"], Way(out=out)
        compare(BOOK, LOOSE, runs=RUNS // 2, overrides=short, measures=["price.vwap"], way=way)
    assert [p.read_bytes() for p in parts.glob("table.*")] == [p.read_bytes() for p in whole.glob("table.*")]
    record_property("kills", KILLS)
    record_property("runs", RUNS)
    assert not [p for p in parts.rglob("*.part") if p.with_suffix(".json") not in cells(parts)]


def test_ctrl_c_while_processes_start_is_told_in_a_line(tmp_path):
    """The terminal sends it to all of them; those that still import are as deaf to it as those at work."""
    run = started(tmp_path / "early", "--runs", "4", "--jobs", "2", "-q", MARK=str(tmp_path))
    wait_for(lambda: run.poll() is not None or len(alive(tmp_path)) > 2)
    others = [process for process in alive(tmp_path) if int(process) != run.pid]
    assert all(deaf(process) for process in others)
    for process in (*others, run.pid):
        with suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGINT)
    _, err = run.communicate(timeout=120)
    assert "Traceback" not in err
    assert run.returncode in (0, 130)
    wait_for(lambda: not alive(tmp_path), 20)


def deaf(process):
    """Tell whether a process has Ctrl-C blocked or ignored, or is gone."""
    try:
        status = Path("/proc", process, "status").read_text(encoding="utf-8")
    except OSError:
        return True
    masks = [int(mask, 16) for mask in re.findall(r"Sig(?:Blk|Ign):\s*([0-9a-f]+)", status)]
    return not masks or any(mask >> (signal.SIGINT - 1) & 1 for mask in masks)


def alive(mark):
    """Return the processes that carry the mark in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"MARK={mark}".encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found
