"""The command line: quick help, both languages, one message for each mistake, the right exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("numpy", "numba", "pandas", "sqlalchemy", "simpy", "pydantic", "altair")


def call(*words: str, lang: str = "en", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ECOMARKET_LANG": lang, "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "ecomarket", *words],
        capture_output=True,
        text=True,
        env=environment,
        cwd=cwd,
        check=False,
    )


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom ecomarket.cli._shell import shell\n"
        "try:\n    shell(['--help'], prog_name='ecomarket')\nexcept SystemExit: pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


VERBS = (
    "chaos",
    "doctor",
    "explain",
    "ledger",
    "mechanisms",
    "policies",
    "processes",
    "replay",
    "report",
    "rights",
    "rules",
    "run",
    "scenarios",
    "schema",
    "show",
    "sources",
    "strategies",
    "validate",
    "what-if",
)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_verb_has_help_in_both_languages(lang: str) -> None:
    done = call("--help", lang=lang)
    assert done.returncode == 0
    assert all(verb in done.stdout for verb in VERBS)
    assert ("环境权益" in done.stdout) == (lang == "zh")


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself(verb: str) -> None:
    assert call(verb, "--help").returncode == 0


def test_an_unknown_verb_names_the_near_one() -> None:
    done = call("rnu")
    assert done.returncode == 2
    assert "Did you mean 'run'?" in done.stderr


def test_an_unknown_scenario_is_one_message(tmp_path: Path) -> None:
    done = call("run", "qinhgai", cwd=tmp_path)
    assert done.returncode == 2
    assert "E100" in done.stderr
    assert "qinghai" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("lang", "word"), [("en", "there is no run"), ("zh", "没有运行")])
def test_a_missing_run_is_one_sentence(tmp_path: Path, lang: str, word: str) -> None:
    done = call("ledger", "verify", "nowhere", lang=lang, cwd=tmp_path)
    assert done.returncode == 2
    assert word in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("code", ["E110", "PRICE_OUTSIDE_BAND", "EV-HASH"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_codes_are_explained_in_both_languages(code: str, lang: str) -> None:
    done = call("explain", code, lang=lang)
    assert done.returncode == 0
    assert done.stdout.strip()


def test_an_unknown_code_is_said_to_be_one() -> None:
    done = call("explain", "E999X")
    assert done.returncode == 2
    assert "E999X" in done.stderr


def test_doctor_finds_what_is_needed() -> None:
    done = call("doctor")
    assert done.returncode == 0, done.stdout
    assert "numba" in done.stdout
