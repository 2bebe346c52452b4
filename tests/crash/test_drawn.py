"""LEDGER.md rows 12, 13 and 15: drawn scenarios run and verify, broken ones are refused in their place, chaos."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.sizes import cases

from ecomarket.cli._shell import shell
from ecomarket.engine import chaos
from ecomarket.engine.chaos import storm
from ecomarket.engine.folder import LEDGER
from ecomarket.engine.run import Driving, run
from ecomarket.errors import ScenarioError
from ecomarket.ledger.verify import verify
from ecomarket.scenario import load
from ecomarket.scenario.draw import draw

HAMLET = (Path(__file__).parent / "hamlet.yaml").read_text(encoding="utf-8")
DRAWN, BROKEN, STORMS = cases(100, 5_000), cases(2_000, 50_000), cases(50, 5_000)
PLACE = re.compile(r"^.*hamlet\.yaml:\d+:\d+: [EW]\d{3} \S")


def test_a_drawn_scenario_runs_and_verifies(tmp_path, record_property):
    trades = agents = 0
    for seed in DRAWN.numbers:
        path = tmp_path / f"{seed}.yaml"
        path.write_text(draw(seed), encoding="utf-8")
        scenario = load(path)
        agents = max(agents, sum(len(group.members(key)) for key, group in scenario.config.participants.items()))
        done = run(scenario, Driving(seed=seed, until=scenario.end), tmp_path / "runs")
        report = verify(done.folder / LEDGER)
        assert report.findings == [], seed
        assert (report.events, report.head) == (done.events, done.head)
        trades += done.trades > 0
        shutil.rmtree(done.folder)
    assert agents <= 20
    assert trades > len(DRAWN.numbers) // 2
    record_property("scenarios", DRAWN.told)
    record_property("with_trades", trades)


JUNK = [
    "-1",
    "''",
    "[]",
    "{}",
    "1e999",
    "twelve",
    "2025-02-30",
    "~",
    "'*'",
    "[[]]",
    "99999999999999999999",
    "-0.0",
    "63",
]


def broken(seed):
    """The hamlet with one field replaced, misspelt, taken out or moved, or with raw bytes in it."""
    chance = random.Random(seed)
    lines = HAMLET.splitlines(keepends=True)
    kind = chance.choice(["value", "value", "key", "line", "indent", "bytes", "bytes", "cut"])
    if kind in ("bytes", "cut"):
        raw = HAMLET.encode()
        at = chance.randrange(len(raw))
        return raw[:at] if kind == "cut" else raw[:at] + chance.randbytes(chance.randint(1, 4)) + raw[at + 1 :]
    at = chance.randrange(1, len(lines))
    fields = list(re.finditer(r"([\w-]+): ([^,{}\[\]\n]+)", lines[at]))
    if kind == "line" or not fields:
        del lines[at]
    elif kind == "indent":
        lines[at] = " " * chance.randint(1, 3) + lines[at]
    else:
        field = chance.choice(fields)
        start, end = field.span(2 if kind == "value" else 1)
        word = chance.choice(JUNK) if kind == "value" else field[1][:-1] + chance.choice("qxz")
        lines[at] = lines[at][:start] + word + lines[at][end:]
    return "".join(lines).encode()


def faults_of(path):
    """What is said of a file; any error but the language's own ends the test."""
    try:
        load(path)
    except ScenarioError as error:
        return error.diagnostics
    return ()


def test_a_broken_scenario_is_refused_in_its_place(tmp_path, record_property):
    """Each loads (the change did no harm) or every fault names its line, column and code."""
    path = tmp_path / "hamlet.yaml"
    refused = 0
    for seed in BROKEN.numbers:
        path.write_bytes(broken(seed))
        faults = faults_of(path)
        assert all(PLACE.match(str(d)) and d.message_zh for d in faults), (seed, faults)
        refused += bool(faults)
    assert ScenarioError.exit_code == 2
    assert refused > len(BROKEN.numbers) // 2
    record_property("files", BROKEN.told)
    record_property("refused", refused)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_line_says_so_and_exits_2(tmp_path, monkeypatch, lang):
    """The same through the whole command, without a child process."""
    monkeypatch.setattr("ecomarket.cli._shell.LANG", lang)
    path = tmp_path / "hamlet.yaml"
    told = 0
    for seed in range(40):
        path.write_bytes(broken(seed))
        done = CliRunner().invoke(shell, ["validate", str(path)])
        assert done.exit_code in (0, 2), (seed, done.output)
        assert "Traceback" not in done.output
        told += done.exit_code == 2 and bool(re.search(r"hamlet\.yaml:\d+:\d+: E\d{3}", done.output))
    assert told > 20


def test_chaos(tmp_path, record_property):
    """Whatever befalls a run, it ends as the undisturbed one."""
    faults = stops = 0
    for seed in STORMS.numbers:
        found = storm(seed, tmp_path / str(seed))
        assert not found.wrong, found
        faults += len(found.faults)
        stops += sum(bool(said) for said in found.said)
        shutil.rmtree(tmp_path / str(seed))
    assert faults >= len(STORMS.numbers)
    assert stops
    record_property("seeds", STORMS.told)
    record_property("faults", faults)
    record_property("declared_stops", stops)


def test_chaos_tells_the_seed_that_breaks_a_promise(tmp_path, monkeypatch):
    """A writer that forgets its last commit under faults is found, and the seed printed."""
    monkeypatch.setattr(chaos, "verify", lambda ledger: verify(ledger, expect_head="0" * 64))
    found = storm(1, tmp_path)
    assert "does not verify: EV-EXPECT" in found.wrong


def test_chaos_from_the_command_line():
    command = [sys.executable, "-m", "ecomarket", "chaos", "--seed", "3", "--lang", "zh"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^种子 3 .* 链头 [0-9a-f]{16}$", done.stdout, re.MULTILINE)
