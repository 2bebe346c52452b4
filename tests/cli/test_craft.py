"""What holds for every verb: options from variables, documents with a schema, plain text off a terminal, two streams."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ecomarket.cli import _shell
from ecomarket.cli._shell import LANG, shell
from ecomarket.scenario import load
from ecomarket.scenario.library import shipped

CLI = Path(_shell.__file__).parent
COLOUR = "\x1b["
SCHEMA = re.compile(r"ecomarket\.[a-z-]+/[0-9]+")


def verbs(command=shell, words=()):
    """Yield (words, command, context) of every verb and of every verb of a group."""
    context = click.Context(command, info_name=words[-1] if words else "ecomarket", auto_envvar_prefix="ECOMARKET")
    yield from _below(command, words, context)


def _below(command, words, context):
    if not isinstance(command, click.Group):
        yield words, command, context
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        yield from _below(found, (*words, name), click.Context(found, parent=context, info_name=name))


def call(*words, **variables):
    done = CliRunner().invoke(
        shell, list(words), prog_name="ecomarket", auto_envvar_prefix="ECOMARKET", env={"COLUMNS": "100", **variables}
    )
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def test_every_option_has_a_variable():
    """ECOMARKET, the verbs, the option as it is typed: one name each."""
    seen = {}
    for words, command, _ in verbs():
        for option in command.params:
            if isinstance(option, click.Option):
                typed = next(name for name in option.opts if name.startswith("--"))
                name = "_".join(("ECOMARKET", *words, typed[2:])).upper().replace("-", "_")
                assert option.envvar == name
                assert seen.setdefault(name, words) == words
    assert {"ECOMARKET_RUN_SEED", "ECOMARKET_LEDGER_VERIFY_LEVEL", "ECOMARKET_VALIDATE_FORMAT"} <= seen.keys()
    assert len(seen) > 100


def test_a_variable_stands_for_an_option():
    assert json.loads(call("rights", "list", ECOMARKET_RIGHTS_LIST_JSON="1")[1])["schema"] == "ecomarket.plug-ins/1"
    code, out, _ = call("validate", "nowhere", ECOMARKET_VALIDATE_FORMAT="github")
    assert (code, out.startswith("::error file=nowhere")) == (2, True)
    code, _, err = call("validate", "carbon-2021", ECOMARKET_VALIDATE_SET="venues.cea-market.prise_band=1")
    assert code == 2
    assert "E110" in err


def test_a_variable_that_no_option_reads_is_told():
    """A slip in its name would change what comes out, and nobody would see it."""
    code, out, err = call("validate", "classroom-permits", ECOMARKET_VALIDATE_STRIKT="1", ECOMARKET_STRICT="1")
    assert (code, out.count("\n")) == (0, 1)
    assert [line for line in err.splitlines() if "ECOMARKET_VALIDATE_STRICT" in line] == err.splitlines()
    assert [name in err for name in ("ECOMARKET_VALIDATE_STRIKT ", "ECOMARKET_STRICT ")] == [True, True]
    others = {"ECOMARKET_RUN_SED": "3", "ECOMARKET_LANG": "en", "ECOMARKET_VALIDATE_STRICT": "", "ECOMARKET_HOME": "1"}
    assert call("validate", "classroom-permits", **others)[2] == ""


@pytest.mark.parametrize("name", ["classroom-permits", "carbon-2021/collar", "murray-rules"])
def test_titles_are_those_of_the_scenarios(name):
    titles = json.loads(call("scenarios", "--json")[1])["scenarios"]
    assert list(titles) == list(shipped())
    assert titles[name] == load(name).title.text(LANG)


QUICK = [
    ("scenarios",),
    ("policies", "list"),
    ("policies", "show", "reserve-buyback"),
    ("rights", "list"),
    ("strategies", "list"),
    ("processes", "list"),
    ("mechanisms", "list"),
    ("sources", "classroom-permits"),
    ("diff", "classroom-permits", "--set", "calendar.end=2025-06-30"),
    ("init", "--list"),
    ("doctor",),
    ("explain", "E110"),
    ("explain", "price_outside_band"),
    ("explain", "truthful"),
    ("validate", "classroom-permits"),
    ("validity", "--list"),
    ("equilibrium", "scenarios/validity/p01-perman.yaml"),
]


@pytest.mark.parametrize("words", QUICK, ids=" ".join)
def test_a_document_bears_the_name_of_its_schema(words, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    code, out, err = call(*words, "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert SCHEMA.fullmatch(found["schema"])


def test_no_verb_with_documents_lacks_a_schema():
    """Those that cost a run are tried beside their other tests; here that each file names one, or hands on one that does."""
    silent = []
    for words, command, _ in verbs():
        if any("--json" in option.opts for option in command.params):
            file = Path(
                command.callback.__wrapped__.__code__.co_filename
                if hasattr(command.callback, "__wrapped__")
                else command.callback.__code__.co_filename
            )
            text = file.read_text(encoding="utf-8")
            if not (SCHEMA.search(text) or re.search(r"document\(|explained\(|import as_github, as_json", text)):
                silent.append(" ".join(words))
    assert silent == []


@pytest.mark.parametrize(
    "words", [("diff", "classroom-permits", "classroom-water"), ("doctor",), ("validate", "nowhere"), ("--help",)]
)
def test_no_colour_off_a_terminal(words):
    code, out, err = call(*words)
    assert code in (0, 2)
    assert COLOUR not in out + err


def test_findings_stand_on_stderr_and_results_on_stdout():
    code, out, err = call("validate", "classroom-permits", "nowhere")
    assert code == 2
    assert "classroom-permits" in out
    assert "nowhere" not in out
    assert "E100" in err


def test_doctor_says_what_is_there_and_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = json.loads(call("doctor", "--json")[1])
    checks = {check["name"]: check for check in found["checks"]}
    assert found["good"] is True
    assert {"ecomarket", "Python", "SQLite", "numba", "pyarrow", "cache", "runs", "font", "locale"} <= checks.keys()
    assert {"pytest", "ruff"}.isdisjoint(checks)
    assert str(tmp_path) in checks["runs"]["found"]
    assert all(check["state"] == "good" for name, check in checks.items() if name in ("numba", "Python", "runs"))


def test_doctor_ends_with_1_where_runs_cannot_be_written(tmp_path, monkeypatch):
    """Root may write anywhere, so the folder is one of which the system says no."""
    monkeypatch.chdir("/proc")
    if os.access("/proc", os.W_OK):
        monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    code, out, _ = call("doctor")
    assert code == 1
    assert "/proc" in out
    assert "--out" in out


@pytest.mark.parametrize(("lang", "told"), [("en", "cannot be loaded: no wheel"), ("zh", "无法加载：no wheel")])
def test_a_compiler_that_does_not_load_is_a_line_of_doctor_and_no_bug_of_ours(tmp_path, lang, told):
    (tmp_path / "numba.py").write_text('raise ImportError("no wheel")', encoding="utf-8")
    searched = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": searched, "ECOMARKET_LANG": lang}

    def call_broken(*words):
        words = [sys.executable, "-m", "ecomarket", *words]
        return subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)

    looked = call_broken("doctor")
    assert (looked.returncode, looked.stderr) == (1, "")
    assert told in looked.stdout
    run = call_broken("run", "classroom-permits", "--until", "2025-01-02")
    assert run.returncode == 2
    assert "ecomarket doctor" in run.stderr
    assert "ECOMARKET_DEBUG" not in run.stderr
