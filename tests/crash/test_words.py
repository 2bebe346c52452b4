"""Every code about runs has both languages, a line in the manual, and a place in the program that says it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import ecomarket
from ecomarket.i18n import catalogue

ROOT = Path(__file__).parents[2]
CODES = sorted(name for name in catalogue("runs") if re.fullmatch(r"E7\d\d", name))


def test_every_code_is_said_somewhere_and_explained_in_the_manual():
    source = "".join(p.read_text(encoding="utf-8") for p in Path(ecomarket.__file__).parent.rglob("*.py"))
    assert sorted(set(re.findall(r'"(E7\d\d)"', source))) == CODES
    manual = (ROOT / "docs" / "reference" / "running.md").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"`(E7\d\d)`", manual))) == CODES


def test_both_languages_fill_in_the_same_values():
    for name, words in catalogue("runs").items():
        assert set(words) == {"en", "zh"}, name
        assert set(re.findall(r"\{\w+\}", words["en"])) == set(re.findall(r"\{\w+\}", words["zh"])), name


def test_codes_are_explained_from_the_command_line():
    command = [sys.executable, "-m", "ecomarket", "explain", "E703", "--lang", "zh"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "锁定" in done.stdout
