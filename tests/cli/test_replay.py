"""The replay verb: what it prints and writes, how quick it is, what it does with a poor file or a poor machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "time,action,order,account,side,price,lots,kind,tif\n"
P19 = """\
34200,new,S1,,sell,42.00,100,,
34201,new,S2,,sell,41.50,50,,
34202,new,B1,,buy,41.50,80,,
34203,new,S3,,sell,41.00,40,,
34204,new,B2,,buy,42.00,60,,
34205,new,S2,,sell,42.00,20,,
34206,new,B3,,buy,42.00,60,,
"""


def call(*words: str | Path, lang: str = "en", **more: str) -> tuple[int, str, str]:
    environment = {**os.environ, "ECOMARKET_LANG": lang, "NO_COLOR": "1", **more}
    command = [sys.executable, "-m", "ecomarket", "replay", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "flow.csv"
    path.write_text(HEADER + P19, encoding="utf-8")
    return path


def test_a_pipe_cannot_be_read_twice(orders: Path) -> None:
    words = [sys.executable, "-m", "ecomarket", "replay", "/dev/stdin", "--out", str(orders.parent / "out")]
    done = subprocess.run(words, input=orders.read_text(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "E609" in done.stderr


def test_rules_that_cannot_be_applied_are_named(orders: Path) -> None:
    rules = orders.with_name("rules.yaml")
    rules.write_text("holding_limit: 5\nopen_orders_max: 9\n", encoding="utf-8")
    assert "accounts hold: holding_limit\n" in call(orders, "--rules", rules)[2]


def test_tables_stand_beside_the_file_and_the_numbers_on_the_terminal(orders: Path) -> None:
    code, out, err = call(orders)
    assert code == 0
    folder = orders.parent / "flow-replay"
    assert sorted(p.name for p in folder.iterdir()) == ["book.csv", "refusals.csv", "trades.csv"]
    assert (folder / "book.csv").read_text(encoding="utf-8").splitlines()[1] == "sell,42.00,S2,,10"
    assert "8350.00" in out
    assert "41.75" in out
    assert str(folder) in out
    assert "line end" not in err


@pytest.mark.parametrize(("lang", "word"), [("en", "lots traded"), ("zh", "成交手数")])
def test_the_summary_speaks_both_languages(orders: Path, lang: str, word: str) -> None:
    code, out, _ = call(orders, lang=lang)
    assert code == 0
    assert word in out


def test_json_is_one_document(orders: Path, tmp_path: Path) -> None:
    code, out, err = call(orders, "--json", "--out", tmp_path / "there")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["schema"] == "ecomarket.replay/1"
    assert document["folder"] == str(tmp_path / "there")
    assert (document["lots"], document["turnover"], document["vwap"]) == (200, "8350.00", "41.75")
    assert (document["refusals"], document["fault"]) == ({}, None)


def test_quiet_prints_nothing(orders: Path) -> None:
    assert call(orders, "-q") == (0, "", "")


def test_a_call_auction_from_the_command_line(tmp_path: Path) -> None:
    """The published call: 46.00, 260 lots."""
    bids = [(50, 100), (48, 80), (46, 70), (46, 50), (45, 60)]
    asks = [(40, 90), (44, 70), (46, 100), (49, 150)]
    rows = [f"1,new,b{i},,buy,{p},{q},," for i, (p, q) in enumerate(bids)]
    rows += [f"1,new,a{i},,sell,{p},{q},," for i, (p, q) in enumerate(asks)]
    path = tmp_path / "call.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    code, out, _ = call(path, "--mechanism", "call-auction", "--json")
    document = json.loads(out)
    assert (code, document["lots"], document["last"], document["vwap"]) == (0, 260, "46.00", "46.00")


def test_rules_accounts_and_choices_together(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("tick: 0.05\nprice_band: 10%\n", encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("account,cash,units\nmill,100,0\nplant,0,5\n", encoding="utf-8")
    rows = "1,new,a,plant,sell,42.00,5,,\n2,new,b,mill,buy,42.00,2,,\n3,new,c,mill,buy,42.01,1,,\n4,new,d,mill,buy,50,1,,\n"
    path = tmp_path / "flow.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    words = (path, "--rules", tmp_path / "rules.yaml", "--accounts", tmp_path / "accounts.csv", "--json")
    code, out, _ = call(*words, "--previous-close", "42")
    assert code == 0
    assert json.loads(out)["refusals"] == {"PRICE_OFF_TICK": 1, "PRICE_OUTSIDE_BAND": 1}
    code, _, err = call(*words)
    assert code == 2
    assert "--previous-close" in err


def test_a_fault_of_the_rules_file_is_shown_with_a_caret(tmp_path: Path, orders: Path) -> None:
    (tmp_path / "rules.yaml").write_text("prise_band: 10%\n", encoding="utf-8")
    code, _, err = call(orders, "--rules", tmp_path / "rules.yaml")
    assert code == 2
    assert "rules.yaml:1:1: E110" in err
    assert "^^^" in err


def test_rows_that_cannot_be_read_make_exit_one(orders: Path) -> None:
    with orders.open("a", encoding="utf-8") as file:
        file.write("34207,new,x,,buy,4x,1,,\n")
    code, out, _ = call(orders, lang="zh")
    assert code == 1
    assert "E111" in out
    line = (orders.parent / "flow-replay" / "refusals.csv").read_text(encoding="utf-8").splitlines()[1]
    assert line == "34207,x,E111,第 9 行：应为数字，实为'4x'"


def test_a_cut_file_ends_with_a_clear_error(orders: Path) -> None:
    with orders.open("a", encoding="utf-8") as file:
        file.write("34207,new,x,,bu")
    code, out, err = call(orders)
    assert code == 2
    assert "8350.00" in out
    assert f"{orders}:9:1: E606 the file ends in the middle of a row" in err
    code, out, _ = call(orders, "--json")
    assert code == 2
    assert "E606" in json.loads(out)["fault"]


def test_a_missing_line_end_and_columns_nobody_reads_are_said(tmp_path: Path) -> None:
    path = tmp_path / "flow.csv"
    path.write_text("time,action,order,side,price,lots,broker\n1,new,a,buy,42,1,x", encoding="utf-8")
    code, _, err = call(path)
    assert code == 0
    assert "columns not read: broker" in err
    assert "no line end" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "either ORDERS or --lobster"),
        (("none.csv",), "E100"),
        (("a.csv", "--lobster", "m.csv", "b.csv"), "either ORDERS or --lobster"),
        (("--lobster", "m.csv", "b.csv", "--accounts", "c.csv"), "does not go with"),
        (("a.csv", "--snapshots", "5"), "goes with --lobster"),
        (("a.csv", "--tick", "none"), "is not a price"),
        (("a.csv", "--mechanism", "barter"), "barter"),
    ],
)
def test_words_that_make_no_sense_are_one_message(words: tuple[str, ...], said: str) -> None:
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert said in err


def test_lobster_from_the_command_line(tmp_path: Path) -> None:
    messages, book = tmp_path / "m.csv", tmp_path / "b.csv"
    messages.write_text("1.5,7,0,0,-1,-1\n2.25,1,7,5,1000000,1\n3,4,98,4,1000100,-1\n", encoding="utf-8")
    book.write_text("1000100,30,999900,20\n1000100,30,1000000,5\n1000100,26,1000000,5\n", encoding="utf-8")
    code, out, _ = call("--lobster", messages, book, "--snapshots", "1", "--json")
    document = json.loads(out)
    assert (code, document["lots"], document["last"]) == (0, 4, "100.01")
    assert document["lobster"]["differing"] == 0
    snapshots = tmp_path / "m-replay" / "snapshots.csv"
    assert snapshots.read_text(encoding="utf-8") == book.read_text(encoding="utf-8")
    code, out, _ = call("--lobster", messages, book)
    assert "halts" in out


def test_a_cache_that_cannot_be_written_is_said_and_goes_on(orders: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("", encoding="utf-8")
    more = {"ECOMARKET_CACHE_DIR": str(blocked), "TMPDIR": str(tmp_path)}
    code, out, err = call(orders, **more)
    assert code == 0
    assert "8350.00" in out
    assert f"the cache folder {blocked}" in err
    assert "compiling the market kernel once" in err
    code, _, err = call(orders, **more)
    assert code == 0
    assert "compiling" not in err


def test_a_replay_loads_no_tables_no_database_and_no_linear_algebra(orders: Path) -> None:
    heavy = ("pandas", "sqlalchemy", "simpy", "pydantic", "ruamel", "rich", "altair", "scipy.linalg")
    script = (
        "import sys\nfrom ecomarket.cli._shell import shell\n"
        f"try:\n    shell(['replay', {str(orders)!r}, '-q'], prog_name='ecomarket')\nexcept SystemExit: pass\n"
        f"print('numba' in sys.modules, [m for m in {heavy!r} if m in sys.modules])\n"
        "import scipy.linalg\nprint(scipy.linalg.inv([[2.0]]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "True []\n[[0.5]]\n"
