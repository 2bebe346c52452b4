"""Every exact case comes out as published, and every file of a case is expected something."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.validity import case as cases
from ecomarket.validity import file_case, suite
from ecomarket.validity.expected import read_expected
from ecomarket.validity.files import expected_of, files_of
from ecomarket.validity.table import lines
from ecomarket.validity.words import sources

PAGE = Path(__file__).parents[2] / "docs" / "background" / "validity.md"
EXACT = [name for name in suite.ids() if not suite.case(name).by_chance and files_of(name.lower())]
FILES = [path for name in EXACT for path in files_of(name.lower())]


@pytest.mark.parametrize("name", EXACT)
def test_the_case_comes_out(name: str) -> None:
    verdict = suite.run(name, cases.EXACT)
    assert verdict.ok, "\n".join(lines(verdict, "en"))
    numbers = sum(row.expected is not None for row in verdict.rows)
    told = f"| {name} | {verdict.title[0]} | {numbers} |"
    assert told in PAGE.read_text(encoding="utf-8"), "ecomarket validity --markdown > docs/background/validity.md"


def test_there_is_a_case_for_every_exact_family() -> None:
    assert [f"P{number:02}" for number in range(1, 25)] == [name for name in EXACT if name[0] == "P" and name < "P25"]


def test_what_is_expected_is_expected_of_a_file() -> None:
    files = {path.stem for kind in suite.ids() for path in files_of(kind.lower())}
    folder = expected_of(files_of("p20")[0]).parent
    assert {path.stem for path in folder.glob("*.toml")} <= files


def test_a_case_without_a_file_or_with_a_broken_one_fails(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(file_case, "files_of", lambda _: [])
    assert not suite.run("P20").ok
    broken = tmp_path / "p20.yaml"
    broken.write_text("market: {tock: 1}\n", encoding="utf-8")
    monkeypatch.setattr(file_case, "files_of", lambda _: [broken, *files_of("p20")])
    verdict = suite.run("P20")
    assert "E110" in verdict.rows[0].what[0]
    assert any(row.ok for row in verdict.rows)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_each_file_is_expected_something_with_a_source(path) -> None:
    if "story:" in path.read_text(encoding="utf-8"):
        return  # a story says itself what must come of it
    expected = read_expected(expected_of(path))
    assert expected.numbers
    assert set(expected.sources) <= set(sources())


@pytest.mark.parametrize("name", suite.ids())
def test_each_case_has_words_in_both_languages_and_a_source(name: str) -> None:
    case = suite.case(name)
    assert case.title_en.isascii()
    assert not case.title_zh.isascii()
    assert case.sources
    assert set(case.sources) <= set(sources())
