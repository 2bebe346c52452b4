"""The verb validity: its table, its document, its exit codes, in both languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

SHELF = Path(__file__).parents[2] / "scenarios" / "validity"


def call(*words: str | Path, lang: str = "en") -> tuple[int, str, str]:
    environment = {**os.environ, "ECOMARKET_LANG": lang, "NO_COLOR": "1"}
    command = [sys.executable, "-m", "ecomarket", "validity", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


@pytest.mark.parametrize(("lang", "verdict", "price"), [("en", "pass", "call price"), ("zh", "通过", "集合竞价 price")])
def test_a_case_as_a_table(lang, verdict, price):
    code, out, err = call("--case", "p20", "--case", "P22", lang=lang)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].startswith("P20  ")
    assert lines[0].endswith(verdict)
    assert any(line.split() == [*price.split(), "46", "46", "T0"] for line in lines)
    assert max(map(width, lines)) <= 80
    assert "2" in lines[-1]


def test_a_document():
    code, out, _ = call("--case", "P20", "--json")
    said = json.loads(out)
    assert (code, said["schema"]) == (0, "ecomarket.validity/1")
    (case,) = said["cases"]
    assert (case["id"], case["status"]) == ("P20", "pass")
    row = next(row for row in case["rows"] if row["what"] == "call volume")
    assert row == {
        "what": "call volume",
        "what_zh": "集合竞价 volume",
        "part": "p20",
        "expected": "260",
        "got": "260",
        "tolerance": "T0",
        "status": "pass",
    }


def test_the_list():
    code, out, _ = call("--list")
    names = [line.split()[0] for line in out.splitlines()]
    assert code == 0
    assert names[:2] == ["P01", "P02"]
    assert names.index("P24") < names.index("P29") < names.index("F7")
    code, out, _ = call("--list", "--exact", "--json")
    assert not any(case["by_chance"] for case in json.loads(out)["cases"])


def test_a_file_of_ones_own_and_one_that_fails(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text((SHELF / "p20.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    code, out, _ = call("--file", mine, "--set", "orders.0.cny=47")
    assert code == 0
    assert "call price" in out
    (tmp_path / "expected").mkdir()
    (tmp_path / "expected" / "mine.toml").write_text(
        '[numbers]\n"call.price" = 46\n"call.volume" = 999\n', encoding="utf-8"
    )
    code, out, _ = call("--file", mine)
    assert code == 1
    assert [line.endswith("FAIL") for line in out.splitlines() if "call" in line] == [False, True]
    assert json.loads(call("--file", mine, "--json")[1])["cases"][0]["status"] == "fail"


def test_a_story_that_does_not_come_out(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        (SHELF / "p15-replacement.yaml")
        .read_text(encoding="utf-8")
        .replace("to: cancelled, right: so2, amount: 10", "to: cancelled, right: so2, amount: 9"),
        encoding="utf-8",
    )
    code, out, _ = call("--file", mine)
    assert code == 1
    assert sum(line.endswith("FAIL") for line in out.splitlines()) == 2  # the case, and one of its outcomes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--case", "P2x"), "unknown case 'P2x', did you mean 'P2"),
        (("--file", "nowhere.yaml"), "nowhere.yaml"),
        (("--set", "a=1"), "--file"),
        (("--seeds", "0"), "0"),
    ],
)
def test_what_cannot_be_done(words, said):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert said in err


def test_a_broken_sheet_is_shown_at_its_place(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("market: {tick: 0.01 CNY/t}\norders:\n  - {who: A, bye: 5, cny: 10}\n", encoding="utf-8")
    code, out, err = call("--file", mine)
    assert (code, out) == (2, "")
    assert f"{mine}:3:14: E110" in err
    code, _, err = call("--file", mine, lang="zh")
    assert "未知" in err or "E110" in err
