"""The main job from the command line: what it prints, what it writes, what it refuses, how it stops."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

DAYS = ("--until", "2024-01-10")


def start(*words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "ECOMARKET_LANG": "en", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "ecomarket", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def call(*words: str) -> tuple[int, str, str]:
    process = start(*words)
    out, err = process.communicate()
    assert "Traceback" not in err
    return process.returncode, out, err


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("runs")
    code, text, err = call("run", "qinghai", "--seed", "3", *DAYS, "--out", str(out), "--json")
    assert code == 0, err
    document: dict[str, Any] = json.loads(text)
    return document


def test_json_names_folder_head_and_measures(done: dict[str, Any]) -> None:
    folder = Path(done["run"])
    assert folder.name.startswith("qinghai-s3-")
    assert len(done["head"]) == 64
    assert json.loads((folder / "measures.json").read_text(encoding="utf-8")) == done["measures"]


def test_the_folder_holds_everything(done: dict[str, Any]) -> None:
    folder = Path(done["run"])
    names = {p.name for p in folder.iterdir()}
    assert {"manifest.json", "ledger.db", "measures.json", "tables", "report.html"} <= names
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["head"], manifest["seed"], manifest["last_day"]) == (done["head"], 3, "2024-01-10")
    assert done["head"][:16] in (folder / "report.html").read_text(encoding="utf-8")


EXPECTING = """
ecomarket: 1
name: expecting
extends: classroom-permits
title: {en: A class, zh: 一堂课}
expect: [{measure: price.so2.vwap, at_least: %s}]
"""


@pytest.mark.parametrize(("least", "code"), [(1, 0), (1_000_000, 1)])
def test_an_expectation_that_is_not_met_ends_with_one_where_that_is_asked(
    tmp_path: Path, least: int, code: int
) -> None:
    """The second call finds the run that the first has done, and judges it alike."""
    path = tmp_path / "expecting.yaml"
    path.write_text(EXPECTING % least, encoding="utf-8")
    words = ("run", str(path), "--out", str(tmp_path / "ledgers"), "--no-report", "--quiet")
    assert call(*words)[0] == 0
    assert call(*words, "--fail-unmet")[0] == code
    assert call(*words, "--fail-unmet", "--force")[0] == code


def test_an_identical_run_is_not_done_again(done: dict[str, Any]) -> None:
    out = str(Path(done["run"]).parent)
    before = (Path(done["run"]) / "ledger.db").stat().st_mtime_ns
    code, text, _ = call("run", "qinghai", "--seed", "3", *DAYS, "--out", out)
    assert code == 0
    assert "already done" in text
    assert (Path(done["run"]) / "ledger.db").stat().st_mtime_ns == before


def test_a_rule_changed_by_set_is_another_run(done: dict[str, Any]) -> None:
    out = str(Path(done["run"]).parent)
    change = ("--set", "venues.permit-market.price_band=0.05")
    code, text, err = call("run", "qinghai", "--seed", "3", *DAYS, *change, "--out", out, "--json", "--no-report")
    assert code == 0, err
    assert json.loads(text)["run"] != done["run"]


def test_verify_is_clean_and_knows_the_head(done: dict[str, Any]) -> None:
    assert call("ledger", "verify", done["run"])[0] == 0
    assert call("ledger", "verify", done["run"], "--expect-head", done["head"])[0] == 0
    code, text, _ = call("ledger", "verify", done["run"], "--expect-head", "0" * 64)
    assert code == 1
    assert "EV-EXPECT" in text


def test_a_changed_cell_is_named(done: dict[str, Any], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "ledger.db").write_bytes((Path(done["run"]) / "ledger.db").read_bytes())
    with sqlite3.connect(copy / "ledger.db") as file:
        file.execute("UPDATE balance SET posted = posted + 1 WHERE account = 20 AND instrument = 0")
    code, text, _ = call("ledger", "verify", str(copy), "--json")
    assert code == 1
    told = json.loads(text)
    (found,) = (f for f in told["findings"] if f["code"] == "BAL-DIFF")
    assert (found["table"], found["key"], found["seq"], told["more"]) == ("balance", [20, 0], 0, {})
    assert found["text"] in call("ledger", "verify", str(copy))[1]


def test_an_unreadable_ledger_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("this is no database", encoding="utf-8")
    assert call("ledger", "verify", str(tmp_path))[0] == 2


def test_show_tells_one_partys_story(done: dict[str, Any]) -> None:
    code, text, _ = call("ledger", "show", done["run"], "--kind", "trade", "--limit", "5")
    assert code == 0
    assert len(text.splitlines()) == 5
    code, text, _ = call("ledger", "show", done["run"], "--kind", "trade", "--limit", "1", "--json")
    actor = json.loads(text)["account"]
    code, text, _ = call("ledger", "show", done["run"], "--actor", actor, "--kind", "trade", "--limit", "0")
    assert code == 0
    assert all(actor in line for line in text.splitlines())
    code, _, err = call("ledger", "show", done["run"], "--actor", actor[:-1] + "@")
    assert code == 2
    assert "near" in err


def test_show_names_who_gives_first_and_says_that_there_is_more(done: dict[str, Any]) -> None:
    asked = ("ledger", "show", done["run"], "--kind", "trade", "--limit", "3")
    _, text, err = call(*asked)
    trades = [json.loads(line) for line in call(*asked, "--json")[1].splitlines()]
    for line, trade in zip(text.splitlines(), trades, strict=True):
        assert f"  {trade['counter']} -> {trade['account']}  " in line  # the seller gives the lots to the buyer
        assert line.endswith(f"  #{trade['other']} / #{trade['order']}")
    assert "there are more" in err
    whole = ("ledger", "show", done["run"], "--kind", "trade", "--actor", trades[0]["account"], "--limit", "0")
    assert "there are more" not in call(*whole)[2]


def test_a_long_note_is_cut_and_says_so(done: dict[str, Any]) -> None:
    _, text, err = call("ledger", "show", done["run"], "--kind", "note", "--limit", "1")
    assert text.endswith(" …\n")
    assert "there are more" in err


def test_the_report_is_written_again_in_chinese(done: dict[str, Any]) -> None:
    assert call("--lang", "zh", "report", done["run"])[0] == 0
    assert "排污权" in (Path(done["run"]) / "report.html").read_text(encoding="utf-8")


def test_an_interrupt_leaves_a_verified_ledger(tmp_path: Path) -> None:
    process = start("run", "qinghai", "--out", str(tmp_path), "--no-report", "--quiet")
    database = None
    for _ in range(600):
        time.sleep(0.1)
        database = next(tmp_path.glob("*/ledger.db-wal"), None)
        if database is not None and database.stat().st_size > 3_000_000:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130, err
    assert "Traceback" not in err
    folder = next(tmp_path.iterdir())
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["interrupted"]
    assert call("ledger", "verify", str(folder))[0] == 0


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")
    code, _, err = call("run", "qinghai", *DAYS, "--out", str(tmp_path / "taken"))
    assert code == 2
    assert "taken" in err


def test_validate_prints_every_error_at_once_and_exits_2(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("ecomarket: 1\nname: Broken Name\ntitel: x\n", encoding="utf-8")
    code, out, err = call("validate", str(broken))
    assert code == 2
    assert "broken.yaml:2:" in err + out
    assert "broken.yaml:3:1: E110" in err + out
    assert call("validate", "qinghai")[0] == 0


def test_the_scenarios_schema_is_the_one_that_is_printed() -> None:
    code, text, _ = call("schema")
    assert code == 0
    shipped = Path(__file__).parents[2] / "scenarios" / "schema.json"
    assert json.loads(text) == json.loads(shipped.read_text(encoding="utf-8"))


def test_a_run_that_ends_before_it_starts_is_refused(tmp_path) -> None:
    code, _, told = call("run", "classroom-permits", "--until", "2024-12-31", "--out", str(tmp_path))
    assert code == 2
    assert "2025-01-01" in told
    assert list(tmp_path.iterdir()) == []


def test_sources_lists_what_is_assumed() -> None:
    code, text, _ = call("sources", "qinghai", "--assumptions", "--json")
    assert code == 0
    values = json.loads(text)["values"]
    assert values
    assert all(value["source"].startswith("assumption") for value in values)
