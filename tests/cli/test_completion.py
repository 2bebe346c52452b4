"""Completion in the shell: the scripts, what is completed, and that nothing heavy is read for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from ecomarket.cli import _completing
from ecomarket.cli._shell import COMPLETE, shell
from ecomarket.scenario.catalogue import entries
from ecomarket.scenario.library import shipped
from ecomarket.scenario.measured import measure_names


@pytest.fixture
def completed(monkeypatch, tmp_path):
    """Return what a shell is given for words and the beginning of the next one."""
    monkeypatch.setenv(COMPLETE, "bash_complete")
    monkeypatch.chdir(tmp_path)

    def ask(*words, begun=""):
        found = ShellComplete(shell, {}, "ecomarket", COMPLETE).get_completions(list(words), begun)
        return [item.value for item in found if item.type == "plain"]

    return ask


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_calls_this_program(name):
    done = CliRunner().invoke(shell, ["completion", name])
    assert done.exit_code == 0
    assert f"{COMPLETE}={name}_complete" in done.stdout
    assert "ecomarket" in done.stdout


def test_an_unknown_shell_is_refused():
    done = CliRunner().invoke(shell, ["completion", "csh"])
    assert done.exit_code == 2
    assert "fish" in done.stderr


def test_verbs_and_options(completed):
    assert completed(begun="com") == ["compare", "completion"]
    assert completed("ledger", begun="ver") == ["verify"]
    assert completed("run", begun="--se") == ["--seed", "--set"]
    assert completed("validate", "--format", begun="s") == ["sarif"]


@pytest.mark.parametrize(
    "words", [("run",), ("replicate",), ("validate",), ("compare",), ("diff",), ("compare", "qinghai")]
)
def test_scenarios_of_the_library(completed, words):
    assert completed(*words) == list(shipped())
    assert completed(*words, begun="carbon-2021/c") == ["carbon-2021/collar"]


def test_plug_ins_measures_templates_and_codes(completed):
    for verb, area in (
        ("policies", "policies"),
        ("rules", "policies"),
        ("strategies", "strategies"),
        ("processes", "nature"),
        ("rights", "rights"),
    ):
        assert completed(verb, "show") == list(entries(area))
    assert completed("replicate", "x", "--measure") == list(measure_names())
    assert completed("run", "x", "--rule") == list(entries("policies"))
    assert completed("init", "--template", begun="qin")[0] == "qinghai"
    assert {"E110", "PRICE_OUTSIDE_BAND", "E961", "reserve-buyback"} <= set(completed("explain"))


def test_runs_of_the_working_folder(completed, tmp_path):
    (tmp_path / "ledgers" / "small-s1-12345678").mkdir(parents=True)
    assert completed("report") == ["ledgers/small-s1-12345678"]
    assert completed("ledger", "verify", begun="ledgers/s") == ["ledgers/small-s1-12345678"]
    assert completed("ledger", "diff") == ["ledgers/small-s1-12345678"]
    (tmp_path / "experiments" / "a-vs-b").mkdir(parents=True)
    assert completed("report") == ["ledgers/small-s1-12345678", "experiments/a-vs-b"]
    assert completed("frontier", begun="exp") == ["experiments/a-vs-b"]


def test_a_path_is_left_to_the_shell(monkeypatch):
    monkeypatch.setenv(COMPLETE, "bash_complete")
    found = ShellComplete(shell, {}, "ecomarket", COMPLETE).get_completions(["validate"], "my/fi")
    assert [(item.value, item.type) for item in found] == [("my/fi", "file")]


def test_every_completer_is_of_use():
    """A name in the table that no verb has would be dead."""
    used = set()

    def walk(command):
        for param in command.params:
            used.update((*param.opts, *(param.metavar or "").strip("[].").split("|")))
        for below in getattr(command, "commands", {}).values():
            walk(below)

    for verb in shell.list_commands(None):
        walk(shell.get_command(None, verb))
    assert _completing.BY_NAME.keys() <= used


def test_nothing_heavy_is_read():
    environment = {**os.environ, COMPLETE: "bash_complete", "COMP_WORDS": "ecomarket run car", "COMP_CWORD": "2"}
    script = (
        "import sys, json\nsys.argv = ['ecomarket']\nfrom ecomarket.cli import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "print(json.dumps([m for m in ('numpy', 'pydantic', 'pandas', 'numba', 'altair', 'sqlalchemy', 'rich') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert "plain,carbon-2021\n" in done.stdout
    assert json.loads(done.stdout.splitlines()[-1]) == []
