"""LEDGER.md row 16: nothing of the machine or the process reaches the chain; an idle agent changes nobody's luck."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sizes import cases

from ecomarket.engine.folder import LEDGER
from ecomarket.engine.run import Driving, run
from ecomarket.ledger.query import open_ledger
from ecomarket.model.codes import RecordKind
from ecomarket.scenario import load

SCRIPT = """
import sys
from pathlib import Path
from ecomarket.engine.run import Driving, run
from ecomarket.scenario import load
scenario = load(sys.argv[1])
for seed in map(int, sys.argv[3:]):
    print(run(scenario, Driving(seed=seed, until=scenario.end), Path(sys.argv[2])).head)
"""
ZONES = ("UTC", "Asia/Shanghai", "America/St_Johns", "Pacific/Apia")
MACHINES, SEEDS = cases(12, 60), cases(4, 20)
LOCALES = ("C", "C.UTF-8", "POSIX", "zh_CN.UTF-8")


def machines():
    """Hash seed, time zone, locale, and whether assertions are left out."""
    return [(n % 10, ZONES[n % 4], LOCALES[n // 4 % 4], n % 2) for n in MACHINES.numbers]


def worker(hamlet, out, seeds, words=(), environment=None):
    """Start a process of its own that does the runs of these seeds one after another and prints their heads."""
    command = [sys.executable, *words, "-c", SCRIPT, str(hamlet.scenario.path.resolve()), str(out), *map(str, seeds)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def heads(hamlet, tmp_path, chosen):
    """Start every machine's run at once, two at a time."""
    running, found = [], []
    for n, (seed, zone, locale, bare) in enumerate(chosen):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "TZ": zone, "LC_ALL": locale}
        running.append(worker(hamlet, tmp_path / str(n), [1], ["-O"] if bare else [], environment))
        if len(running) == 2:
            found += [child.communicate()[0].strip() for child in running]
            running = []
    return found + [child.communicate()[0].strip() for child in running]


def test_other_machines_make_the_same_head(hamlet, tmp_path, record_property):
    chosen = machines()
    assert heads(hamlet, tmp_path, chosen) == [hamlet.whole()[0]] * len(chosen)
    record_property("machines", MACHINES.told)


@pytest.mark.parametrize("workers", [1, 2])
def test_one_or_two_workers_make_the_same_heads(hamlet, tmp_path, record_property, workers):
    """What a run leaves behind in its process, or another process does meanwhile, changes no later head."""
    seeds = [1 + n for n in SEEDS.numbers]
    turns = [seeds[k::workers] for k in range(workers)]
    running = [worker(hamlet, tmp_path, mine) for mine in turns]
    told = [child.communicate()[0].split() for child in running]
    assert told == [[hamlet.whole(seed)[0] for seed in mine] for mine in turns]
    record_property("runs_by_workers", SEEDS.told)


@pytest.mark.parametrize(("engine", "individuals"), [("reference", 0), ("kernel", -1), ("kernel", 2)])
def test_other_drivers_make_the_same_head(hamlet, tmp_path, engine, individuals):
    done = run(hamlet.scenario, hamlet.driving(engine=engine, individuals=individuals), tmp_path)
    assert done.head == hamlet.whole()[0]


def trades(ledger):
    with open_ledger(ledger) as opened:
        codes = {number: a.code for number, a in opened.accounts.items()}
        records = opened.load().records
    rows = records[records["kind"] == RecordKind.TRADE]
    return [(int(r["t"]), codes[r["account"]], codes[r["counter"]], int(r["price"]), int(r["amount"])) for r in rows]


def test_an_idle_agent_changes_no_trade(hamlet, tmp_path):
    """A further participant without a strategy and without cash: another ledger, the same trades."""
    text = (Path(__file__).parent / "hamlet.yaml").read_text(encoding="utf-8")
    idle = '  idle:\n    kind: intermediary\n    table: [{code: idle, zone: "6301", sector: trader, rights: so2}]\n'
    hamlet.whole()
    expected = trades(hamlet.path(hamlet.folder) / LEDGER)
    assert len(expected) > 100
    path = tmp_path / "hamlet.yaml"
    path.write_text(text.replace("policies:\n", idle + "policies:\n"), encoding="utf-8")
    scenario = load(path)
    done = run(scenario, Driving(seed=1, until=scenario.end), tmp_path / "runs")
    assert done.head != hamlet.whole()[0]
    assert trades(done.folder / LEDGER) == expected
