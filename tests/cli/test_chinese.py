"""In Chinese no word of click's stays English, on any help page or on the usual mistakes; text is as wide as it looks."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ecomarket.cli._chinese import wrap
from ecomarket.i18n import catalogue, cells

SCRIPT = """
import json, sys
import click
from click.testing import CliRunner
from ecomarket.cli._shell import shell
asked = json.loads(sys.stdin.read())
def pages(command, words):
    yield words
    names = command.list_commands(click.Context(command)) if isinstance(command, click.Group) else ()
    for name in names:
        yield from pages(command.get_command(click.Context(command), name), [*words, name])
calls = [[*words, "--help"] for words in pages(shell, [])] + asked
found = []
for words in calls:
    done = CliRunner().invoke(shell, words, prog_name="ecomarket", env={"COLUMNS": "80"})
    found.append([words, done.exit_code, done.output])
print(json.dumps(found))
"""
MISTAKES = [
    ["rnu"],
    ["run", "--sed", "3"],
    ["run", "--seed"],
    ["run", "--seed", "a", "qinghai"],
    ["run", "a", "b"],
    ["run", "--quiet=1"],
    ["replicate"],
    ["replicate", "qinghai", "--runs", "0"],
    ["validate", "--format", "xml", "qinghai"],
    ["validate", "--lang", "fr", "qinghai"],
    ["ledger", "vrify"],
    ["ledger", "export", "x"],
    ["replay", "no-such-file.csv"],
    ["init", "pyproject.toml"],
    ["frontier", "somewhere"],
    ["what-if", "somewhere"],
    ["sensitivity", "qinghai"],
]
CLICK = re.compile(
    r"\b(Usage|Options|Commands|Error|Try|Show this|and exit|default:|required|INTEGER|TEXT|PATH|FILENAME|DIRECTORY|FLOAT"
    r"|RANGE|OPTIONS|COMMAND|ARGS|No such|Did you mean|Missing|Invalid|is not|does not|Got unexpected|takes|requires)\b"
)


@pytest.fixture(scope="module")
def spoken():
    environment = {**os.environ, "ECOMARKET_LANG": "zh"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=json.dumps(MISTAKES), capture_output=True, text=True, check=True,
        env=environment, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return json.loads(done.stdout)


def test_no_english_word_of_click_is_left(spoken):
    assert len(spoken) > 50
    left = {" ".join(words): CLICK.findall(text) for words, _, text in spoken if CLICK.search(text)}
    assert left == {}


def test_pages_end_with_0_and_mistakes_with_2(spoken):
    assert [words for words, code, _ in spoken if words[-1:] == ["--help"] and code] == []
    assert [words for words, code, _ in spoken if words in MISTAKES and code != 2] == []


def test_sentences_end_in_full_width(spoken):
    """Click puts a stop of its own behind what is missing, and a gap before what was perhaps meant."""
    told = {" ".join(words): text for words, _, text in spoken if words in MISTAKES}
    assert {
        words
        for words, text in told.items()
        if re.search(r"['\u2e80-\uffff]\.(\s|$)|[。，；：？] [\u2e80-\uffff]", text)
    } == set()
    assert "缺少选项 '--x'。" in told["frontier somewhere"]


def test_pages_fit_a_narrow_terminal(spoken):
    wide = [
        line for words, _, text in spoken if words[-1:] == ["--help"] for line in text.splitlines() if cells(line) > 80
    ]
    assert wide == []


def test_the_words_are_click_s_own():
    """A sentence that click no longer says would stay English unnoticed."""
    said = set()
    for file in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                said |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    assert catalogue("click").keys() - said <= {"required"}
    fields = {
        key: (set(re.findall(r"{(\w+)", key)), set(re.findall(r"{(\w+)", e["zh"])))
        for key, e in catalogue("click").items()
    }
    assert {key: pair for key, pair in fields.items() if not pair[1] <= pair[0]} == {}
    assert all(entry["en"] == key for key, entry in catalogue("click").items())


def test_lines_are_measured_in_cells():
    text = "运行排污权市场：compare 与 replicate（见手册）。"
    for width in range(12, 40):
        lines = wrap(text, width).split("\n")
        assert all(cells(line) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line[0] in "，。）：" or line[-1] in "（" for line in lines)
