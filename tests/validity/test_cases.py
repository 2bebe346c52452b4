"""Every exact case comes out as published, and every file of a case is expected something."""

from __future__ import annotations

import pytest

from ecomarket.validity import suite
from ecomarket.validity.expected import read_expected
from ecomarket.validity.files import expected_of, files_of
from ecomarket.validity.table import lines
from ecomarket.validity.words import sources

EXACT = [name for name in suite.ids() if not suite.case(name).by_chance and files_of(name.lower())]
FILES = [path for name in EXACT for path in files_of(name.lower())]


@pytest.mark.parametrize("name", EXACT)
def test_the_case_comes_out(name: str) -> None:
    verdict = suite.run(name)
    assert verdict.ok, "\n".join(lines(verdict, "en"))


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
