"""Every code about runs has both languages, a line in the manual, and a place in the program that says it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import ecomarket
from ecomarket.errors import RunError
from ecomarket.i18n import catalogue
from ecomarket.ledger.faults import ABSENT, absent, unfound, unwritten
from ecomarket.ledger.worker import verify_in_worker

ROOT = Path(__file__).parents[2]
CODES = sorted(name for name in catalogue("runs") if re.fullmatch(r"E7\d\d", name))


def test_every_code_is_said_somewhere_and_explained_in_the_manual():
    source = "".join(p.read_text(encoding="utf-8") for p in Path(ecomarket.__file__).parent.rglob("*.py"))
    assert sorted(set(re.findall(r'"(E7\d\d)"', source))) == CODES
    manual = (ROOT / "docs" / "reference" / "running.md").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"`(E7\d\d)`", manual))) == CODES


def test_no_error_about_runs_is_written_in_one_language():
    """An error that is raised with its text beside it speaks English only: its words belong in i18n/runs.toml."""
    for path in Path(ecomarket.__file__).parent.rglob("*.py"):
        assert not re.search(r"raise (Run|Storage)Error\(\s*f?[\"']", path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize(
    ("error", "en", "zh"),
    [
        (absent("x.db"), "E731 x.db: no such ledger", "E731 x.db：没有该账本"),
        (unwritten("x", "block 7", "no"), "E732 x: block 7 cannot be written: no", "E732 x：无法写入区块 7：no"),
        (unwritten("x", "the run", "no"), "E732 x: the run cannot be written: no", "E732 x：无法写入运行：no"),
        (
            unfound("zone", "63", ["6301", "6302"]),
            "E749 no participant or zone '63' in the ledger; near: 6301, 6302",
            "E749 账本中没有主体或区域“63”；相近的有：6301, 6302",
        ),
        (unfound("account", "P", []), "E749 no account 'P' in the ledger", "E749 账本中没有账户“P”"),
    ],
)
def test_a_sentence_is_whole_in_both_languages(error, en, zh):
    assert (error.text("en"), error.text("zh")) == (en, zh)


def test_what_a_worker_refuses_comes_back_in_both_languages(tmp_path):
    with pytest.raises(RunError) as caught:
        verify_in_worker(tmp_path / "none.db")
    assert (caught.value.code, "没有该账本" in caught.value.text("zh")) == (ABSENT, True)


def test_both_languages_fill_in_the_same_values():
    for name, words in catalogue("runs").items():
        assert set(words) == {"en", "zh"}, name
        assert set(re.findall(r"\{\w+\}", words["en"])) == set(re.findall(r"\{\w+\}", words["zh"])), name


def test_codes_are_explained_from_the_command_line():
    command = [sys.executable, "-m", "ecomarket", "explain", "E703", "--lang", "zh"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "锁定" in done.stdout
