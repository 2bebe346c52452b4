"""The verbs replicate and compare: tables, documents, exit codes. What is stopped or fails: test_stopped.py."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ecomarket.cli._shell import LANG, shell
from ecomarket.i18n import LANGUAGES, catalogue, tr
from ecomarket.written import Count

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p25.yaml"
SHORT = ("--set", "calendar.end=2025-01-02", "-q")


def call(*words):
    done = CliRunner().invoke(shell, [str(word) for word in words], env={"COLUMNS": "120", "NO_COLOR": "1"})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def replicate(out, *more):
    return call("replicate", BOOK, *SHORT, "--measure", "price.vwap", "--out", out, *more)


def test_the_document(tmp_path):
    code, out, err = replicate(tmp_path, "--seeds", "7,9", "--json")
    said = json.loads(out)
    assert (code, err, said["schema"], said["seeds"]) == (0, "", "ecomarket.replicate/1", "7,9")
    assert said["arms"][0]["set"] == ["calendar.end=2025-01-02"]
    assert set(said["measures"]["price.unit.vwap@2025"]) == {
        "n", "mean", "sd", "low", "high", "median", "least", "greatest",
    }  # fmt: skip
    assert said["failed"] == []


def test_one_run_has_no_interval(tmp_path):
    code, out, _ = replicate(tmp_path, "--runs", "1")
    assert code == 0
    assert re.search(r"price\.unit\.vwap@2025 +1 +\S+ +– +– +", out)
    assert tr("experiments.one_run", LANG) in out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--seeds", "5..1"), "E903"),
        (("--measure", "prise.vwap"), "E901"),
        (("--measure", "price.vwop"), "E902"),
        (("--measure", "volume.continous.quantity"), "E936"),
        (("--set", "calendar.ende=2025-01-03"), "E110"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_run(tmp_path, more, said):
    code, out, err = replicate(tmp_path / "none", "--runs", "1", *more)
    assert (code, out, (tmp_path / "none").exists()) == (2, "", False)
    assert said in err


def test_a_comparison_on_the_screen_and_its_conditions(tmp_path):
    def asked(*more):
        words = ("compare", BOOK, "half:calendar.end=2025-01-03", *SHORT, "--runs", "2", "--out", tmp_path)
        return call(*words, "--measure", "volume.quantity", *more)

    code, out, err = asked("--fail-if", "volume.quantity.diff <= 0", "--fail-if", "volume.quantity.diff > 0")
    assert code == 1
    assert err.strip() == tr("experiments.holds", LANG, variant="half", condition="volume.quantity.diff > 0")
    assert tr("experiments.compared", LANG, variant="half", base="p25", runs=Count(2), seeds="1..2") in out
    assert re.search(r"volume\.unit\.quantity\S* .* 100% ", out)
    code, out, err = asked("--json", "--fail-if", "volume.quantity.n != 2")
    assert (code, err, json.loads(out)["holds"]) == (0, "", [])
    code, _, err = asked("--fail-if", "volume.quantity >")
    assert code == 2
    assert "E905" in err
    assert "volume.quantity >\n                   ^" in err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("price.vwop.diff > 0", ("E935", "'price.vwap'?")),
        ("price.vwap.dif > 0", ("E935", "'price.vwap.diff'?")),
        ("compliance.rate < 0", ("E935", "--measure")),
        ("price > 0", ("E935", "'price.vwap'?")),
        ("price.vwap > 0 or price.units.vwap.low > 0", ("E936", "'unit'?")),
        ("price.vwap@2052 > 0", ("E936", "'@2025'?")),
    ],
)
def test_a_condition_that_nothing_can_fulfil_is_told_before_anything_is_run(tmp_path, asked, said):
    out = tmp_path / "out"
    words = ("compare", BOOK, "half:calendar.end=2025-01-03", *SHORT, "--runs", "2", "--out", out)
    code, told, err = call(*words, "--measure", "price.vwap", "--fail-if", asked)
    assert (code, told, out.exists()) == (2, "", False)
    assert all(word in err for word in said), err


@pytest.mark.parametrize(
    "words",
    [
        ("sweep", BOOK, "--grid", "venues.market.tick=1,2", "--measure", "price.vwop"),
        ("sensitivity", BOOK, "--factor", "venues.market.tick=1..2", "--measure", "price.vwop"),
        ("frontier", BOOK, "half:calendar.end=2025-01-03", "--x", "price.vwop", "--y", "volume.quantity"),
        ("compare", BOOK, "half:calendar.end=2025-01-03", "--measure", "price.vwop"),
    ],
)
def test_a_misspelt_column_is_told_before_anything_is_run(tmp_path, words):
    code, out, err = call(*words, "--runs", "1", "--out", tmp_path / "none")
    assert (code, out, (tmp_path / "none").exists()) == (2, "", False)
    assert "E902" in err
    assert "'vwap'" in err


def test_every_code_is_explained():
    for code in (name for name in catalogue("experiments") if name.startswith("E9")):
        status, out, _ = call("explain", code)
        assert status == 0
        assert out.startswith(code)
        assert set(catalogue("experiments")[code]) == set(LANGUAGES)
